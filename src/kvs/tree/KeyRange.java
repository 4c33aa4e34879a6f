package kvs.tree;

import java.util.Arrays;
import java.util.Optional;

/**
 * A range of keys from {@code from} (inclusive) to {@code to} (exclusive; empty: to the end), as unsigned
 * bytes.
 *
 * @param from lower bound, inclusive
 * @param to upper bound, exclusive
 */
public record KeyRange(byte[] from, Optional<byte[]> to) {

    private static final byte[] START = {};

    /** The range of all keys. */
    public static KeyRange all() {
        return new KeyRange(START, Optional.empty());
    }

    /** The range from {@code from} to the end. */
    public static KeyRange from(byte[] from) {
        return new KeyRange(from, Optional.empty());
    }

    /** The range from {@code from} to before {@code to}. */
    public static KeyRange of(byte[] from, byte[] to) {
        return new KeyRange(from, Optional.of(to));
    }

    /** The range of all keys that start with {@code prefix}. */
    public static KeyRange prefix(byte[] prefix) {
        int last = prefix.length - 1;
        while (last >= 0 && prefix[last] == (byte) 0xff) {
            last--;
        }
        if (last < 0) {
            return from(prefix);
        }
        byte[] end = Arrays.copyOf(prefix, last + 1);
        end[last]++;
        return of(prefix, end);
    }

    /** Whether {@code key} is in the range. */
    public boolean contains(byte[] key) {
        return Arrays.compareUnsigned(key, from) >= 0
                && (to.isEmpty() || Arrays.compareUnsigned(key, to.get()) < 0);
    }

    /** Whether no key can be in the range. */
    public boolean empty() {
        return to.isPresent() && Arrays.compareUnsigned(from, to.get()) >= 0;
    }
}
