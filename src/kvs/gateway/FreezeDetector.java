package kvs.gateway;

import java.util.concurrent.TimeUnit;
import kvs.store.DeadlineWrite;
import kvs.world.Clock;

/**
 * The detector of a process that stood still, by a signal, a debugger, or a machine that did not schedule it.
 * A thread of its own beats; after {@value DeadlineWrite#WAIT_MS_MAX} ms without a beat, the age of the
 * requests in the sockets is unknown. They are read in the first moments afterwards, and refused; later ones
 * are served again.
 *
 * <p>The clock is the monotonic one, which runs while a process is stopped. It stands while the whole machine
 * sleeps, but then no request arrives either. Thread-safe.
 */
final class FreezeDetector {

    /** Interval of the beats. */
    static final long BEAT_MS = 250;
    /**
     * Time of refusals after a freeze: the engines read all sockets within milliseconds, on a busy machine
     * within this.
     */
    static final long AFTER_MS = 2_000;

    private final Clock clock;
    private volatile long beatNanos;
    /** The end of the time in which requests are of unknown age. */
    private volatile long untilNanos;

    /** A detector in a running process. */
    FreezeDetector(Clock clock) {
        this.clock = clock;
        this.beatNanos = clock.nanos();
        this.untilNanos = beatNanos;
    }

    /** Beats; for one thread. Whether the last beat was too long ago. */
    boolean beat() {
        long now = clock.nanos();
        boolean frozen = DeadlineWrite.late(beatNanos, now);
        if (frozen) {
            // Before the beat is set: a reader in between must see one of the two.
            untilNanos = now + TimeUnit.MILLISECONDS.toNanos(AFTER_MS);
        }
        beatNanos = now;
        return frozen;
    }

    /** Whether a request that is read now may have waited too long. */
    boolean suspects() {
        long now = clock.nanos();
        return DeadlineWrite.late(beatNanos, now) || untilNanos - now > 0;
    }
}
