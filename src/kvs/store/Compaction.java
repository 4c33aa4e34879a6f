package kvs.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import kvs.log.BadRecordException;
import kvs.log.Checksum;
import kvs.log.FileNames;
import kvs.log.Journal;
import kvs.log.KeyBloomFilter;
import kvs.log.LogDamage;
import kvs.log.LogSummary;
import kvs.log.Manifest;
import kvs.log.Record;
import kvs.log.Segment;
import kvs.log.SegmentLayout;
import kvs.log.SegmentScan;
import kvs.log.SegmentWriter;
import kvs.log.StorageEnvironment;
import kvs.log.VersionChain;
import kvs.model.Key;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * A compaction: the live records of some neighbouring segments are copied, in their order, into a new segment
 * that takes their place, so that the log keeps its order and a replay arrives at the same state. Numbers
 * stay.
 * <ol>
 * <li>Copy. The new file does not count yet; a crash leaves it behind, and the next start removes it.</li>
 * <li>Force the file, read it back completely, and point the index to the copies, some hundred at a time in
 * the writer's steps. The old segments stay unchanged, and MANIFEST names them: a crash falls back to
 * them.</li>
 * <li>Adopt: the layout of the log has the new segment in the place of the old ones, and the log is forced,
 * so that the writes that made the rest garbage are durable whatever the durability setting. MANIFEST names
 * the new segment after the next checkpoint, which points to it ({@link Maintenance}).</li>
 * </ol>
 * The live records are: versions that the index points to, as the present or a past version of a key; the
 * last note of each name; purges of keys of which an earlier segment may still contain a version; and the
 * {@link LogSummary} of the removed records. A segment with an unreadable record is left as it is, unless the
 * record is garbage: nothing points to it, it hides nothing, and were it a purge, no earlier segment had a
 * version for it.
 *
 * <p>One thread, which is not the writer's.
 */
final class Compaction {

    /** The number of unreadable records that are examined; with more, the disk is failing. */
    private static final int SPOTS_MAX = 100;

    private final StorageEnvironment doors;
    private final Journal journal;
    private final Supplier<LogState> state;
    private final Consumer<Write> submit;
    private final List<Integer> victims;
    private final List<Integer> earlier;
    private final Segment target;
    private final Manifest.LiveSegment made;
    private final SegmentWriter writer;
    private final KeyBloomFilter.Builder keys = new KeyBloomFilter.Builder();
    private final LogSummary trace;
    /** The old positions of the copied versions, in order: segment, offset. */
    private int[] origins = new int[1 << 10];
    private int copied;
    private Mover mover = new Mover();
    /** The bytes of the copied versions. */
    private long versions;
    private LogState seen;
    private int victim;
    private Optional<SegmentScan> scan = Optional.empty();
    private Optional<SegmentScan> readBack = Optional.empty();
    private Stage stage = Stage.COPY;
    private Optional<String> fault = Optional.empty();
    /** The victim that cannot be compacted. */
    private int unfit;
    /** The unreadable records of the victims. */
    private final List<LogDamage.DamagedRecord> spots = new ArrayList<>();
    private Optional<CompactionWrite> step = Optional.empty();

    private enum Stage { COPY, CHECK, MOVE, ADOPT, DONE }

    /** A compaction of {@code victims}; creates the new file. */
    Compaction(StorageEnvironment doors, Journal journal, Supplier<LogState> state, Consumer<Write> submit,
            List<Integer> victims) throws IOException {
        this.doors = doors;
        this.journal = journal;
        this.state = state;
        this.submit = submit;
        this.victims = victims;
        this.trace = new LogSummary(journal.manifest().origin());
        SegmentLayout layout = journal.layout();
        this.earlier = layout.numbers().stream().filter(number -> number < victims.get(0)).toList();
        this.made = new Manifest.LiveSegment(number(journal, victims)
                .orElseThrow(() -> new IOException("no number is free")), doors.dice().bits(), 0);
        this.target = Segment.createCopied(doors.disk(), made, doors.clock().wallMs());
        this.writer = new SegmentWriter(target);
        journal.segments().add(target);
    }

    /**
     * A free number above those of the victims, so that a reader with a saved position in one of them
     * continues before the complete copy: it reads records twice rather than never.
     */
    static Optional<Integer> number(Journal journal, List<Integer> victims) {
        int last = victims.get(victims.size() - 1);
        int next = journal.layout().numbers().stream().filter(number -> number > last).findFirst()
                .orElse(last);
        for (int number = last + 1; number < next; number++) {
            if (journal.segments().get(number).isEmpty() && !journal.manifest().retired().contains(number)) {
                return Optional.of(number);
            }
        }
        return Optional.empty();
    }

    /** A write that ends a segment, if that is still the active one; {@link Maintenance} repeats it. */
    static Write roll(int segment) {
        return tx -> {
            if (tx.group().journal().segment() == segment) {
                tx.group().journal().roll();
            }
        };
    }

    List<Integer> victims() {
        return victims;
    }

    /** Whether the index is being changed: no checkpoint may be taken. */
    boolean moving() {
        return stage == Stage.MOVE || stage == Stage.ADOPT;
    }

    /** Whether the writer refused the last request. */
    boolean refused() {
        return step.filter(s -> s.state() == CompactionWrite.State.REFUSED).isPresent();
    }

    boolean done() {
        return stage == Stage.DONE;
    }

    /** The victim that prevented the compaction. */
    int unfit() {
        return unfit;
    }

    /** The bytes of the copy so far. */
    int bytes() {
        return writer.end();
    }

    /** Removes the copy; not allowed while the index may point to it. */
    void abandon() throws IOException {
        journal.segments().remove(target.number());
        doors.disk().delete(FileNames.segment(target.number()));
    }

    /**
     * Processes about that many bytes.
     *
     * @throws BadRecordException when the victims cannot be compacted
     * @throws IOException when a retry may succeed
     */
    void work(int bytes) throws IOException {
        if (waiting()) {
            return;
        }
        switch (stage) {
            case COPY -> copy(bytes);
            case CHECK -> check(bytes);
            case MOVE -> move();
            case ADOPT -> adopt();
            case DONE -> { }
        }
    }

    private void copy(int bytes) throws IOException {
        seen = state.get();
        unfit = victims.get(victim);
        if (scan.isEmpty()) {
            Segment from = journal.segments().get(victims.get(victim))
                    .orElseThrow(() -> new BadRecordException("its segment is missing"));
            scan = Optional.of(new SegmentScan(from, journal.bytes(from.number()),
                    new Copier(from.number())));
        }
        boolean ended = scan.get().walk(bytes).isPresent();
        if (fault.isPresent()) {
            throw new BadRecordException(FileNames.segment(victims.get(victim)) + ": " + fault.get());
        }
        if (ended) {
            scan = Optional.empty();
            victim++;
        }
        if (victim == victims.size()) {
            checkSpots();
            writer.note(trace.note());
            writer.finish();
            doors.disk().force();
            readBack();
            stage = Stage.CHECK;
        }
    }

    /**
     * Checks that the unreadable records are garbage. One may have been a note, so all present notes are
     * copied.
     */
    private void checkSpots() throws IOException {
        Optional<LogDamage.DamagedRecord> hides = seen.root().damage().spots().stream()
                .filter(known -> victims.contains(known.segment())).findFirst();
        if (hides.isPresent()) {
            throw unfit(hides.get());
        }
        if (spots.isEmpty()) {
            return;
        }
        for (LogDamage.DamagedRecord spot : spots) {
            if (earlier.stream().anyMatch(segment -> journal.filters().mayHold(segment, spot.keyCrc()))) {
                throw unfit(spot);
            }
        }
        TreeCursor scan = seen.root().tree().scan(KeyRange.all());
        while (scan.next()) {
            Entry entry = scan.entry();
            for (LogDamage.DamagedRecord spot : spots) {
                if (entry.segment() == spot.segment() && entry.offset() == spot.offset()
                        || VersionChain.find(entry.past(), spot.segment(), spot.offset()) >= 0) {
                    throw unfit(spot);
                }
            }
        }
        trace.add(seen.head());
        for (Map.Entry<String, byte[]> noted : seen.notes().all().entrySet()) {
            Key name = Key.ofBytes(noted.getKey().getBytes(StandardCharsets.UTF_8));
            writer.note(new Record.Note(trace.seq(), name, noted.getValue()));
        }
    }

    private BadRecordException unfit(LogDamage.DamagedRecord spot) {
        unfit = spot.segment();
        return new BadRecordException(FileNames.segment(unfit) + ": unreadable record at " + spot.offset());
    }

    /** Copies the live records of a victim. */
    private final class Copier implements SegmentScan.Visitor {

        private final int number;

        Copier(int number) {
            this.number = number;
        }

        @Override
        public void record(Record record, int offset, int bytes) throws IOException {
            trace.add(record);
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
            Optional<Entry> entry = seen.root().tree().get(put.key().bytes());
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
            byte[] present = seen.notes().find(name).orElse(new byte[0]);
            return !name.equals(LogSummary.NAME) && Arrays.equals(present, note.body());
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
            spots.add(new LogDamage.DamagedRecord(keyCrc, number, offset));
            fault = spots.size() > SPOTS_MAX
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

    /** Checks the copy, and then collects the moves of its records for the index. */
    private final class Mover implements SegmentScan.Visitor {

        private List<IndexWriteSet.RecordMove> moves = new ArrayList<>();
        private int met;

        @Override
        public void record(Record record, int offset, int bytes) {
            if (record instanceof Record.Put put) {
                if (stage == Stage.MOVE) {
                    var from = new Entry.RecordLocation(origins[2 * met], origins[2 * met + 1], bytes, 0);
                    moves.add(new IndexWriteSet.RecordMove(put.key().bytes(), from, target.number(), offset));
                }
                met++;
            }
        }

        List<IndexWriteSet.RecordMove> take() {
            List<IndexWriteSet.RecordMove> taken = moves;
            moves = new ArrayList<>();
            return taken;
        }

        @Override
        public void damaged(int keyCrc, int offset, String what) {
            fault = Optional.of("the copy reads back differently at " + offset);
        }

        @Override
        public void lost(long from, long to, String what) {
            damaged(0, (int) from, what);
        }

        @Override
        public void blemish(long offset, String what) {
            damaged(0, (int) offset, what);
        }
    }

    private void check(int bytes) throws IOException {
        boolean ended = readBack.orElseThrow().walk(bytes).isPresent();
        if (fault.isPresent() || ended && mover.met != copied) {
            throw new IOException(FileNames.segment(target.number()) + ": "
                    + fault.orElse("the copy reads back differently"));
        }
        if (ended) {
            readBack();
            stage = Stage.MOVE;
        }
    }

    private void readBack() throws IOException {
        mover = new Mover();
        readBack = Optional.of(new SegmentScan(target, writer.end(), mover));
    }

    private void move() throws IOException {
        boolean ended = readBack.orElseThrow().walk(1).isPresent();
        if (fault.isPresent()) {
            throw new IOException(FileNames.segment(target.number()) + ": " + fault.get());
        }
        List<IndexWriteSet.RecordMove> moves = mover.take();
        if (!moves.isEmpty()) {
            begin(new CompactionWrite(tx -> moves.forEach(tx::move)));
        }
        if (ended) {
            stage = Stage.ADOPT;
        }
    }

    private void adopt() {
        Manifest.LiveSegment whole = new Manifest.LiveSegment(made.number(), made.salt(), writer.end());
        SegmentLayout.Replacement swap = new SegmentLayout.Replacement(victims, whole);
        if (journal.layout().swaps().contains(swap)) {
            stage = Stage.DONE;
            return;
        }
        journal.filters().put(made.number(), List.of(keys.filter()));
        begin(new CompactionWrite(tx -> {
            if (!tx.group().journal().layout().swaps().contains(swap)) {
                tx.group().journal().adopt(swap);
            }
            tx.kept(made.number(), writer.end() - Segment.HEAD_BYTES - versions);
            tx.force();
        }));
    }

    private void begin(CompactionWrite next) {
        step = Optional.of(next);
        submit.accept(next);
    }

    /** Whether the writer has not yet done the last request; a refused request is submitted again. */
    private boolean waiting() {
        if (refused()) {
            begin(step.get().again());
        }
        return step.filter(s -> s.state() != CompactionWrite.State.WRITTEN).isPresent();
    }
}
