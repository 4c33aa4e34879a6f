package kvs.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A persistent (copy-on-write) B+-tree from key to {@link Entry} in which every node holds count, size and
 * hash sum of the entries below it: the index and the Merkle tree at once. A tree never changes, so a reader
 * keeps a root and needs no lock. Thread-safe.
 *
 * <p>Equal sets of entries have equal digests whatever the order of their writes, because a sum does not
 * depend on the tree's shape.
 */
public final class Tree {

    /** Entries or children of a node in production; tests also use 4. */
    public static final int WIDTH = 64;
    private static final int WIDTH_MIN = 4;

    private final TreeNode root;
    private final int width;

    Tree(TreeNode root, int width) {
        this.root = root;
        this.width = width;
    }

    /** A tree without entries. */
    public static Tree empty(int width) {
        if (width < WIDTH_MIN) {
            throw new IllegalArgumentException("width " + width + ", at least " + WIDTH_MIN);
        }
        return new Tree(new LeafNode(new Object(), width, new NodeTotals()), width);
    }

    /**
     * A tree of the leaves of another one, built in O(n); the sums are not checked.
     *
     * @throws IllegalArgumentException for a run that is empty or too long, or for keys out of order
     */
    public static Tree ofRuns(int width, Iterator<StoredLeaf> runs) {
        return TreeBuilder.of(width, runs);
    }

    /** Entries or children of a node. */
    public int width() {
        return width;
    }

    /** An editor that starts from this tree. */
    public Editor edit() {
        return new Editor(root, width);
    }

    /** The entry of a key. */
    public Optional<Entry> get(byte[] key) {
        return find(root, key);
    }

    static Optional<Entry> find(TreeNode from, byte[] key) {
        TreeNode node = from;
        while (node instanceof InnerNode inner) {
            node = inner.children[inner.child(key)];
        }
        LeafNode leaf = (LeafNode) node;
        int index = leaf.lowerBound(key);
        return index < leaf.size && Arrays.equals(leaf.key(index), key) ? Optional.of(leaf.entries[index])
                : Optional.empty();
    }

    /** The summary of all entries. */
    public RangeTotals summary() {
        return root.totals.summary();
    }

    /** The summary of a range, in O(log n). */
    public RangeTotals summary(KeyRange range) {
        return range.empty() ? RangeTotals.EMPTY : summaries(range, List.of()).get(0);
    }

    /** The summary of each range into which rising keys cut a range that is not empty; one more than keys. */
    List<RangeTotals> summaries(KeyRange range, List<byte[]> splits) {
        List<RangeTotals> parts = new ArrayList<>(splits.size() + 1);
        RangeTotals before = range.from().length == 0 ? RangeTotals.EMPTY : below(range.from());
        for (byte[] split : splits) {
            RangeTotals upTo = below(split);
            parts.add(upTo.minus(before));
            before = upTo;
        }
        parts.add(range.to().map(this::below).orElse(summary()).minus(before));
        return parts;
    }

    /** The number of keys in a range, in O(log n) and without hashing. */
    public long count(KeyRange range) {
        return range.empty() ? 0 : range.to().map(this::rank).orElse(root.totals.count) - rank(range.from());
    }

    /**
     * The entries with a timestamp above {@code limitMs}; a lower bound when more than {@code nodesMax} nodes
     * would have to be read.
     */
    public FutureEntryCount ahead(long limitMs, int nodesMax) {
        return FutureEntryCount.of(root, limitMs, nodesMax);
    }

    /** The number of keys below {@code key}. */
    public long rank(byte[] key) {
        long rank = 0;
        TreeNode node = root;
        while (node instanceof InnerNode inner) {
            int index = inner.child(key);
            for (int i = 0; i < index; i++) {
                rank += inner.children[i].totals.count;
            }
            node = inner.children[index];
        }
        return rank + node.lowerBound(key);
    }

    /** The entry that has {@code rank} keys before it. */
    public Optional<Entry> at(long rank) {
        if (rank < 0 || rank >= root.totals.count) {
            return Optional.empty();
        }
        long left = rank;
        TreeNode node = root;
        while (node instanceof InnerNode inner) {
            int i = 0;
            while (left >= inner.children[i].totals.count) {
                left -= inner.children[i++].totals.count;
            }
            node = inner.children[i];
        }
        return Optional.of(((LeafNode) node).entries[(int) left]);
    }

    /** The entries of a range in key order. */
    public TreeCursor scan(KeyRange range) {
        return new TreeCursor(root, range, EntryFilter.EVERYTHING);
    }

    /**
     * The entries of a range with a timestamp from {@code fromMs} (inclusive) to {@code toMs} (exclusive), in
     * key order.
     */
    public TreeCursor changed(KeyRange range, long fromMs, long toMs) {
        return new TreeCursor(root, range, EntryFilter.changed(fromMs, toMs));
    }

    /**
     * The entries whose death (the timestamp of a tombstone, else the expiry) is not after {@code now}, in
     * key order.
     */
    public TreeCursor dead(long now) {
        return new TreeCursor(root, KeyRange.all(), EntryFilter.dead(now));
    }

    /**
     * The totals of the expired entries of a range at {@code now}; empty when more than {@code nodesMax}
     * nodes would have to be read.
     */
    public Optional<ExpiredTotals> expired(KeyRange range, long now, int nodesMax) {
        TreeCursor scan = new TreeCursor(root, range, EntryFilter.expired(now));
        long count = 0;
        long bytes = 0;
        while (scan.next()) {
            count++;
            bytes += scan.entry().key().length + (long) scan.entry().dataBytes();
            if (scan.nodes() > nodesMax) {
                return Optional.empty();
            }
        }
        return scan.nodes() > nodesMax ? Optional.empty() : Optional.of(new ExpiredTotals(count, bytes));
    }

    /** The leaves in key order. */
    public Iterable<StoredLeaf> runs() {
        return () -> new TreeCursor(root, KeyRange.all(), EntryFilter.EVERYTHING).runs();
    }

    /**
     * Recounts the totals of every node.
     *
     * @throws AssertionError with the first error
     */
    public void check() {
        new TreeCheck(width).node(root);
    }

    /** The first entry below a node that is not empty. */
    static Entry first(TreeNode from) {
        TreeNode node = from;
        while (node instanceof InnerNode inner) {
            node = inner.children[0];
        }
        return ((LeafNode) node).entries[0];
    }

    /** The summary of the keys below {@code key}. */
    private RangeTotals below(byte[] key) {
        NodeTotals totals = new NodeTotals();
        TreeNode node = root;
        while (node instanceof InnerNode inner) {
            int index = inner.child(key);
            for (int i = 0; i < index; i++) {
                totals.add(inner.children[i].totals);
            }
            node = inner.children[index];
        }
        ((LeafNode) node).addBelow(key, totals);
        return totals.summary();
    }
}
