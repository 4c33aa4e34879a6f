package kvs.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.documents.DocumentLimits;
import kvs.documents.Documents;
import kvs.documents.RangePage;
import kvs.http.QueryParameters;
import kvs.http.Request;
import kvs.http.Requester;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.ListingRoutes;
import kvs.routes.SharedParameters;
import kvs.store.StoreView;
import kvs.tree.Entry;

/** Documents of a range of keys or of a span of time: {@code /kv/_range}. */
public final class RangeResource {

    private static final String LINES = "application/x-ndjson";

    private final Documents documents;

    /** Serves the ranges of this node. */
    public RangeResource(Documents documents) {
        this.documents = documents;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(ListingRoutes.RANGE, this::get));
    }

    private CompletionStage<Response> get(Request request) {
        QueryParameters query = request.query();
        RangePage.TimeSpan times = new RangePage.TimeSpan(query.value(ListingRoutes.START_TIME)
                .orElse(0L), query.value(ListingRoutes.END_TIME).orElse(Long.MAX_VALUE));
        RangePage.RangeQuery rangeQuery = new RangePage.RangeQuery(bytes(query.value(ListingRoutes.START_KEY)
                .orElse("")),
                query.value(ListingRoutes.END_KEY).map(RangeResource::bytes),
                query.value(SharedParameters.AFTER), times, Pagination.limit(request));
        boolean lines = request.headers().get("Accept").filter(accept -> accept.contains(LINES)).isPresent();
        if (lines && query.has(SharedParameters.LIMIT)) {
            throw new Refusal(Reason.BAD_REQUEST,
                    "'limit' does not work with " + LINES + ", which returns the complete range");
        }
        if (lines && query.flag(SharedParameters.PRETTY)) {
            throw new Refusal(Reason.BAD_REQUEST, "'pretty' does not work with " + LINES
                    + ", a line an item");
        }
        return CompletableFuture.completedFuture(lines ? lines(rangeQuery, request.requester())
                : page(query, rangeQuery, request.requester()));
    }

    private Response lines(RangePage.RangeQuery query, Requester requester) {
        return Response.pages(200, LINES + "; charset=utf-8", out -> stream(query, requester, out))
                .unbuffered();
    }

    private Response page(QueryParameters query, RangePage.RangeQuery rangeQuery, Requester requester) {
        RangePage page = slice(rangeQuery, requester);
        JsonWriter json = new JsonWriter().object().name("items").array();
        page.entries().forEach(entry -> VersionJson.item(json, documents, entry, false));
        json.end();
        page.next().ifPresent(next -> json.field("next", next));
        Response response = Response.json(200, json.end());
        return page.next().map(next -> response.with("Link", link(query, rangeQuery.limit(), next)))
                .orElse(response);
    }

    /**
     * The link to the page after {@code next}: without {@code start_key}, which is before it, the link is
     * short enough to be accepted.
     */
    private static String link(QueryParameters query, int limit, String next) {
        List<String> parameters = new ArrayList<>();
        for (String name : List.of("end_key", "start_time", "end_time")) {
            query.text(name).ifPresent(value -> parameters.addAll(List.of(name, value)));
        }
        parameters.addAll(List.of("limit", Integer.toString(limit), "after", next));
        return Pagination.link("/kv/_range", Pagination.pretty(query, parameters));
    }

    /** Sends everything, a line each. Each page is a snapshot, and its root is released before the next. */
    private void stream(RangePage.RangeQuery rangeQuery, Requester requester, OutputStream out)
            throws IOException {
        Optional<String> after = rangeQuery.after();
        do {
            RangePage.RangeQuery query = new RangePage.RangeQuery(rangeQuery.start(), rangeQuery.end(), after,
                    rangeQuery.times(), DocumentLimits.PAGE_DEFAULT);
            RangePage page = slice(query, requester);
            for (Entry entry : page.entries()) {
                JsonWriter json = new JsonWriter();
                VersionJson.item(json, documents, entry, true);
                out.write(json.toBytes());
                out.write('\n');
            }
            out.flush();
            after = page.next();
        } while (after.isPresent());
    }

    private RangePage slice(RangePage.RangeQuery query, Requester requester) {
        StoreView root = documents.root();
        return RangePage.page(root, query, documents.now(), requester.on(root));
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
