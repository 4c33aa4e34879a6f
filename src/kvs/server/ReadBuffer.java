package kvs.server;

import java.util.Arrays;

/** Bytes that were read and not looked at: a part of the loop's array while that is being read, an array of its own afterwards. For one thread. */
final class ReadBuffer {

    private static final byte[] NOTHING = {};

    private final Loop loop;
    private final Parser parser;
    private byte[] bytes = NOTHING;
    private int at;
    private int end;
    private long cameAt;
    /** What the loop was told to hold for this. */
    private int held;

    ReadBuffer(Loop loop, Parser parser) {
        this.loop = loop;
        this.parser = parser;
    }

    /** Takes the first {@code count} of {@code read}, which are its own until {@link #keep}. Nothing is left of what was before. */
    void set(byte[] read, int count) {
        bytes = read;
        at = 0;
        end = count;
        cameAt = loop.now();
    }

    /** Copies what is left: the array is for another now. */
    void keep() {
        bytes = at < end ? Arrays.copyOfRange(bytes, at, end) : NOTHING;
        end -= at;
        at = 0;
        account();
    }

    /** Tells the loop how much of a head that is not whole, and of requests that came too early, it holds. */
    private void account() {
        int now = end + parser.held();
        loop.hold(now - held);
        held = now;
    }

    /** Whether it holds anything. */
    boolean holds() {
        return held > 0;
    }

    /** When something came last. */
    long cameAt() {
        return cameAt;
    }

    /** Holds nothing any more. */
    void close() {
        parser.reset();
        bytes = NOTHING;
        at = 0;
        end = 0;
        account();
    }

    /** Bytes that are left. */
    int left() {
        return end - at;
    }

    /** Gives them to the parser, as far as it takes them. */
    void parse() {
        at = parser.feed(bytes, at, end);
    }

    /** Moves at most {@code most} of them to {@code to}; how many. */
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

    /** Throws all away; {@code false}: there is nothing left to go on with. */
    boolean drop() {
        at = end;
        return false;
    }

    /** Throws away at most {@code most} of them; how many. */
    int skip(long most) {
        int count = (int) Math.min(most, left());
        at += count;
        return count;
    }
}
