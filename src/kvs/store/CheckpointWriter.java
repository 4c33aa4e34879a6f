package kvs.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import kvs.log.DataFileNames;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.KeyBloomFilter;
import kvs.log.OwnerNumbers;
import kvs.log.StorageEnvironment;
import kvs.model.Refusal;
import kvs.recovery.Checkpoint;
import kvs.recovery.CheckpointEncoder;
import kvs.recovery.LogState;
import kvs.world.Disk;
import kvs.world.FailureText;

/**
 * Writes a {@link Checkpoint} when the log has grown by two segments or 32 MiB, and by the size of the last
 * checkpoint: a replay stays short (some 0.1 s for 10 MB of small documents), and checkpoints write no more
 * than the log does. While no writes come, when it has grown by an eighth of that size. A write of its own
 * captures the state, and completes when everything before it is durable; the file is written beside the
 * writer.
 */
final class CheckpointWriter {

    private static final long GROWTH_BYTES = 32 << 20;
    private static final long GROWTH_AT_REST_BYTES = 1 << 20;
    private static final int AT_REST_DIVISOR = 8;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Writer writer;
    private final Journal journal;
    private final OwnerNumbers owners;
    private final HighWatermarks watermarks;
    private final StorageEnvironment environment;
    private final long segmentBytes;
    /** Held while a file is written: a store that stops waits for it. */
    private final ReentrantLock saving = new ReentrantLock();
    private volatile Optional<CheckpointState> captured = Optional.empty();
    private volatile Optional<String> problem = Optional.empty();
    private volatile boolean asked;
    private volatile long lastBytes;
    private volatile long lastPlace;
    private long failedNanos;
    private final LongAdder written = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /** The content of a checkpoint. */
    record CheckpointState(LogState snapshot, Map<Integer, List<KeyBloomFilter>> filters) { }

    /** A writer of the checkpoints of one store, whose recovery has read {@code accounts.checkpoint}. */
    CheckpointWriter(Writer writer, Journal journal, BackgroundTasks.LogAccounting accounts,
            StorageEnvironment environment) {
        this.writer = writer;
        this.journal = journal;
        this.owners = accounts.owners();
        this.watermarks = accounts.watermarks();
        this.environment = environment;
        this.segmentBytes = journal.settings().segmentBytes();
        this.lastPlace = place(accounts.checkpoint());
        this.lastBytes = CheckpointEncoder.estimate(accounts.checkpoint().root().tree());
    }

    /** The reason why the last checkpoint failed. */
    Optional<String> problem() {
        return problem;
    }

    /**
     * The counts since the start, and the growth of the log until {@code now}; a log without a segment, and
     * one that a compaction has made shorter, has not grown.
     */
    StoreCounts.CheckpointCounts counts(LogState now) {
        return new StoreCounts.CheckpointCounts(written.sum(), failed.sum(),
                Math.max(0, place(now) - lastPlace));
    }

    /**
     * Whether the log has grown enough, or the last checkpoint failed a while ago; {@code resting}: no writes
     * come.
     */
    boolean due(boolean resting) {
        if (problem.isPresent()) {
            return environment.clock().nanos() - failedNanos >= RETRY_NANOS;
        }
        long least = Math.min(2 * segmentBytes, resting ? GROWTH_AT_REST_BYTES : GROWTH_BYTES);
        return place(writer.snapshot()) - lastPlace
                >= Math.max(least, resting ? lastBytes / AT_REST_DIVISOR : lastBytes);
    }

    /** Whether the state was requested. */
    boolean asked() {
        return asked;
    }

    /** Requests the state from the writer. */
    void request() {
        asked = true;
        writer.submit(new CaptureWrite());
    }

    /** The requested state, once. */
    Optional<CheckpointState> take() {
        Optional<CheckpointState> taken = captured;
        if (taken.isPresent()) {
            captured = Optional.empty();
            asked = false;
        }
        return taken;
    }

    /** The state of a store that receives no writes. */
    CheckpointState present() {
        LogState now = writer.snapshot();
        return new CheckpointState(now, journal.filters().of(now.layout().numbers()));
    }

    /**
     * Writes a checkpoint of a state whose records are all durable, beside the older ones; whether it
     * succeeded.
     */
    boolean save(CheckpointState state) {
        saving.lock();
        try {
            int number = last() + 1;
            lastBytes = new Checkpoint(state.snapshot, owners.list(), watermarks.coverage(), state.filters)
                    .save(environment.disk(), number);
            lastPlace = place(state.snapshot);
            problem = Optional.empty();
            written.increment();
            return true;
        } catch (IOException e) {
            environment.log().warn("checkpoint failed: the next start reads more of the log",
                    "why", FailureText.text(e));
            failed.increment();
            failedNanos = environment.clock().nanos();
            problem = Optional.of("checkpoint failed: " + FailureText.text(e));
            return false;
        } finally {
            saving.unlock();
        }
    }

    private int last() throws IOException {
        return environment.disk().list().stream().map(DataFileNames::checkpointNumber)
                .flatMap(Optional::stream).mapToInt(n -> n).max().orElse(0);
    }

    /** Removes all checkpoints but the last {@code kept}: without any, the next start reads the log. */
    void clean(int kept) {
        try {
            Disk disk = environment.disk();
            int last = last();
            for (String name : disk.list()) {
                if (DataFileNames.checkpointNumber(name).filter(n -> n <= last - kept).isPresent()) {
                    disk.delete(name);
                }
            }
        } catch (IOException e) {
            environment.log().warn("an old checkpoint could not be removed", "why", FailureText.text(e));
        }
    }

    /** The position of the log's end, as if all segments were full; only differences count. */
    private long place(LogState snapshot) {
        return Math.max(0, snapshot.layout().numbers().size() - 1) * segmentBytes + snapshot.end();
    }

    /** A write that captures the state. */
    private final class CaptureWrite implements Write {

        @Override
        public void decide(Transaction transaction) {
            transaction.force();
        }

        @Override
        public void written() {
            captured = Optional.of(present());
        }

        @Override
        public void refused(Refusal refusal) {
            asked = false;
        }
    }
}
