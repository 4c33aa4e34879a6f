package kvs.http;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.json.JsonWriter;
import kvs.store.Store;
import kvs.tree.Range;
import kvs.tree.Summary;

/**
 * The digest of all that is stored, dead versions too, or of what is below a prefix: {@code /sync/merkle/root}. Equal contents have equal
 * digests, on every node.
 */
public final class MerkleResource {

    private final Store store;

    /** Digests of {@code store}. */
    public MerkleResource(Store store) {
        this.store = store;
    }

    /** What is served. */
    public List<Route> routes() {
        return List.of(Route.of("GET", "/sync/merkle/root", this::get));
    }

    private CompletionStage<Response> get(Request request) {
        request.query().only("prefix");
        Optional<Range> range = request.query().text("prefix").map(prefix -> Range.prefix(ListingResource.prefix(prefix)));
        Summary summary = range.map(store.root().tree()::summary).orElseGet(() -> store.root().tree().summary());
        JsonWriter json = new JsonWriter().object().field("hash", HexFormat.of().formatHex(summary.digest()));
        if (range.isPresent()) {
            json.field("count", summary.count());
        }
        return CompletableFuture.completedFuture(Response.json(200, json.end()));
    }
}
