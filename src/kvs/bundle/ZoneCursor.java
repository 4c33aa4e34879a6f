package kvs.bundle;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import kvs.model.Zone;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.Tree;
import kvs.tree.TreeCursor;

/** A walk over the entries of a zone in one state of the index, keys ascending. One thread. */
final class ZoneCursor {

    private final Optional<Tree> tree;
    private final Iterator<KeyRange> ranges;
    private Optional<TreeCursor> scan = Optional.empty();
    private Optional<Entry> entry = Optional.empty();

    /** A walk that stands at the first entry. */
    ZoneCursor(Tree tree, Zone zone) {
        this(Optional.of(tree), ZoneScan.ranges(zone));
        next();
    }

    /** A walk over nothing. */
    static ZoneCursor none() {
        return new ZoneCursor(Optional.empty(), List.of());
    }

    private ZoneCursor(Optional<Tree> tree, List<KeyRange> ranges) {
        this.tree = tree;
        this.ranges = ranges.iterator();
    }

    /** Whether it stands at an entry. */
    boolean hasEntry() {
        return entry.isPresent();
    }

    /** The entry at which it stands. */
    Entry entry() {
        return entry.orElseThrow();
    }

    /** Whether it stands at that key. */
    boolean isAt(byte[] key) {
        return entry.filter(present -> Arrays.equals(present.key(), key)).isPresent();
    }

    /** Moves to the next entry, or to the end. */
    void next() {
        entry = Optional.empty();
        while (entry.isEmpty() && (scan.isPresent() || ranges.hasNext())) {
            if (scan.isEmpty()) {
                scan = Optional.of(tree.orElseThrow().scan(ranges.next()));
            }
            if (scan.get().next()) {
                entry = Optional.of(scan.get().entry());
            } else {
                scan = Optional.empty();
            }
        }
    }
}
