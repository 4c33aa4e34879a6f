package kvs.server;

import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kvs.world.Logger;

/**
 * The bound on the bytes that a loop holds for its clients: connections are cut when that is too much. Each
 * method is called on the loop of its connection, {@link #cuts} by any thread.
 */
final class UnsentBytesEviction {

    /** Share of the heap for bytes held for clients, and twice as much while all of them read. */
    private static final int HELD_SHARE = 16;
    /**
     * Time in which a client must take 64 KB to count as moving; one that lost three packets in a row still
     * does.
     */
    private static final long STANDS_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final long heldMax;
    private final Logger log;
    private final AtomicLong cuts = new AtomicLong();

    /** The bound of each of {@code loops} loops. */
    UnsentBytesEviction(int loops, Logger log) {
        this.heldMax = Runtime.getRuntime().maxMemory() / HELD_SHARE / loops;
        this.log = log;
    }

    /** The number of connections cut because their client did not read, or too much was held for it. */
    long cuts() {
        return cuts.get();
    }

    /**
     * Cuts connections with held bytes when a loop holds far too much for clients beside the one that has
     * just moved: first those with many held bytes, and of them those that have not moved for longest.
     */
    void evictHolders(Connection moved) {
        if (holds(moved) && tooFar(moved)) {
            NioServer.connections(moved.loop).filter(one -> one != moved && holds(one))
                    .sorted(Comparator.comparing((Connection one) -> !holdsMuch(one)).thenComparingLong(
                            UnsentBytesEviction::movedAt)).takeWhile(one -> tooFar(moved)).forEach(one -> {
                        one.sender.push();
                        if (tooFar(moved) && holds(one)) {
                            cut(one, "the responses that wait for clients far exceed the memory limit");
                        }
                    });
        }
    }

    /** Whether the loop of a connection may hold more for clients that need not have it now. */
    boolean hasRoom(Connection one) {
        return one.loop.held() <= heldMax / 2;
    }

    private boolean tooFar(Connection moved) {
        return moved.loop.held() - moved.writeQueue.pending() > 2 * heldMax;
    }

    /**
     * Cuts a connection when its loop holds too much for clients, and this one takes nothing of much for a
     * while; called a few times a second.
     */
    void weigh(Connection one) {
        if (one.loop.held() > heldMax && stands(one)) {
            one.sender.push();
            if (stands(one)) {
                cut(one, "the responses that wait for clients exceed the memory limit");
            }
        }
    }

    private static boolean stands(Connection one) {
        return holdsMuch(one) && one.loop.now() - one.writeQueue.movedAt() >= STANDS_NANOS;
    }

    private static boolean holds(Connection one) {
        return one.writeQueue.pending() > 0 || one.readBuffer.holds() || one.transport.kept() > 0;
    }

    private static boolean holdsMuch(Connection one) {
        return one.writeQueue.pending() >= OffHeapBlocks.BYTES;
    }

    private static long movedAt(Connection one) {
        return one.writeQueue.pending() > 0 ? one.writeQueue.movedAt() : one.readBuffer.cameAt();
    }

    /** Closes a connection for which bytes are held, or whose client does not read. */
    void cut(Connection connection, String why) {
        connection.close();
        cuts.incrementAndGet();
        log.debug("response cut", "why", why, "client", connection.socket.remote.getAddress()
                .getHostAddress());
    }
}
