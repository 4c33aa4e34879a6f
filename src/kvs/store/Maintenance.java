package kvs.store;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import kvs.log.DataFileNames;
import kvs.log.DiskReserve;
import kvs.log.Journal;
import kvs.log.SegmentUsage;
import kvs.log.SpaceUsage;
import kvs.log.StorageEnvironment;
import kvs.recovery.LogState;
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
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Writer writer;
    private final Journal journal;
    private final StorageEnvironment environment;
    private final SegmentUsage usage;
    private final DiskReserve reserve;
    private final CompactionScheduler compactions;
    private final CheckpointWriter checkpointer;
    /** The reason why the last step failed. */
    private volatile Optional<String> trouble = Optional.empty();
    private Optional<CompactionWrite> installing = Optional.empty();
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
        this.usage = spaceAccounting.usage;
        this.reserve = spaceAccounting.reserve;
        this.checkpointer = checkpointer;
        this.compactions = new CompactionScheduler(writer, journal, environment, spaceAccounting);
    }

    /** Requests a compaction of every segment that has some garbage. */
    void compact() {
        compactions.request();
    }

    SpaceUsage use() {
        return compactions.use();
    }

    /** The reason why compaction has stopped or omits a segment. */
    Optional<String> problem() {
        return trouble.or(compactions::problem);
    }

    @Override
    public long step() {
        if (writer.errors().failure().isPresent()) {
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
                        .warn("maintenance of the store failed, it will be"
                                + " retried", "why", FailureText.text(e));
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
            environment.log().warn("no space could be reserved for a full disk, it will be retried",
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
        if (compactions.running()) {
            return compactions.work();
        }
        long quietNanos = quietNanos();
        boolean quiet = quietNanos >= QUIET_NANOS;
        boolean resting = quietNanos >= REST_NANOS;
        if (looked && !compactions.requested() && !reserve.scarce()) {
            return LOOK_MS;
        }
        OptionalLong begun = compactions.begin(quiet);
        if (begun.isPresent()) {
            return begun.getAsLong();
        }
        if (checkpointer.due(resting) || !journal.layout().replacements().isEmpty()) {
            requestCheckpoint();
            return POLL_MS;
        }
        looked = resting && checkpointer.problem().isEmpty();
        return LOOK_MS;
    }

    /** The time for which nothing has been written. */
    private long quietNanos() {
        LogState now = writer.snapshot();
        long nanos = environment.clock().nanos();
        if (now != last) {
            last = now;
            lastNanos = nanos;
            looked = false;
        }
        return nanos - lastNanos;
    }

    /** Requests a checkpoint, unless a compaction is changing the index. */
    void requestCheckpoint() {
        if (!compactions.moving()) {
            checkpointer.request();
        }
    }

    /**
     * Saves a checkpoint, unless the disk is full and segments are to be removed: their removal waits for the
     * state that replaces them to be durable, but not for the file, because the next start can read the log.
     */
    private long save(CheckpointWriter.CheckpointState state) {
        boolean saved = !(reserve.scarce() && !state.snapshot().layout().replacements().isEmpty())
                && checkpointer.save(state);
        if (state.snapshot().layout().replacements().isEmpty()) {
            if (saved) {
                checkpointer.clean(1);
            }
            return saved ? 0 : LOOK_MS;
        }
        installing = Optional.of(CompactionWrite.install(state.snapshot().layout()));
        writer.submit(installing.get());
        return 0;
    }

    private long installed() {
        CompactionWrite.State state = installing.orElseThrow().state();
        if (state == CompactionWrite.State.SUBMITTED) {
            return POLL_MS;
        }
        installing = Optional.empty();
        if (state == CompactionWrite.State.REFUSED) {
            return RETRY_MS;
        }
        checkpointer.clean(reserve.scarce() ? 0 : 1);
        return 0;
    }

    private void removeRetired() throws IOException {
        for (int number : journal.segments().due(environment.clock().nanos())) {
            journal.segments().remove(number);
            usage.remove(number);
            journal.filters().remove(number);
            environment.disk().delete(DataFileNames.segment(number));
        }
    }

    /**
     * Finishes a compaction so far that a checkpoint can be taken, unless the disk refuses a step of it: then
     * there is no checkpoint. The writer has no thread any more; {@code turn} does its work.
     */
    void settle(Runnable turn) throws IOException {
        compactions.settle(turn);
    }

    /** Whether the index may be saved: not while a part of it points to an incomplete copy. */
    boolean settled() {
        return !compactions.running();
    }
}
