package kvs.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A persistent (copy-on-write) B+-tree from key to {@link Entry} in which every node knows count, size and hash sum of what is below it: the
 * index and the Merkle tree at once. A tree never changes, so a reader keeps a root and needs no lock. Thread-safe.
 *
 * <p>Equal sets of entries have equal digests whatever the order in which they came, because a sum does not depend on the tree's shape.
 */
public final class Tree {

    /** Entries or children of a node in production; tests also use 4. */
    public static final int WIDTH = 64;
    private static final int WIDTH_MIN = 4;

    private final Node root;
    private final int width;

    Tree(Node root, int width) {
        this.root = root;
        this.width = width;
    }

    /** A tree without entries. */
    public static Tree empty(int width) {
        if (width < WIDTH_MIN) {
            throw new IllegalArgumentException("width " + width + ", at least " + WIDTH_MIN);
        }
        return new Tree(new Leaf(new Object(), width, new Totals()), width);
    }

    /**
     * A tree of the leaves of another one, built in O(n); the sums are believed.
     *
     * @throws IllegalArgumentException for an empty or too long run, or keys out of order
     */
    public static Tree ofRuns(int width, Iterator<Run> runs) {
        Object owner = new Object();
        List<Node> level = new ArrayList<>();
        while (runs.hasNext()) {
            level.add(leaf(owner, width, runs.next(), level));
        }
        if (level.isEmpty()) {
            return empty(width);
        }
        while (level.size() > 1) {
            level = parents(owner, width, level);
        }
        return new Tree(level.get(0), width);
    }

    private static Leaf leaf(Object owner, int width, Run run, List<Node> before) {
        if (run.entries().isEmpty() || run.entries().size() > width) {
            throw new IllegalArgumentException("run of " + run.entries().size() + " entries");
        }
        Leaf leaf = new Leaf(owner, width, new Totals());
        Optional<byte[]> last = before.isEmpty() ? Optional.empty() : Optional.of(before.get(before.size() - 1)).map(n -> n.key(n.size - 1));
        for (Entry entry : run.entries()) {
            if (last.isPresent() && Arrays.compareUnsigned(last.get(), entry.key()) >= 0) {
                throw new IllegalArgumentException("keys out of order");
            }
            last = Optional.of(entry.key());
            leaf.entries[leaf.size++] = entry;
            leaf.totals.add(entry, Sum.ZERO);
        }
        leaf.totals.sum = run.sum();
        leaf.headsAnew();
        return leaf;
    }

    private static List<Node> parents(Object owner, int width, List<Node> level) {
        List<Node> parents = new ArrayList<>();
        for (int i = 0; i < level.size(); i += width) {
            Inner parent = new Inner(owner, width, new Totals());
            for (Node child : level.subList(i, Math.min(level.size(), i + width))) {
                parent.add(child, child.key(0));
            }
            parent.headsAnew();
            parents.add(parent);
        }
        return parents;
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

    static Optional<Entry> find(Node from, byte[] key) {
        Node node = from;
        while (node instanceof Inner inner) {
            node = inner.children[inner.child(key)];
        }
        Leaf leaf = (Leaf) node;
        int index = leaf.lowerBound(key);
        return index < leaf.size && Arrays.equals(leaf.key(index), key) ? Optional.of(leaf.entries[index]) : Optional.empty();
    }

    /** What is known of everything. */
    public Summary summary() {
        return root.totals.summary();
    }

    /** What is known of a range, in O(log n). */
    public Summary summary(Range range) {
        if (range.empty()) {
            return Summary.EMPTY;
        }
        Summary upTo = range.to().map(this::below).orElse(summary());
        return range.from().length == 0 ? upTo : upTo.minus(below(range.from()));
    }

    /** The highest timestamp of an entry, 0 when there is none. */
    public long latestTimestamp() {
        return root.totals.timestampMax;
    }

    /** How many keys are below {@code key}. */
    public long rank(byte[] key) {
        long rank = 0;
        Node node = root;
        while (node instanceof Inner inner) {
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
        Node node = root;
        while (node instanceof Inner inner) {
            int i = 0;
            while (left >= inner.children[i].totals.count) {
                left -= inner.children[i++].totals.count;
            }
            node = inner.children[i];
        }
        return Optional.of(((Leaf) node).entries[(int) left]);
    }

    /** The entries of a range in key order. */
    public Scan scan(Range range) {
        return new Scan(root, range, Scan.EVERYTHING);
    }

    /** The entries of a range with a timestamp from {@code fromMs} (inclusive) to {@code toMs} (exclusive), in key order. */
    public Scan changed(Range range, long fromMs, long toMs) {
        return new Scan(root, range, new Scan.Filter() {
            @Override
            public boolean below(Totals totals) {
                return totals.timestampMax >= fromMs && totals.timestampMin < toMs;
            }

            @Override
            public boolean takes(Entry entry) {
                return entry.timestamp() >= fromMs && entry.timestamp() < toMs;
            }
        });
    }

    /** The entries whose death (the timestamp of a tombstone, else the expiry) is not after {@code now}, in key order. */
    public Scan dead(long now) {
        return new Scan(root, Range.all(), new Scan.Filter() {
            @Override
            public boolean below(Totals totals) {
                return totals.deathMin <= now;
            }

            @Override
            public boolean takes(Entry entry) {
                return entry.death() <= now;
            }
        });
    }

    /** What is expired in a range at {@code now}; empty when more than {@code nodesMax} nodes would have to be looked at. */
    public Optional<Expired> expired(Range range, long now, int nodesMax) {
        Scan scan = new Scan(root, range, new Scan.Filter() {
            @Override
            public boolean below(Totals totals) {
                return totals.expiresMin <= now;
            }

            @Override
            public boolean takes(Entry entry) {
                return !entry.deleted() && now >= entry.expires();
            }
        });
        long count = 0;
        long bytes = 0;
        while (scan.next()) {
            count++;
            bytes += scan.entry().key().length + (long) scan.entry().dataBytes();
            if (scan.nodes() > nodesMax) {
                return Optional.empty();
            }
        }
        return scan.nodes() > nodesMax ? Optional.empty() : Optional.of(new Expired(count, bytes));
    }

    /** The leaves in key order. */
    public Iterable<Run> runs() {
        return () -> new Scan(root, Range.all(), Scan.EVERYTHING).runs();
    }

    /**
     * Recounts everything below every node.
     *
     * @throws AssertionError naming what is wrong
     */
    public void check() {
        new Check(width).node(root);
    }

    /** The first entry below a node that is not empty. */
    static Entry first(Node from) {
        Node node = from;
        while (node instanceof Inner inner) {
            node = inner.children[0];
        }
        return ((Leaf) node).entries[0];
    }

    /** What is known of the keys below {@code key}. */
    private Summary below(byte[] key) {
        Totals totals = new Totals();
        Node node = root;
        while (node instanceof Inner inner) {
            int index = inner.child(key);
            for (int i = 0; i < index; i++) {
                totals.add(inner.children[i].totals);
            }
            node = inner.children[index];
        }
        EntryHash hash = new EntryHash();
        Leaf leaf = (Leaf) node;
        for (int i = 0, end = leaf.lowerBound(key); i < end; i++) {
            totals.add(leaf.entries[i], hash.of(leaf.entries[i]));
        }
        return totals.summary();
    }
}
