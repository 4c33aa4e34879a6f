package kvs.world;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A scheduler on real time with a few threads. */
public final class ThreadedScheduler implements Scheduler {

    private static final long AGAIN_MS = 1_000;
    private static final long STOP_SECONDS = 10;

    private final Logger log;
    private final ScheduledThreadPoolExecutor pool;

    /** A scheduler whose steps run on that many threads. */
    public ThreadedScheduler(Threads threads, Logger log, int count) {
        this.log = log;
        this.pool = new ScheduledThreadPoolExecutor(count, work -> threads.thread("kvs-task", true, work));
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void start(String name, Task task, long delayMs) {
        later(delayMs, () -> run(name, task));
    }

    private void run(String name, Task task) {
        long next = AGAIN_MS;
        try {
            next = task.step();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
            log.error("task failed, retry in a second", bug, "task", name);
        }
        if (next != Task.DONE) {
            later(next, () -> run(name, task));
        }
    }

    private void later(long delayMs, Runnable step) {
        try {
            pool.schedule(step, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            log.debug("a step was skipped after the stop");
        }
    }

    @Override
    public void close() {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                log.warn("a task does not end", "waited_s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("the thread was interrupted, which closes its files", e);
        }
    }
}
