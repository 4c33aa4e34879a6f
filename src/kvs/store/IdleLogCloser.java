package kvs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import kvs.log.FileSync;
import kvs.log.Journal;
import kvs.model.Refusal;
import kvs.world.Clock;
import kvs.world.Task;

/**
 * The duty that closes a log which rests for a second: MANIFEST notes how far the log is durable, once, until something is
 * written again. Behind a crash nothing of a closed log is in doubt, whatever the disk does to its end: the proof lies in
 * another file. (A closing group within the log, the first idea, goes with the group that it speaks for when both are in the
 * same sector, and the versions before this one take a group without records for damage.)
 *
 * <p>Belongs to the thread that steps.
 */
final class IdleLogCloser implements Task {

    /** Together the second, at most. */
    private static final long LOOK_MS = 200;
    private static final long QUIET_MS = 800;
    /** After the disk refused it: it may be full for long. */
    private static final long RETRY_MS = 60_000;

    private final Writer writer;
    private final Journal journal;
    private final Clock clock;
    private final Consumer<Write> submit;
    private LogState last;
    private long lastNanos;
    /** Whether the writer has been asked and has not answered. */
    private volatile boolean asked;
    private volatile boolean refused;
    private volatile long refusedNanos;

    IdleLogCloser(Writer writer, Journal journal, Clock clock, Consumer<Write> submit) {
        this.writer = writer;
        this.journal = journal;
        this.clock = clock;
        this.submit = submit;
    }

    @Override
    public long step() {
        LogState now = writer.snapshot();
        long nanos = clock.nanos();
        if (asked || !journal.unsettled(now.segment(), now.end()) || refused && nanos - refusedNanos < TimeUnit.MILLISECONDS.toNanos(RETRY_MS)) {
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

    /** The step of it that the writer does. */
    private final class CloseWrite implements Write {

        @Override
        public void decide(Transaction transaction) {
            try {
                journal.settle();
                refused = false;
            } catch (FileSync.FailedSync e) {
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
        public void refused(Refusal why) {
            asked = false;
        }

        @Override
        public int bytes() {
            return 0;
        }
    }
}
