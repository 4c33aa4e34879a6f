package kvs.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.log.EntryFactory;
import kvs.log.Record;
import kvs.model.Key;
import kvs.model.MergeRule;
import kvs.model.Version;
import kvs.tree.Editor;
import kvs.tree.Entry;
import kvs.tree.RangeTotals;
import kvs.tree.Tree;

/**
 * Filters a backup to the versions up to a moment, and computes the index of the versions that pass. One
 * thread.
 *
 * <p>The present version of a key is then the greatest one up to that moment, and older ones are its past. A
 * key is reported as unreached when the backup keeps no version so old, but its oldest version had replaced
 * another one: its value at that moment is unknown.
 */
final class PointInTimeFilter implements BackupReader.Visitor {

    private static final Entry.RecordLocation NOWHERE = new Entry.RecordLocation(0, 0, 0, 0);

    private final long untilMs;
    private final RecordSink sink;
    private final List<Record.Note> notes = new ArrayList<>();
    private final List<Key> unreached = new ArrayList<>();
    private final Editor editor = Tree.empty(Tree.WIDTH).edit();
    private Optional<Key> key = Optional.empty();
    private Optional<Version> best = Optional.empty();
    private Optional<OldestVersion> oldest = Optional.empty();
    private long versions;
    private long unreachedCount;

    /** The number of unreached keys that are named. */
    static final int NAMED_MAX = 20;

    /** A receiver of the versions that pass. */
    @FunctionalInterface
    interface RecordSink {
        void put(Record.Put put) throws IOException;
    }

    private record OldestVersion(long timestamp, long replaced) { }

    /** A filter that passes versions up to {@code untilMs}. */
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
        if (MergeRule.decide(MergeRule.Arriving.listed(version), best.map(MergeRule.Present::of),
                false).wins()) {
            best = Optional.of(version);
        }
        versions++;
        sink.put(put);
    }

    @Override
    public void note(Record.Note note) {
        notes.add(note);
    }

    private void end() {
        best.ifPresent(version -> editor.put(EntryFactory.of(version, 0, NOWHERE)));
        if (best.isEmpty() && oldest.filter(o -> o.replaced != 0).isPresent()) {
            unreachedCount++;
            if (unreached.size() < NAMED_MAX) {
                unreached.add(key.orElseThrow());
            }
        }
        best = Optional.empty();
        oldest = Optional.empty();
    }

    /** The index of the versions that passed; call once, at the end. */
    RangeTotals index() {
        end();
        return editor.publish().summary();
    }

    long versions() {
        return versions;
    }

    /** All notes, the log summary last. */
    List<Record.Note> notes() {
        return notes;
    }

    /** Keys whose value at that moment is unknown, at most {@value #NAMED_MAX}. */
    List<Key> unreached() {
        return List.copyOf(unreached);
    }

    /** The number of all such keys. */
    long unreachedCount() {
        return unreachedCount;
    }
}
