package kvs.world;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes named threads; an error that escapes from one of them is logged. */
public final class Threads {

    private static final long STACK_BYTES = 256 * 1024;
    private static final int IDLE_SECONDS = 30;

    private final Logger log;

    /** Threads whose escaped errors go to {@code log}. */
    public Threads(Logger log) {
        this.log = log;
    }

    /** A thread that is not started yet. With {@code daemon} the process may end while it runs. */
    public Thread thread(String name, boolean daemon, Runnable work) {
        Thread thread = new Thread(null, work, name, STACK_BYTES);
        thread.setDaemon(daemon);
        thread.setUncaughtExceptionHandler((t, error) -> log.error("thread died", error,
                "thread", t.getName()));
        return thread;
    }

    /** Waits until {@code thread} has ended, without a limit. */
    public static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("the thread was interrupted, which closes its files", e);
        }
    }

    /** Pauses the calling thread. */
    public void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new AssertionError("the thread was interrupted, which closes its files", e);
        }
    }

    /**
     * A pool that grows to {@code most} threads and shrinks again. It has no queue: when all threads are
     * busy, {@code execute} throws {@code RejectedExecutionException}, and the caller decides what to shed.
     */
    public ExecutorService pool(String name, int most) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = work -> thread(name + "-" + number.incrementAndGet(), true, work);
        return new ThreadPoolExecutor(0, most, IDLE_SECONDS, TimeUnit.SECONDS,
                new SynchronousQueue<>(), factory);
    }

    /**
     * A pool of at most {@code most} threads, for which {@code waiting} tasks may wait in order; one more is
     * rejected by {@code RejectedExecutionException}. Idle threads end.
     */
    public ExecutorService queue(String name, int most, int waiting) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = work -> thread(name + "-" + number.incrementAndGet(), true, work);
        ThreadPoolExecutor pool = new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(waiting), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
