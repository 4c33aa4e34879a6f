package kvs.recovery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.log.BadRecordException;
import kvs.log.Checksum;
import kvs.log.CompactedRangeNote;
import kvs.log.DamagedRecords;
import kvs.log.EntryFactory;
import kvs.log.HighWatermarks;
import kvs.log.LogHead;
import kvs.log.OpenSegments;
import kvs.log.OwnerNumbers;
import kvs.log.Record;
import kvs.log.SegmentKeyFilters;
import kvs.log.SegmentScan;
import kvs.log.VersionChain;
import kvs.model.Dot;
import kvs.model.MergeRule;
import kvs.model.Version;
import kvs.tree.Editor;
import kvs.tree.Entry;
import kvs.tree.Tree;

/** Rebuilds the index from a checkpoint and the later records of the log. One thread. */
final class Replay implements SegmentScan.Visitor {

    private final OpenSegments segments;
    private final Editor editor;
    private final OwnerNumbers owners = new OwnerNumbers();
    private final List<DamagedRecords.DamagedRecord> damagedRecords;
    private final List<String> lost = new ArrayList<>();
    private final UUID origin;
    private final long wallMs;
    private final int history;
    private final SegmentKeyFilters filters = new SegmentKeyFilters();
    private LogHead head;
    private StoreNotes notes;
    private final HighWatermarks watermarks;
    private int segment;
    private int blemishes;

    /** A replay that keeps at most {@code history} older versions of each key. */
    Replay(Checkpoint from, OpenSegments segments, UUID origin, long wallMs, int history) {
        this.history = history;
        this.segments = segments;
        this.origin = origin;
        this.wallMs = wallMs;
        this.editor = from.snapshot().root().tree().edit();
        this.damagedRecords = new ArrayList<>(from.snapshot().root().damage().damagedRecords());
        this.head = from.snapshot().head();
        this.notes = from.snapshot().notes();
        this.watermarks = new HighWatermarks(from.coverage());
        from.owners().forEach(owners::number);
        from.filters().forEach(filters::put);
    }

    /** Begins the records of a segment. */
    void begin(int number) {
        segment = number;
        filters.begin(number);
    }

    Tree tree() {
        return editor.publish();
    }

    DamagedRecords damage() {
        return new DamagedRecords(List.copyOf(damagedRecords));
    }

    OwnerNumbers owners() {
        return owners;
    }

    LogHead head() {
        return head;
    }

    SegmentKeyFilters filters() {
        return filters;
    }

    HighWatermarks reach() {
        return watermarks;
    }

    StoreNotes notes() {
        return notes;
    }

    /** The stretches lost since the last call. */
    List<String> takeLost() {
        List<String> taken = List.copyOf(lost);
        lost.clear();
        return taken;
    }

    @Override
    public void record(Record record, int offset, int bytes) throws IOException {
        Optional<Entry> current = editor.get(record.key().bytes());
        if (record instanceof Record.Put put) {
            Version version = put.version();
            watermarks.raise(version.dot());
            boolean here = version.dot().seq() == put.seq() && version.dot().origin().equals(origin);
            head = head.after(put.seq(), version.timestamp(), wallMs, here);
            filters.add(segment, Checksum.ofKey(version.key().bytes()));
            version(put, current, new Entry.RecordLocation(segment, offset, bytes, put.rawBytes()));
        } else if (record instanceof Record.Purge purge) {
            head = head.purged(purge.seq(), purge.rank().timestamp(), wallMs);
            if (current.isPresent() && current.get().timestamp() <= purge.rank().timestamp()) {
                editor.remove(purge.key().bytes());
            }
        } else if (record instanceof Record.Note note) {
            note(note);
        }
    }

    private void note(Record.Note note) throws BadRecordException {
        if (note.key().text().equals(CompactedRangeNote.NAME)) {
            CompactedRangeNote summary = CompactedRangeNote.of(note);
            head = summary.after(head, origin, wallMs);
            summary.reach().numbers().forEach((from, highest) -> watermarks.raise(new Dot(from, highest)));
        } else {
            head = head.noted(note.seq());
            notes = notes.with(note.key().text(), note.body());
        }
    }

    /** Adds a version as {@link kvs.store.Transaction} did when it was first logged. */
    private void version(Record.Put put, Optional<Entry> current, Entry.RecordLocation place) {
        Version version = put.version();
        if (put.beaten() && damage().hides(put.key().bytes(), current)) {
            hide(put, place);
        }
        MergeRule.Outcome outcome = MergeRule.decide(MergeRule.Arriving.logged(version, older(put)),
                current.map(entry -> EntryFactory.present(entry, () -> read(entry))), false);
        if (outcome.wins()) {
            int[] past = current.map(old -> VersionChain.after(outcome, old.past(), VersionChain.place(old),
                    history)).orElse(VersionChain.NONE);
            editor.put(EntryFactory.of(version, owners.number(version.owner()), new Entry.RecordLocation(
                    place.segment(), place.offset(), place.recordBytes(), place.dataBytes(), past)));
        } else if (outcome == MergeRule.Outcome.UNORDERED) {
            hide(put, place);
        } else {
            Entry winner = current.orElseThrow();
            editor.amend(winner.at(VersionChain.place(winner,
                    VersionChain.after(outcome, winner.past(), place, history))));
        }
    }

    private static MergeRule.Older older(Record.Put put) {
        if (put.anew()) {
            return MergeRule.Older.FORGOTTEN;
        }
        return put.arrived() ? MergeRule.Older.COMPARED : MergeRule.Older.SEEN;
    }

    /** Marks a key as damaged: its newest version is unreadable, and this one is not newer. */
    private void hide(Record.Put put, Entry.RecordLocation place) {
        damagedRecords.add(new DamagedRecords.DamagedRecord(Checksum.ofKey(put.key().bytes()),
                place.segment(), place.offset()));
    }

    /**
     * Counts an unreadable record. Its number is unknown, but it was at least the next one: it was assigned,
     * and other nodes may refer to it.
     */
    @Override
    public void damaged(int keyCrc, int offset, String what) {
        head = head.noted(head.seq() + 1);
        damagedRecords.add(new DamagedRecords.DamagedRecord(keyCrc, segment, offset));
    }

    @Override
    public void lost(long from, long to, String what) {
        lost.add("bytes " + from + " to " + to + " are unreadable (" + what + ")");
    }

    @Override
    public void blemish(long offset, String what) {
        blemishes++;
    }

    /** The number of unreadable headers and trailers without a loss of records. */
    int blemishes() {
        return blemishes;
    }

    /** The complete version of an entry: the entry lacks the fields that break a tie. */
    private Optional<Version> read(Entry entry) {
        try {
            return Optional.of(segments.record(entry).version());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
