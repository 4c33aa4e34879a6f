package kvs.gateway;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.api.DocumentResource;
import kvs.documents.OperationOutcome;
import kvs.http.Request;
import kvs.http.RequestHead;
import kvs.http.RequestTimer;
import kvs.http.Response;
import kvs.http.Route;
import kvs.server.NioExchange;
import kvs.server.PendingResponse;
import kvs.server.ResponseBuffer;

/**
 * A write of the fast path between its submission and its response. The response to one that succeeded is one
 * array, as that of a read; all others are made by the stages of the pipeline and sent by the front end.
 * Belongs to the loop of its connection.
 */
final class FastWrite {

    private final DocumentFastPath path;
    private final Route route;
    private final Request request;
    private final StandardHeaders.EncodedHeaders standard;
    private final PendingResponse response;
    private final byte[] limits;
    private final long id;
    private final long beganNanos;
    /** Whether it is counted as a request in progress. */
    private boolean counted;

    /**
     * The facts about a write that its sender knows.
     *
     * @param request its sender, header fields and endpoints
     * @param standard standard fields of its response
     * @param limits fields about the quota of its sender, encoded
     * @param beganNanos time of its arrival
     */
    record Arrival(Request request, StandardHeaders.EncodedHeaders standard, byte[] limits,
            long beganNanos) { }

    FastWrite(DocumentFastPath path, Route route, Arrival arrival, PendingResponse response) {
        this.path = path;
        this.route = route;
        this.request = arrival.request;
        this.standard = arrival.standard;
        this.limits = arrival.limits;
        this.beganNanos = arrival.beganNanos;
        this.response = response;
        this.id = path.stages.ids().nextBits();
    }

    /** Counts it as a request in progress, until it has ended or cannot. */
    void began() {
        counted = true;
        path.node.responses().began();
    }

    /** Uncounts it, unless that is done or another part does it. */
    void uncount() {
        if (counted) {
            counted = false;
            path.node.responses().ended();
        }
    }

    /** Responds with the outcome of one operation, or with the refusal of the write. */
    void ended(String target, List<OperationOutcome> outcomes, Throwable refused) {
        try {
            if (response.isAwaited()) {
                respond(target, outcomes, refused);
            }
        } finally {
            uncount();
        }
    }

    private void respond(String target, List<OperationOutcome> outcomes, Throwable refused) {
        Response outcome = refused != null ? refusal(refused) : response(outcomes.get(0));
        RequestMetrics metrics = path.stages.pipeline().requestMetrics();
        metrics.answered(path.durations(route, outcome.status()), outcome.status(),
                metrics.nanos() - beganNanos, this::timer);
        byte[] position = path.position();
        if (outcome.status() / 100 == 2 && position.length > 0 && path.node.accepts().getAsBoolean()
                && response.isPlain()) {
            send(outcome, position);
        } else {
            RequestHead head = new RequestHead(route.method(), target, "HTTP/1.1", request.headers(),
                    request.endpoints());
            path.stages.pipeline().audit().responded(route, request, outcome);
            Response completed = path.stages.whole().completed(head, timer(), outcome.with(limits()));
            NioExchange exchange = response.exchange();
            counted = false;
            path.node.responses().respond(exchange, head, completed);
        }
    }

    private Response response(OperationOutcome outcome) {
        if (outcome instanceof OperationOutcome.Stored stored) {
            return DocumentResource.stored(stored.receipt(), false);
        } else if (outcome instanceof OperationOutcome.Refused refused) {
            return refusal(refused.refusal());
        }
        return Response.empty(204);
    }

    private Response refusal(Throwable refused) {
        return path.stages.whole().errors().of(refused, HexFormat.of().toHexDigits(id));
    }

    private void send(Response outcome, byte[] position) {
        byte[] body = ((Response.FullBody) outcome.body()).bytes();
        ResponseBuffer buffer = response.begin(outcome.status());
        buffer.add(ResponseCache.fields(outcome, body.length));
        buffer.add(limits);
        standard.add(buffer, id, position);
        buffer.add(body);
        response.send();
    }

    /** The fields about the quota by name. */
    private Map<String, String> limits() {
        Map<String, String> fields = new LinkedHashMap<>();
        new String(limits, StandardCharsets.ISO_8859_1).lines().forEach(line ->
                fields.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2)));
        return fields;
    }

    private RequestTimer timer() {
        return path.timer(route.method(), route, id);
    }
}
