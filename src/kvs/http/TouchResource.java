package kvs.http;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import kvs.data.Bulk;
import kvs.data.Expiry;
import kvs.data.Limits;
import kvs.json.JsonWriter;
import kvs.model.Durations;
import kvs.model.Key;
import kvs.world.Failures;

/** A new expiry for many documents at once: {@code POST /kv/_touch}. */
public final class TouchResource {

    /** Room for a batch of long names. */
    private static final int BODY_MAX = 32 << 20;

    private final Bulk bulk;

    /** Touches of this node's documents. */
    public TouchResource(Bulk bulk) {
        this.bulk = bulk;
    }

    /** What is served. */
    public List<Route> routes() {
        return List.of(new Route("POST", "/kv/_touch", Need.WRITE, BODY_MAX, this::post));
    }

    private CompletionStage<Response> post(Request request) {
        request.query().only();
        Members body = Members.of(Members.parse(request.body()), "", List.of("paths", "prefix", "after", "ttl"));
        if (body.has("paths") == body.has("prefix")) {
            throw body.wrong("paths", "either paths or prefix says what is touched");
        }
        if (body.has("after") && !body.has("prefix")) {
            throw body.wrong("after", "only with prefix");
        }
        Expiry.After expiry = expiry(body);
        CompletionStage<Bulk.Done> done = body.has("paths") ? bulk.touch(keys(body), expiry, request.visitor())
                : bulk.touchBelow(ListingResource.prefix(body.string("prefix")), body.text("after"), expiry, request.visitor());
        return done.thenApply(TouchResource::answer);
    }

    private static Response answer(Bulk.Done done) {
        JsonWriter json = new JsonWriter().object().field("touched", done.count());
        Optional<String> next = done.next();
        next.ifPresent(last -> json.field("next", last));
        return Response.json(200, json.end());
    }

    private static Expiry.After expiry(Members body) {
        try {
            return new Expiry.After(Durations.parse(body.string("ttl")));
        } catch (IllegalArgumentException e) {
            throw body.wrong("ttl", Failures.text(e));
        }
    }

    private static List<Key> keys(Members body) {
        List<Key> keys = body.strings("paths").stream().map(path -> Key.of(path).storable()).toList();
        if (keys.size() > Limits.OPS_MAX) {
            throw body.wrong("paths", "at most " + Limits.OPS_MAX + " paths, these are " + keys.size());
        }
        Set<Key> seen = new HashSet<>();
        for (Key key : keys) {
            if (!seen.add(key)) {
                throw body.wrong("paths", "a path stands twice: " + key.text());
            }
        }
        return keys;
    }
}
