package kvs.server;

import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * What clients may cost. A connection at rest costs about a kilobyte; one with half a request holds its head and the part of the body that a
 * handler has asked for; one with an answer that nobody reads holds that answer, and is cut.
 *
 * @param connections in all; one more takes the place of the one that has rested longest on its loop, or is refused when none rests
 * @param perAddress of one address
 * @param exempt addresses that the second limit does not count: this machine, proxies
 * @param headBytes of a request line and its fields
 * @param fields of a request
 * @param times how long they may take
 */
public record ServerLimits(int connections, int perAddress, Predicate<InetAddress> exempt, int headBytes, int fields, Timeouts times) {

    /**
     * Clocks, ms. A body earns more time as it comes: a second for each {@value Deadline#BODY_BYTES_PER_SECOND} bytes.
     *
     * @param head from the first byte of a request to its empty line
     * @param body from the moment in which a handler asks for it
     * @param stall in which an answer must move by {@value WriteQueue#PROGRESS_BYTES} bytes, or be gone
     * @param idle between two requests, and before the first
     */
    public record Timeouts(long head, long body, long stall, long idle) {

        /** Seconds for people and programs at the end of slow lines. */
        public static final Timeouts DEFAULT = new Timeouts(10_000, 60_000, 30_000, 120_000);
    }

    /** Browsers and proxies together send about 40 fields. */
    public static final int FIELDS = 100;
    /** A target of 28 KiB, 16 positions of 2 KiB, a token of 8 KiB, and 12 KiB for all other fields. */
    public static final int HEAD_BYTES = 80 * 1_024;
}
