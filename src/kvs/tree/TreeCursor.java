package kvs.tree;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A cursor over the entries of a range in key order:
 * <pre>
 * while (scan.next()) { use(scan.entry()); }
 * </pre>
 * A step allocates nothing. {@link #seek} jumps forward, so it can skip whole subtrees of keys. One thread.
 */
public final class TreeCursor {

    /**
     * Deeper than any tree: the smallest nodes split into halves of two, and there are fewer than 2^32
     * entries.
     */
    private static final int DEPTH_MAX = 34;

    private final TreeNode root;
    private final KeyRange range;
    private final EntryFilter filter;
    private final InnerNode[] path = new InnerNode[DEPTH_MAX];
    private final int[] indexes = new int[DEPTH_MAX];
    private int depth;
    private LeafNode leaf;
    private int index;
    private int end;
    private int nodes;

    TreeCursor(TreeNode root, KeyRange range, EntryFilter filter) {
        this.root = root;
        this.range = range;
        this.filter = filter;
        start(range.from());
    }

    /** Moves to the next entry; false when there is none, then the scan is over. */
    public boolean next() {
        while (true) {
            while (++index < end) {
                if (filter.takes().test(leaf.entries[index])) {
                    return true;
                }
            }
            if (end < leaf.size || !advance()) {
                index = end;
                return false;
            }
        }
    }

    /** The current entry, to which {@link #next} moved. */
    public Entry entry() {
        return leaf.entries[index];
    }

    /**
     * Moves forward so that {@link #next} continues at the first key that is not below {@code key}; never
     * moves back, nor out of the range.
     */
    public void seek(byte[] key) {
        boolean over = end == 0 || index >= end;
        if (over || Arrays.compareUnsigned(key, leaf.key(Math.max(index, 0))) <= 0) {
            return;
        }
        if (Arrays.compareUnsigned(key, leaf.key(leaf.size - 1)) <= 0) {
            index = leaf.lowerBound(key) - 1;
        } else {
            start(key);
        }
    }

    /** The number of nodes that were read. */
    int nodes() {
        return nodes;
    }

    private void start(byte[] key) {
        depth = 0;
        TreeNode node = root;
        while (node instanceof InnerNode inner) {
            nodes++;
            path[depth] = inner;
            indexes[depth] = inner.child(key);
            node = inner.children[indexes[depth++]];
        }
        enter((LeafNode) node);
        index = leaf.lowerBound(key) - 1;
    }

    private void enter(LeafNode next) {
        nodes++;
        leaf = next;
        end = range.to().isEmpty() ? leaf.size : leaf.lowerBound(range.to().get());
        index = -1;
    }

    /** Moves to the next leaf that may hold a matching entry; false when there is none. */
    private boolean advance() {
        while (depth > 0) {
            InnerNode inner = path[depth - 1];
            int next = ++indexes[depth - 1];
            if (next == inner.size) {
                depth--;
                continue;
            }
            if (next > 0 && range.to().isPresent()
                    && Arrays.compareUnsigned(inner.key(next), range.to().get()) >= 0) {
                return false;
            }
            if (enters(inner.children[next])) {
                return true;
            }
        }
        return false;
    }

    /** Enters a child, if it may hold a matching entry; true when it entered a leaf. */
    private boolean enters(TreeNode child) {
        if (!filter.below().test(child.totals)) {
            return false;
        }
        if (child instanceof LeafNode next) {
            enter(next);
            return true;
        }
        nodes++;
        path[depth] = (InnerNode) child;
        indexes[depth++] = -1;
        return false;
    }

    /** The leaves from the current one on. */
    Iterator<StoredLeaf> runs() {
        return new Iterator<>() {

            private boolean more = leaf.size > 0;

            @Override
            public boolean hasNext() {
                return more;
            }

            @Override
            public StoredLeaf next() {
                if (!more) {
                    throw new NoSuchElementException();
                }
                StoredLeaf storedLeaf = new StoredLeaf(
                        Collections.unmodifiableList(Arrays.asList(leaf.entries).subList(0, leaf.size)),
                        leaf.totals.sum);
                more = advance();
                return storedLeaf;
            }
        };
    }
}
