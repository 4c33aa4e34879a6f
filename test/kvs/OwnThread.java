package kvs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A thread for each task that waits. The pool that all futures share has one thread on a machine with two
 * cores, and from JDK 25 on the end of every process is told by it: a task that waits there for a process
 * waits for ever.
 */
public final class OwnThread {

    private static final Executor EACH = task -> {
        Thread thread = new Thread(task, "own");
        thread.setDaemon(true);
        thread.start();
    };

    private OwnThread() { }

    /** Runs {@code work}; its result, or what it threw. */
    public static <T> CompletableFuture<T> start(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, EACH);
    }

    /** The same for work without a result. */
    public static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, EACH);
    }
}
