package kvs.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.documents.DocumentLimits;
import kvs.documents.Documents;
import kvs.documents.EntityTag;
import kvs.documents.HistoryReader;
import kvs.documents.KeyHistory;
import kvs.http.AcceptedCodings;
import kvs.http.ConditionalHeaders;
import kvs.http.PreconditionPolicy;
import kvs.http.QueryParameters;
import kvs.http.Request;
import kvs.http.Requester;
import kvs.http.Response;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.routes.DocumentRoutes;
import kvs.routes.Parameter;

/**
 * The responses with older versions of a path: {@code GET /kv/{path}} with {@code revisions}, a
 * {@code revision}, or {@code at}.
 */
final class RevisionResponses {

    private static final String LIST = "revisions";

    private final Documents documents;
    private final HistoryReader history;

    /** A page of a history. */
    private record Page(List<KeyHistory.Revision> items, Optional<UUID> next) { }

    RevisionResponses(Documents documents) {
        this.documents = documents;
        this.history = documents.history();
    }

    /** Whether a query is for older versions. */
    static boolean asked(QueryParameters query) {
        return query.has(DocumentRoutes.REVISION) || query.has(DocumentRoutes.AT)
                || query.flag(DocumentRoutes.REVISIONS);
    }

    /** The response; {@code NOT_FOUND} where nothing is kept that the caller may see. */
    Response get(Request request) {
        QueryParameters query = request.query();
        Key key = Key.of(DocumentResource.below(request));
        if (query.has(DocumentRoutes.REVISION)) {
                UUID uuid = uuid(query, DocumentRoutes.REVISION);
            return HistoryReader.steady(() -> show(request, timeline(key, request.requester()), uuid));
        }
        if (query.has(DocumentRoutes.AT)) {
                long at = query.required(DocumentRoutes.AT);
            return HistoryReader.steady(() -> {
                KeyHistory timeline = timeline(key, request.requester());
                return show(request, timeline, at(timeline, at));
            });
        }
        PreconditionPolicy.checkNone(request);
        return HistoryReader.steady(() -> list(request, timeline(key, request.requester())));
    }

    /** A parameter that is the id of a version. */
    static UUID uuid(QueryParameters query, Parameter<String> parameter) {
        return query.value(parameter).flatMap(AsciiParsers::uuid).orElseThrow(() -> new Refusal(
                Reason.BAD_REQUEST, "the query parameter '" + parameter.name()
                        + "' must be the UUID of a version from ?revisions"));
    }

    private KeyHistory timeline(Key key, Requester requester) {
        return history.of(key, requester).orElseThrow(DocumentResource::absent);
    }

    private Response show(Request request, KeyHistory timeline, UUID uuid) {
        KeyHistory.Revision revision = timeline.find(uuid).orElseGet(() -> {
            history.version(timeline, uuid);
            throw notKept();
        });
        if (revision.version().filter(Version::deleted).isPresent()) {
            throw new Refusal(Reason.NOT_FOUND, "this version is a deletion and has no document");
        }
        var query = new DocumentResource.Query(Key.of(DocumentResource.below(request)),
                ConditionalHeaders.conditions(request.headers()), DocumentResource.raw(request),
                AcceptedCodings.NONE);
        long writtenMs = revision.version().map(Version::timestamp).orElse(0L);
        return DocumentResource.show(query,
                new DocumentResource.Validators(EntityTag.of(uuid), writtenMs),
                () -> DocumentResource.answer(query, history.read(timeline, revision)), documents.now());
    }

    /** The refusal of a version that is not kept. */
    static Refusal notKept() {
        return new Refusal(Reason.NOT_FOUND, "this version is not in the history; ?revisions lists the"
                + " history");
    }

    private static UUID at(KeyHistory timeline, long at) {
        KeyHistory.PastState moment = timeline.at(at);
        if (moment instanceof KeyHistory.Live lived) {
            return lived.revision().version().orElseThrow().uuid();
        }
        throw new Refusal(Reason.NOT_FOUND, moment instanceof KeyHistory.Unknown
                ? "the document of that time is unknown: the history does not reach back so far,"
                        + " or is damaged"
                : "the path had no document at that time");
    }

    private Response list(Request request, KeyHistory timeline) {
        QueryParameters query = request.query();
        boolean values = query.flag(DocumentRoutes.VALUES);
        int limit = Pagination.limit(request);
        Page page = page(timeline, query.has(DocumentRoutes.AFTER_VERSION)
                ? Optional.of(uuid(query, DocumentRoutes.AFTER_VERSION)) : Optional.empty(),
                values, limit);
        JsonWriter json = new JsonWriter().object().name(LIST).array();
        page.items.forEach(item -> item(json, timeline, item, values));
        json.end();
        page.next.ifPresent(next -> json.field("next", next.toString()));
        Response response = Response.json(200, json.end());
        return page.next.map(next -> response.with("Link",
                Pagination.link(request.path(), Pagination.pretty(query, List.of(LIST, "true",
                        "values", Boolean.toString(values), "limit", Integer.toString(limit),
                        "after", next.toString()))))).orElse(response);
    }

    /**
     * A page, bounded as all pages are. Unreadable versions have no id to continue after, so all of them end
     * the last page.
     */
    private static Page page(KeyHistory timeline, Optional<UUID> after, boolean values, int limit) {
        List<KeyHistory.Revision> all = timeline.shown();
        int from = after.isEmpty() ? 0
                : 1 + all.indexOf(timeline.find(after.get()).orElseThrow(RevisionResponses::notKept));
        List<KeyHistory.Revision> items = new ArrayList<>();
        long bytes = 0;
        for (KeyHistory.Revision one : all.subList(from, all.size())) {
            boolean full = items.size() >= limit || bytes >= DocumentLimits.PAGE_BYTES_MAX;
            Optional<UUID> last = items.isEmpty() ? Optional.empty()
                    : items.get(items.size() - 1).version().map(Version::uuid);
            if (full && last.isPresent() && one.version().isPresent()) {
                return new Page(items, last);
            }
            items.add(one);
            bytes += values ? one.bytes() : 0;
        }
        return new Page(items, Optional.empty());
    }

    private void item(JsonWriter json, KeyHistory timeline, KeyHistory.Revision revision, boolean values) {
        VersionJson.revision(json, timeline.entry(), revision);
        if (values && revision.version().filter(version -> !version.deleted()).isPresent()) {
            json.name("data").raw(history.read(timeline, revision).data());
        }
        json.end();
    }
}
