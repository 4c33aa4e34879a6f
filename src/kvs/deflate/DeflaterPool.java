package kvs.deflate;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.Deflater;

/**
 * A few deflaters of one level, without a wrapper around their output. Their native state is kept, because
 * making it costs more than deflating a short text. A pool has one level for good: after a change of the
 * level the JDK's deflater returns nothing for the first input, which looks like its end.
 *
 * <p>Thread-safe.
 */
public final class DeflaterPool implements AutoCloseable {

    private static final int SIZE = 16;

    private final int level;
    private final ArrayBlockingQueue<Deflater> unused = new ArrayBlockingQueue<>(SIZE);

    /** A pool of that level, 1 (fast) to 9 (small). */
    public DeflaterPool(int level) {
        if (level < Deflater.BEST_SPEED || level > Deflater.BEST_COMPRESSION) {
            throw new IllegalArgumentException("deflate level " + level);
        }
        this.level = level;
    }

    /** A deflater in its first state; give it back. */
    public Deflater take() {
        Deflater deflater = unused.poll();
        return deflater == null ? new Deflater(level, true) : deflater;
    }

    /** Takes a deflater back, in any state. */
    public void give(Deflater deflater) {
        deflater.reset();
        if (!unused.offer(deflater)) {
            deflater.end();
        }
    }

    @Override
    public void close() {
        unused.forEach(Deflater::end);
    }
}
