package kvs.gateway;

import java.util.concurrent.TimeUnit;
import kvs.store.DeadlineWrite;
import kvs.world.Clock;

/**
 * The detector of a process that stood still, by a signal, a debugger, or a machine that had no time for it. A thread of its own takes the pulse;
 * when there was none for {@value DeadlineWrite#WAIT_MS_MAX} ms, nobody knows for how long that which lies in the sockets has lain there. It is read
 * in the first moments afterwards, and refused; what comes later is served again.
 *
 * <p>The clock is the monotonic one, which goes on while a process is stopped. It stands while the whole machine sleeps, but then no request
 * arrives either. Thread-safe.
 */
final class FreezeDetector {

    /** How often the pulse is taken. */
    static final long BEAT_MS = 250;
    /** How long afterwards requests are refused: the engines read what lies in all sockets within milliseconds, on a busy machine within this. */
    static final long AFTER_MS = 2_000;

    private final Clock clock;
    private volatile long beatNanos;
    /** Until when what comes is of unknown age. */
    private volatile long untilNanos;

    /** The detector in a process that runs. */
    FreezeDetector(Clock clock) {
        this.clock = clock;
        this.beatNanos = clock.nanos();
        this.untilNanos = beatNanos;
    }

    /** Takes the pulse; for one thread. Whether there was none for too long. */
    boolean beat() {
        long now = clock.nanos();
        boolean frozen = DeadlineWrite.late(beatNanos, now);
        if (frozen) {
            // Before the pulse is there again: whoever looks in between must see one of the two.
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
