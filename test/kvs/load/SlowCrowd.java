package kvs.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that send the bytes of a head or of a body, or read those of an answer, one a second. They act when
 * they are stepped.
 */
public final class SlowCrowd implements AutoCloseable {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<SlowClient> clients = new ArrayList<>();
    /** When the first acted. */
    private long startNanos;
    private long steps;

    /** {@code count} of each kind; they read the document at {@code large}. */
    public SlowCrowd(int port, int count, String large) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < count; i++) {
            for (SlowClient.Kind kind : SlowClient.Kind.values()) {
                clients.add(new SlowClient(kind, address,
                        kind == SlowClient.Kind.READING ? large : "/kv/slow/" + i));
            }
        }
    }

    /** Lets those act whose second is over: one after another, so that their work is even in time. */
    public void step() {
        long now = System.nanoTime();
        if (steps == 0) {
            startNanos = now;
        }
        long due = 1 + (now - startNanos) / (INTERVAL_NANOS / clients.size());
        for (int most = clients.size(); steps < due && most > 0; most--) {
            clients.get((int) (steps++ % clients.size())).step();
        }
    }

    /** How many there are. */
    public int size() {
        return clients.size();
    }

    /** Those that hold a connection now. */
    public int connected() {
        return (int) clients.stream().filter(SlowClient::isConnected).count();
    }

    /** What all did on open connections, most of it a byte each. */
    public int turns() {
        return clients.stream().mapToInt(SlowClient::turns).sum();
    }

    /** How often the node got rid of one. */
    public int cuts() {
        return clients.stream().mapToInt(SlowClient::cuts).sum();
    }

    @Override
    public void close() {
        clients.forEach(SlowClient::close);
    }
}
