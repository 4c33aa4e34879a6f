package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import kvs.documents.AccessContext;
import kvs.documents.BulkOperations;
import kvs.documents.Documents;
import kvs.documents.EntityTag;
import kvs.documents.Listing;
import kvs.documents.Preconditions;
import kvs.documents.PrefixTotals;
import kvs.documents.RangePage;
import kvs.documents.WatchTargets;
import kvs.documents.Watches;
import kvs.http.ConditionalHeaders;
import kvs.http.ContinuationExecutor;
import kvs.http.Request;
import kvs.http.Requester;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.DocumentRoutes;
import kvs.routes.ListingRoutes;
import kvs.routes.SharedParameters;
import kvs.store.StoreView;

/** The children of a path: {@code /kv/{path}/}, and {@code /kv/} for everything. */
public final class ListingResource {

    private final Documents documents;
    private final BulkOperations bulk;
    private final Watches watches;
    private final Executor offloadExecutor;

    /** A parsed GET. */
    private record Query(String path, Listing.Query query, Preconditions conditions, Request request) {

        Requester requester() {
            return request.requester();
        }

        WatchTargets.ListingTarget target() {
            return new WatchTargets.ListingTarget(query, view(), requester());
        }

        /** Everything but the stored documents that decides what is shown. */
        private String view() {
            return String.join("\n", path, query.recurse() + " " + query.values() + " " + query.limit(),
                    query.after().orElse("\n"));
        }
    }

    /** Serves the listings of this node; {@code offloadExecutor} makes the responses to parked requests. */
    public ListingResource(Documents documents, BulkOperations bulk, Watches watches,
            Executor offloadExecutor) {
        this.documents = documents;
        this.bulk = bulk;
        this.watches = watches;
        this.offloadExecutor = offloadExecutor;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(ListingRoutes.GET, this::get),
                Route.of(ListingRoutes.DELETE, this::delete));
    }

    private CompletionStage<Response> get(Request request) {
        String path = DocumentResource.below(request);
        if (path.startsWith("_")) {
            throw new Refusal(Reason.NOT_FOUND,
                    "names that start with '_' are reserved and have no documents");
        }
        Listing.Query query = new Listing.Query(prefix(path), request.query().flag(ListingRoutes.RECURSE),
                request.query().flag(ListingRoutes.VALUES), Pagination.limit(request),
                        request.query().value(SharedParameters.AFTER));
        Query requestedQuery = new Query(path, query, ConditionalHeaders.conditions(request.headers()),
                request);
        Optional<Long> waitMs = request.query().value(DocumentRoutes.WATCH);
        WatchTargets.ListingTarget target = requestedQuery.target();
        if (waitMs.orElse(0L) == 0
                || !requestedQuery.conditions.unchanged(target.tag(documents.root(), documents.now()))) {
            return CompletableFuture.completedFuture(show(requestedQuery));
        }
        var woken = request.timer().parked(() -> watches.park(request.requester().name(),
                requestedQuery.conditions, target, waitMs.get()));
        return ContinuationExecutor.answer(woken, offloadExecutor, () -> show(requestedQuery));
    }

    private Response show(Query query) {
        StoreView root = documents.root();
        long now = documents.now();
        AccessContext.Grants grants = query.requester().on(root);
        Optional<EntityTag> tag = query.target().tag(root, now);
        query.conditions.checkRead(tag, now);
        if (query.conditions.unchanged(tag)) {
            return ConditionalHeaders.tagged(Response.empty(304), tag);
        }
        Listing.Page page = Listing.page(root, query.query, now, grants);
        JsonWriter json = new JsonWriter().object();
        json.name("keys").array();
        page.keys().forEach(entry -> json.value(RangePage.path(entry)));
        json.end().name("prefixes").array();
        page.prefixes().forEach(json::value);
        json.end();
        if (query.query.values()) {
            json.name("items").array();
            page.keys().forEach(entry -> VersionJson.item(json, documents, entry, false));
            json.end();
        }
        page.next().ifPresent(next -> json.field("next", next));
        Optional<PrefixTotals> whole = grants.showsAll(query.query.prefix())
                ? PrefixTotals.below(root, query.query.prefix(), now) : Optional.empty();
        whole.ifPresent(all -> json.field("count", all.count()).field("bytes", all.bytes()));
        Response response = ConditionalHeaders.tagged(Response.json(200, json.end()), tag);
        return page.next().map(next -> response.with("Link", link(query, next))).orElse(response);
    }

    private static String link(Query query, String next) {
        return Pagination.link("/kv/" + query.path,
                Pagination.pretty(query.request.query(),
                        List.of("recurse", Boolean.toString(query.query.recurse()),
                                "values", Boolean.toString(query.query.values()),
                                "limit", Integer.toString(query.query.limit()), "after", next)));
    }

    private CompletionStage<Response> delete(Request request) {
        if (!request.query().flag(ListingRoutes.RECURSE_DELETE)) {
            throw new Refusal(Reason.BAD_REQUEST, ListingRoutes.RECURSE_DELETE.advice());
        }
        String path = DocumentResource.below(request);
        if (path.startsWith("_")) {
            throw new Refusal(Reason.BAD_KEY, "names that start with '_' are reserved");
        }
        return bulk.delete(prefix(path), request.query().value(SharedParameters.AFTER), request.requester())
                .thenApply(done -> {
            JsonWriter json = new JsonWriter().object().field("deleted", done.count());
            done.next().ifPresent(next -> json.field("next", next));
            return Pagination.linked(Response.json(200, json.end()), request, done.next());
        });
    }

    /** The prefix of a path with a slash at its end, or the empty one. */
    static byte[] prefix(String path) {
        if (!path.isEmpty() && !path.endsWith("/")) {
            throw new Refusal(Reason.BAD_REQUEST, "a prefix must be empty or end with a slash");
        }
        return Key.prefix(path.isEmpty() ? path : path.substring(0, path.length() - 1));
    }
}
