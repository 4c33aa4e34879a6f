package kvs.server;

import java.util.Arrays;

/**
 * Bytes that were read and not parsed: a part of the loop's array during the read, an array of its own
 * afterwards. For one thread.
 */
final class ReadBuffer {

    private static final byte[] NOTHING = {};

    private final Loop loop;
    private final Parser parser;
    private byte[] bytes = NOTHING;
    private int at;
    private int end;
    private long cameAt;
    /** Bytes that the loop counts as held for this. */
    private int held;

    ReadBuffer(Loop loop, Parser parser) {
        this.loop = loop;
        this.parser = parser;
    }

    /**
     * Takes the first {@code count} of {@code read}, which are its own until {@link #keep}. Earlier bytes are
     * gone.
     */
    void set(byte[] read, int count) {
        bytes = read;
        at = 0;
        end = count;
        cameAt = loop.now();
    }

    /** Copies the rest: the array is for another connection now. */
    void keep() {
        bytes = at < end ? Arrays.copyOfRange(bytes, at, end) : NOTHING;
        end -= at;
        at = 0;
        account();
    }

    /** Reports to the loop the bytes held of an incomplete head, and of requests that arrived too early. */
    private void account() {
        int now = end + parser.held();
        loop.hold(now - held);
        held = now;
    }

    /** Whether it holds anything. */
    boolean holds() {
        return held > 0;
    }

    /** The time of the last input. */
    long cameAt() {
        return cameAt;
    }

    /** Releases all bytes. */
    void close() {
        parser.reset();
        bytes = NOTHING;
        at = 0;
        end = 0;
        account();
    }

    /** The number of bytes left. */
    int left() {
        return end - at;
    }

    /** Passes them to {@code path}; whether it has responded to them, as one complete request. */
    boolean respond(FastRequests path) {
        boolean responded = left() > 0 && parser.isUntouched() && path.respond(bytes, at, end);
        at = responded ? end : at;
        return responded;
    }

    /** Feeds them to the parser, as far as it accepts them. */
    void parse() {
        at = parser.feed(bytes, at, end);
    }

    /** Moves at most {@code most} of them to {@code to}; their number. */
    int take(byte[] to, int from, int most) {
        int count = Math.min(most, left());
        System.arraycopy(bytes, at, to, from, count);
        at += count;
        return count;
    }

    /** The next of them. */
    byte next() {
        return bytes[at++];
    }

    /** Discards all bytes; {@code false}: there are none left to continue with. */
    boolean drop() {
        at = end;
        return false;
    }

    /** Discards at most {@code most} of them; their number. */
    int skip(long most) {
        int count = (int) Math.min(most, left());
        at += count;
        return count;
    }
}
