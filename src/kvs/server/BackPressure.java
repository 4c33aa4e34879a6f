package kvs.server;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Back-pressure: lets a thread that makes a response piece by piece wait while the client does not read.
 * Between the thread and the socket are at most {@value #AHEAD_BYTES} bytes and one piece. Thread-safe.
 */
final class BackPressure {

    /**
     * With a piece of 16 KiB these take less than four slabs, the first partly sent and the last partly
     * filled.
     */
    private static final long AHEAD_BYTES = 96 * 1_024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    /** Bytes that the thread has handed over, and those of them that are sent. Guarded by {@code lock}. */
    private long handed;
    private long gone;
    private boolean broken;

    /** Waits for space, then counts {@code bytes} as handed over. */
    void hand(int bytes) throws IOException {
        lock.lock();
        try {
            while (!broken && handed - gone >= AHEAD_BYTES) {
                moved.awaitUninterruptibly();
            }
            if (broken) {
                throw new IOException("the connection is closed");
            }
            handed += bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Records that {@code bytes} of those handed over are sent. */
    void gone(long bytes) {
        lock.lock();
        try {
            gone = bytes;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Records that nothing is sent any more. */
    void broken() {
        lock.lock();
        try {
            broken = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
