package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.documents.BulkOperations;
import kvs.documents.ConflictPage;
import kvs.documents.Documents;
import kvs.documents.HistoryReader;
import kvs.documents.Operation;
import kvs.documents.Preconditions;
import kvs.documents.SubtreeRestore;
import kvs.http.ConditionalHeaders;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.routes.DocumentRoutes;
import kvs.routes.ListingRoutes;
import kvs.routes.Parameter;
import kvs.routes.SharedParameters;

/**
 * Restores old versions, one by {@code POST /kv/{path}?restore=} or a subtree by
 * {@code POST /kv/{path}/?restore_to=}, and lists conflicts. {@link DocumentResource} serves reads of old
 * versions.
 */
public final class RestoreResource {

    private final Documents documents;
    private final BulkOperations bulk;

    /** Restores documents of this node. */
    public RestoreResource(Documents documents, BulkOperations bulk) {
        this.documents = documents;
        this.bulk = bulk;
    }

    /** The routes. */
    public List<Route> routes() {
        // A body is accepted only to refuse it with advice: its sender meant to store it.
        int bodyMax = documents.documentBytesMax();
        return List.of(new Route(DocumentRoutes.RESTORE_VERSION, bodyMax, this::restore),
                new Route(ListingRoutes.RESTORE, bodyMax, this::rewind),
                Route.of(ListingRoutes.CONFLICTS, this::conflicts));
    }

    private CompletionStage<Response> restore(Request request) {
        requireNoBody(request, DocumentRoutes.RESTORE);
        Key key = Key.of(DocumentResource.below(request)).storable();
        UUID uuid = RevisionResponses.uuid(request.query(), DocumentRoutes.RESTORE);
        var expiry = DocumentResource.expiry(request, documents);
        Preconditions conditions = ConditionalHeaders.conditions(request.headers());
        documents.checkWrite(key, request.requester());
        Version old = HistoryReader.steady(() -> documents.history().of(key, request.requester())
                .map(timeline -> documents.history().version(timeline, uuid)
                        .orElseThrow(RevisionResponses::notKept)).orElseThrow(DocumentResource::absent));
        if (old.deleted()) {
            throw new Refusal(Reason.BAD_REQUEST, "this version is a deletion: use DELETE instead");
        }
        Operation.Put put = Documents.again(documents.repacked(old.data()), old, expiry, conditions);
        return documents.put(put, request.requester())
                .thenApply(receipt -> DocumentResource.stored(receipt, false));
    }

    private static void requireNoBody(Request request, Parameter<?> parameter) {
        if (!JsonBody.nothing(request.body())) {
            throw new Refusal(Reason.BAD_REQUEST, parameter.advice());
        }
    }

    private CompletionStage<Response> rewind(Request request) {
        requireNoBody(request, ListingRoutes.RESTORE_TO);
        long at = request.query().required(ListingRoutes.RESTORE_TO);
        String path = DocumentResource.below(request);
        if (path.startsWith("_")) {
            throw new Refusal(Reason.BAD_KEY, "names that start with '_' are reserved");
        }
        boolean dryRun = request.query().flag(ListingRoutes.DRY_RUN);
        SubtreeRestore.SubtreeRestoreOptions options = new SubtreeRestore.SubtreeRestoreOptions(
                ListingResource.prefix(path), at, DocumentResource.expiry(request, documents),
                request.query().flag(ListingRoutes.FORCE), dryRun);
        return bulk.rewind(options, request.requester()).thenApply(done -> answer(done, dryRun));
    }

    private static Response answer(SubtreeRestore.SubtreeRestoreResult done, boolean dryRun) {
        JsonWriter json = new JsonWriter().object().field("restored", done.restored()).field("deleted",
                done.deleted()).field("unchanged", done.unchanged()).name("unknown").array();
        done.unknown().first().forEach(json::value);
        json.end();
        if (done.unknown().first().size() < done.unknown().count()) {
            json.field("unknown_count", done.unknown().count());
        }
        if (dryRun) {
            json.name("changes").array();
            done.changes().forEach(change -> json.object().field("path", change.path())
                    .field("op", change.deleted() ? "delete" : "put").end());
            json.end();
        }
        return Response.json(200, json.end());
    }

    private CompletionStage<Response> conflicts(Request request) {
        String prefix = request.query().value(SharedParameters.PREFIX).orElse("");
        int limit = Pagination.limit(request);
        ConflictPage page = HistoryReader.steady(() -> ConflictPage.page(documents,
                ListingResource.prefix(prefix), request.query().value(SharedParameters.AFTER), limit,
                        request.requester()));
        JsonWriter json = new JsonWriter().object().name("conflicts").array();
        for (ConflictPage.KeyConflict conflict : page.items()) {
            json.object().field("path", conflict.path()).field("winner", conflict.winner().toString())
                    .name("losers").array();
            conflict.losers().forEach(loser -> json.value(loser.toString()));
            json.end().end();
        }
        json.end();
        page.next().ifPresent(next -> json.field("next", next));
        Response response = Response.json(200, json.end());
        Optional<String> link = page.next().map(next -> Pagination.link("/kv/_conflicts",
                Pagination.pretty(request.query(), List.of("prefix", prefix, "limit", Integer.toString(limit),
                        "after", next))));
        return CompletableFuture.completedFuture(link.map(next -> response.with("Link", next))
                .orElse(response));
    }
}
