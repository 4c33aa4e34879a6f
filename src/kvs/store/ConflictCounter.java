package kvs.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kvs.model.Key;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * Counts and logs the versions that lost against one that was written concurrently. After a partition there
 * may be thousands: each has its line in the log, one a minute is an event. Thread-safe.
 */
final class ConflictCounter {

    private static final long EVENT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private final Clock clock;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong eventNanos;

    ConflictCounter(Logger log, Clock clock) {
        this.log = log;
        this.clock = clock;
        this.eventNanos = new AtomicLong(clock.nanos() - EVENT_NANOS);
    }

    void record(Key key) {
        long all = count.incrementAndGet();
        long now = clock.nanos();
        long before = eventNanos.get();
        if (now - before >= EVENT_NANOS && eventNanos.compareAndSet(before, now)) {
            log.event(EventKind.CONFLICT, "key", key.text(), "conflicts", all);
        } else {
            log.info(EventKind.CONFLICT.text(), "key", key.text());
        }
    }

    /** The number of conflicts since the start. */
    long count() {
        return count.get();
    }
}
