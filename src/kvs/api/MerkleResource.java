package kvs.api;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.auth.Principal;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.ClusterRoutes;
import kvs.routes.SharedParameters;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.tree.KeyRange;
import kvs.tree.RangeTotals;

/**
 * The digest of all stored versions, dead ones too, or of those below a prefix: {@code /sync/merkle/root}.
 * Equal contents have equal digests, on every node.
 */
public final class MerkleResource {

    private final Store store;

    /** Serves the digests of {@code store}. */
    public MerkleResource(Store store) {
        this.store = store;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(ClusterRoutes.DIGEST, this::get));
    }

    private CompletionStage<Response> get(Request request) {
        Optional<byte[]> prefix = request.query().value(SharedParameters.PREFIX).map(ListingResource::prefix);
        StoreView root = store.root();
        if (prefix.isPresent() && !request.requester().on(root).showsAll(prefix.get())) {
            throw request.principal().proven() ? new Refusal(Reason.FORBIDDEN,
                    "the digest of a prefix needs the right to read all keys below it")
                    : new Refusal(Reason.UNAUTHORIZED, "the digest of a prefix needs a token");
        }
        RangeTotals summary = prefix.map(p -> root.tree().summary(KeyRange.prefix(p)))
                .orElseGet(() -> root.tree().summary());
        JsonWriter json = new JsonWriter().object().field("hash", HexFormat.of().formatHex(summary.digest()));
        if (request.principal().kind() != Principal.Kind.ANONYMOUS) {
            json.field("count", summary.count());
        }
        if (request.principal().kind() != Principal.Kind.ANONYMOUS && prefix.isEmpty()) {
            json.field("head", store.head());
        }
        return CompletableFuture.completedFuture(Response.json(200, json.end()));
    }
}
