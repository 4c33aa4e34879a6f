package kvs.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import kvs.api.DocumentResource;
import kvs.documents.AccessContext;
import kvs.documents.Documents;
import kvs.documents.Operation;
import kvs.http.AcceptedCodings;
import kvs.http.Request;
import kvs.http.RequestHeaders;
import kvs.http.Route;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.ratelimit.RateLimitStage;
import kvs.server.FastPath;
import kvs.server.PendingResponse;
import kvs.server.ResponseBuffer;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * The requester of requests with the same header fields on one connection. Their name, their quota and the
 * standard fields of their responses are remembered while no user, group, token or metadata changes, and
 * their credential has not expired. A read that does not simply succeed is left to the pipeline, before
 * anything of it is counted. Belongs to the loop of the connection.
 */
final class CachedRequester implements FastPath.Sender {

    private static final byte[] ROOT = {'/', 'k', 'v', '/'};
    private static final byte[] METADATA = {'/', 'm', 'e', 't', 'a', 'd', 'a', 't', 'a'};
    /** Time after which a sender who was refused is examined again. */
    private static final long PAUSE_MS = 1_000;

    private final DocumentFastPath path;
    private final AcceptedCodings accepted;
    /** Whether their bodies have a type that writes may have. */
    private final boolean typed;
    private final StandardHeaders.EncodedHeaders standard;
    private final LoopWrites writes;
    /** For the fields about the quota of a write, until they are copied. */
    private final ResponseBuffer scratch = new ResponseBuffer();
    /** The request that stands for all; by its sender as far as that is known. */
    private Request request;
    private Function<StoreView, AccessContext.Grants> grants = view -> AccessContext.ALL.on(view);
    private Optional<RateLimitStage.RequestQuota> quota = Optional.empty();
    /** Whether the sender is known, for which accounts, and in which time, Unix ms. */
    private boolean known;
    private long reservedChanges;
    private long sinceMs;
    private long untilMs;

    CachedRequester(DocumentFastPath path, LoopWrites writes, Request request) {
        this.path = path;
        this.writes = writes;
        this.request = request;
        this.accepted = AcceptedCodings.of(request.headers());
        this.typed = isTyped(request.headers());
        this.standard = path.stages.headers().encoded(request.headers());
    }

    private static boolean isTyped(RequestHeaders headers) {
        try {
            RequestValidation.checkType(headers);
            return true;
        } catch (Refusal unsupported) {
            return false;
        }
    }

    @Override
    public boolean respond(boolean head, byte[] target, ResponseBuffer response) {
        if (!isDocument(target) || !isServed()) {
            return false;
        }
        try {
            return respond(head, Key.ofBytes(Arrays.copyOfRange(target, ROOT.length, target.length)),
                    response);
        } catch (Refusal refused) {
            return false;
        }
    }

    @Override
    public Optional<Consumer<PendingResponse>> write(String method, byte[] target, byte[] body) {
        boolean small = body.length <= path.bodyBytesMax && isDocument(target) && isServed();
        if (!small || method.equals("PUT") != body.length > 0 || body.length > 0 && !typed) {
            return Optional.empty();
        }
        try {
            return write(method.equals("PUT") ? path.routes.put() : path.routes.delete(), target, body);
        } catch (Refusal refused) {
            return Optional.empty();
        }
    }

    /** Everything that may refuse the write before it is decided comes before it is counted. */
    private Optional<Consumer<PendingResponse>> write(Route route, byte[] target, byte[] body) {
        long began = path.stages.pipeline().requestMetrics().nanos();
        StoreView view = path.node.documents().root();
        long now = path.node.documents().now();
        if (!isKnown(view, now) && !remember(view, now)) {
            return Optional.empty();
        }
        path.stages.pipeline().authorization().admit(route, request);
        Key key = Key.ofBytes(Arrays.copyOfRange(target, ROOT.length, target.length));
        Optional<Operation> operation = DocumentResource.operation(key, body, path.node.documents());
        scratch.clear();
        if (operation.isEmpty() || quota.isPresent() && !quota.get().count(scratch)) {
            return Optional.empty();
        }
        var arrival = new FastWrite.Arrival(request, standard, scratch.copy(), began);
        return Optional.of(response -> submit(operation.get(),
                new FastWrite(path, route, arrival, response), response, target));
    }

    private void submit(Operation operation, FastWrite write, PendingResponse response, byte[] target) {
        Documents.PreparedWrite prepared = path.node.documents().prepare(operation, request.requester());
        write.began();
        boolean added = false;
        try {
            prepared.done().whenComplete((outcomes, refused) -> response.onLoop(() ->
                    write.ended(new String(target, StandardCharsets.US_ASCII), outcomes, refused)));
            writes.add(prepared.write());
            added = true;
        } finally {
            if (!added) {
                write.uncount();
            }
        }
    }

    private boolean isServed() {
        return !path.node.inlinePolicy().rests() && path.node.accepts().getAsBoolean();
    }

    private boolean respond(boolean head, Key key, ResponseBuffer response) {
        RequestMetrics metrics = path.stages.pipeline().requestMetrics();
        long began = metrics.nanos();
        StoreView view = path.node.documents().root();
        long now = path.node.documents().now();
        if (!isKnown(view, now) && !remember(view, now)) {
            return false;
        }
        path.stages.pipeline().authorization().admit(path.routes.read(), request);
        Optional<Entry> entry = Documents.find(view, key, now, grants.apply(view));
        byte[] position = path.position();
        if (entry.isEmpty() || !DocumentResource.isShort(entry.get().dataBytes()) || position.length == 0) {
            return false;
        }
        ResponseCache.EncodedResponse document = path.responses.of(entry.get(), now, began);
        if (accepted.of(document.body().length).isPresent()) {
            return false;
        }
        response.add(document.fields());
        if (quota.isPresent() && !quota.get().count(response)) {
            return false;
        }
        long id = path.stages.ids().nextBits();
        standard.add(response, id, position);
        if (!head) {
            response.add(document.body());
        }
        long ended = metrics.nanos();
        metrics.answered(head ? path.heads : path.gets, DocumentFastPath.STATUS, ended - began,
                () -> path.timer(head ? "HEAD" : "GET", path.routes.read(), id));
        path.node.inlinePolicy().measured(began, ended);
        return true;
    }

    /** Whether a plain target is that of a document, which may not exist. */
    private static boolean isDocument(byte[] target) {
        int length = target.length;
        return length > ROOT.length && length - ROOT.length <= Key.BYTES_MAX
                && Arrays.equals(ROOT, 0, ROOT.length, target, 0, ROOT.length)
                && target[ROOT.length] != '_' && target[length - 1] != '/'
                && !(length >= METADATA.length && Arrays.equals(METADATA, 0, METADATA.length, target,
                        length - METADATA.length, length));
    }

    private boolean isKnown(StoreView view, long now) {
        return known && view.reservedChanges() == reservedChanges && now >= sinceMs && now < untilMs;
    }

    /**
     * Asks who the sender is; whether it is known and the accounts have not changed meanwhile. One who is
     * refused is not examined again at once: the pipeline examines each of their requests too.
     */
    private boolean remember(StoreView view, long now) {
        if (!known && now >= sinceMs && now < untilMs) {
            return false;
        }
        known = false;
        sinceMs = now;
        untilMs = now + PAUSE_MS;
        path.stages.pipeline().authentication().remember(request).ifPresent(sender -> {
            request = request.by(sender.requester());
            grants = sender.grants();
            quota = path.stages.pipeline().limiter().quota(request);
            reservedChanges = view.reservedChanges();
            untilMs = sender.requester().principal().expires();
            known = true;
        });
        return known && path.node.documents().root().reservedChanges() == reservedChanges;
    }
}
