package kvs.api;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import kvs.documents.BulkOperations;
import kvs.documents.DocumentLimits;
import kvs.documents.ExpiryPolicy;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Durations;
import kvs.model.Key;
import kvs.routes.BatchRoutes;
import kvs.world.FailureText;

/** A new expiry for many documents at once: {@code POST /kv/_touch}. */
public final class TouchResource {

    /** Maximum bytes of a body: enough for a batch of long names. */
    private static final int BODY_MAX = 32 << 20;

    private final BulkOperations bulk;

    /** Touches documents of this node. */
    public TouchResource(BulkOperations bulk) {
        this.bulk = bulk;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(BatchRoutes.TOUCH, BODY_MAX, this::post));
    }

    private CompletionStage<Response> post(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", BatchRoutes.TOUCH.bodyNames());
        if (body.has("paths") == body.has("prefix")) {
            throw body.wrong("paths", "the body needs either paths or prefix");
        }
        if (body.has("after") && !body.has("prefix")) {
            throw body.wrong("after", "'after' needs prefix");
        }
        ExpiryPolicy.TimeToLive expiry = expiry(body);
        CompletionStage<BulkOperations.BulkResult> done = body.has("paths") ? bulk.touch(keys(body), expiry,
                request.requester()) : bulk.touchBelow(ListingResource.prefix(body.string("prefix")),
                        body.text("after"), expiry, request.requester());
        return done.thenApply(TouchResource::answer);
    }

    private static Response answer(BulkOperations.BulkResult done) {
        JsonWriter json = new JsonWriter().object().field("touched", done.count());
        Optional<String> next = done.next();
        next.ifPresent(last -> json.field("next", last));
        return Response.json(200, json.end());
    }

    private static ExpiryPolicy.TimeToLive expiry(JsonBody body) {
        try {
            return new ExpiryPolicy.TimeToLive(Durations.parse(body.string("ttl")));
        } catch (IllegalArgumentException e) {
            throw body.wrong("ttl", FailureText.text(e));
        }
    }

    private static List<Key> keys(JsonBody body) {
        List<Key> keys = body.strings("paths").stream().map(path -> Key.of(path).storable()).toList();
        if (keys.size() > DocumentLimits.OPS_MAX) {
            throw body.wrong("paths",
                    "a request has at most " + DocumentLimits.OPS_MAX + " paths, this one has"
                            + " " + keys.size());
        }
        Set<Key> seen = new HashSet<>();
        for (Key key : keys) {
            if (!seen.add(key)) {
                throw body.wrong("paths", "a path is repeated: " + key.text());
            }
        }
        return keys;
    }
}
