package kvs.cli.programs;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import kvs.world.ChildProcess;

/**
 * A program with an environment, which is stopped and started anew with another one. When it ends by itself
 * it is not started again. Thread-safe.
 */
final class RestartingChild {

    private final List<String> command;
    private final long graceMs;
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}. */
    private Optional<ChildProcess> child = Optional.empty();
    /** Guarded by {@code lock}: no program is started any more. */
    private boolean closed;

    /** A program that has so long to end when it is told to. */
    RestartingChild(List<String> command, long graceMs) {
        this.command = command;
        this.graceMs = graceMs;
    }

    /** Stops the program if it runs, and starts it with these variables, unless it has ended by itself. */
    void start(Map<String, String> variables) throws IOException {
        lock.lock();
        try {
            Optional<ChildProcess> old = child;
            child = Optional.empty();
            if (old.isPresent()) {
                old.get().stop(graceMs);
            }
            if (!closed && !end.isDone()) {
                ChildProcess started = ChildProcess.start(command, variables);
                child = Optional.of(started);
                started.onEnd(status -> ended(started, status));
            }
        } finally {
            lock.unlock();
        }
    }

    private void ended(ChildProcess ended, int status) {
        lock.lock();
        try {
            if (child.filter(ended::equals).isPresent()) {
                end.complete(status);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the program has ended by itself, and returns its exit status. */
    int await() {
        return end.join();
    }

    /** Whether the program has ended by itself. */
    boolean hasEnded() {
        return end.isDone();
    }

    /** Stops the program for good. */
    void close() {
        lock.lock();
        try {
            closed = true;
            child.ifPresent(running -> running.stop(graceMs));
        } finally {
            lock.unlock();
        }
    }
}
