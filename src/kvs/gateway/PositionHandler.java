package kvs.gateway;

import java.util.List;
import java.util.concurrent.CompletionStage;
import kvs.documents.ClientPosition;
import kvs.http.Handler;
import kvs.http.PositionWait;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Coverage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.SharedParameters;

/**
 * Adds {@code KVS-Position} to any read or write: the request waits until this node covers the position, so
 * that a client sees its own writes on every node. A listing returns the position from before it was made: a
 * client that continues from there misses nothing.
 */
public final class PositionHandler implements Handler {

    /** The header, of requests and responses. */
    static final String HEADER = "KVS-Position";
    private static final int POSITIONS_MAX = 16;
    private static final String LISTING = "/kv/{path}/";
    private static final String RANGE = "/kv/_range";

    private final Route route;
    private final PositionWait here;

    private PositionHandler(Route route, PositionWait here) {
        this.route = route;
        this.here = here;
    }

    /** These routes, with positions on those of documents. */
    public static List<Route> on(List<Route> routes, PositionWait here) {
        return routes.stream().map(route -> route.replicated()
                ? route.handledBy(new PositionHandler(route, here)) : route).toList();
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        Coverage wanted = wanted(request.headers().all(HEADER));
        long waitMs = request.query().required(SharedParameters.POSITION_WAIT);
        return here.await(request, wanted, waitMs, () -> served(request));
    }

    private CompletionStage<Response> served(Request request) {
        boolean shows = route.method().equals("GET")
                && (route.pattern().equals(LISTING) || route.pattern().equals(RANGE));
        if (!shows) {
            return route.handler().handle(request);
        }
        String before = here.position().get().map(ClientPosition::text).orElse("");
        return route.handler().handle(request).thenApply(response -> response.with(HEADER, before));
    }

    private static Coverage wanted(List<String> fields) {
        Coverage wanted = Coverage.NONE;
        String[] texts = fields.isEmpty() ? new String[0] : String.join(",", fields).split(",");
        if (texts.length > POSITIONS_MAX) {
            throw new Refusal(Reason.BAD_REQUEST, HEADER + " has at most " + POSITIONS_MAX + " positions");
        }
        for (String text : texts) {
            wanted = wanted.and(ClientPosition.parse(text.strip()).orElseThrow(() ->
                    new Refusal(Reason.BAD_REQUEST, HEADER + " is not a position from a node")).covered());
        }
        return wanted;
    }
}
