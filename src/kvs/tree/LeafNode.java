package kvs.tree;

/** A node with entries. */
final class LeafNode extends TreeNode {

    final Entry[] entries;

    LeafNode(Object owner, int width, NodeTotals totals) {
        super(owner, width, totals);
        this.entries = new Entry[width];
    }

    @Override
    byte[] key(int index) {
        return entries[index].key();
    }

    @Override
    int first() {
        return 0;
    }

    @Override
    TreeNode copy(Object newOwner) {
        LeafNode copy = new LeafNode(newOwner, width(), totals.copy());
        System.arraycopy(entries, 0, copy.entries, 0, size);
        copy.like(this);
        return copy;
    }

    void insert(int index, Entry entry) {
        System.arraycopy(entries, index, entries, index + 1, size - index);
        entries[index] = entry;
        size++;
        headInserted(index);
    }

    void remove(int index) {
        size--;
        System.arraycopy(entries, index + 1, entries, index, size - index);
        entries[size] = null;
        headRemoved(index);
    }

    @Override
    LeafNode split(int from, EntryHasher hash) {
        LeafNode right = new LeafNode(owner, width(), new NodeTotals());
        for (int i = from; i < size; i++) {
            HashSum sum = hash.of(entries[i]);
            right.entries[right.size++] = entries[i];
            right.totals.add(entries[i], sum);
            totals.subtract(entries[i], sum);
            entries[i] = null;
        }
        size = from;
        headsAnew();
        right.headsAnew();
        rebound();
        return right;
    }

    /** Appends all entries of the right neighbour. */
    void append(LeafNode right) {
        System.arraycopy(right.entries, 0, entries, size, right.size);
        size += right.size;
        totals.add(right.totals);
        headsAnew();
    }

    /**
     * Adds the counts and sums of the entries below {@code key} to {@code sum}, hashing those on the side
     * that has fewer.
     */
    void addBelow(byte[] key, NodeTotals sum) {
        int end = lowerBound(key);
        EntryHasher hash = new EntryHasher();
        if (end <= size / 2) {
            for (int i = 0; i < end; i++) {
                sum.add(entries[i], hash.of(entries[i]));
            }
        } else {
            sum.add(totals);
            for (int i = end; i < size; i++) {
                sum.subtract(entries[i], hash.of(entries[i]));
            }
        }
    }

    @Override
    void rebound() {
        totals.unbound();
        for (int i = 0; i < size; i++) {
            totals.widen(entries[i]);
        }
    }
}
