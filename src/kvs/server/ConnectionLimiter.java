package kvs.server;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts connections, and says whether there may be one more. Thread-safe. */
final class ConnectionLimiter {

    private static final int CLIENT_BYTES = 8;

    private final ServerLimits limits;
    private final ConcurrentHashMap<ByteBuffer, Integer> perAddress = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();

    /** Whether a connection may stay. */
    enum Verdict { WELCOME, FULL, TOO_MANY_OF_ONE }

    ConnectionLimiter(ServerLimits limits) {
        this.limits = limits;
    }

    /** Connections that are counted. */
    int count() {
        return all.get();
    }

    /** Connections that were turned away. */
    long refused() {
        return refused.get();
    }

    /** Asks for a place; {@code WELCOME} has one, which is given back by {@link #leave}. */
    Verdict enter(InetAddress from) {
        boolean counted = !limits.exempt().test(from);
        if (counted && perAddress.merge(client(from), 1, Integer::sum) > limits.perAddress()) {
            forget(from);
            return Verdict.TOO_MANY_OF_ONE;
        }
        if (all.incrementAndGet() > limits.connections()) {
            leave(from);
            return Verdict.FULL;
        }
        return Verdict.WELCOME;
    }

    /** One had no place. */
    void turnAway() {
        refused.incrementAndGet();
    }

    /** Gives a place back. */
    void leave(InetAddress from) {
        all.decrementAndGet();
        // Who is exempt may be a neighbour of who is not.
        if (!limits.exempt().test(from)) {
            forget(from);
        }
    }

    private void forget(InetAddress from) {
        perAddress.computeIfPresent(client(from), (address, count) -> count == 1 ? null : count - 1);
    }

    /** Providers give each customer a /64 of IPv6. */
    private static ByteBuffer client(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, CLIENT_BYTES));
    }
}
