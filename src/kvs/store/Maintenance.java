package kvs.store;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kvs.log.BadRecordException;
import kvs.log.DiskReserve;
import kvs.log.FileNames;
import kvs.log.Journal;
import kvs.log.SegmentLayout;
import kvs.log.SegmentUsage;
import kvs.log.SpaceUsage;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.world.FailureText;
import kvs.world.Task;

/**
 * The background work of a store: checkpoints, so that a restart is short, and compaction, so that garbage
 * does not fill the disk. One thing at a time, in small steps, at most half of the time.
 *
 * <p>{@link #compact} and the accessors of the state are thread-safe; the rest belongs to the thread that
 * steps.
 */
final class Maintenance implements Task {

    private static final long LOOK_MS = 200;
    private static final long POLL_MS = 5;
    /** The wait after a failure of the disk: it may be full now, and writers wait for space. */
    private static final long RETRY_MS = 5_000;
    private static final long SCARCE_RETRY_MS = 2_000;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The bytes read or checked in one step. */
    private static final int STEP_BYTES = 1 << 20;
    /**
     * Bounds of the number of copies that MANIFEST does not name yet: until it does, the old segments take
     * space too.
     */
    private static final int SWAPS_MIN = 4;
    private static final int SWAPS_MAX = 16;
    /** The approximate bytes of a key in a checkpoint. */
    private static final int CHECKPOINT_ENTRY_BYTES = 110;

    private final Writer writer;
    private final Journal journal;
    private final StorageEnvironment environment;
    private final StorageSettings settings;
    private final SegmentUsage usage;
    private final DiskReserve reserve;
    private final CompactionPicker compactionPicker;
    private final CheckpointWriter checkpointer;
    private final AtomicLong compactions = new AtomicLong();
    private final AtomicLong freed = new AtomicLong();
    private volatile Optional<Compaction> running = Optional.empty();
    private volatile Optional<String> problem = Optional.empty();
    /** The reason why the last step failed. */
    private volatile Optional<String> trouble = Optional.empty();
    /** The segments that remain to be examined while everything is compacted; empty otherwise. */
    private volatile Optional<Set<Integer>> todo = Optional.empty();
    private volatile boolean wanted;
    private Optional<ManifestWrite> installing = Optional.empty();
    private boolean stuck;
    /** The last state that was seen; {@code lastNanos} is when it was first seen. */
    private LogState last;
    private long lastNanos;
    /** The time when the disk refused the reserve, if it did so the last time. */
    private OptionalLong refusedNanos = OptionalLong.empty();
    /** Whether the last state left nothing to do, until the state changes. */
    private boolean looked;

    /** The live bytes of the segments, and the reserve for a full disk. */
    record SpaceAccounting(SegmentUsage usage, DiskReserve reserve) { }

    Maintenance(Writer writer, Journal journal, StorageEnvironment environment,
            SpaceAccounting spaceAccounting, CheckpointWriter checkpointer) {
        this.writer = writer;
        this.journal = journal;
        this.environment = environment;
        this.settings = journal.settings();
        this.usage = spaceAccounting.usage;
        this.reserve = spaceAccounting.reserve;
        this.checkpointer = checkpointer;
        this.compactionPicker = new CompactionPicker(writer, journal, usage);
    }

    /** Requests a compaction of every segment that has some garbage. */
    void compact() {
        wanted = true;
    }

    SpaceUsage use() {
        long bytes = 0;
        long live = 0;
        List<Integer> numbers = journal.layout().numbers();
        for (int number : numbers) {
            bytes += compactionPicker.bytes(number);
            live += usage.of(number);
        }
        boolean busy = wanted || todo.isPresent() || running.isPresent()
                || !journal.layout().swaps().isEmpty();
        return new SpaceUsage(bytes, live, numbers.size(), compactions.get(), freed.get(), busy);
    }

    /** The reason why compaction has stopped or omits a segment. */
    Optional<String> problem() {
        return trouble.or(() -> problem);
    }

    @Override
    public long step() {
        if (writer.failure().isPresent()) {
            return RETRY_MS;
        }
        long before = environment.clock().nanos();
        try {
            removeRetired();
            setAside();
            long wait = turn();
            trouble = Optional.empty();
            return Math.max(wait, TimeUnit.NANOSECONDS.toMillis(environment.clock().nanos() - before));
        } catch (IOException e) {
            String why = "compaction: " + FailureText.text(e);
            if (trouble.filter(why::equals).isEmpty()) {
                environment.log()
                        .warn("upkeep of the store failed; it is tried again", "why", FailureText.text(e));
            }
            trouble = Optional.of(why);
            return reserve.scarce() ? SCARCE_RETRY_MS : RETRY_MS;
        }
    }

    /** Renews the reserve; a disk without space for it must not delay the work that frees space. */
    private void setAside() {
        long nanos = environment.clock().nanos();
        if (refusedNanos.isPresent() && nanos - refusedNanos.getAsLong() < RETRY_NANOS) {
            return;
        }
        try {
            reserve.renew(() -> use().bytes());
            refusedNanos = OptionalLong.empty();
        } catch (IOException e) {
            environment.log().warn("no room could be set aside for a full disk; it is tried again",
                    "why", FailureText.text(e));
            refusedNanos = OptionalLong.of(nanos);
        }
    }

    private long turn() throws IOException {
        if (checkpointer.asked()) {
            Optional<CheckpointWriter.CheckpointState> state = checkpointer.take();
            return state.isPresent() ? save(state.get()) : POLL_MS;
        }
        if (installing.isPresent()) {
            return installed();
        }
        if (running.isPresent()) {
            return work(running.get());
        }
        boolean quiet = quiet();
        if (looked && !wanted && !reserve.scarce()) {
            return LOOK_MS;
        }
        OptionalLong begun = mayBegin() ? begin() : OptionalLong.empty();
        if (begun.isPresent()) {
            return begun.getAsLong();
        }
        if (checkpointer.due() || !journal.layout().swaps().isEmpty()) {
            ask();
            return POLL_MS;
        }
        looked = quiet && checkpointer.problem().isEmpty();
        return LOOK_MS;
    }

    /** Whether nothing was written for a while. */
    private boolean quiet() {
        LogState now = writer.snapshot();
        long nanos = environment.clock().nanos();
        if (now != last) {
            last = now;
            lastNanos = nanos;
            looked = false;
        }
        return nanos - lastNanos >= QUIET_NANOS;
    }

    /** Requests a checkpoint, unless a compaction is changing the index. */
    void ask() {
        if (running.filter(Compaction::moving).isEmpty()) {
            checkpointer.ask();
        }
    }

    /**
     * Saves a checkpoint, unless the disk is full and segments are to be removed: their removal waits for the
     * state that replaces them to be durable, but not for the file, because the next start can read the log.
     */
    private long save(CheckpointWriter.CheckpointState state) {
        boolean saved = !(reserve.scarce() && !state.snapshot().layout().swaps().isEmpty())
                && checkpointer.save(state);
        if (state.snapshot().layout().swaps().isEmpty()) {
            if (saved) {
                checkpointer.clean(1);
            }
            return saved ? 0 : LOOK_MS;
        }
        install(state.snapshot().layout());
        return 0;
    }

    private void install(SegmentLayout layout) {
        installing = Optional.of(new ManifestWrite(layout));
        writer.submit(installing.get());
    }

    private long installed() {
        ManifestWrite install = installing.orElseThrow();
        if (!install.over()) {
            return POLL_MS;
        }
        installing = Optional.empty();
        if (!install.done()) {
            return RETRY_MS;
        }
        checkpointer.clean(reserve.scarce() ? 0 : 1);
        return 0;
    }

    private long work(Compaction compaction) throws IOException {
        try {
            compaction.work(STEP_BYTES);
        } catch (IOException e) {
            if (compaction.moving()) {
                stuck = true;
                throw new IOException(FailureText.text(e) + "; compaction stops until the next start", e);
            }
            running = Optional.empty();
            compaction.abandon();
            if (e instanceof BadRecordException) {
                compactionPicker.unfit(compaction.unfit());
                todo.ifPresent(left -> left.addAll(compaction.victims()));
                problem = Optional.of("a segment with unreadable records is not compacted: "
                        + FailureText.text(e) + ". Once its key was written anew: POST /admin/compact");
                environment.log().warn("a segment with unreadable records is not compacted",
                        "why", FailureText.text(e));
                return 0;
            }
            compactionPicker.failed(compaction.victims());
            throw e;
        }
        if (compaction.done()) {
            running = Optional.empty();
            compactions.incrementAndGet();
            problem = problem.filter(why -> compactionPicker.anyUnfit());
            freed.addAndGet(compaction.victims().stream().mapToLong(compactionPicker::bytes).sum()
                    - compaction.bytes());
            return 0;
        }
        return compaction.moving() ? 1 : 0;
    }

    /**
     * Whether a compaction may begin. A checkpoint follows after so many compactions that it costs no more
     * than they did.
     */
    private boolean mayBegin() {
        int swaps = journal.layout().swaps().size();
        long checkpoint = writer.snapshot().root().tree().summary().count() * CHECKPOINT_ENTRY_BYTES;
        long most = Math.max(SWAPS_MIN, Math.min(SWAPS_MAX, checkpoint / settings.segmentBytes()));
        return !stuck && swaps < (reserve.scarce() ? 1 : most);
    }

    /** Begins a compaction if one is worth it; the wait until the next step then. */
    private OptionalLong begin() throws IOException {
        if (wanted) {
            wanted = false;
            compactionPicker.forgive();
            todo = Optional.of(new HashSet<>(journal.layout().numbers()));
        }
        long room = reserve.scarce() ? reserve.freeBytes() : Long.MAX_VALUE;
        List<Integer> chosen = compactionPicker.choose(new CompactionPicker.PickOptions(todo, quiet(),
                reserve.scarce(), room));
        reserve.looked(chosen.isEmpty());
        if (chosen.isEmpty()) {
            todo = Optional.empty();
            return OptionalLong.empty();
        }
        if (chosen.contains(journal.segment())) {
            writer.submit(Compaction.roll(journal.segment()));
            return OptionalLong.of(POLL_MS);
        }
        todo.ifPresent(left -> left.removeAll(chosen));
        running = Optional.of(new Compaction(environment, journal, writer::snapshot, writer::submit, chosen));
        return OptionalLong.of(0);
    }

    private void removeRetired() throws IOException {
        for (int number : journal.segments().due(environment.clock().nanos())) {
            journal.segments().remove(number);
            usage.remove(number);
            journal.filters().remove(number);
            environment.disk().delete(FileNames.segment(number));
        }
    }

    /**
     * Finishes a compaction so far that a checkpoint can be taken, unless the disk refuses a step of it: then
     * there is no checkpoint. The writer has no thread any more; {@code turn} does its work.
     */
    void settle(Runnable turn) throws IOException {
        boolean taken = true;
        while (running.filter(Compaction::moving).isPresent() && !stuck && taken) {
            work(running.get());
            turn.run();
            taken = !running.filter(Compaction::refused).isPresent();
        }
        if (running.filter(compaction -> !compaction.moving()).isPresent()) {
            Compaction unfinished = running.get();
            running = Optional.empty();
            unfinished.abandon();
        }
    }

    /** Whether the index may be saved: not while a part of it points to an incomplete copy. */
    boolean settled() {
        return running.isEmpty();
    }
}
