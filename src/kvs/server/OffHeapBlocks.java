package kvs.server;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Blocks of memory off the heap, for bytes that clients do not take: on the heap each collection of young
 * garbage would copy them, while all requests wait. They are reused. The JDK bounds such memory by the size
 * of the heap, and loops hold an eighth of that at most. Belongs to one loop.
 */
final class OffHeapBlocks {

    static final int BYTES = 64 * 1_024;
    /** Number of unused blocks that are kept. */
    static final int SPARE = 16;
    /** Divisor of the surplus: one block of this many is freed at a time. */
    private static final int SHARE = 32;

    private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();

    /** An empty block: its limit is 0. */
    ByteBuffer take() {
        return (spare.isEmpty() ? ByteBuffer.allocateDirect(BYTES) : spare.pop().rewind()).limit(0);
    }

    /** Returns a block, with any content. */
    void give(ByteBuffer block) {
        spare.push(block);
    }

    /** The number of unused blocks. */
    int spare() {
        return spare.size();
    }

    /**
     * Frees some blocks, a few times a second, when there are more than are usually needed: the surplus after
     * a burst is halved in two seconds.
     */
    void tick() {
        for (int more = (spare.size() - SPARE + SHARE - 1) / SHARE; more > 0; more--) {
            spare.removeLast();
        }
    }
}
