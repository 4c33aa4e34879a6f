package kvs.log;

import java.util.Arrays;

/**
 * A Bloom filter of the keys in a segment, by the CRC32C of the key: few false positives, no false negatives
 * (Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 1970). Compaction uses it to
 * decide whether a purge still has something to remove. Immutable.
 *
 * @param bits sixteen for each key: one false positive in a thousand
 */
public record KeyBloomFilter(long[] bits) {

    private static final int BITS_PER_KEY = 16;
    private static final int PROBES = 6;
    private static final int MIX = 0x9e3779b9;

    /** The filter of the first {@code count} checksums. */
    static KeyBloomFilter of(int[] crcs, int count) {
        KeyBloomFilter filter = new KeyBloomFilter(
                new long[1 + (int) ((long) count * BITS_PER_KEY / Long.SIZE)]);
        for (int i = 0; i < count; i++) {
            for (int probe = 0; probe < PROBES; probe++) {
                long bit = filter.bit(crcs[i], probe);
                filter.bits[(int) (bit >>> 6)] |= 1L << bit;
            }
        }
        return filter;
    }

    /** Whether a key with that checksum may be in the segment. */
    boolean mayHold(int crc) {
        for (int probe = 0; probe < PROBES; probe++) {
            long bit = bit(crc, probe);
            if ((bits[(int) (bit >>> 6)] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The bit of a probe. Two hashes give all others (Kirsch and Mitzenmacher, "Less hashing, same
     * performance", 2008).
     */
    private long bit(int crc, int probe) {
        int second = (crc ^ crc >>> 16) * MIX | 1;
        return Integer.toUnsignedLong(crc + probe * second) % ((long) bits.length * Long.SIZE);
    }

    /** Collects keys one by one for a filter. One thread. */
    public static final class Builder {

        private int[] crcs = new int[256];
        private int count;

        /** Adds the checksum of a key. */
        public void add(int crc) {
            if (count == crcs.length) {
                crcs = Arrays.copyOf(crcs, 2 * count);
            }
            crcs[count++] = crc;
        }

        int count() {
            return count;
        }

        /** The filter of all added keys. */
        public KeyBloomFilter filter() {
            return of(crcs, count);
        }
    }
}
