package kvs.http;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import kvs.data.Conditions;
import kvs.data.Documents;
import kvs.data.Expiry;
import kvs.data.Limits;
import kvs.data.Op;
import kvs.data.Sights;
import kvs.data.Tag;
import kvs.data.Watches;
import kvs.json.JsonText;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Receipt;
import kvs.tree.Entry;
import kvs.world.Failures;

/** One document: {@code /kv/{path}}. */
public final class KeyResource {

    private static final String ROOT = "/kv/";
    /** What an envelope adds to its document at most: names, a ttl, and white space of people who indent. */
    private static final int ENVELOPE_BYTES = 4_096;
    /** A document that is read in some 10 microseconds. */
    private static final int SHORT_BYTES = 16_384;
    private static final List<String> ENVELOPE = List.of("data", "ttl");

    private final Documents documents;
    private final Revisions revisions;
    private final Watches watches;
    private final Executor aside;

    /** What a GET asks for. */
    record Asked(Key key, Conditions conditions, boolean raw) { }

    /** A version as the index knows it. */
    record Known(Tag tag, long writtenMs) { }

    /** The body of a PUT as it was understood. */
    private record Intake(byte[] document, Expiry expiry, boolean enveloped) { }

    /** Documents of this node; {@code aside} answers those who waited. */
    public KeyResource(Documents documents, Watches watches, Executor aside) {
        this.documents = documents;
        this.revisions = new Revisions(documents);
        this.watches = watches;
        this.aside = aside;
    }

    /** What is served. */
    public List<Route> routes() {
        int bodyMax = documents.documentBytesMax() + ENVELOPE_BYTES;
        return List.of(Route.of("GET", "/kv/{path}", Need.READ, this::get), new Route("PUT", "/kv/{path}", Need.WRITE, bodyMax,
                this::put),
                Route.of("DELETE", "/kv/{path}", Need.DELETE, this::delete), new Route("PUT", "/kv/{path}/", Need.WRITE, bodyMax,
                KeyResource::putBelow));
    }

    /** The path behind {@code /kv/}. */
    static String below(Request request) {
        return request.path().substring(ROOT.length());
    }

    private CompletionStage<Response> get(Request request) {
        if (Revisions.asked(request.query())) {
            return CompletableFuture.completedFuture(revisions.get(request));
        }
        request.query().only("raw", "watch", "revisions", "revision", "at");
        boolean raw = request.query().flag("raw");
        Optional<Long> waitMs = request.query().duration("watch", Limits.WAIT_MS_MAX);
        Key key = Key.of(below(request));
        Asked asked = new Asked(key, Validators.conditions(request.headers()), raw);
        if (waitMs.orElse(0L) == 0) {
            return CompletableFuture.completedFuture(show(asked, request));
        }
        return watch(asked, request, waitMs.get());
    }

    /** Parks who knows what is here until that changes, and whoever asks for what is not here until it appears. */
    private CompletionStage<Response> watch(Asked asked, Request request, long waitMs) {
        Sights.OfKey sight = new Sights.OfKey(asked.key, request.visitor());
        Optional<Tag> here = documents.find(asked.key, request.visitor()).map(Documents::tag);
        if (asked.key.reserved() || here.isPresent() && !asked.conditions.unchanged(here)) {
            return CompletableFuture.completedFuture(show(asked, request));
        }
        var woken = request.stay().parked(() -> here.isPresent()
                ? watches.park(request.visitor().name(), asked.conditions, sight, waitMs)
                : watches.park(request.visitor().name(), Sights.Appearance.AWAITED, new Sights.Appearance(sight), waitMs));
        return Aside.answer(woken, aside, () -> show(asked, request));
    }

    /** A long document is read, inflated and sent by a thread that nobody else waits for. */
    private Response show(Asked asked, Request request) {
        Entry entry = documents.find(asked.key, request.visitor()).orElseThrow(KeyResource::absent);
        if (entry.dataBytes() > SHORT_BYTES && !request.home().patient()) {
            throw new Home.Elsewhere();
        }
        return show(asked, new Known(Documents.tag(entry), entry.timestamp()), () -> documents.read(entry), documents.now());
    }

    /** What is answered where nothing is that they may know of. */
    static Refusal absent() {
        return new Refusal(Reason.NOT_FOUND, "nothing is stored under this path");
    }

    /** A version as it is answered; its document is read only when it is wanted. */
    static Response show(Asked asked, Known known, Supplier<Version> read, long now) {
        Optional<Tag> tag = Optional.of(known.tag);
        asked.conditions.checkRead(tag, known.writtenMs);
        if (asked.conditions.unchanged(tag)) {
            return Validators.tagged(Response.empty(304), tag);
        }
        Version version = read.get();
        Response response;
        if (asked.raw) {
            response = Response.json(200, version.data());
        } else {
            JsonWriter json = new JsonWriter().object();
            VersionJson.version(json, version);
            response = Response.json(200, json.end());
        }
        return Validators.tagged(response, tag).with("Last-Modified", Validators.lastModified(version.timestamp(), now));
    }

    private CompletionStage<Response> put(Request request) {
        request.query().only("ttl", "plain");
        Key key = Key.of(below(request)).storable();
        Conditions conditions = Validators.conditions(request.headers());
        Intake intake = intake(request);
        Op.Put put = new Op.Put(key, documents.document(intake.document), intake.expiry, conditions);
        return documents.put(put, request.visitor()).thenApplyAsync(receipt -> stored(receipt, intake.enveloped), request.home().back());
    }

    /** The answer to a write. */
    static Response stored(Receipt receipt, boolean enveloped) {
        JsonWriter json = new JsonWriter().object();
        VersionJson.receipt(json, receipt);
        if (enveloped) {
            json.field("enveloped", true);
        }
        Response response = Response.json(receipt.created() ? 201 : 200, json.end());
        return Validators.tagged(response, Optional.of(Tag.of(receipt.uuid())));
    }

    /** Only here a body's shape is guessed at: an object of exactly the two members of an envelope is one, unless the query has a say. */
    private Intake intake(Request request) {
        JsonText body = Members.parse(request.body());
        Optional<String> ttl = request.query().text("ttl");
        boolean plain = request.query().flag("plain") || ttl.isPresent();
        if (plain || !isEnvelope(body)) {
            Expiry expiry = expiry(request, documents);
            return new Intake(request.body(), expiry, false);
        }
        Members envelope = Members.of(body, "", ENVELOPE);
        String text = envelope.string("ttl");
        try {
            return new Intake(envelope.any("data").raw(), Expiry.parse(text, documents.defaultExpiry()), true);
        } catch (IllegalArgumentException e) {
            throw envelope.wrong("ttl", Failures.text(e) + "; a document of this shape is stored by ?plain");
        }
    }

    private static boolean isEnvelope(JsonText body) {
        return Members.exactly(body, ENVELOPE);
    }

    /** The expiry that {@code ttl} in the query names. */
    static Expiry expiry(Request request, Documents documents) {
        try {
            return request.query().text("ttl").map(text -> Expiry.parse(text, documents.defaultExpiry()))
                    .orElse(documents.unnamedExpiry());
        } catch (IllegalArgumentException e) {
            throw new Refusal(Reason.BAD_REQUEST, "the query parameter 'ttl': " + Failures.text(e));
        }
    }

    private CompletionStage<Response> delete(Request request) {
        request.query().only("force");
        boolean force = request.query().flag("force");
        Key key = Key.of(below(request)).storable();
        Op.Delete delete = new Op.Delete(key, force, Validators.conditions(request.headers()));
        return documents.delete(delete, request.visitor()).thenApplyAsync(receipt -> Response.empty(204), request.home().back());
    }

    private static CompletionStage<Response> putBelow(Request request) {
        throw new Refusal(Reason.BAD_KEY, "a path with a slash at its end is a listing, nothing can be stored there: leave the slash away");
    }
}
