package kvs.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import kvs.log.BadRecordException;
import kvs.log.Checksum;
import kvs.log.CompactedRangeNote;
import kvs.log.DamagedRecords;
import kvs.log.DataFileNames;
import kvs.log.Journal;
import kvs.log.KeyBloomFilter;
import kvs.log.Record;
import kvs.log.Segment;
import kvs.log.SegmentBuilder;
import kvs.log.SegmentScan;
import kvs.log.VersionChain;
import kvs.model.Key;
import kvs.recovery.LogState;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * Copies the live records of the segments of a {@link Compaction}, in their order, into the new segment, and
 * remembers from where each version came.
 *
 * <p>The live records are: versions that the index points to, as the present or a past version of a key; the
 * last note of each name; purges of keys of which an earlier segment may still contain a version; and the
 * {@link CompactedRangeNote} of the removed records. A segment with an unreadable record is left as it is,
 * unless the record is garbage: nothing points to it, it hides nothing, and were it a purge, no earlier
 * segment had a version for it.
 *
 * <p>One thread, which is not the writer's.
 */
final class LiveRecordCopier {

    /** The number of unreadable records that are examined; with more, the disk is failing. */
    private static final int SPOTS_MAX = 100;

    private final Journal journal;
    private final Supplier<LogState> state;
    private final List<Integer> replaced;
    private final List<Integer> earlier;
    private final SegmentBuilder writer;
    private final KeyBloomFilter.Builder keys = new KeyBloomFilter.Builder();
    private final CompactedRangeNote summary;
    /** The old positions of the copied versions, in order: segment, offset. */
    private int[] origins = new int[1 << 10];
    private int copied;
    /** The bytes of the copied versions. */
    private long versions;
    private LogState snapshot;
    private int victim;
    private Optional<SegmentScan> scan = Optional.empty();
    private Optional<String> fault = Optional.empty();
    /** The victim that cannot be compacted. */
    private int unfitSegment;
    /** The unreadable records of the victims. */
    private final List<DamagedRecords.DamagedRecord> damagedRecords = new ArrayList<>();

    /** A copier of {@code replaced} to {@code writer}. */
    LiveRecordCopier(Journal journal, Supplier<LogState> state, List<Integer> replaced,
            SegmentBuilder writer) {
        this.journal = journal;
        this.state = state;
        this.replaced = replaced;
        this.writer = writer;
        this.summary = new CompactedRangeNote(journal.manifest().origin());
        this.earlier = journal.layout().numbers().stream()
                .filter(number -> number < replaced.get(0)).toList();
    }

    /** The victim that prevented the compaction. */
    int unfitSegment() {
        return unfitSegment;
    }

    /** The number of copied versions. */
    int copied() {
        return copied;
    }

    /** The bytes of the copied versions. */
    long versionBytes() {
        return versions;
    }

    /** The old position of a copied version, by its index among them; its record has {@code bytes}. */
    Entry.RecordLocation origin(int index, int bytes) {
        return new Entry.RecordLocation(origins[2 * index], origins[2 * index + 1], bytes, 0);
    }

    /** The filter of the keys of the copied versions. */
    KeyBloomFilter filter() {
        return keys.filter();
    }

    /**
     * Copies about that many bytes; whether the copy is complete.
     *
     * @throws BadRecordException when the victims cannot be compacted
     */
    boolean copy(int bytes) throws IOException {
        snapshot = state.get();
        unfitSegment = replaced.get(victim);
        if (scan.isEmpty()) {
            Segment from = journal.segments().get(replaced.get(victim))
                    .orElseThrow(() -> new BadRecordException("its segment is missing"));
            scan = Optional.of(new SegmentScan(from, journal.bytes(from.number()),
                    new VictimVisitor(from.number())));
        }
        boolean ended = scan.get().walk(bytes).isPresent();
        if (fault.isPresent()) {
            throw new BadRecordException(DataFileNames.segment(replaced.get(victim)) + ": " + fault.get());
        }
        if (ended) {
            scan = Optional.empty();
            victim++;
        }
        if (victim < replaced.size()) {
            return false;
        }
        checkDamage();
        writer.note(summary.note());
        writer.finish();
        return true;
    }

    /**
     * Checks that the unreadable records are garbage. One may have been a note, so all present notes are
     * copied.
     */
    private void checkDamage() throws IOException {
        Optional<DamagedRecords.DamagedRecord> hides = snapshot.root().damage().damagedRecords().stream()
                .filter(known -> replaced.contains(known.segment())).findFirst();
        if (hides.isPresent()) {
            throw unfitSegment(hides.get());
        }
        if (damagedRecords.isEmpty()) {
            return;
        }
        for (DamagedRecords.DamagedRecord damagedRecord : damagedRecords) {
            if (earlier.stream()
                    .anyMatch(segment -> journal.filters().mayHold(segment, damagedRecord.keyCrc()))) {
                throw unfitSegment(damagedRecord);
            }
        }
        TreeCursor scan = snapshot.root().tree().scan(KeyRange.all());
        while (scan.next()) {
            Entry entry = scan.entry();
            for (DamagedRecords.DamagedRecord damagedRecord : damagedRecords) {
                if (entry.segment() == damagedRecord.segment() && entry.offset() == damagedRecord.offset()
                        || VersionChain.find(entry.past(), damagedRecord.segment(), damagedRecord.offset())
                                >= 0) {
                    throw unfitSegment(damagedRecord);
                }
            }
        }
        summary.add(snapshot.head());
        for (Map.Entry<String, byte[]> noted : snapshot.notes().all().entrySet()) {
            Key name = Key.ofBytes(noted.getKey().getBytes(StandardCharsets.UTF_8));
            writer.note(new Record.Note(summary.seq(), name, noted.getValue()));
        }
    }

    private BadRecordException unfitSegment(DamagedRecords.DamagedRecord damagedRecord) {
        unfitSegment = damagedRecord.segment();
        return new BadRecordException(DataFileNames.segment(unfitSegment) + ": unreadable record at "
                + damagedRecord.offset());
    }

    /** The visitor of the records of a victim. */
    private final class VictimVisitor implements SegmentScan.Visitor {

        private final int number;

        VictimVisitor(int number) {
            this.number = number;
        }

        @Override
        public void record(Record record, int offset, int bytes) throws IOException {
            summary.add(record);
            if (record instanceof Record.Put put && used(put, offset)) {
                writer.put(put);
                keys.add(Checksum.ofKey(put.key().bytes()));
                origin(offset);
                versions += bytes;
            } else if (record instanceof Record.Purge purge && needed(purge)) {
                writer.purge(purge);
            } else if (record instanceof Record.Note note && last(note)) {
                writer.note(note);
            }
        }

        private boolean used(Record.Put put, int offset) {
            Optional<Entry> entry = snapshot.root().tree().get(put.key().bytes());
            return entry.filter(e -> e.segment() == number && e.offset() == offset
                    || VersionChain.find(e.past(), number, offset) >= 0).isPresent();
        }

        /**
         * Whether an earlier segment may contain a version of the purged key. Older versions in the victims
         * themselves are not copied, because the index does not point to them.
         */
        private boolean needed(Record.Purge purge) {
            int crc = Checksum.ofKey(purge.key().bytes());
            return earlier.stream().anyMatch(segment -> journal.filters().mayHold(segment, crc));
        }

        private boolean last(Record.Note note) {
            String name = note.key().text();
            byte[] present = snapshot.notes().find(name).orElse(new byte[0]);
            return !name.equals(CompactedRangeNote.NAME) && Arrays.equals(present, note.body());
        }

        private void origin(int offset) {
            if (2 * copied + 2 > origins.length) {
                origins = Arrays.copyOf(origins, 2 * origins.length);
            }
            origins[2 * copied] = number;
            origins[2 * copied + 1] = offset;
            copied++;
        }

        @Override
        public void damaged(int keyCrc, int offset, String what) {
            damagedRecords.add(new DamagedRecords.DamagedRecord(keyCrc, number, offset));
            fault = damagedRecords.size() > SPOTS_MAX
                    ? Optional.of("more than " + SPOTS_MAX + " unreadable records") : fault;
        }

        @Override
        public void lost(long from, long to, String what) {
            fault = Optional.of("bytes " + from + " to " + to + ": " + what);
        }

        @Override
        public void blemish(long offset, String what) {
            // No record is missing, and the copy has no such fault.
        }
    }
}
