package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import kvs.documents.Documents;
import kvs.documents.EntityTag;
import kvs.documents.ExpiryPolicy;
import kvs.documents.Operation;
import kvs.documents.Preconditions;
import kvs.documents.WatchTargets;
import kvs.documents.Watches;
import kvs.http.AcceptedCodings;
import kvs.http.ConditionalHeaders;
import kvs.http.ContentCoding;
import kvs.http.ContinuationExecutor;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.routes.DocumentRoutes;
import kvs.routes.SharedParameters;
import kvs.store.StoredDocument;
import kvs.store.WriteReceipt;
import kvs.tree.Entry;
import kvs.world.FailureText;

/** One document: {@code /kv/{path}}. */
public final class DocumentResource {

    private static final String ROOT = "/kv/";
    /** Maximum bytes that an envelope adds to its document: names, a ttl, and white space for indentation. */
    private static final int ENVELOPE_BYTES = 4_096;
    /** Maximum bytes of a document that is read in some 10 microseconds. */
    private static final int SHORT_BYTES = 16_384;
    private static final List<String> ENVELOPE = List.of("data", "ttl");

    private final Documents documents;
    private final RevisionResponses revisions;
    private final Watches watches;
    private final Executor offloadExecutor;

    /** A parsed GET. */
    record Query(Key key, Preconditions conditions, boolean raw, AcceptedCodings accepted) { }

    /** A version as the index knows it. */
    record Validators(EntityTag tag, long writtenMs) { }

    /** The parsed body of a PUT. */
    private record PutBody(byte[] document, ExpiryPolicy expiry, boolean enveloped) { }

    /** Serves the documents of this node; {@code offloadExecutor} makes the responses to parked requests. */
    public DocumentResource(Documents documents, Watches watches, Executor offloadExecutor) {
        this.documents = documents;
        this.revisions = new RevisionResponses(documents);
        this.watches = watches;
        this.offloadExecutor = offloadExecutor;
    }

    /** The routes. */
    public List<Route> routes() {
        int bodyMax = documents.documentBytesMax() + ENVELOPE_BYTES;
        return List.of(Route.of(DocumentRoutes.GET, this::get),
                new Route(DocumentRoutes.PUT, bodyMax, this::put),
                Route.of(DocumentRoutes.DELETE, this::delete),
                new Route(DocumentRoutes.PUT_BELOW, bodyMax, DocumentResource::putBelow));
    }

    /** The path after {@code /kv/}. */
    static String below(Request request) {
        return request.path().substring(ROOT.length());
    }

    private CompletionStage<Response> get(Request request) {
        if (RevisionResponses.asked(request.query())) {
            return CompletableFuture.completedFuture(revisions.get(request));
        }
        boolean raw = raw(request);
        Optional<Long> waitMs = request.query().value(DocumentRoutes.WATCH);
        Key key = Key.of(below(request));
        Query query = new Query(key, ConditionalHeaders.conditions(request.headers()), raw,
                AcceptedCodings.of(request.headers()));
        if (waitMs.orElse(0L) == 0) {
            return show(query, request);
        }
        return watch(query, request, waitMs.get());
    }

    /** Whether only the stored bytes are wanted. */
    static boolean raw(Request request) {
        boolean raw = request.query().flag(DocumentRoutes.RAW);
        if (raw && request.query().flag(SharedParameters.PRETTY)) {
            throw new Refusal(Reason.BAD_REQUEST,
                    "'pretty' does not work with 'raw', which returns the bytes that were stored");
        }
        return raw;
    }

    /**
     * Parks a request that knows the present version until that changes, and one for an absent key until it
     * appears.
     */
    private CompletionStage<Response> watch(Query query, Request request, long waitMs) {
        WatchTargets.KeyTarget target = new WatchTargets.KeyTarget(query.key, request.requester());
        Optional<EntityTag> here = documents.find(query.key, request.requester()).map(Documents::tag);
        if (query.key.reserved() || here.isPresent() && !query.conditions.unchanged(here)) {
            return show(query, request);
        }
        var woken = request.timer().parked(() -> here.isPresent()
                ? watches.park(request.requester().name(), query.conditions, target, waitMs)
                : watches.park(request.requester().name(), WatchTargets.KeyAppearance.AWAITED,
                        new WatchTargets.KeyAppearance(target), waitMs));
        return ContinuationExecutor.answer(woken, offloadExecutor, () -> read(query, find(query, request)));
    }

    /** Reads the document; a long one is read, inflated or coded, and sent by a thread that may block. */
    private CompletionStage<Response> show(Query query, Request request) {
        Entry entry = find(query, request);
        boolean slow = !isShort(entry.dataBytes()) || query.accepted.of(entry.dataBytes()).isPresent();
        return slow ? request.offload(() -> read(query, find(query, request)))
                : CompletableFuture.completedFuture(read(query, entry));
    }

    private Entry find(Query query, Request request) {
        return documents.find(query.key, request.requester()).orElseThrow(DocumentResource::absent);
    }

    private Response read(Query query, Entry entry) {
        return show(query, new Validators(Documents.tag(entry), entry.timestamp()),
                () -> answer(query, entry), documents.now());
    }

    /** The response with the document of an entry; as it is stored, when the client accepts that. */
    private Response answer(Query query, Entry entry) {
        Optional<ContentCoding> coding = query.accepted.of(entry.dataBytes());
        if (!query.raw || coding.isEmpty()) {
            return answer(query, documents.read(entry));
        }
        StoredDocument stored = documents.readStored(entry);
        return stored.deflated().map(sums -> Response.document(coding.get(), stored.bytes(), sums))
                .orElseGet(() -> Response.document(stored.bytes()));
    }

    /** The response with a version. */
    static Response answer(Query query, Version version) {
        return query.raw ? Response.document(version.data()) : json(version);
    }

    private static Response json(Version version) {
        JsonWriter json = new JsonWriter().object();
        VersionJson.version(json, version);
        return Response.json(200, json.end());
    }

    /** The refusal of a read where nothing is that the caller may know of. */
    static Refusal absent() {
        return new Refusal(Reason.NOT_FOUND, "the path has no document");
    }

    /** The response with a version; {@code answer} reads its document only when it is needed. */
    static Response show(Query query, Validators known, Supplier<Response> answer, long now) {
        Optional<EntityTag> tag = Optional.of(known.tag);
        query.conditions.checkRead(tag, known.writtenMs);
        if (query.conditions.unchanged(tag)) {
            return ConditionalHeaders.tagged(Response.empty(304), tag);
        }
        return validated(answer.get(), known, now);
    }

    /** The response to an unconditional read of a document at {@code now}, Unix ms. */
    public static Response representation(Version version, long now) {
        return validated(json(version), new Validators(EntityTag.of(version.uuid()), version.timestamp()),
                now);
    }

    private static Response validated(Response response, Validators known, long now) {
        return ConditionalHeaders.tagged(response, Optional.of(known.tag))
                .with("Last-Modified", ConditionalHeaders.lastModified(known.writtenMs, now));
    }

    /** Whether a document of that many bytes is read in some 10 microseconds. */
    public static boolean isShort(int dataBytes) {
        return dataBytes <= SHORT_BYTES;
    }

    private CompletionStage<Response> put(Request request) {
        Key key = Key.of(below(request)).storable();
        Preconditions conditions = ConditionalHeaders.conditions(request.headers());
        PutBody intake = intake(request);
        Operation.Put put = new Operation.Put(key, documents.document(intake.document),
                intake.expiry, conditions);
        return documents.put(put, request.requester())
                .thenApplyAsync(receipt -> stored(receipt, intake.enveloped), request.executors().back());
    }

    /**
     * The unconditional write of {@code body} under a key, or its deletion when there is none; empty for an
     * envelope, whose expiry must be read.
     */
    public static Optional<Operation> operation(Key key, byte[] body, Documents documents) {
        key.storable();
        if (body.length == 0) {
            return Optional.of(new Operation.Delete(key, false, Preconditions.NONE));
        }
        return isEnvelope(JsonBody.parse(body)) ? Optional.empty() : Optional.of(new Operation.Put(key,
                documents.document(body), documents.unnamedExpiry(), Preconditions.NONE));
    }

    /** The response to a write. */
    public static Response stored(WriteReceipt receipt, boolean enveloped) {
        JsonWriter json = new JsonWriter().object();
        VersionJson.receipt(json, receipt);
        if (enveloped) {
            json.field("enveloped", true);
        }
        Response response = Response.json(receipt.created() ? 201 : 200, json.end());
        return ConditionalHeaders.tagged(response, Optional.of(EntityTag.of(receipt.uuid())));
    }

    /**
     * Parses the body. Only here its shape is guessed: an object of exactly the two members of an envelope is
     * one, unless the query decides.
     */
    private PutBody intake(Request request) {
        JsonValue body = JsonBody.parse(request.body());
        boolean plain = request.query().flag(DocumentRoutes.PLAIN)
                || request.query().has(SharedParameters.TTL);
        if (plain || !isEnvelope(body)) {
            ExpiryPolicy expiry = expiry(request, documents);
            return new PutBody(request.body(), expiry, false);
        }
        JsonBody envelope = JsonBody.of(body, "", ENVELOPE);
        String text = envelope.string("ttl");
        try {
            return new PutBody(envelope.any("data").raw(),
                    ExpiryPolicy.parse(text, documents.defaultExpiry()), true);
        } catch (IllegalArgumentException e) {
            throw envelope.wrong("ttl",
                    FailureText.text(e) + "; add ?plain to store this JSON as a document");
        }
    }

    private static boolean isEnvelope(JsonValue body) {
        return JsonBody.exactly(body, ENVELOPE);
    }

    /** The expiry of {@code ttl} in the query. */
    static ExpiryPolicy expiry(Request request, Documents documents) {
        try {
            return request.query().value(SharedParameters.TTL)
                    .map(text -> ExpiryPolicy.parse(text, documents.defaultExpiry()))
                    .orElse(documents.unnamedExpiry());
        } catch (IllegalArgumentException e) {
            throw new Refusal(Reason.BAD_REQUEST, "the query parameter 'ttl': " + FailureText.text(e));
        }
    }

    private CompletionStage<Response> delete(Request request) {
        boolean force = request.query().flag(DocumentRoutes.FORCE);
        Key key = Key.of(below(request)).storable();
        Operation.Delete delete = new Operation.Delete(key, force,
                ConditionalHeaders.conditions(request.headers()));
        return documents.delete(delete, request.requester())
                .thenApplyAsync(receipt -> Response.empty(204), request.executors().back());
    }

    private static CompletionStage<Response> putBelow(Request request) {
        throw new Refusal(Reason.BAD_KEY, "a path that ends with a slash is a listing,"
                + " not a key: remove the slash");
    }
}
