package kvs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import kvs.log.FileSync;
import kvs.log.Journal;
import kvs.model.Refusal;
import kvs.recovery.LogState;
import kvs.world.Clock;
import kvs.world.Task;

/**
 * The task that closes a log which is idle for a second: MANIFEST notes the durable end of the log, once,
 * until the next write. After a crash nothing in a closed log is in doubt, whatever the disk does to its end:
 * the proof is in another file. (A closing group within the log, the first idea, is lost together with the
 * group that it proves when both are in the same sector, and earlier releases take a group without records
 * for damage.)
 *
 * <p>Confined to the thread that steps.
 */
final class DurableEndRecorder implements Task {

    /** Together with {@link #QUIET_MS} a second at most. */
    private static final long LOOK_MS = 200;
    private static final long QUIET_MS = 800;
    /** The wait after a refusal by the disk: it may be full for long. */
    private static final long RETRY_MS = 60_000;

    private final Writer writer;
    private final Journal journal;
    private final Clock clock;
    private final Consumer<Write> submit;
    private LogState last;
    private long lastNanos;
    /** Whether a request to the writer is pending. */
    private volatile boolean asked;
    private volatile boolean refused;
    private volatile long refusedNanos;

    DurableEndRecorder(Writer writer, Journal journal, Clock clock, Consumer<Write> submit) {
        this.writer = writer;
        this.journal = journal;
        this.clock = clock;
        this.submit = submit;
    }

    @Override
    public long step() {
        LogState now = writer.snapshot();
        long nanos = clock.nanos();
        if (asked || !journal.unsettled(now.segment(), now.end())
                || refused && nanos - refusedNanos < TimeUnit.MILLISECONDS.toNanos(RETRY_MS)) {
            return LOOK_MS;
        }
        if (now != last) {
            last = now;
            lastNanos = nanos;
            return QUIET_MS;
        }
        long quiet = TimeUnit.NANOSECONDS.toMillis(nanos - lastNanos);
        if (quiet < QUIET_MS) {
            return QUIET_MS - quiet;
        }
        asked = true;
        submit.accept(new CloseWrite());
        return LOOK_MS;
    }

    /** The write that closes the log, done on the writer's thread. */
    private final class CloseWrite implements Write {

        @Override
        public void decide(Transaction transaction) {
            try {
                journal.settle();
                refused = false;
            } catch (FileSync.FailedSyncException e) {
                throw new UncheckedIOException(e);
            } catch (IOException e) {
                refusedNanos = clock.nanos();
                refused = true;
            }
        }

        @Override
        public void written() {
            asked = false;
        }

        @Override
        public void refused(Refusal refusal) {
            asked = false;
        }
    }
}
