package kvs.gateway;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The slots for handlers on threads that may block. More than {@value #RUNNING_MAX} at once do not make the
 * disk and two cores faster; the others wait in their order. Thread-safe.
 */
final class HandlerSlots {

    private static final int RUNNING_MAX = 64;

    private final Semaphore free = new Semaphore(RUNNING_MAX, true);

    /** The result of {@code work}, run in a slot. */
    <T> T call(Supplier<T> work) {
        free.acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            free.release();
        }
    }

    /** Runs {@code work} in a slot. */
    void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }
}
