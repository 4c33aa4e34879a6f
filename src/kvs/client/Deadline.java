package kvs.client;

import java.util.concurrent.TimeUnit;
import kvs.world.Clock;

/**
 * The end of the time in which something is to be done.
 *
 * @param clock the clock that measures
 * @param endNanos the end, by its counter
 */
public record Deadline(Clock clock, long endNanos) {

    /** Nanoseconds of a millisecond. */
    public static final long NANOS_PER_MS = 1_000_000;

    /** The end of so many milliseconds from now on. */
    public static Deadline in(Clock clock, long ms) {
        return new Deadline(clock, clock.nanos() + TimeUnit.MILLISECONDS.toNanos(ms));
    }

    /**
     * The time that is left, ms, rounded up: what waits so long does not end before the deadline. Zero or
     * negative when it is over.
     */
    public long leftMs() {
        return -Math.floorDiv(clock.nanos() - endNanos, NANOS_PER_MS);
    }
}
