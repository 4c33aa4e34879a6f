package kvs.http;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.data.Bulk;
import kvs.data.Conditions;
import kvs.data.Disputes;
import kvs.data.Documents;
import kvs.data.History;
import kvs.data.Op;
import kvs.data.Rewind;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;

/**
 * Puts old versions back, one by {@code POST /kv/{path}?restore=} or a subtree by {@code POST /kv/{path}/?restore_to=}, and tells of conflicts. What
 * was is read by {@link KeyResource}.
 */
public final class HistoryResource {

    private final Documents documents;
    private final Bulk bulk;

    /** The history of this node's documents. */
    public HistoryResource(Documents documents, Bulk bulk) {
        this.documents = documents;
        this.bulk = bulk;
    }

    /** What is served. */
    public List<Route> routes() {
        // A body is taken only to tell whoever meant to store it what is wrong.
        int bodyMax = documents.documentBytesMax();
        return List.of(new Route("POST", "/kv/{path}", Need.WRITE, bodyMax, this::restore),
                new Route("POST", "/kv/{path}/", Need.WRITE, bodyMax, this::rewind),
                Route.of("GET", "/kv/_conflicts", Need.READ, this::conflicts));
    }

    private CompletionStage<Response> restore(Request request) {
        checkAsked(request, "restore", "POST puts an old version back, without a body: ?restore=<uuid>. To store a document, PUT it");
        request.query().only("restore", "ttl");
        Key key = Key.of(KeyResource.below(request)).storable();
        UUID uuid = Revisions.uuid(request.query(), "restore");
        var expiry = KeyResource.expiry(request, documents);
        Conditions conditions = Validators.conditions(request.headers());
        documents.checkWrite(key, request.visitor());
        Version old = History.steady(() -> documents.history().of(key, request.visitor()).map(timeline -> documents.history()
                .version(timeline, uuid).orElseThrow(Revisions::gone)).orElseThrow(KeyResource::absent));
        if (old.deleted()) {
            throw new Refusal(Reason.BAD_REQUEST, "this version is a deletion: DELETE does the same");
        }
        Op.Put put = Documents.again(documents.repacked(old.data()), old, expiry, conditions);
        return documents.put(put, request.visitor()).thenApply(receipt -> KeyResource.stored(receipt, false));
    }

    private static void checkAsked(Request request, String parameter, String otherwise) {
        if (!request.query().has(parameter) || !Members.nothing(request.body())) {
            throw new Refusal(Reason.BAD_REQUEST, otherwise);
        }
    }

    private CompletionStage<Response> rewind(Request request) {
        checkAsked(request, "restore_to", "a path with a slash at its end is a whole subtree: ?restore_to=<ms> puts it back, without a body");
        request.query().only("restore_to", "dry_run", "force", "ttl");
        long at = request.query().number("restore_to", 0, Long.MAX_VALUE).orElseThrow();
        String path = KeyResource.below(request);
        if (path.startsWith("_")) {
            throw new Refusal(Reason.BAD_KEY, "names that start with '_' are reserved");
        }
        boolean dryRun = request.query().flag("dry_run");
        Rewind.Wish wish = new Rewind.Wish(ListingResource.prefix(path), at, KeyResource.expiry(request, documents), request.query().flag("force"),
                dryRun);
        return bulk.rewind(wish, request.visitor()).thenApply(done -> answer(done, dryRun));
    }

    private static Response answer(Rewind.Done done, boolean dryRun) {
        JsonWriter json = new JsonWriter().object().field("restored", done.restored()).field("deleted", done.deleted())
                .field("unchanged", done.unchanged()).name("unknown").array();
        done.unknown().first().forEach(json::value);
        json.end();
        if (done.unknown().first().size() < done.unknown().count()) {
            json.field("unknown_count", done.unknown().count());
        }
        if (dryRun) {
            json.name("changes").array();
            done.changes().forEach(change -> json.object().field("path", change.path()).field("op", change.deleted() ? "delete" : "put").end());
            json.end();
        }
        return Response.json(200, json.end());
    }

    private CompletionStage<Response> conflicts(Request request) {
        request.query().only("prefix", "limit", "after");
        String prefix = request.query().key("prefix").orElse("");
        int limit = Paging.limit(request);
        Disputes page = History.steady(() -> Disputes.page(documents, ListingResource.prefix(prefix), request.query().key("after"), limit,
                request.visitor()));
        JsonWriter json = new JsonWriter().object().name("conflicts").array();
        for (Disputes.Dispute dispute : page.items()) {
            json.object().field("path", dispute.path()).field("winner", dispute.winner().toString()).name("losers").array();
            dispute.losers().forEach(loser -> json.value(loser.toString()));
            json.end().end();
        }
        json.end();
        page.next().ifPresent(next -> json.field("next", next));
        Response response = Response.json(200, json.end());
        Optional<String> link = page.next().map(next -> Paging.link("/kv/_conflicts", List.of("prefix", prefix, "limit", Integer.toString(limit),
                "after", next)));
        return CompletableFuture.completedFuture(link.map(next -> response.with("Link", next)).orElse(response));
    }
}
