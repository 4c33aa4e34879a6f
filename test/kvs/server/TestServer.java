package kvs.server;

import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Threads;

/** A server of the engine with small handlers, on a port of its own, and its log. */
public final class TestServer implements AutoCloseable {

    /** Long, for machines that are busy: nothing here waits for it to pass. */
    static final int TIMEOUT_MS = 30_000;
    /** Clocks that never strike in a test. */
    public static final ServerLimits.Timeouts PATIENT = new ServerLimits.Timeouts(600_000, 600_000,
            600_000, 600_000);

    final NioServer server;
    final NioProvider.Dependencies dependencies;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    private final Optional<SSLContext> trust;

    /** A server, over TLS if there is a {@code tls} that has the first certificate. */
    TestServer(int loops, ServerLimits limits, Clock clock, Optional<TlsContexts> tls) throws IOException {
        this.trust = tls.map(used -> TestCertificate.FIRST.client());
        Logger log = new Logger(new PrintStream(lines, true, StandardCharsets.UTF_8),
                Logger.Level.WARN, clock);
        this.dependencies = new NioProvider.Dependencies(clock, log, new Threads(log));
        this.server = new NioProvider(loops, limits, TestServer::error, tls, dependencies)
                .server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
    }

    private static NioProvider.ErrorResponse error(int status, String detail, String[] request) {
        String[] fields = {"X-Fields", Integer.toString(request.length / 2)};
        return new NioProvider.ErrorResponse(fields,
                (status + " " + detail).getBytes(StandardCharsets.US_ASCII));
    }

    /** A loop that does not run, for the parts of a connection. */
    static Loop loop() {
        try {
            return new Loop("kvs-test-loop", true,
                    new NioProvider.Dependencies(Clock.REAL, Logger.none(), new Threads(Logger.none())));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** With clocks that never strike. */
    TestServer(Optional<TlsContexts> tls) throws IOException {
        this(2, limits(PATIENT), Clock.REAL, tls);
    }

    public static ServerLimits limits(ServerLimits.Timeouts times) {
        return new ServerLimits(1_000, 1_000, client -> false, 4_096, 20, times);
    }

    /** Serves {@code path} by {@code handler}. */
    TestServer on(String path, HttpHandler handler) {
        server.createContext(path, handler);
        return this;
    }

    TestServer start() {
        server.start();
        return this;
    }

    RawClient connect() throws IOException {
        return connect(InetAddress.getLoopbackAddress());
    }

    /** A client at another address. */
    RawClient connect(InetAddress from) throws IOException {
        return new RawClient(server.getAddress(), from, trust);
    }

    /** Sends {@code request}, then no more; all that comes back. */
    String once(String request) throws IOException {
        try (RawClient wire = connect()) {
            wire.send(request).end();
            return wire.all();
        }
    }

    /** What was logged as a warning or an error. */
    String log() {
        return lines.toString(StandardCharsets.UTF_8);
    }

    /** What was logged as an error. */
    List<String> errors() {
        return log().lines().filter(line -> line.contains("\"level\":\"error\"")).toList();
    }

    /** Waits until something is so. */
    void await(String what, BooleanSupplier so) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (!so.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("not after " + TIMEOUT_MS + " ms: " + what + "; log: " + log());
            }
            dependencies.threads().pause(1);
        }
    }

    /** Runs {@code work} on a thread of its own. */
    Thread aside(Runnable work) {
        Thread thread = dependencies.threads().thread("aside", true, work);
        thread.start();
        return thread;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
