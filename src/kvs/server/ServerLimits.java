package kvs.server;

import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * The limits of what clients may cost. An idle connection costs about a kilobyte, one with TLS eight; one
 * with half a request holds its head and the part of the body that a handler has requested; one with a
 * response that its client does not read holds that response, and is cut.
 *
 * @param connections in all; one more replaces the one that has been idle longest on its loop, or is refused
 *     when none is idle
 * @param perAddress of one address
 * @param exempt addresses that the second limit does not count: this machine, proxies
 * @param headBytes of a request line and its fields
 * @param fields of a request
 * @param times of the states of a connection
 */
public record ServerLimits(int connections, int perAddress, Predicate<InetAddress> exempt, int headBytes,
        int fields, Timeouts times) {

    /**
     * Time limits, ms. A body earns more time as it arrives: a second for each
     * {@value ConnectionDeadline#BODY_BYTES_PER_SECOND} bytes.
     *
     * @param head from the first byte of a request to its empty line, or of a handshake to its end
     * @param body from the request of a handler for it
     * @param stall in which a response must move by {@value SendQueue#PROGRESS_BYTES} bytes, or be sent
     * @param idle between two requests, and before the first
     */
    public record Timeouts(long head, long body, long stall, long idle) {

        /** Times for people and programs at the end of slow lines. */
        public static final Timeouts DEFAULT = new Timeouts(10_000, 60_000, 30_000, 120_000);
    }

    /** Limit of fields; browsers and proxies together send about 40. */
    public static final int FIELDS = 100;
    /**
     * Limit of a head: a target of 28 KiB, 16 positions of 2 KiB, a token of 8 KiB, and 12 KiB for all other
     * fields.
     */
    public static final int HEAD_BYTES = 80 * 1_024;
}
