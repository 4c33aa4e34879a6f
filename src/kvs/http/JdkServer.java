package kvs.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.world.Clock;
import kvs.world.Log;
import kvs.world.Scheduler;
import kvs.world.Task;
import kvs.world.Threads;

/**
 * Serves a pipeline by the server of the JDK. A half-sent header holds a thread there, so its pool grows to {@value #THREADS_MAX}; a request
 * whose answer comes later holds none. The thread that completes an answer never writes to a socket: that is done by the pool.
 */
public final class JdkServer implements AutoCloseable {

    /** Connections are bounded below this, so each finds a thread. */
    private static final int THREADS_MAX = 1_024;
    private static final int BACKLOG = 1_024;
    /** An answer whose reader does not read is cut after this, ms. */
    public static final long STALL_MS = 30_000;
    /**
     * System properties that the JDK's server reads once, when its classes are loaded: to be set before anything else. {@code maxReqTime} is
     * in seconds and covers the body; {@code maxRspTime} stays unset, it would cut long polls at that age.
     */
    public static final Map<String, String> PROPERTIES = Map.of(
            "sun.net.httpserver.nodelay", "true",
            "sun.net.httpserver.maxReqTime", "60",
            "sun.net.httpserver.idleInterval", "120",
            "sun.net.httpserver.maxIdleConnections", "1000",
            "sun.net.httpserver.maxReqHeaders", "64",
            "sun.net.httpserver.maxReqHeaderSize", "65536",
            "jdk.httpserver.maxConnections", "1000",
            // Of the client: it must give up idle connections before the server of another node does.
            "jdk.httpclient.keepalive.timeout", "60");
    private static final long STOP_MS = 10_000;
    private static final long POLL_MS = 20;
    private static final long WATCH_MS = 1_000;

    private final HttpServer server;
    /** Set before the first request is taken. */
    private volatile Pipeline pipeline;
    private final ExecutorService pool;
    private final Doors doors;
    private final long stallMs;
    private final Set<Sending> sending = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean closed;

    /** What the server uses. */
    public record Doors(Clock clock, Log log, Threads threads, Scheduler scheduler) { }

    /** A server that holds {@code address}, for https if there is a {@code tls}; an answer that stands for {@code stallMs} is cut. */
    public JdkServer(InetSocketAddress address, Optional<Tls> tls, Doors doors, long stallMs) throws IOException {
        this.doors = doors;
        this.stallMs = stallMs;
        this.server = tls.isPresent() ? https(address, tls.get()) : HttpServer.create(address, BACKLOG);
        this.pool = doors.threads.pool("kvs-http", THREADS_MAX);
        server.setExecutor(pool);
    }

    /** Takes requests from now on; call once. */
    public void start(Pipeline served) {
        pipeline = served;
        server.createContext("/", this::handle);
        server.start();
        doors.scheduler.start("http-watchdog", this::watch, WATCH_MS);
    }

    private static HttpServer https(InetSocketAddress address, Tls tls) throws IOException {
        HttpsServer server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(tls.configurator());
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Requests that are here, until the last byte of their answer is sent. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Takes no new requests, lets those under way finish for a while, then closes everything. */
    @Override
    public void close() {
        closed = true;
        long until = doors.clock.nanos() + TimeUnit.MILLISECONDS.toNanos(STOP_MS);
        while (inFlight.get() > 0 && doors.clock.nanos() - until < 0) {
            doors.threads.pause(POLL_MS);
        }
        server.stop(0);
        pool.shutdown();
    }

    private void handle(HttpExchange exchange) {
        inFlight.incrementAndGet();
        var head = new Guard.Head(exchange.getRequestMethod(), target(exchange), exchange.getProtocol(),
                new Headers(exchange.getRequestHeaders()), new Ends(exchange.getRemoteAddress(), exchange.getLocalAddress()));
        CompletableFuture<Response> answer = pipeline.serve(head, bytes -> body(exchange, bytes)).toCompletableFuture();
        if (answer.isDone()) {
            send(exchange, head, answer.join());
            return;
        }
        answer.thenAccept(response -> later(exchange, head, response));
    }

    private void later(HttpExchange exchange, Guard.Head head, Response response) {
        try {
            pool.execute(() -> send(exchange, head, response));
        } catch (RejectedExecutionException full) {
            doors.log.warn("no thread to answer with: connection closed");
            exchange.close();
            inFlight.decrementAndGet();
        }
    }

    /** The raw target; the server keeps it in the URI it parsed. */
    private static String target(HttpExchange exchange) {
        return exchange.getRequestURI().toString();
    }

    private static CompletionStage<byte[]> body(HttpExchange exchange, int bytes) {
        try {
            InputStream in = exchange.getRequestBody();
            byte[] body = in.readNBytes(bytes);
            return body.length == bytes ? CompletableFuture.completedFuture(body)
                    : CompletableFuture.failedFuture(new Pipeline.BrokenBody("the body ended before its Content-Length"));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new Pipeline.BrokenBody("the body could not be read: " + e.getMessage()));
        }
    }

    private void send(HttpExchange exchange, Guard.Head head, Response response) {
        Sending mine = new Sending(Thread.currentThread(), doors.clock);
        sending.add(mine);
        try {
            response.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            if (closed) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            write(exchange, head.method().equals("HEAD"), response, mine);
        } catch (IOException | RuntimeException e) {
            doors.log.debug("answer not sent", "why", e.toString());
        } finally {
            end(exchange, mine);
            sending.remove(mine);
            inFlight.decrementAndGet();
        }
    }

    private void end(HttpExchange exchange, Sending mine) {
        try {
            mine.moving(exchange::close);
        } catch (IOException e) {
            doors.log.debug("connection not closed", "why", e.toString());
        }
    }

    private static void write(HttpExchange exchange, boolean headOnly, Response response, Sending mine) throws IOException {
        if (response.body() instanceof Response.Pages pages) {
            mine.moving(() -> exchange.sendResponseHeaders(response.status(), headOnly ? -1 : 0));
            if (!headOnly) {
                try (OutputStream out = mine.moving(exchange.getResponseBody())) {
                    pages.writeTo(out);
                }
            }
            return;
        }
        byte[] bytes = ((Response.Whole) response.body()).bytes();
        if (headOnly || bytes.length == 0) {
            if (headOnly && response.status() != 204 && response.status() != 304) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            }
            mine.moving(() -> exchange.sendResponseHeaders(response.status(), -1));
            return;
        }
        mine.moving(() -> exchange.sendResponseHeaders(response.status(), bytes.length));
        try (OutputStream out = mine.moving(exchange.getResponseBody())) {
            out.write(bytes);
        }
    }

    /** Cuts answers whose reader does not read. */
    private long watch() {
        for (Sending one : sending) {
            if (one.cutWhenStalled(stallMs)) {
                doors.log.warn("answer cut: its reader did not read", "stall_ms", stallMs);
            }
        }
        return closed && inFlight.get() == 0 ? Task.DONE : Math.min(WATCH_MS, stallMs);
    }
}
