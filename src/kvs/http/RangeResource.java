package kvs.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.data.Documents;
import kvs.data.Limits;
import kvs.data.Slice;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.View;
import kvs.tree.Entry;

/** Documents of a range of keys or of a span of time: {@code /kv/_range}. */
public final class RangeResource {

    private static final String LINES = "application/x-ndjson";

    private final Documents documents;

    /** Ranges of this node. */
    public RangeResource(Documents documents) {
        this.documents = documents;
    }

    /** What is served. */
    public List<Route> routes() {
        return List.of(Route.of("GET", "/kv/_range", Need.READ, this::get));
    }

    private CompletionStage<Response> get(Request request) {
        Query query = request.query();
        query.only("start_key", "end_key", "start_time", "end_time", "limit", "after");
        Slice.Times times = new Slice.Times(query.number("start_time", 0, Long.MAX_VALUE).orElse(0L),
                query.number("end_time", 0, Long.MAX_VALUE).orElse(Long.MAX_VALUE));
        Slice.Query asked = new Slice.Query(bytes(query.key("start_key").orElse("")), query.key("end_key").map(RangeResource::bytes),
                query.key("after"), times, Paging.limit(request));
        boolean lines = request.headers().get("Accept").filter(accept -> accept.contains(LINES)).isPresent();
        if (lines && query.has("limit")) {
            throw new Refusal(Reason.BAD_REQUEST, "'limit' does not go with " + LINES + ": the whole range is sent");
        }
        return CompletableFuture.completedFuture(lines ? lines(asked, request.visitor()) : page(query, asked, request.visitor()));
    }

    private Response lines(Slice.Query asked, Visitor visitor) {
        return Response.pages(200, LINES + "; charset=utf-8", out -> stream(asked, visitor, out)).unbuffered();
    }

    private Response page(Query query, Slice.Query asked, Visitor visitor) {
        Slice slice = slice(asked, visitor);
        JsonWriter json = new JsonWriter().object().name("items").array();
        slice.entries().forEach(entry -> VersionJson.item(json, documents, entry, false));
        json.end();
        slice.next().ifPresent(next -> json.field("next", next));
        Response response = Response.json(200, json.end());
        return slice.next().map(next -> response.with("Link", link(query, asked.limit(), next))).orElse(response);
    }

    /** The next page begins behind {@code next}: without {@code start_key}, which is before it, the link is short enough to be taken. */
    private static String link(Query query, int limit, String next) {
        List<String> parameters = new ArrayList<>();
        for (String name : List.of("end_key", "start_time", "end_time")) {
            query.text(name).ifPresent(value -> parameters.addAll(List.of(name, value)));
        }
        parameters.addAll(List.of("limit", Integer.toString(limit), "after", next));
        return Paging.link("/kv/_range", parameters);
    }

    /** Sends everything, a line each. Every page is of its own moment, and its root is let go before the next. */
    private void stream(Slice.Query asked, Visitor visitor, OutputStream out) throws IOException {
        Optional<String> after = asked.after();
        do {
            Slice.Query query = new Slice.Query(asked.start(), asked.end(), after, asked.times(), Limits.PAGE_DEFAULT);
            Slice slice = slice(query, visitor);
            for (Entry entry : slice.entries()) {
                JsonWriter json = new JsonWriter();
                VersionJson.item(json, documents, entry, true);
                out.write(json.toBytes());
                out.write('\n');
            }
            out.flush();
            after = slice.next();
        } while (after.isPresent());
    }

    private Slice slice(Slice.Query query, Visitor visitor) {
        View root = documents.root();
        return Slice.page(root, query, documents.now(), visitor.on(root));
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
