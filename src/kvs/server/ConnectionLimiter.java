package kvs.server;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts connections, and decides about one more. Thread-safe. */
final class ConnectionLimiter {

    private static final int CLIENT_BYTES = 8;

    private final ServerLimits limits;
    private final ConcurrentHashMap<ByteBuffer, Integer> perAddress = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();

    /** The verdict on a connection. */
    enum Verdict { WELCOME, FULL, TOO_MANY_OF_ONE }

    ConnectionLimiter(ServerLimits limits) {
        this.limits = limits;
    }

    /** Connections that are counted. */
    int count() {
        return all.get();
    }

    /** Connections that were refused. */
    long refused() {
        return refused.get();
    }

    /** Counts a connection, if the limits permit it; {@code WELCOME} is counted until {@link #leave}. */
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

    /** Counts a refused connection. */
    void turnAway() {
        refused.incrementAndGet();
    }

    /** Uncounts a connection. */
    void leave(InetAddress from) {
        all.decrementAndGet();
        // An exempt address may be a neighbour of one that is not.
        if (!limits.exempt().test(from)) {
            forget(from);
        }
    }

    private void forget(InetAddress from) {
        perAddress.computeIfPresent(client(from), (address, count) -> count == 1 ? null : count - 1);
    }

    /** The counted part of an address: providers give each customer a /64 of IPv6. */
    private static ByteBuffer client(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, CLIENT_BYTES));
    }
}
