package kvs.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A node of the tree: sorted keys, and the head of each: the eight bytes that follow the common prefix of all
 * keys, as a number. A search compares heads and reads a key itself only where heads are equal; without them
 * a descent is all cache misses (measured: reads 1.9 ×).
 *
 * <p>Only the editor whose token a node carries may change it, and nobody once that editor has published it.
 */
abstract sealed class TreeNode permits LeafNode, InnerNode {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.BIG_ENDIAN);

    final Object owner;
    final NodeTotals totals;
    /** Heads of the keys; as many as {@link #size}. */
    final long[] heads;
    int size;
    /** Length of the common prefix of all keys that are searched. */
    private int skip;

    TreeNode(Object owner, int width, NodeTotals totals) {
        this.owner = owner;
        this.heads = new long[width];
        this.totals = totals;
    }

    /** Copies size and heads of {@code other}, whose keys are copied too. */
    final void like(TreeNode other) {
        size = other.size;
        skip = other.skip;
        System.arraycopy(other.heads, 0, heads, 0, size);
    }

    abstract byte[] key(int index);

    /**
     * Index of the first key that is searched: 0 in a leaf, 1 in an inner node, whose first key bounds
     * nothing.
     */
    abstract int first();

    /** Copies this node for another editor. */
    abstract TreeNode copy(Object newOwner);

    /**
     * Moves the upper part, from {@code from} on, into a new node on the right; the totals of both are right
     * then.
     */
    abstract TreeNode split(int from, EntryHasher hash);

    /** Recomputes the bounds of {@link #totals}. */
    abstract void rebound();

    final int width() {
        return heads.length;
    }

    /** The first index whose key is not below {@code key}. */
    final int lowerBound(byte[] key) {
        int first = first();
        if (size <= first) {
            return first;
        }
        byte[] sample = key(first);
        int differs = Arrays.mismatch(sample, 0, skip, key, 0, Math.min(skip, key.length));
        if (differs >= 0) {
            return differs == key.length || (key[differs] & 0xff) < (sample[differs] & 0xff) ? first : size;
        }
        long head = head(key, skip);
        int low = search(first, head);
        return low == size || heads[low] != head ? low : among(low, head, key);
    }

    /** The first index whose head is not below {@code head}. */
    private int search(int from, long head) {
        int low = from;
        int high = size;
        while (low < high) {
            int middle = low + high >>> 1;
            if (Long.compareUnsigned(heads[middle], head) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The same among keys with equal heads, which start at {@code low}. */
    private int among(int low, long head, byte[] key) {
        int from = low;
        int high = head == -1 ? size : search(low, head + 1);
        while (from < high) {
            int middle = from + high >>> 1;
            if (Arrays.compareUnsigned(key(middle), key) < 0) {
                from = middle + 1;
            } else {
                high = middle;
            }
        }
        return from;
    }

    /** Inserts the head of the key that was put at {@code index}; {@link #size} counts it already. */
    final void headInserted(int index) {
        System.arraycopy(heads, index, heads, index + 1, size - 1 - index);
        int before = skip;
        skip = commonPrefix();
        if (skip != before) {
            headsFrom(first());
        } else {
            heads[index] = head(key(index), skip);
        }
    }

    /**
     * Removes the head of the key that was removed from {@code index}; {@link #size} does not count it any
     * more.
     */
    final void headRemoved(int index) {
        System.arraycopy(heads, index + 1, heads, index, size - index);
        int before = skip;
        skip = commonPrefix();
        if (skip != before) {
            headsFrom(first());
        }
    }

    /** Computes all heads anew. */
    final void headsAnew() {
        skip = commonPrefix();
        headsFrom(first());
    }

    private void headsFrom(int from) {
        for (int i = from; i < size; i++) {
            heads[i] = head(key(i), skip);
        }
    }

    /** The length of the common prefix: sorted keys share what the first and the last share. */
    private int commonPrefix() {
        if (size - first() < 2) {
            return size <= first() ? 0 : key(first()).length;
        }
        byte[] low = key(first());
        byte[] high = key(size - 1);
        int differs = Arrays.mismatch(low, high);
        return differs < 0 ? low.length : differs;
    }

    /** The eight bytes of {@code key} from {@code skip} on, padded with zeros. */
    private static long head(byte[] key, int skip) {
        if (skip + Long.BYTES <= key.length) {
            return (long) LONG.get(key, skip);
        }
        long head = 0;
        for (int i = skip; i < skip + Long.BYTES; i++) {
            head = head << 8 | (i < key.length ? key[i] & 0xff : 0);
        }
        return head;
    }

    /** Checks the heads and the common prefix. */
    final void checkHeads() {
        if (skip != commonPrefix()) {
            throw new AssertionError("common prefix " + skip + ", should be " + commonPrefix());
        }
        for (int i = first(); i < size; i++) {
            if (heads[i] != head(key(i), skip)) {
                throw new AssertionError("head " + i + " of " + size);
            }
        }
    }
}
