package kvs.gateway;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import kvs.documents.Documents;
import kvs.http.ConnectionAddresses;
import kvs.http.Request;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Route;
import kvs.metrics.Metrics;
import kvs.model.Refusal;
import kvs.server.FastPath;

/**
 * The fast path of reads of one short document; it is drawn in the package documentation. Only requests whose
 * header fields are all of a known kind take it: every other field might mean something. Thread-safe.
 */
final class DocumentFastPath implements FastPath {

    /** Status of all its responses. */
    static final int STATUS = 200;
    /** Fields that have no effect on a read of a document, or the one that is considered here. */
    private static final Set<String> FIELDS = Set.of("host", "user-agent", "accept", "accept-encoding",
            "connection", "authorization");
    /** A document by whose request senders are admitted; it need not exist. */
    static final String SAMPLE = "/kv/document";
    private static final Set<String> MEDIA_TYPES = Set.of("*/*", "application/json");

    final Stages stages;
    final NodeParts node;
    final Route route;
    final ResponseCache responses;
    private final Supplier<String> position;
    private volatile EncodedPosition lastPosition = new EncodedPosition("", new byte[0]);
    /** The durations of requests, by method. */
    final Metrics.Observer gets;
    final Metrics.Observer heads;

    /** The parts of the pipeline that these requests pass. */
    record Stages(Pipeline.Stages pipeline, CrossOriginPolicy origins, StandardHeaders headers,
            RequestIds ids) { }

    /**
     * The parts of the node behind them.
     *
     * @param accepts whether requests that are read now are served as usual
     */
    record NodeParts(Documents documents, InlinePolicy inlinePolicy, BooleanSupplier accepts) { }

    /** A position of the node in the bytes of its header field. */
    private record EncodedPosition(String text, byte[] bytes) { }

    /** The path of reads by {@code route}, the one of a document. */
    DocumentFastPath(Stages stages, NodeParts node, Route route, Supplier<String> position) {
        this.stages = stages;
        this.node = node;
        this.route = route;
        this.position = position;
        this.responses = new ResponseCache(node.documents);
        this.gets = stages.pipeline.requestMetrics().durations(route, "GET", STATUS);
        this.heads = stages.pipeline.requestMetrics().durations(route, "HEAD", STATUS);
    }

    @Override
    public Optional<FastPath.Sender> admit(String[] fields, InetSocketAddress remote,
            InetSocketAddress local) {
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
        return Optional.of(new FastSender(this,
                Request.of(head, stages.pipeline.requestMetrics().requestStarted("GET", ""))));
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
