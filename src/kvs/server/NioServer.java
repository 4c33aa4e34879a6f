package kvs.server;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import kvs.tls.TlsContexts;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The server: contexts, loops, and the state that all connections share. Without an executor handlers run on
 * the loops, and must not wait there. Thread-safe.
 */
public final class NioServer extends HttpServer {

    /**
     * The destination of a request.
     *
     * @param uri its target
     * @param context empty when there is none
     * @param framing its limits
     * @param fault reason for an empty context
     */
    record RoutedRequest(URI uri, Optional<NioContext> context, Framing framing,
            Optional<ProtocolError> fault) {

        private static RoutedRequest nowhere(Framing framing, ProtocolError error) {
            return new RoutedRequest(NOWHERE, Optional.empty(), framing, Optional.of(error));
        }
    }

    private static final long POLL_MS = 10;
    /** Bound of the wait for a loop to close the port: a handler on it may be slow. */
    private static final long PORT_SECONDS = 5;
    /** Of the JDK, for a backlog that is not positive. */
    private static final int BACKLOG_DEFAULT = 50;
    private static final URI NOWHERE = URI.create("/");

    private final NioProvider.Dependencies dependencies;
    private final ServerLimits limits;
    private final NioProvider.ErrorResponder errorResponder;
    private final Optional<TlsHandshakes> handshakes;
    private final ConnectionLimiter admission;
    final UnsentBytesEviction heldBytes;
    private final ServerSocketChannel channel;
    private final List<Loop> loops = new ArrayList<>();
    private final List<NioContext> contexts = new CopyOnWriteArrayList<>();
    private final AtomicLong malformed = new AtomicLong();
    private volatile Optional<Executor> executor = Optional.empty();
    private int waitingMax = BACKLOG_DEFAULT;
    private volatile Optional<Acceptor> acceptor = Optional.empty();
    private volatile boolean stopping;
    /** Set before the server is started. */
    private volatile FastPath fastPath = FastPath.NONE;

    NioServer(int loops, ServerLimits limits, NioProvider.ErrorResponder errorResponder,
            Optional<TlsContexts> tls, NioProvider.Dependencies dependencies) throws IOException {
        this.dependencies = dependencies;
        this.limits = limits;
        this.errorResponder = errorResponder;
        this.handshakes = tls.map(used ->
                new TlsHandshakes(used, dependencies, limits.connections()));
        this.admission = new ConnectionLimiter(limits);
        this.channel = ServerSocketChannel.open();
        this.heldBytes = new UnsentBytesEviction(loops, dependencies.log());
        for (int i = 0; i < loops; i++) {
            this.loops.add(new Loop("kvs-loop-" + i, loops == 1, dependencies));
        }
    }

    @Override
    public void bind(InetSocketAddress address, int backlog) throws IOException {
        channel.bind(address, backlog);
        waitingMax = backlog > 0 ? backlog : BACKLOG_DEFAULT;
    }

    @Override
    public void start() {
        Acceptor accepting = new Acceptor(this, channel, loops, admission, waitingMax);
        acceptor = Optional.of(accepting);
        loops.get(0).execute(() -> accepting.open(loops.get(0)));
        loops.forEach(Loop::start);
    }

    @Override
    public void setExecutor(Executor runs) {
        executor = Optional.ofNullable(runs);
    }

    /** Closes the port, on the loop that accepts connections; there is none before the start. */
    private void closePort() {
        Optional<Acceptor> accepting = acceptor;
        if (accepting.isEmpty()) {
            closeChannel();
            return;
        }
        CompletableFuture<Void> closed = new CompletableFuture<>();
        boolean runs = loops.get(0).run(() -> {
            accepting.get().finish();
            loops.get(0).forget(accepting.get());
            closeChannel();
            // A channel that is watched is closed by the selection after that.
            loops.get(0).later(() -> closed.complete(null));
        });
        boolean inTime = !runs || closed.orTimeout(PORT_SECONDS, TimeUnit.SECONDS)
                .handle((nothing, late) -> late == null).join();
        if (!inTime) {
            dependencies.log().warn("the port was closed before all waiting connections were accepted");
        }
        closeChannel();
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            dependencies.log().error("the server failed to close its port", e);
        }
    }

    @Override
    public Executor getExecutor() {
        return executor.orElse(null);
    }

    /**
     * Accepts no more connections, but those that wait already; closes idle ones at once, the others when
     * their responses are sent or {@code seconds} have passed.
     */
    @Override
    public void stop(int seconds) {
        if (stopping) {
            return;
        }
        closePort();
        stopping = true;
        loops.forEach(loop -> loop.run(() -> loop.watched().forEach(Loop.ChannelHandler::finish)));
        long until = dependencies.clock().nanos() + TimeUnit.SECONDS.toNanos(seconds);
        while (admission.count() > 0 && dependencies.clock().nanos() - until < 0) {
            dependencies.threads().pause(POLL_MS);
        }
        loops.forEach(Loop::stop);
        handshakes.ifPresent(TlsHandshakes::close);
    }

    @Override
    public HttpContext createContext(String path, HttpHandler handler) {
        HttpContext context = createContext(path);
        context.setHandler(handler);
        return context;
    }

    @Override
    public HttpContext createContext(String path) {
        if (!path.startsWith("/") || contexts.stream().anyMatch(other -> other.getPath().equals(path))) {
            throw new IllegalArgumentException("a path must start with '/' and have one context: " + path);
        }
        NioContext context = new NioContext(this, path);
        contexts.add(context);
        contexts.sort(Comparator.comparingInt((NioContext other) -> other.getPath().length()).reversed());
        return context;
    }

    @Override
    public void removeContext(String path) {
        if (!contexts.removeIf(context -> context.getPath().equals(path))) {
            throw new IllegalArgumentException("no context has the path " + path);
        }
    }

    @Override
    public void removeContext(HttpContext context) {
        removeContext(context.getPath());
    }

    @Override
    public InetSocketAddress getAddress() {
        return (InetSocketAddress) channel.socket().getLocalSocketAddress();
    }

    /** The number of open connections. */
    public int connections() {
        return admission.count();
    }

    /** The number of connections refused because there were too many. */
    public long refused() {
        return admission.refused();
    }

    /** The number of connections cut because their client did not read, or too much was held for it. */
    public long cut() {
        return heldBytes.cuts();
    }

    /** The number of requests refused before any handler: no HTTP, or HTTP that is not accepted. */
    public long refusedRequests() {
        return malformed.get();
    }

    /** The number of handshakes of TLS that were completed. */
    public long handshakes() {
        return handshakes.map(TlsHandshakes::done).orElse(0L);
    }

    /** The number of connections that ended in their handshake. */
    public long brokenHandshakes() {
        return handshakes.map(TlsHandshakes::failed).orElse(0L);
    }

    /** Whether its connections speak TLS. */
    boolean isEncrypted() {
        return handshakes.isPresent();
    }

    /** The way of the bytes of a connection; {@code wake} is called by any thread when it can go on. */
    Transport transport(SocketChannel client, Loop loop, Runnable wake) {
        return handshakes.<Transport>map(used -> new TlsTransport(client, loop, used, wake))
                .orElseGet(() -> new PlainTransport(client, loop));
    }

    /** Wakes each loop that has tasks and sleeps: see {@link PendingResponse#onLoop}. Thread-safe. */
    public void wake() {
        loops.forEach(Loop::wake);
    }

    /** Sets the responder to simple requests; call before the start. */
    public void fastPath(FastPath path) {
        fastPath = path;
    }

    FastPath fastPath() {
        return fastPath;
    }

    ServerLimits limits() {
        return limits;
    }

    /**
     * A complete response to a request that no handler receives; {@code request} holds the fields of its
     * head, if it could be read.
     */
    byte[] refusal(ResponseHeadWriter heads, ProtocolError error, boolean withBody, String[] request) {
        return heads.refusal(error.status(),
                errorResponder.answer(error.status(), error.detail(), request), withBody);
    }

    boolean stopping() {
        return stopping;
    }

    Logger log() {
        return dependencies.log();
    }

    void debug(String message, IOException failure) {
        dependencies.log().debug(message, "why", FailureText.text(failure));
    }

    /** The destination of a request. */
    RoutedRequest find(Parser.ParsedHead head) {
        Framing framing = Framing.of(head);
        if (framing.fault().isPresent()) {
            return RoutedRequest.nowhere(framing, framing.fault().get());
        }
        URI uri;
        try {
            uri = new URI(head.target());
        } catch (URISyntaxException no) {
            return RoutedRequest.nowhere(framing,
                    new ProtocolError(400, "the request target is not a URI: percent-encode special"
                            + " characters"));
        }
        String path = Optional.ofNullable(uri.getPath()).orElse("");
        for (NioContext context : contexts) {
            if (path.startsWith(context.getPath())) {
                return new RoutedRequest(uri, Optional.of(context), framing, Optional.empty());
            }
        }
        return RoutedRequest.nowhere(framing, new ProtocolError(404, "this path does not exist"));
    }

    /** Runs the handler, on this thread or by the executor. */
    void handle(NioExchange exchange) {
        try {
            if (executor.isPresent()) {
                executor.get().execute(() -> run(exchange));
            } else {
                run(exchange);
            }
        } catch (RejectedExecutionException full) {
            dependencies.log().warn("no thread for a request, connection closed");
            exchange.close();
        }
    }

    private void run(NioExchange exchange) {
        NioContext context = exchange.context();
        try {
            if (context.getFilters().isEmpty()) {
                context.getHandler().handle(exchange);
            } else {
                new Filter.Chain(context.getFilters(), context.getHandler()).doFilter(exchange);
            }
        } catch (IOException | RuntimeException | Error thrown) {
            exchange.close();
            dependencies.log().error("a handler failed, connection closed", thrown);
        }
    }

    /** Bytes that all loops hold for clients. */
    long held() {
        return loops.stream().mapToLong(Loop::held).sum();
    }

    /** Counts a request that was refused before any handler. */
    void malformed() {
        malformed.incrementAndGet();
    }

    /** The connections of a loop. */
    static Stream<Connection> connections(Loop loop) {
        return loop.watched().stream().filter(Connection.class::isInstance).map(Connection.class::cast);
    }

    /** Uncounts a closed connection. */
    void connectionClosed(Connection connection) {
        admission.leave(connection.socket.remote.getAddress());
    }
}
