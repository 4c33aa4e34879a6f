package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import kvs.http.RequestExecutors;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.tls.TlsContexts;
import kvs.world.FailureText;
import kvs.world.Task;

/**
 * The engine on the server of the JDK. A half-sent head holds a thread there, so its pool grows to
 * {@value #THREADS_MAX}; a request with a later response holds none. The thread that completes a response
 * never writes to a socket: a thread of the pool does.
 */
public final class JdkEngine implements HttpEngine {

    /** Limit of threads; connections are bounded below this, so each finds one. */
    private static final int THREADS_MAX = 1_024;
    /** Limit of event streams: each holds a thread. */
    public static final int STREAMS_MAX = 256;
    private static final int BACKLOG = 1_024;
    /** Time after which a response is cut whose reader does not read, ms. */
    public static final long STALL_MS = 30_000;
    /**
     * System properties that the JDK's server reads once, when its classes are loaded: must be set before
     * anything else. {@code maxReqTime} is in seconds and covers the body; {@code maxRspTime} is a day,
     * because it cuts event streams at that age.
     */
    public static final Map<String, String> PROPERTIES = Map.of(
            "sun.net.httpserver.nodelay", "true",
            "sun.net.httpserver.maxReqTime", "60",
            "sun.net.httpserver.maxRspTime", "86400",
            "sun.net.httpserver.idleInterval", "120",
            "sun.net.httpserver.maxIdleConnections", "1000",
            "sun.net.httpserver.maxReqHeaders", "100",
            // The limit of our own engine, and 32 bytes that this one counts beside each field.
            "sun.net.httpserver.maxReqHeaderSize", "98304",
            "jdk.httpserver.maxConnections", "1000",
            // A setting of the client: it must give up idle connections before the server of another node
            // does.
            "jdk.httpclient.keepalive.timeout", "60");
    private static final long POLL_MS = 20;
    private static final long WATCH_MS = 1_000;

    private final HttpServer server;
    private final ExecutorService pool;
    private final HttpFrontend.Dependencies dependencies;
    private final long stallMs;
    private final Set<InterruptibleWriter> sending = ConcurrentHashMap.newKeySet();
    /** Exchanges whose response broke off before their handler returned. */
    private final Set<HttpExchange> broken = ConcurrentHashMap.newKeySet();
    private final LongAdder cuts = new LongAdder();
    private volatile boolean stopped;

    /**
     * An engine bound to {@code address}, for https if there is a {@code tls}; a response that stalls for
     * {@code stallMs} is cut.
     */
    public JdkEngine(InetSocketAddress address, Optional<TlsContexts> tls,
            HttpFrontend.Dependencies dependencies, long stallMs) throws IOException {
        this.dependencies = dependencies;
        this.stallMs = stallMs;
        this.server = tls.isPresent() ? https(address, tls.get()) : HttpServer.create(address, BACKLOG);
        this.pool = dependencies.threads().pool("kvs-http", THREADS_MAX);
        server.setExecutor(pool);
        dependencies.scheduler().start("http-watchdog", this::watch, WATCH_MS);
    }

    private static HttpServer https(InetSocketAddress address, TlsContexts tls) throws IOException {
        HttpsServer server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(tls.configurator());
        return server;
    }

    @Override
    public HttpServer server() {
        return server;
    }

    @Override
    public RequestHeaders headers(HttpExchange exchange) {
        return new RequestHeaders(exchange.getRequestHeaders());
    }

    @Override
    public void serve(HttpExchange exchange, RequestHead head, Consumer<RequestExecutors> handler) {
        handler.accept(RequestExecutors.ANYWHERE);
    }

    @Override
    public CompletionStage<byte[]> body(HttpExchange exchange, int bytes) {
        try {
            byte[] body = exchange.getRequestBody().readNBytes(bytes);
            return body.length == bytes ? CompletableFuture.completedFuture(body)
                    : CompletableFuture.failedFuture(
                            new BodySource.BrokenBodyException("the body ended before its Content-Length"));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(
                    new BodySource.BrokenBodyException("the node could not read the body:"
                            + " " + FailureText.text(e)));
        }
    }

    @Override
    public void send(HttpExchange exchange, boolean later, boolean streams, Consumer<ResponseWriter> sender) {
        if (later) {
            pool.execute(() -> send(sender));
        } else if (!send(sender)) {
            broken.add(exchange);
        }
    }

    /** Whether the response was sent completely. */
    private boolean send(Consumer<ResponseWriter> sender) {
        InterruptibleWriter mine = new InterruptibleWriter(Thread.currentThread(), dependencies.clock());
        sending.add(mine);
        try {
            sender.accept(mine);
        } finally {
            sending.remove(mine);
        }
        return !mine.isPart();
    }

    /**
     * Throws when the response broke off: the server of the JDK counts a connection that an exchange closes
     * as open for ever, but not one whose handler fails. {@code maxRspTime} releases those of later responses
     * that break off.
     */
    @Override
    public void handled(HttpExchange exchange) throws IOException {
        if (broken.remove(exchange)) {
            throw new IOException("the response was interrupted");
        }
    }

    /** The counts; the server of the JDK reports no connections and no handshakes. */
    @Override
    public ConnectionCounts counts() {
        return new ConnectionCounts(0, 0, cuts.sum(), 0, 0, 0);
    }

    /**
     * Refuses connections only at the end: the server of the JDK cannot refuse them and finish requests in
     * progress.
     */
    @Override
    public void stop(long ms, BooleanSupplier busy) {
        long until = dependencies.clock().nanos() + TimeUnit.MILLISECONDS.toNanos(ms);
        while (busy.getAsBoolean() && dependencies.clock().nanos() - until < 0) {
            dependencies.threads().pause(POLL_MS);
        }
        stopped = true;
        server.stop(0);
        pool.shutdown();
    }

    /** Cuts responses whose reader does not read. */
    private long watch() {
        for (InterruptibleWriter one : sending) {
            if (one.cutWhenStalled(stallMs)) {
                cuts.increment();
                dependencies.log().warn("response cut: the client did not read it", "stall_ms", stallMs);
            }
        }
        return stopped && sending.isEmpty() ? Task.DONE : Math.min(WATCH_MS, stallMs);
    }
}
