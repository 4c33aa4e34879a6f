package kvs.audit;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A ring buffer of events between the threads that serve requests and the one thread that writes lines.
 * Adding never blocks and never waits for another thread: a slot is claimed by one compare-and-set, then
 * filled. Events that do not fit are counted. At most {@value #EVENTS_MAX} events, some 40 MB when they all
 * have paths of ordinary length.
 */
final class AuditQueue {

    static final int EVENTS_MAX = 1 << 17;
    private static final int MASK = EVENTS_MAX - 1;

    private final AtomicReferenceArray<AuditEvent> ring = new AtomicReferenceArray<>(EVENTS_MAX);
    private final AtomicLong claimed = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    /** Adds an event, or counts it when there is no space; any thread. */
    void add(AuditEvent event) {
        long place;
        do {
            place = claimed.get();
            if (place - taken.get() >= EVENTS_MAX) {
                lost.incrementAndGet();
                return;
            }
        } while (!claimed.compareAndSet(place, place + 1));
        ring.setRelease((int) place & MASK, event);
    }

    /**
     * Takes the oldest event; empty when there is none, or when its thread has not filled its slot yet. One
     * thread.
     */
    Optional<AuditEvent> poll() {
        long place = taken.get();
        int index = (int) place & MASK;
        AuditEvent event = ring.getAcquire(index);
        if (event == null) {
            return Optional.empty();
        }
        ring.setPlain(index, null);
        taken.setRelease(place + 1);
        return Optional.of(event);
    }

    /** Whether {@link #poll} would return nothing. */
    boolean isEmpty() {
        return ring.getAcquire((int) taken.get() & MASK) == null;
    }

    /** The number of events that did not fit since the last call. */
    long takeLost() {
        return lost.getAndSet(0);
    }
}
