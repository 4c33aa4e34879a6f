package kvs.tree;

import java.util.Arrays;

/**
 * A node whose children are nodes. The key of a child is not above its first entry and above everything in
 * the child before it; the key of the first child bounds nothing.
 */
final class InnerNode extends TreeNode {

    final TreeNode[] children;
    private final byte[][] keys;

    InnerNode(Object owner, int width, NodeTotals totals) {
        super(owner, width, totals);
        this.children = new TreeNode[width];
        this.keys = new byte[width][];
    }

    @Override
    byte[] key(int index) {
        return keys[index];
    }

    @Override
    int first() {
        return 1;
    }

    @Override
    TreeNode copy(Object newOwner) {
        InnerNode copy = new InnerNode(newOwner, width(), totals.copy());
        System.arraycopy(children, 0, copy.children, 0, size);
        System.arraycopy(keys, 0, copy.keys, 0, size);
        copy.like(this);
        return copy;
    }

    /** Index of the child for {@code key}. */
    int child(byte[] key) {
        int index = lowerBound(key);
        return index < size && Arrays.equals(keys[index], key) ? index : index - 1;
    }

    /** Appends a child while the node is being made; the heads follow when it is complete. */
    void add(TreeNode child, byte[] key) {
        children[size] = child;
        keys[size++] = key;
        totals.add(child.totals);
    }

    void insert(int index, TreeNode child, byte[] key) {
        System.arraycopy(children, index, children, index + 1, size - index);
        System.arraycopy(keys, index, keys, index + 1, size - index);
        children[index] = child;
        keys[index] = key;
        size++;
        headInserted(index);
    }

    void remove(int index) {
        size--;
        System.arraycopy(children, index + 1, children, index, size - index);
        System.arraycopy(keys, index + 1, keys, index, size - index);
        children[size] = null;
        keys[size] = null;
        headsAnew();
    }

    @Override
    InnerNode split(int from, EntryHasher hash) {
        InnerNode right = new InnerNode(owner, width(), new NodeTotals());
        for (int i = from; i < size; i++) {
            right.add(children[i], keys[i]);
            children[i] = null;
            keys[i] = null;
        }
        size = from;
        headsAnew();
        right.headsAnew();
        totals.subtract(right.totals);
        rebound();
        return right;
    }

    /** Appends all children of the right neighbour, whose key was {@code key}. */
    void append(InnerNode right, byte[] key) {
        for (int i = 0; i < right.size; i++) {
            add(right.children[i], i == 0 ? key : right.keys[i]);
        }
        headsAnew();
    }

    @Override
    void rebound() {
        totals.unbound();
        for (int i = 0; i < size; i++) {
            totals.widen(children[i].totals);
        }
    }
}
