package kvs.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.Clock;

/**
 * The requests that wait for a backup, and the state of the running backup, which a request receives when its
 * wait is over.
 *
 * <p>Thread-safe; only the thread that steps the scheduler calls {@link #began} and {@link #advanced}.
 */
final class PendingBackupRequests {

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** The requests that wait for the present backup; guarded by {@code lock}. */
    private final List<Waiter> waiters = new ArrayList<>();
    /** Whether a backup was requested; guarded by {@code lock}. */
    private boolean asked;
    /** Guarded by {@code lock}. */
    private boolean closed;
    private volatile Optional<BackupRequestStatus.Running> running = Optional.empty();

    private record Waiter(long deadlineNanos, CompletableFuture<BackupRequestStatus> done) { }

    /** No requests, while no backup is running. */
    PendingBackupRequests(Clock clock) {
        this.clock = clock;
    }

    /**
     * Requests a backup that begins after this call; while another one is running, completes at once with the
     * state of that one.
     */
    CompletableFuture<BackupRequestStatus> add(long waitMs) {
        CompletableFuture<BackupRequestStatus> done = new CompletableFuture<>();
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(stopping());
            }
            if (asked || running.isPresent()) {
                return CompletableFuture.completedFuture(present());
            }
            asked = true;
            waiters.add(new Waiter(clock.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs), done));
            return done;
        } finally {
            lock.unlock();
        }
    }

    /** The state for a request that does not wait; a backup that has not begun yet has no name. */
    private BackupRequestStatus present() {
        return running.orElseGet(() -> new BackupRequestStatus.Running("", clock.wallMs(), 0));
    }

    /** Whether a backup was requested that has not ended. */
    boolean pending() {
        lock.lock();
        try {
            return asked && !closed;
        } finally {
            lock.unlock();
        }
    }

    /** The running backup. */
    Optional<BackupRequestStatus.Running> running() {
        return running;
    }

    /** A backup begins. */
    void began(BackupRequestStatus.Running state) {
        running = Optional.of(state);
    }

    /** So many bytes of the running backup are written. */
    void advanced(long bytes) {
        running = running.map(state -> new BackupRequestStatus.Running(state.name(), state.sinceMs(), bytes));
    }

    /** Completes the requests whose wait is over with the state of the running backup. */
    void expire() {
        long now = clock.nanos();
        List<Waiter> late = new ArrayList<>();
        lock.lock();
        try {
            waiters.stream().filter(waiter -> waiter.deadlineNanos - now <= 0).forEach(late::add);
            waiters.removeAll(late);
        } finally {
            lock.unlock();
        }
        late.forEach(waiter -> waiter.done.complete(present()));
    }

    /** No backup is running any more: completes all requests by {@code tell}, outside the lock. */
    void end(Consumer<CompletableFuture<BackupRequestStatus>> tell) {
        List<Waiter> all;
        lock.lock();
        try {
            running = Optional.empty();
            asked = false;
            all = List.copyOf(waiters);
            waiters.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(waiter -> tell.accept(waiter.done));
    }

    /** Completes the waiting requests with a refusal, because the node stops, and refuses further ones. */
    void stop() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        end(waiter -> waiter.completeExceptionally(stopping()));
    }

    private static Refusal stopping() {
        return new Refusal(Reason.BUSY, "this node is stopping");
    }
}
