package kvs.http;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import kvs.data.Access;
import kvs.data.Aggregate;
import kvs.data.Bulk;
import kvs.data.Conditions;
import kvs.data.Documents;
import kvs.data.Limits;
import kvs.data.Listing;
import kvs.data.Sights;
import kvs.data.Slice;
import kvs.data.Tag;
import kvs.data.Watches;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.View;

/** What is below a path: {@code /kv/{path}/}, and {@code /kv/} for everything. */
public final class ListingResource {

    private final Documents documents;
    private final Bulk bulk;
    private final Watches watches;
    private final Executor aside;

    /** A listing that is asked for. */
    private record Asked(String path, Listing.Query query, Conditions conditions, Visitor visitor) {

        Sights.Below sight() {
            return new Sights.Below(query, view(), visitor);
        }

        /** What decides what is shown beside what is stored. */
        private String view() {
            return String.join("\n", path, query.recurse() + " " + query.values() + " " + query.limit(), query.after().orElse("\n"));
        }
    }

    /** Listings of this node; {@code aside} answers those who waited. */
    public ListingResource(Documents documents, Bulk bulk, Watches watches, Executor aside) {
        this.documents = documents;
        this.bulk = bulk;
        this.watches = watches;
        this.aside = aside;
    }

    /** What is served. */
    public List<Route> routes() {
        return List.of(Route.of("GET", "/kv/{path}/", Need.READ, this::get), Route.of("DELETE", "/kv/{path}/", Need.DELETE, this::delete));
    }

    private CompletionStage<Response> get(Request request) {
        request.query().only("recurse", "values", "limit", "after", "watch");
        String path = KeyResource.below(request);
        if (path.startsWith("_")) {
            throw new Refusal(Reason.NOT_FOUND, "names that start with '_' are reserved: nothing is stored there");
        }
        Listing.Query query = new Listing.Query(prefix(path), request.query().flag("recurse"), request.query().flag("values"),
                Paging.limit(request), request.query().key("after"));
        Asked asked = new Asked(path, query, Validators.conditions(request.headers()), request.visitor());
        Optional<Long> waitMs = request.query().duration("watch", Limits.WAIT_MS_MAX);
        Sights.Below sight = asked.sight();
        if (waitMs.orElse(0L) == 0 || !asked.conditions.unchanged(sight.tag(documents.root(), documents.now()))) {
            return CompletableFuture.completedFuture(show(asked));
        }
        var woken = request.stay().parked(() -> watches.park(request.visitor().name(), asked.conditions, sight, waitMs.get()));
        return Aside.answer(woken, aside, () -> show(asked));
    }

    private Response show(Asked asked) {
        View root = documents.root();
        long now = documents.now();
        Access.Grants grants = asked.visitor.on(root);
        Optional<Tag> tag = asked.sight().tag(root, now);
        asked.conditions.checkRead(tag, now);
        if (asked.conditions.unchanged(tag)) {
            return Validators.tagged(Response.empty(304), tag);
        }
        Listing.Page page = Listing.page(root, asked.query, now, grants);
        JsonWriter json = new JsonWriter().object();
        json.name("keys").array();
        page.keys().forEach(entry -> json.value(Slice.path(entry)));
        json.end().name("prefixes").array();
        page.prefixes().forEach(json::value);
        json.end();
        if (asked.query.values()) {
            json.name("items").array();
            page.keys().forEach(entry -> VersionJson.item(json, documents, entry, false));
            json.end();
        }
        page.next().ifPresent(next -> json.field("next", next));
        Optional<Aggregate> whole = grants.showsAll(asked.query.prefix()) ? Aggregate.below(root, asked.query.prefix(), now) : Optional.empty();
        whole.ifPresent(all -> json.field("count", all.count()).field("bytes", all.bytes()));
        Response response = Validators.tagged(Response.json(200, json.end()), tag);
        return page.next().map(next -> response.with("Link", link(asked, next))).orElse(response);
    }

    private static String link(Asked asked, String next) {
        return Paging.link("/kv/" + asked.path, List.of("recurse", Boolean.toString(asked.query.recurse()), "values",
                Boolean.toString(asked.query.values()), "limit", Integer.toString(asked.query.limit()), "after", next));
    }

    private CompletionStage<Response> delete(Request request) {
        request.query().only("recurse", "after");
        if (!request.query().flag("recurse")) {
            throw new Refusal(Reason.BAD_REQUEST, "a path with a slash at its end is a whole subtree: add ?recurse to delete it");
        }
        String path = KeyResource.below(request);
        if (path.startsWith("_")) {
            throw new Refusal(Reason.BAD_KEY, "names that start with '_' are reserved");
        }
        return bulk.delete(prefix(path), request.query().key("after"), request.visitor()).thenApply(done -> {
            JsonWriter json = new JsonWriter().object().field("deleted", done.count());
            done.next().ifPresent(next -> json.field("next", next));
            return Response.json(200, json.end());
        });
    }

    /** The prefix that a path with a slash at its end means, or the empty one. */
    static byte[] prefix(String path) {
        if (!path.isEmpty() && !path.endsWith("/")) {
            throw new Refusal(Reason.BAD_REQUEST, "a prefix is empty or ends with a slash");
        }
        return Key.prefix(path.isEmpty() ? path : path.substring(0, path.length() - 1));
    }
}
