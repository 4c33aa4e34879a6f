package kvs.cluster;

import java.util.Arrays;
import java.util.BitSet;

/**
 * A filter of the keys of the last writes: two sets of bits, one of which is emptied when the other is full.
 * A key of one of the last {@code writes} is always found, another one seldom. For one thread.
 */
final class RecentKeyFilter {

    private static final int BITS = 1 << 20;
    private static final int MIX = 0x9e3779b9;

    private final int writes;
    private BitSet present = new BitSet(BITS);
    private BitSet before = new BitSet(BITS);
    private int count;

    RecentKeyFilter(int writes) {
        this.writes = writes;
    }

    void add(byte[] key) {
        if (count == writes) {
            BitSet oldest = before;
            before = present;
            present = oldest;
            present.clear();
            count = 0;
        }
        count++;
        present.set(bit(key));
    }

    boolean mayHold(byte[] key) {
        int bit = bit(key);
        return present.get(bit) || before.get(bit);
    }

    private static int bit(byte[] key) {
        return Arrays.hashCode(key) * MIX >>> 12;
    }
}
