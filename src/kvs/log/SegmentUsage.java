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
 * How many bytes of each segment are in use: records that the index points to, as the present of a key or its past, and what compaction had to keep
 * beside them. Everything else is garbage. Changed by the writer's thread, group by group, read by any.
 */
public final class SegmentUsage {

    private final Map<Integer, AtomicLong> live = new ConcurrentHashMap<>();
    /** Of the group that is being made. */
    private final Map<Integer, long[]> changes = new HashMap<>();
    /** The segment that was counted last, -1 for none, and its change: the past of a key lies mostly in one. */
    private int recent = -1;
    private long[] change = {};

    /** What a whole index uses. */
    public void count(Tree tree) {
        TreeCursor scan = tree.scan(KeyRange.all());
        while (scan.next()) {
            add(scan.entry(), 1);
        }
        commit();
    }

    /** The group is published. */
    public void commit() {
        changes.forEach((segment, bytes) -> live.computeIfAbsent(segment, any -> new AtomicLong()).addAndGet(bytes[0]));
        begin();
    }

    /** The group before was not published, if it is not committed. */
    public void begin() {
        changes.clear();
        recent = -1;
    }

    /** An entry came (1) or went (-1), with all of its past. */
    public void add(Entry entry, int sign) {
        add(entry.segment(), (long) sign * entry.recordBytes());
        past(entry.past(), 0, sign);
    }

    /** Some of a past came or went: all from an index on. */
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

    /** Bytes in use. */
    public long of(int segment) {
        AtomicLong bytes = live.get(segment);
        return bytes == null ? 0 : bytes.get();
    }

    /** Forgets a segment that is gone. */
    public void remove(int segment) {
        live.remove(segment);
    }
}
