package kvs.store;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writes that wait for the writer, in order; bounded in number and in bytes. Writes that are added at
 * once wake the writer once, and come into one group. Thread-safe.
 */
final class WriteQueue {

    /** The most writes that wait: a second's work. */
    private static final int WRITES_MAX = 65_536;
    /** The most bytes that waiting writes hold. */
    private static final long BYTES_MAX = 96L << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    /** Guarded by {@code lock}, as all below. */
    private final ArrayDeque<Write> writes = new ArrayDeque<>();
    private long bytes;
    private boolean awaited;

    /** Adds the first of {@code more}, as many as there is space for; the number of these. */
    int add(List<Write> more) {
        lock.lock();
        try {
            int count = 0;
            while (count < more.size() && fits(more.get(count).bytes())) {
                Write write = more.get(count++);
                bytes += write.bytes();
                writes.add(write);
            }
            if (awaited && count > 0) {
                added.signal();
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(int more) {
        return writes.size() < WRITES_MAX && bytes + more <= BYTES_MAX;
    }

    /**
     * Moves at most {@code most} writes to {@code taken}; waits that long for the first one.
     *
     * @throws AssertionError when the thread is interrupted, which closes the files that it uses
     */
    void take(List<Write> taken, int most, long waitMs) {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(waitMs);
            while (writes.isEmpty() && nanos > 0) {
                awaited = true;
                nanos = added.awaitNanos(nanos);
            }
            // Who does not wait leaves the sign of the one who does.
            awaited &= waitMs == 0;
            for (int i = Math.min(most, writes.size()); i > 0; i--) {
                Write write = writes.remove();
                bytes -= write.bytes();
                taken.add(write);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("the writer was interrupted, which closes its files", e);
        } finally {
            lock.unlock();
        }
    }

    /** The number of writes that wait. */
    int size() {
        lock.lock();
        try {
            return writes.size();
        } finally {
            lock.unlock();
        }
    }

    /** The bytes that they hold. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
