package kvs.cli.programs;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import kvs.world.RunningProgram;

/**
 * A program with an environment, which is stopped and started anew with another one. When it ends by itself
 * it is not started again. Thread-safe, but one thread at a time starts; no lock is held while a program
 * ends.
 */
final class RestartingChild {

    private final Starter starter;
    private final long graceMs;
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}: the last program that was started; it may have ended. */
    private Optional<RunningProgram> child = Optional.empty();
    /** Guarded by {@code lock}: the program whose end is not the end, because another one follows. */
    private Optional<RunningProgram> replaced = Optional.empty();
    /** Guarded by {@code lock}: no program is started any more. */
    private boolean closed;

    /** A way to start the program. */
    interface Starter {

        RunningProgram start(Map<String, String> variables) throws IOException;
    }

    /** A program that has so long to end when it is told to. */
    RestartingChild(Starter starter, long graceMs) {
        this.starter = starter;
        this.graceMs = graceMs;
    }

    /**
     * Stops the program if it runs, and starts it with these variables, unless it has ended by itself.
     *
     * @throws IOException if it did not start: none runs now, and the next call tries again
     */
    void start(Map<String, String> variables) throws IOException {
        replace().ifPresent(running -> running.stop(graceMs));
        lock.lock();
        try {
            if (!closed && !end.isDone()) {
                RunningProgram started = starter.start(variables);
                child = Optional.of(started);
                replaced = Optional.empty();
                started.onEnd(status -> ended(started, status));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Chooses the program that is to be stopped; for one that has ended by itself, none follows. */
    private Optional<RunningProgram> replace() {
        lock.lock();
        try {
            if (closed || end.isDone() || child.equals(replaced)) {
                return Optional.empty();
            }
            RunningProgram running = child.orElseThrow();
            if (!running.isAlive()) {
                end.complete(running.await());
                return Optional.empty();
            }
            replaced = child;
            return child;
        } finally {
            lock.unlock();
        }
    }

    private void ended(RunningProgram ended, int status) {
        lock.lock();
        try {
            if (child.filter(ended::equals).isPresent() && !child.equals(replaced)) {
                end.complete(status);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the program has ended by itself or was stopped for good, and returns its exit status. */
    int await() {
        return end.join();
    }

    /** Whether the program has ended by itself or was stopped for good. */
    boolean hasEnded() {
        return end.isDone();
    }

    /** Stops the program for good, also while it is being replaced. */
    void close() {
        Optional<RunningProgram> last;
        lock.lock();
        try {
            closed = true;
            last = child;
        } finally {
            lock.unlock();
        }
        if (last.isPresent()) {
            last.get().stop(graceMs);
            end.complete(last.get().await());
        }
    }
}
