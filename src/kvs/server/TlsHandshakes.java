package kvs.server;

import java.net.InetAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import kvs.tls.TlsContexts;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The handshakes of a server: their engines, the threads of their slow steps, and their number. Signing and
 * the agreement on keys take up to some milliseconds, in which a loop serves a hundred requests. As many
 * threads as there are cores work on handshakes: a flood of them leaves the loops their share of the CPU,
 * which half as many would double, but these would not make 500 handshakes a second on two cores before the
 * JIT compiler is done. Other connections wait for them in order, each with one step at most, and within the
 * time of a head. Thread-safe.
 */
final class TlsHandshakes implements AutoCloseable {

    private final TlsContexts contexts;
    private final Logger log;
    private final ExecutorService pool;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    /** Handshakes with the certificates of {@code contexts}, at most {@code waiting} at once. */
    TlsHandshakes(TlsContexts contexts, NioProvider.Dependencies dependencies, int waiting) {
        this.contexts = contexts;
        this.log = dependencies.log();
        this.pool = dependencies.threads().queue("kvs-tls",
                Runtime.getRuntime().availableProcessors(), waiting);
    }

    /** The server's side of a new connection. */
    SSLEngine engine() {
        return contexts.engine();
    }

    /** Runs a slow step; {@code RejectedExecutionException} when too many wait, and after the end. */
    void execute(Runnable step) {
        pool.execute(step);
    }

    /** Counts a handshake that is complete. */
    void completed() {
        done.incrementAndGet();
    }

    /** Logs why the TLS of a connection failed: mostly the other side is to blame. */
    void debug(Exception failure, InetAddress client) {
        log.debug("TLS failed", "why", FailureText.text(failure), "client", client.getHostAddress());
    }

    /** Counts a connection that ended in its handshake. */
    void broke() {
        failed.incrementAndGet();
    }

    /** The number of handshakes that were completed. */
    long done() {
        return done.get();
    }

    /** The number of connections that ended in their handshake. */
    long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
