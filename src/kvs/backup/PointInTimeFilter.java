package kvs.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.log.EntryFactory;
import kvs.log.Record;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionRank;
import kvs.tree.Editor;
import kvs.tree.Entry;
import kvs.tree.RangeSummary;
import kvs.tree.Tree;

/**
 * Lets through what a backup holds of the time until a moment, and knows the index of what it let through. One thread.
 *
 * <p>Of each key the present is then the greatest version of that time, what is older its past. A key of which the backup keeps nothing so old, but
 * whose oldest version had replaced something, is told: nobody knows what it had then.
 */
final class PointInTimeFilter implements BackupReader.Visitor {

    private static final Entry.RecordLocation NOWHERE = new Entry.RecordLocation(0, 0, 0, 0);

    private final long untilMs;
    private final RecordSink sink;
    private final List<Record.Note> notes = new ArrayList<>();
    private final List<Key> unreached = new ArrayList<>();
    private final Editor editor = Tree.empty(Tree.WIDTH).edit();
    private Optional<Key> key = Optional.empty();
    private Optional<Entry> best = Optional.empty();
    private VersionRank bestRank = new VersionRank(0, 0, 0, 0);
    private Optional<OldestVersion> oldest = Optional.empty();
    private long versions;
    private long unreachedCount;

    /** Keys that are named. */
    static final int NAMED_MAX = 20;

    /** Where it goes. */
    @FunctionalInterface
    interface RecordSink {
        void put(Record.Put put) throws IOException;
    }

    private record OldestVersion(long timestamp, long replaced) { }

    /** Lets through what is not younger. */
    PointInTimeFilter(long untilMs, RecordSink sink) {
        this.untilMs = untilMs;
        this.sink = sink;
    }

    @Override
    public void version(Record.Put put) throws IOException {
        Version version = put.version();
        if (key.filter(k -> Arrays.equals(k.bytes(), put.key().bytes())).isEmpty()) {
            end();
            key = Optional.of(put.key());
        }
        if (oldest.filter(o -> o.timestamp <= version.timestamp()).isEmpty()) {
            oldest = Optional.of(new OldestVersion(version.timestamp(), version.lineage().prevTimestamp()));
        }
        if (version.timestamp() > untilMs) {
            return;
        }
        if (best.isEmpty() || version.rank().compareTo(bestRank) > 0) {
            best = Optional.of(EntryFactory.of(version, 0, NOWHERE));
            bestRank = version.rank();
        }
        versions++;
        sink.put(put);
    }

    @Override
    public void note(Record.Note note) {
        notes.add(note);
    }

    private void end() {
        best.ifPresent(editor::put);
        if (best.isEmpty() && oldest.filter(o -> o.replaced != 0).isPresent()) {
            unreachedCount++;
            if (unreached.size() < NAMED_MAX) {
                unreached.add(key.orElseThrow());
            }
        }
        best = Optional.empty();
        oldest = Optional.empty();
    }

    /** The index of what was let through; call once, at the end. */
    RangeSummary index() {
        end();
        return editor.publish().summary();
    }

    long versions() {
        return versions;
    }

    /** All of them, the trace of the log last. */
    List<Record.Note> notes() {
        return notes;
    }

    /** Keys of which nobody knows what they had, {@value #NAMED_MAX} at the most. */
    List<Key> unreached() {
        return List.copyOf(unreached);
    }

    /** How many there are. */
    long unreachedCount() {
        return unreachedCount;
    }
}
