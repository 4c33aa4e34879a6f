package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ThreadedSchedulerTest {

    private final Threads threads = new Threads(Logger.none());

    @Test
    void runsATaskUntilItIsDoneAndAgainAfterAFault() throws InterruptedException {
        AtomicInteger steps = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        try (ThreadedScheduler scheduler = new ThreadedScheduler(threads, Logger.none(), 2)) {
            scheduler.start("task", () -> {
                int step = steps.incrementAndGet();
                if (step == 2) {
                    throw new IllegalStateException("planted");
                }
                if (step == 4) {
                    done.countDown();
                    return Task.DONE;
                }
                return 0;
            }, 0);
            assertTrue(done.await(20, TimeUnit.SECONDS));
        }
        assertEquals(4, steps.get());
    }

    @Test
    void rejectsWhatNoThreadIsFreeFor() throws InterruptedException {
        ExecutorService pool = threads.pool("small", 2);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            pool.execute(() -> await(release));
        }
        assertThrows(RejectedExecutionException.class, () -> pool.execute(() -> await(release)));
        release.countDown();
        pool.shutdown();
        assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
