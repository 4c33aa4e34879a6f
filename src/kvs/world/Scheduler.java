package kvs.world;

/**
 * The interface to delayed work: runs tasks later. Thread-safe. A task that throws is logged and tried again
 * after a second: a bug in one round must not end a task for good.
 */
public interface Scheduler extends AutoCloseable {

    /** Runs {@code task} for the first time after {@code delayMs}, then after each delay that it returns. */
    void start(String name, Task task, long delayMs);

    /** Runs no further steps and waits for the running ones. */
    @Override
    void close();
}
