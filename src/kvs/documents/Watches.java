package kvs.documents;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.world.Clock;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Requests that wait until the tag that they know is out of date ({@code ?watch}: Consul's blocking query).
 * No thread is held: a parked request is an object that is checked after each publish, and at each tick at
 * which something may have expired.
 *
 * <p>Checks are spaced, so that many writes a second cost one check, not one each. Nothing runs while nothing
 * is parked. Thread-safe.
 */
public final class Watches implements AutoCloseable {

    /** Precision of deadlines and expiries. */
    private static final long TICK_MS = 50;
    /** Minimum time between two checks of all parked requests. */
    private static final long SPACING_MS = 10;
    /** Minimum spacing, in durations of the last check: checks take a fifth of a thread at most. */
    private static final int SPACING_LOOKS = 4;

    /** The target of a watch. */
    public interface Target {

        /** The present tag, empty for absent. */
        Optional<EntityTag> tag(StoreView root, long wallMs);

        /**
         * The next Unix ms at which time alone may change the tag; {@link kvs.model.Version#FOREVER} for
         * never.
         */
        long changesAt(StoreView root, long wallMs);
    }

    private final Store store;
    private final Clock clock;
    private final Scheduler scheduler;
    private final WaitLimiter limiter;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}. */
    private final Set<Waiter> parked = new LinkedHashSet<>();
    /** Guarded by {@code lock}. */
    private boolean ticking;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean occupied;
    private volatile long lookedAt;
    private volatile long spacingMs = SPACING_MS;
    private volatile boolean closed;

    /** Watches over {@code store}, driven by {@code scheduler} and counted by {@code limiter}. */
    public Watches(Store store, Clock clock, Scheduler scheduler, WaitLimiter limiter) {
        this.store = store;
        this.clock = clock;
        this.scheduler = scheduler;
        this.limiter = limiter;
        this.lookedAt = clock.nanos() - TimeUnit.MILLISECONDS.toNanos(SPACING_MS);
        store.onPublish(own -> published());
    }

    /**
     * Waits until {@code known} no longer has the tag of the target, or {@code waitMs} have passed. The stage
     * completes on the scheduler's thread, or at once on the caller's; read again then. It never completes
     * exceptionally. A caller that completes it stops the wait.
     *
     * @throws Refusal {@code RATE_LIMITED} when too many requests of this caller are parked, {@code BUSY}
     *     when too many in all
     */
    public CompletionStage<Void> park(String caller, Preconditions known, Target target, long waitMs) {
        long deadline = clock.nanos()
                + TimeUnit.MILLISECONDS.toNanos(Math.min(waitMs, DocumentLimits.WAIT_MS_MAX));
        Waiter reader = new Waiter(limiter.admit(caller, false), known, target, deadline);
        enter(reader);
        // Any completion of the stage releases the slot.
        reader.done.whenComplete((woken, never) -> reader.leave());
        if (closed) {
            reader.leave();
        }
        reader.look();
        return reader.done;
    }

    /** Completes all parked requests, and later ones at once: a node that stops does not wait for them. */
    @Override
    public void close() {
        closed = true;
        present().forEach(Waiter::leave);
    }

    private void enter(Waiter reader) {
        lock.lock();
        try {
            parked.add(reader);
            occupied = true;
            if (!ticking) {
                ticking = true;
                scheduler.start("watch-tick", this::tick, TICK_MS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called on the writer's thread. */
    private void published() {
        if (occupied && looking.compareAndSet(false, true)) {
            long sinceMs = TimeUnit.NANOSECONDS.toMillis(clock.nanos() - lookedAt);
            scheduler.start("watch-look", this::look, Math.max(0, spacingMs - sinceMs));
        }
    }

    private long look() {
        looking.set(false);
        long began = clock.nanos();
        present().forEach(Waiter::look);
        lookedAt = clock.nanos();
        spacingMs = Math.max(SPACING_MS, SPACING_LOOKS * TimeUnit.NANOSECONDS.toMillis(lookedAt - began));
        return Task.DONE;
    }

    private long tick() {
        long nanos = clock.nanos();
        long wallMs = clock.wallMs();
        present().forEach(reader -> reader.tick(nanos, wallMs));
        lock.lock();
        try {
            ticking = !parked.isEmpty();
            return ticking ? TICK_MS : Task.DONE;
        } finally {
            lock.unlock();
        }
    }

    private List<Waiter> present() {
        lock.lock();
        try {
            return new ArrayList<>(parked);
        } finally {
            lock.unlock();
        }
    }

    /** A parked request. */
    private final class Waiter {

        private final WaitLimiter.Admission admission;
        private final Preconditions known;
        private final Target target;
        private final long deadline;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private volatile long changesAt;

        Waiter(WaitLimiter.Admission admission, Preconditions known, Target target, long deadline) {
            this.admission = admission;
            this.known = known;
            this.target = target;
            this.deadline = deadline;
        }

        void tick(long nanos, long wallMs) {
            if (nanos - deadline >= 0) {
                leave();
            } else if (wallMs >= changesAt) {
                look();
            }
        }

        /**
         * Completes the wait when the tag has changed or cannot be read: the caller's own read will be
         * refused with the reason.
         */
        void look() {
            try {
                StoreView root = store.root();
                long wallMs = clock.wallMs();
                changesAt = target.changesAt(root, wallMs);
                if (!known.unchanged(target.tag(root, wallMs))) {
                    leave();
                }
            } catch (Refusal refusal) {
                leave();
            }
        }

        /** Removes the request, then completes it: outside the lock, and once. */
        void leave() {
            lock.lock();
            try {
                if (!parked.remove(this)) {
                    return;
                }
                occupied = !parked.isEmpty();
            } finally {
                lock.unlock();
            }
            admission.release();
            done.complete(null);
        }
    }
}
