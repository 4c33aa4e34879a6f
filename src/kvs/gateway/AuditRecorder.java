package kvs.gateway;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import kvs.audit.AuditEvent;
import kvs.auth.Principal;
import kvs.documents.Operation;
import kvs.documents.OperationOutcome;
import kvs.http.Problems;
import kvs.http.Request;
import kvs.http.Requester;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.RequiredAccess;
import kvs.store.WriteReceipt;
import kvs.world.Clock;

/**
 * Records events in the tamper log, of writes done and tried: one for each document that is written or
 * deleted, with the decision of the store, and one for each request that changes accounts, permissions or the
 * node, with its response. Refused reads are recorded merged with others of their kind, as are requests from
 * foreign web pages or under a foreign name of the host. Of a batch that was undone, only the refused
 * operations are recorded. Thread-safe, and quick: the writer waits for it.
 */
public final class AuditRecorder implements Requester.OperationObserver, RequestObserver {

    private static final String METADATA = "/metadata";
    private static final String KV = "/kv";
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private final AuditSinks sinks;
    private final Function<Request, String> client;
    private final Clock clock;

    /**
     * The receivers of events.
     *
     * @param events receives one line each
     * @param refusals receives what any client may cause as often as they like: merged
     * @param failures receives the addresses of requests with no credential, or a bad one: merged
     */
    public record AuditSinks(Consumer<AuditEvent> events, Consumer<AuditEvent> refusals,
            Consumer<String> failures) { }

    /** The result of an operation; {@code seq} 0: it has no number of its own. */
    private record OperationResult(int status, Optional<UUID> uuid, long seq) { }

    /** A recorder into {@code sinks}; {@code client} gives the address of the sender of a request. */
    public AuditRecorder(AuditSinks sinks, Function<Request, String> client, Clock clock) {
        this.sinks = sinks;
        this.client = client;
        this.clock = clock;
    }

    /** The observers of operations and of bad credentials. */
    public BearerAuthenticator.Observers ears() {
        return new BearerAuthenticator.Observers(this, sinks.failures);
    }

    @Override
    public void observe(Requester requester, Operation op, OperationOutcome outcome) {
        if (!op.writes()) {
            if (outcome instanceof OperationOutcome.Refused refused
                    && Problems.status(refused.refusal().reason()) == FORBIDDEN) {
                sinks.refusals.accept(event(requester, "read", op.key().text(),
                        new OperationResult(FORBIDDEN, Optional.empty(), 0)));
            }
            return;
        }
        String act = op instanceof Operation.Put ? "put" : "delete";
        if (outcome instanceof OperationOutcome.Stored stored) {
            written(requester, act, op, stored.receipt());
        } else if (outcome instanceof OperationOutcome.Deleted deleted) {
            written(requester, act, op, deleted.receipt());
        } else if (outcome instanceof OperationOutcome.Refused refused) {
            add(requester, act, op.key().text(),
                    new OperationResult(Problems.status(refused.refusal().reason()), Optional.empty(), 0));
        }
    }

    private void written(Requester requester, String act, Operation op, WriteReceipt receipt) {
        int status = op instanceof Operation.Delete ? 204 : receipt.created() ? 201 : 200;
        add(requester, act, op.key().text(),
                new OperationResult(status, Optional.of(receipt.uuid()), receipt.seq()));
    }

    /** Counts refused strangers, a line for each address and minute, so that they cannot fill the log. */
    @Override
    public void responded(Route route, Request request, Response response) {
        boolean refused = response.status() == UNAUTHORIZED || response.status() == FORBIDDEN;
        if (!RouteAuthorizer.changesAccounts(route)) {
            if (refused && route.access() != RequiredAccess.WRITE
                    && route.access() != RequiredAccess.DELETE) {
                looked(request, response.status());
            }
            return;
        }
        if (refused && request.principal().kind() == Principal.Kind.ANONYMOUS) {
            sinks.failures.accept(request.requester().client());
            return;
        }
        boolean metadata = request.path().startsWith(KV);
        String path = metadata ? document(request.path()) : request.method() + " " + request.path();
        Optional<UUID> made = Optional.ofNullable(response.headers().get("Location"))
                .flatMap(location -> AsciiParsers.uuid(location.substring(location.lastIndexOf('/') + 1)));
        add(request.requester(), metadata ? "metadata" : "admin", path,
                new OperationResult(response.status(), made, 0));
    }

    /** Records a refused read. */
    private void looked(Request request, int status) {
        if (status == UNAUTHORIZED && !request.principal().proven()) {
            sinks.failures.accept(request.requester().client());
            return;
        }
        boolean data = request.path().startsWith(KV + "/");
        String path = data ? request.path().substring(KV.length() + 1)
                : request.method() + " " + request.path();
        sinks.refusals.accept(event(request.requester(), data ? "read" : "refused", path,
                new OperationResult(status, Optional.empty(), 0)));
    }

    /**
     * Records a request of a foreign web page or under a foreign name of the host, or of a caller who may not
     * know which routes exist.
     */
    @Override
    public void rejectedEarly(Request request, Refusal refusal) {
        int status = Problems.status(refusal.reason());
        String from = client.apply(request);
        if (refusal.reason() == Reason.UNAUTHORIZED) {
            sinks.failures.accept(from);
            return;
        }
        sinks.refusals.accept(new AuditEvent(refusal.reason().text(), request.principal().user(),
                request.principal().token().map(UUID::toString).orElse(""), from,
                request.method() + " " + request.path(), "", status, 0, 1, clock.wallMs()));
    }

    /**
     * Records a write of documents that no scope covers, or without a token; the store reports later
     * refusals.
     */
    @Override
    public void unauthorized(Route route, Request request, Refusal refusal) {
        boolean write = route.access() == RequiredAccess.WRITE || route.access() == RequiredAccess.DELETE;
        int status = Problems.status(refusal.reason());
        if (!write || status != UNAUTHORIZED && status != FORBIDDEN) {
            return;
        }
        if (!request.principal().proven()) {
            sinks.failures.accept(request.requester().client());
            return;
        }
        String path = request.path().substring(Math.min(request.path().length(), KV.length() + 1));
        add(request.requester(), request.method().toLowerCase(Locale.ROOT), path,
                new OperationResult(status, Optional.empty(), 0));
    }

    /** The path that the metadata belong to, with a slash before it, so that the root has a name too. */
    private static String document(String path) {
        String above = path.substring(KV.length(), path.length() - METADATA.length());
        return above.isEmpty() ? "/" : above;
    }

    private void add(Requester requester, String act, String path, OperationResult result) {
        sinks.events.accept(event(requester, act, path, result));
    }

    private AuditEvent event(Requester requester, String act, String path, OperationResult result) {
        Principal caller = requester.principal();
        return new AuditEvent(act, caller.user(), caller.token().map(UUID::toString).orElse(""),
                requester.client(), path, result.uuid.map(UUID::toString).orElse(""), result.status,
                result.seq, 1, clock.wallMs());
    }
}
