package kvs.gateway;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import kvs.documents.Documents;
import kvs.http.ConnectionAddresses;
import kvs.http.Request;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.RequestTimer;
import kvs.http.Response;
import kvs.http.Route;
import kvs.metrics.Metrics;
import kvs.model.Refusal;
import kvs.server.FastLoop;
import kvs.server.FastPath;
import kvs.server.NioExchange;

/**
 * The fast path of requests for one short document; it is drawn in the package documentation. Only requests
 * whose header fields are all of a known kind take it: every other field might mean something. Thread-safe.
 */
final class DocumentFastPath implements FastPath {

    /** Status of all its responses. */
    static final int STATUS = 200;
    /** Fields that have no effect on these requests, or the one that is considered here. */
    private static final Set<String> FIELDS = Set.of("host", "user-agent", "accept", "accept-encoding",
            "connection", "authorization", "content-length", "content-type");
    /** A document by whose request senders are admitted; it need not exist. */
    static final String SAMPLE = "/kv/document";
    private static final Set<String> MEDIA_TYPES = Set.of("*/*", "application/json");

    final Stages stages;
    final NodeParts node;
    final Routes routes;
    /** The longest body that takes this path. */
    final int bodyBytesMax;
    final ResponseCache responses;
    private final Supplier<String> position;
    private volatile EncodedPosition lastPosition = new EncodedPosition("", new byte[0]);
    /** The durations of requests, by method. */
    final Metrics.Observer gets;
    final Metrics.Observer heads;
    /** Those of writes, by status; and the writes of each loop that are not committed. */
    private final Map<Integer, Metrics.Observer> puts = new ConcurrentHashMap<>();
    private final Map<Integer, Metrics.Observer> deletes = new ConcurrentHashMap<>();
    private final Map<FastLoop, LoopWrites> writes = new ConcurrentHashMap<>();

    /** The parts of the pipeline that these requests pass. */
    record Stages(Pipeline whole, Pipeline.Stages pipeline, CrossOriginPolicy origins,
            StandardHeaders headers, RequestIds ids) { }

    /**
     * The parts of the node behind them.
     *
     * @param accepts whether requests that are read now are served as usual
     * @param responses the responses to writes
     */
    record NodeParts(Documents documents, InlinePolicy inlinePolicy, BooleanSupplier accepts,
            LaterResponses responses) { }

    /** The routes of a document. */
    record Routes(Route read, Route put, Route delete) { }

    /** The responses that follow later: each {@code began} has one {@code ended} or {@code respond}. */
    interface LaterResponses {

        /** Counts a request in progress. */
        void began();

        /** Uncounts it. */
        void ended();

        /** Sends a response and uncounts its request. */
        void respond(NioExchange exchange, RequestHead head, Response response);
    }

    /** A position of the node in the bytes of its header field. */
    private record EncodedPosition(String text, byte[] bytes) { }

    /** The path of requests for {@code routes}. */
    DocumentFastPath(Stages stages, NodeParts node, Routes routes, Supplier<String> position) {
        this.stages = stages;
        this.node = node;
        this.routes = routes;
        this.bodyBytesMax = Math.min(InlinePolicy.BODY_BYTES, routes.put.bodyMax());
        this.position = position;
        this.responses = new ResponseCache(node.documents);
        RequestMetrics metrics = stages.pipeline.requestMetrics();
        this.gets = metrics.durations(routes.read, "GET", STATUS);
        this.heads = metrics.durations(routes.read, "HEAD", STATUS);
    }

    @Override
    public Optional<FastPath.Sender> admit(String[] fields, InetSocketAddress remote,
            InetSocketAddress local, FastLoop loop) {
        RequestHeaders headers = RequestHeaders.of(fields);
        var head = new RequestHead("GET", SAMPLE, "HTTP/1.1", headers,
                new ConnectionAddresses(remote, local));
        if (headers.any(name -> !FIELDS.contains(name))
                || !headers.all("Accept").stream().allMatch(MEDIA_TYPES::contains)) {
            return Optional.empty();
        }
        try {
            RequestValidation.check(head, true);
            stages.origins.checkHost(headers);
        } catch (Refusal refused) {
            return Optional.empty();
        }
        return Optional.of(new CachedRequester(this,
                writes.computeIfAbsent(loop, one -> new LoopWrites(one, node.documents)),
                Request.of(head, stages.pipeline.requestMetrics().requestStarted("GET", ""))));
    }

    /** The durations of writes of a route with that status. */
    Metrics.Observer durations(Route route, int status) {
        return (route.method().equals("PUT") ? puts : deletes).computeIfAbsent(status, code ->
                stages.pipeline.requestMetrics().durations(route, route.method(), code));
    }

    /** A timer of a request, as the logs need it. */
    RequestTimer timer(String method, Route route, long id) {
        RequestTimer timer = stages.pipeline.requestMetrics()
                .requestStarted(method, HexFormat.of().toHexDigits(id));
        timer.by(route);
        return timer;
    }

    /** The present position, encoded once for each; empty while it is unknown. */
    byte[] position() {
        String text = position.get();
        EncodedPosition known = lastPosition;
        if (!known.text.equals(text)) {
            known = new EncodedPosition(text, text.getBytes(StandardCharsets.US_ASCII));
            lastPosition = known;
        }
        return known.bytes;
    }
}
