package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import kvs.http.RequestExecutors;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.http.ResponseHeaders;
import kvs.model.Refusal;
import kvs.peer.PeerSignature;
import kvs.server.FastPath;
import kvs.server.NioExchange;
import kvs.server.NioProvider;
import kvs.server.NioServer;
import kvs.server.ServerLimits;
import kvs.tls.TlsContexts;
import kvs.world.FailureText;

/**
 * The engine on our own server. Short requests run on its loops ({@link InlinePolicy}), so that one thread
 * reads, handles and sends without a hand-over; all that may wait for a disk, a lock or a reader runs in a
 * pool. The loop of the connection sends later responses, a thread of another pool those that are made while
 * they are sent.
 */
public final class NioEngine implements HttpEngine {

    /** Stands for the number of loops that measured best on this machine. */
    public static final int LOOPS_AUTOMATIC = 0;
    private static final int CORES_PER_LOOP = 2;
    private static final int LOOPS_MAX = 4;
    /** Threads that serve requests, of which 64 at once run a handler. */
    private static final int SERVING_MAX = 512;
    /** Threads for the other nodes, which must not wait behind clients; few, as they are. */
    private static final int PEERS_MAX = 64;
    private static final String PEERS = "/sync/";
    /**
     * Threads that make responses while they send them, and wait for their readers: listings, and up to 256
     * streams of changes.
     */
    private static final int SENDING_MAX = 512;
    private static final int BACKLOG = 1_024;

    private final NioServer server;
    private final ExecutorService pool;
    private final ExecutorService peers;
    private final ExecutorService senders;
    private final InlinePolicy inlinePolicy;
    /** Set before the server is started. */
    private volatile ErrorResponder errorResponder = (status, detail, request) -> Response.empty(status);

    /**
     * An engine bound to {@code address}, for https if there is a {@code tls}, with so many {@code loops} or
     * {@link #LOOPS_AUTOMATIC}.
     */
    public NioEngine(InetSocketAddress address, Optional<TlsContexts> tls, int loops, ServerLimits limits,
            HttpFrontend.Dependencies dependencies) throws IOException {
        int count = loops == LOOPS_AUTOMATIC ? loops(Runtime.getRuntime().availableProcessors()) : loops;
        var environment = new NioProvider.Dependencies(dependencies.clock(), dependencies.log(),
                dependencies.threads());
        this.server = new NioProvider(count, limits, this::errorResponse, tls, environment)
                .server(address, BACKLOG);
        this.pool = dependencies.threads().pool("kvs-http", SERVING_MAX);
        this.peers = dependencies.threads().pool("kvs-peers", PEERS_MAX);
        this.senders = dependencies.threads().pool("kvs-send", SENDING_MAX);
        this.inlinePolicy = new InlinePolicy(dependencies.clock(),
                dependencies.processUsage()::diskReadBytesOfThread);
    }

    /**
     * The number of loops on so many cores: one for two, so that the writer, the collector and the kernel
     * have cores too. With the client on the same two cores, one loop took 11.4 µs a read and two took 13.8,
     * because two sleep and wake more often; the rate was 1.05 to 1.4 times as high.
     */
    static int loops(int cores) {
        return Math.max(1, Math.min(LOOPS_MAX, cores / CORES_PER_LOOP));
    }

    @Override
    public HttpServer server() {
        return server;
    }

    @Override
    public RequestHeaders headers(HttpExchange exchange) {
        return RequestHeaders.of(((NioExchange) exchange).requestFields());
    }

    @Override
    public void serve(HttpExchange exchange, RequestHead head, Consumer<RequestExecutors> handler) {
        if (inlinePolicy.allows(head)) {
            inlinePolicy.run(() -> handler.accept(new RequestExecutors((NioExchange) exchange, pool)));
        } else {
            pool(exchange).execute(() -> handler.accept(RequestExecutors.ANYWHERE));
        }
    }

    /** The pool of a request; one that only claims to be of a node is refused there before anything waits. */
    private ExecutorService pool(HttpExchange exchange) {
        return exchange.getRequestURI().toString().startsWith(PEERS)
                && headers(exchange).has(PeerSignature.HEADER) ? peers : pool;
    }

    @Override
    public CompletionStage<byte[]> body(HttpExchange exchange, int bytes) {
        return goOn((NioExchange) exchange, ((NioExchange) exchange).body(bytes));
    }

    @Override
    public CompletionStage<byte[]> chunks(HttpExchange exchange, int most, IntConsumer onSpace) {
        return goOn((NioExchange) exchange, ((NioExchange) exchange).body(most, onSpace));
    }

    @Override
    public void fastPath(Function<InlinePolicy, FastPath> path) {
        server.fastPath(path.apply(inlinePolicy));
    }

    @Override
    public void wake() {
        server.wake();
    }

    @Override
    public boolean takesChunks() {
        return true;
    }

    @Override
    public void errorResponder(ErrorResponder responder) {
        errorResponder = responder;
    }

    /** Continues on a thread of the pool when the caller was on one. */
    private CompletionStage<byte[]> goOn(NioExchange exchange, CompletionStage<byte[]> read) {
        boolean onLoop = exchange.onLoop();
        CompletionStage<byte[]> body = read.exceptionally(thrown -> {
            throw new CompletionException(thrown instanceof Refusal ? thrown
                    : new BodySource.BrokenBodyException("the node could not read the body: "
                            + FailureText.text(thrown)));
        });
        return onLoop ? body : body.thenApplyAsync(whole -> whole, pool(exchange));
    }

    private NioProvider.ErrorResponse errorResponse(int status, String detail, String[] request) {
        Response answer = errorResponder.answer(status, detail, RequestHeaders.of(request));
        return new NioProvider.ErrorResponse(ResponseHeaders.of(answer.headers()).inTurn(),
                ((Response.FullBody) answer.body()).bytes());
    }

    @Override
    public void send(HttpExchange exchange, boolean later, boolean streams, Consumer<ResponseWriter> sender) {
        NioExchange nio = (NioExchange) exchange;
        if (streams) {
            senders.execute(() -> sender.accept(ResponseWriter.PLAIN));
        } else if (nio.onLoop()) {
            sender.accept(ResponseWriter.PLAIN);
        } else {
            nio.execute(() -> sender.accept(ResponseWriter.PLAIN));
        }
    }

    @Override
    public void onDisconnect(HttpExchange exchange, Runnable then) {
        ((NioExchange) exchange).onDisconnect(then);
    }

    @Override
    public ConnectionCounts counts() {
        return new ConnectionCounts(server.connections(), server.refused(), server.cut(),
                server.refusedRequests(), server.handshakes(), server.brokenHandshakes());
    }

    @Override
    public void stop(long ms, BooleanSupplier busy) {
        server.stop((int) TimeUnit.MILLISECONDS.toSeconds(ms));
        pool.shutdown();
        peers.shutdown();
        senders.shutdown();
    }
}
