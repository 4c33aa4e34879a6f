package kvs.world;

import java.util.function.IntConsumer;

/** A program that was started. Thread-safe. */
public interface RunningProgram {

    /** Whether it has not ended yet. When it has, {@link #await} returns at once. */
    boolean isAlive();

    /** Waits for its end and returns its exit status: 128 and the number of the signal that ended it. */
    int await();

    /** Calls {@code ended} with its exit status, on a thread of its own. */
    void onEnd(IntConsumer ended);

    /** Asks it to end (SIGTERM), waits so long, and then ends it (SIGKILL). Returns when it has ended. */
    void stop(long graceMs);
}
