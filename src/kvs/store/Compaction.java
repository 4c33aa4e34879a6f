package kvs.store;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import kvs.log.BadRecordException;
import kvs.log.DataFileNames;
import kvs.log.Journal;
import kvs.log.Manifest;
import kvs.log.Segment;
import kvs.log.SegmentBuilder;
import kvs.log.SegmentSequence;
import kvs.log.StorageEnvironment;
import kvs.recovery.LogState;

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
 * {@link LiveRecordCopier} decides which records are live.
 *
 * <p>One thread, which is not the writer's.
 */
final class Compaction {

    private final StorageEnvironment environment;
    private final Journal journal;
    private final Consumer<Write> submit;
    private final List<Integer> replaced;
    private final Segment target;
    private final Manifest.LiveSegment made;
    private final SegmentBuilder writer;
    private final LiveRecordCopier copier;
    private Optional<CompactionCopyReader> reader = Optional.empty();
    private Stage stage = Stage.COPY;
    private Optional<CompactionWrite> step = Optional.empty();

    private enum Stage { COPY, CHECK, MOVE, ADOPT, DONE }

    /** A compaction of {@code replaced}; creates the new file. */
    Compaction(StorageEnvironment environment, Journal journal, Supplier<LogState> state,
            Consumer<Write> submit, List<Integer> replaced) throws IOException {
        this.environment = environment;
        this.journal = journal;
        this.submit = submit;
        this.replaced = replaced;
        this.made = new Manifest.LiveSegment(number(journal, replaced)
                .orElseThrow(() -> new IOException("no number is free")), environment.dice().bits(), 0);
        this.target = Segment.createCopied(environment.disk(), made, environment.clock().wallMs());
        this.writer = new SegmentBuilder(target);
        this.copier = new LiveRecordCopier(journal, state, replaced, writer);
        journal.segments().add(target);
    }

    /**
     * A free number above those of the victims, so that a reader with a saved position in one of them
     * continues before the complete copy: it reads records twice rather than never.
     */
    static Optional<Integer> number(Journal journal, List<Integer> replaced) {
        int last = replaced.get(replaced.size() - 1);
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
        return replaced;
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
    int unfitSegment() {
        return copier.unfitSegment();
    }

    /** The bytes of the copy so far. */
    int bytes() {
        return writer.end();
    }

    /** Removes the copy; not allowed while the index may point to it. */
    void abandon() throws IOException {
        journal.segments().remove(target.number());
        environment.disk().delete(DataFileNames.segment(target.number()));
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
        if (copier.copy(bytes)) {
            environment.disk().force();
            readBack(false);
            stage = Stage.CHECK;
        }
    }

    private void check(int bytes) throws IOException {
        boolean ended = reader.orElseThrow().read(bytes);
        if (ended) {
            reader.orElseThrow().checkComplete();
            readBack(true);
            stage = Stage.MOVE;
        }
    }

    private void readBack(boolean moves) throws IOException {
        reader = Optional.of(new CompactionCopyReader(target, writer.end(), copier, moves));
    }

    private void move() throws IOException {
        boolean ended = reader.orElseThrow().read(1);
        List<IndexWriteSet.RecordMove> moves = reader.orElseThrow().takeMoves();
        if (!moves.isEmpty()) {
            begin(new CompactionWrite(tx -> moves.forEach(tx::move)));
        }
        if (ended) {
            stage = Stage.ADOPT;
        }
    }

    private void adopt() {
        Manifest.LiveSegment whole = new Manifest.LiveSegment(made.number(), made.salt(), writer.end());
        SegmentSequence.Replacement replacement = new SegmentSequence.Replacement(replaced, whole);
        if (journal.layout().replacements().contains(replacement)) {
            stage = Stage.DONE;
            return;
        }
        journal.filters().put(made.number(), List.of(copier.filter()));
        begin(new CompactionWrite(tx -> {
            if (!tx.group().journal().layout().replacements().contains(replacement)) {
                tx.group().journal().adopt(replacement);
            }
            tx.kept(made.number(), writer.end() - Segment.HEAD_BYTES - copier.versionBytes());
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
