package kvs.tree;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A cursor over the entries of a range in key order:
 * <pre>
 * while (scan.next()) { use(scan.entry()); }
 * </pre>
 * A step allocates nothing. {@link #seek} jumps forward, so whole subtrees of keys can be skipped. One thread.
 */
public final class Scan {

    /** What a scan passes by. */
    interface Filter {

        /** Whether an entry that is wanted may be below a node with these totals. */
        boolean below(Totals totals);

        /** Whether an entry is wanted. */
        boolean takes(Entry entry);
    }

    static final Filter EVERYTHING = new Filter() {
        @Override
        public boolean below(Totals totals) {
            return true;
        }

        @Override
        public boolean takes(Entry entry) {
            return true;
        }
    };

    /** Deeper than any tree: the smallest nodes split into halves of two, and there are fewer than 2^32 entries. */
    private static final int DEPTH_MAX = 34;

    private final Node root;
    private final Range range;
    private final Filter filter;
    private final Inner[] path = new Inner[DEPTH_MAX];
    private final int[] indexes = new int[DEPTH_MAX];
    private int depth;
    private Leaf leaf;
    private int index;
    private int end;
    private int nodes;

    Scan(Node root, Range range, Filter filter) {
        this.root = root;
        this.range = range;
        this.filter = filter;
        start(range.from());
    }

    /** Goes to the next entry; false when there is none, then the scan is over. */
    public boolean next() {
        while (true) {
            while (++index < end) {
                if (filter.takes(leaf.entries[index])) {
                    return true;
                }
            }
            if (end < leaf.size || !advance()) {
                index = end;
                return false;
            }
        }
    }

    /** The entry to which {@link #next} went. */
    public Entry entry() {
        return leaf.entries[index];
    }

    /** Has {@link #next} go on at the first key that is not below {@code key}; never goes back, nor out of the range. */
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

    /** How many nodes were looked at. */
    int nodes() {
        return nodes;
    }

    private void start(byte[] key) {
        depth = 0;
        Node node = root;
        while (node instanceof Inner inner) {
            nodes++;
            path[depth] = inner;
            indexes[depth] = inner.child(key);
            node = inner.children[indexes[depth++]];
        }
        enter((Leaf) node);
        index = leaf.lowerBound(key) - 1;
    }

    private void enter(Leaf next) {
        nodes++;
        leaf = next;
        end = range.to().isEmpty() ? leaf.size : leaf.lowerBound(range.to().get());
        index = -1;
    }

    /** Goes to the next leaf that may hold something wanted; false when there is none. */
    private boolean advance() {
        while (depth > 0) {
            Inner inner = path[depth - 1];
            int next = ++indexes[depth - 1];
            if (next == inner.size) {
                depth--;
                continue;
            }
            if (next > 0 && range.to().isPresent() && Arrays.compareUnsigned(inner.key(next), range.to().get()) >= 0) {
                return false;
            }
            if (enters(inner.children[next])) {
                return true;
            }
        }
        return false;
    }

    /** Goes down into a child that may hold something wanted; whether it was a leaf. */
    private boolean enters(Node child) {
        if (!filter.below(child.totals)) {
            return false;
        }
        if (child instanceof Leaf next) {
            enter(next);
            return true;
        }
        nodes++;
        path[depth] = (Inner) child;
        indexes[depth++] = -1;
        return false;
    }

    /** The leaves from here on. */
    Iterator<Run> runs() {
        return new Iterator<>() {

            private boolean more = leaf.size > 0;

            @Override
            public boolean hasNext() {
                return more;
            }

            @Override
            public Run next() {
                if (!more) {
                    throw new NoSuchElementException();
                }
                Run run = new Run(Collections.unmodifiableList(Arrays.asList(leaf.entries).subList(0, leaf.size)), leaf.totals.sum);
                more = advance();
                return run;
            }
        };
    }
}
