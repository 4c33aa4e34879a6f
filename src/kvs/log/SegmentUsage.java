package kvs.log;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.Tree;
import kvs.tree.TreeCursor;

/**
 * The bytes of each segment that are in use: by records that the index points to, as current or older
 * versions of a key, and by records that compaction had to keep beside them. Everything else is garbage.
 * Changed by the writer's thread, group by group, read by any.
 */
public final class SegmentUsage {

    private final Map<Integer, AtomicLong> live = new ConcurrentHashMap<>();
    /** The changes of the group that is being made, by segment. */
    private final Map<Integer, long[]> changes = new HashMap<>();
    /**
     * The segment that was counted last, -1 for none, and its change: the older versions of a key are mostly
     * in one segment.
     */
    private int recent = -1;
    private long[] change = {};

    private SegmentUsage() { }

    /** The usage of a whole index. */
    public static SegmentUsage of(Tree tree) {
        SegmentUsage usage = new SegmentUsage();
        TreeCursor scan = tree.scan(KeyRange.all());
        while (scan.next()) {
            usage.add(scan.entry(), 1);
        }
        usage.commit();
        return usage;
    }

    /** Adds the changes of the group, which is published. */
    public void commit() {
        changes.forEach((segment, bytes) -> live.computeIfAbsent(segment, any -> new AtomicLong())
                .addAndGet(bytes[0]));
        begin();
    }

    /**
     * Begins a group; drops the changes of the previous one, if they are not committed: it was not published.
     */
    public void begin() {
        changes.clear();
        recent = -1;
    }

    /** Adds (1) or removes (-1) an entry with all its older versions. */
    public void add(Entry entry, int sign) {
        add(entry.segment(), (long) sign * entry.recordBytes());
        past(entry.past(), 0, sign);
    }

    /** Adds (1) or removes (-1) the older versions of a chain from an index on. */
    void past(int[] past, int from, int sign) {
        for (int i = from; i < VersionChain.count(past); i++) {
            add(VersionChain.segment(past, i), (long) sign * VersionChain.bytes(past, i));
        }
    }

    /** Counts bytes of a segment as used. */
    public void add(int segment, long bytes) {
        if (segment != recent) {
            recent = segment;
            change = changes.computeIfAbsent(segment, any -> new long[1]);
        }
        change[0] += bytes;
    }

    /** The bytes of a segment that are in use. */
    public long of(int segment) {
        AtomicLong bytes = live.get(segment);
        return bytes == null ? 0 : bytes.get();
    }

    /** Drops a segment that was removed. */
    public void remove(int segment) {
        live.remove(segment);
    }
}
