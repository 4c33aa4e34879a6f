package kvs.engine;

import java.util.Arrays;

/** Bytes that were read and not looked at: a part of the loop's array while that is being read, an array of its own afterwards. For one thread. */
final class Incoming {

    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int at;
    private int end;

    /** Takes the first {@code count} of {@code read}, which are its own until {@link #keep}. Nothing is left of what was before. */
    void set(byte[] read, int count) {
        bytes = read;
        at = 0;
        end = count;
    }

    /** Copies what is left: the array is for another now. */
    void keep() {
        bytes = at < end ? Arrays.copyOfRange(bytes, at, end) : NOTHING;
        end -= at;
        at = 0;
    }

    /** Bytes that are left. */
    int left() {
        return end - at;
    }

    /** Gives them to {@code parser}, as far as it takes them. */
    void feed(Parser parser) {
        at = parser.feed(bytes, at, end);
    }

    /** Moves at most {@code most} of them to {@code to}; how many. */
    int take(byte[] to, int from, int most) {
        int count = Math.min(most, left());
        System.arraycopy(bytes, at, to, from, count);
        at += count;
        return count;
    }

    /** Throws away at most {@code most} of them; how many. */
    int skip(long most) {
        int count = (int) Math.min(most, left());
        at += count;
        return count;
    }
}
