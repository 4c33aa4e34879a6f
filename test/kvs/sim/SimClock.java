package kvs.sim;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kvs.world.Clock;

/** A clock that stands still until it is moved. Thread-safe. */
public final class SimClock implements Clock {

    /** Some moment in 2026. */
    public static final long START_MS = 1_790_000_000_000L;

    private final AtomicLong wall = new AtomicLong(START_MS);
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();

    @Override
    public long wallMs() {
        return wall.get();
    }

    @Override
    public long nanos() {
        reads.incrementAndGet();
        return nanos.get();
    }

    /** How often {@link #nanos} was read: who waits for a thread to look at the clock waits for this. */
    public long reads() {
        return reads.get();
    }

    /** Lets time pass. */
    public void advance(long ms) {
        wall.addAndGet(ms);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    /** Sets the wall, also backwards. */
    public void setWall(long ms) {
        wall.set(ms);
    }
}
