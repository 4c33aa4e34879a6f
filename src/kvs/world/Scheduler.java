package kvs.world;

/**
 * The door to time that passes: runs tasks later. Thread-safe. A task that throws is logged and tried again after a second: a bug in one
 * round must not end a duty for good.
 */
public interface Scheduler extends AutoCloseable {

    /** Runs {@code task} for the first time after {@code delayMs}, then as it asks. */
    void start(String name, Task task, long delayMs);

    /** Runs no further steps and waits for those under way. */
    @Override
    void close();
}
