package kvs.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * The acknowledgements of followers: the number up to which each holds this node's own writes. Each follower
 * reports it with its next poll, once the writes are in its log. So a writer can wait until several nodes
 * have a write, without an additional message. This is no consensus: a write that too few nodes have remains
 * valid. Thread-safe.
 */
public final class Acks {

    /** Maximal number of waiting writers; one more gets the present count at once. */
    private static final int WAITING_MAX = 4_096;

    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}: the acknowledged number, by the origin of the follower. */
    private final Map<UUID, Long> held = new HashMap<>();
    /** Guarded by {@code lock}. */
    private final List<Waiter> waiting = new ArrayList<>();

    /** A writer that waits until {@code wanted} nodes hold a number. */
    private record Waiter(long seq, int wanted, CompletableFuture<Integer> done) { }

    /** Acknowledgements, none at first. */
    public Acks(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Records that the follower of that origin has all own writes up to a number in its log. */
    void held(UUID origin, long seq) {
        List<Waiter> due = new ArrayList<>();
        lock.lock();
        try {
            if (held.merge(origin, seq, Math::max) != seq || waiting.isEmpty()) {
                return;
            }
            for (Iterator<Waiter> each = waiting.iterator(); each.hasNext(); ) {
                Waiter one = each.next();
                if (count(one.seq) >= one.wanted) {
                    due.add(one);
                    each.remove();
                }
            }
        } finally {
            lock.unlock();
        }
        due.forEach(one -> one.done.complete(one.wanted));
    }

    /**
     * Waits until {@code wanted} nodes, this one included, hold all own writes up to a number, or for
     * {@code waitMs}; the result is the number of nodes that do.
     */
    public CompletionStage<Integer> await(long seq, int wanted, long waitMs) {
        Waiter one = new Waiter(seq, wanted, new CompletableFuture<>());
        lock.lock();
        try {
            int now = count(seq);
            if (now >= wanted || waitMs == 0 || waiting.size() >= WAITING_MAX) {
                return CompletableFuture.completedFuture(now);
            }
            waiting.add(one);
        } finally {
            lock.unlock();
        }
        // Completion of the stage, by anyone, frees the place in the list.
        one.done.whenComplete((copies, never) -> leave(one));
        scheduler.start("copies", () -> ended(one), waitMs);
        return one.done;
    }

    private void leave(Waiter one) {
        lock.lock();
        try {
            waiting.remove(one);
        } finally {
            lock.unlock();
        }
    }

    private long ended(Waiter one) {
        int now;
        lock.lock();
        try {
            waiting.remove(one);
            now = count(one.seq);
        } finally {
            lock.unlock();
        }
        one.done.complete(now);
        return Task.DONE;
    }

    /** Completes all waiting writers with the present count: the node stops. */
    void close() {
        List<Waiter> all;
        lock.lock();
        try {
            all = List.copyOf(waiting);
        } finally {
            lock.unlock();
        }
        all.forEach(this::ended);
    }

    /** Under the lock. */
    private int count(long seq) {
        return 1 + (int) held.values().stream().filter(number -> number >= seq).count();
    }
}
