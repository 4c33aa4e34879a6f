package kvs.server;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Blocks of memory off the heap, for what clients do not take: on the heap each collection of young garbage would copy it, while all requests
 * wait. They are used over and over. The JDK bounds such memory by the size of the heap, and loops hold an eighth of that at most. Belongs to one
 * loop.
 */
final class OffHeapBlocks {

    static final int BYTES = 64 * 1_024;
    /** So many are kept when none is needed. */
    static final int SPARE = 16;
    /** One of so many goes at a time. */
    private static final int SHARE = 32;

    private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();

    /** One with nothing in it: its limit is 0. */
    ByteBuffer take() {
        return (spare.isEmpty() ? ByteBuffer.allocateDirect(BYTES) : spare.pop().rewind()).limit(0);
    }

    /** Takes one back, with whatever is in it. */
    void give(ByteBuffer slab) {
        spare.push(slab);
    }

    /** Blocks that nobody uses. */
    int spare() {
        return spare.size();
    }

    /** Lets some go, a few times a second, when there are more than are usually needed: what a crowd left behind is halved in two seconds. */
    void tick() {
        for (int more = (spare.size() - SPARE + SHARE - 1) / SHARE; more > 0; more--) {
            spare.removeLast();
        }
    }
}
