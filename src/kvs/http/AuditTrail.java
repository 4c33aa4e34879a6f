package kvs.http;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import kvs.auth.Caller;
import kvs.data.Op;
import kvs.data.Outcome;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.ops.TamperEvent;
import kvs.store.Receipt;
import kvs.world.Clock;

/**
 * Makes events for the tamper log of what was done and tried: of each document that somebody wrote or deleted, as the store decided it, and of
 * each request that changes accounts, permissions or the node, as it was answered. Reading is told when it is refused, merged with others of
 * its kind, as is what comes from foreign web pages or under a foreign name of the host. Of a batch that was undone, only the operations that
 * were refused are told. Thread-safe, and quick: the writer waits for it.
 */
public final class AuditTrail implements Visitor.Ear, Audit {

    private static final String METADATA = "/metadata";
    private static final String KV = "/kv";
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private final Sinks sinks;
    private final Function<Request, String> client;
    private final Clock clock;

    /**
     * Where events end.
     *
     * @param events a line each
     * @param refusals what anybody may cause as often as they like: merged
     * @param failures addresses from which somebody showed no credential, or a bad one: merged
     */
    public record Sinks(Consumer<TamperEvent> events, Consumer<TamperEvent> refusals, Consumer<String> failures) { }

    /** What came of it; {@code seq} 0: nothing that has a number of its own. */
    private record Result(int status, Optional<UUID> uuid, long seq) { }

    /** A trail that ends at {@code sinks}; {@code client} tells the address of who sends a request. */
    public AuditTrail(Sinks sinks, Function<Request, String> client, Clock clock) {
        this.sinks = sinks;
        this.client = client;
        this.clock = clock;
    }

    /** Who hears of operations and of bad credentials. */
    public Doorman.Ears ears() {
        return new Doorman.Ears(this, sinks.failures);
    }

    @Override
    public void heard(Visitor visitor, Op op, Outcome outcome) {
        if (!op.writes()) {
            if (outcome instanceof Outcome.Refused refused && Problems.status(refused.why().reason()) == FORBIDDEN) {
                sinks.refusals.accept(event(visitor, "read", op.key().text(), new Result(FORBIDDEN, Optional.empty(), 0)));
            }
            return;
        }
        String act = op instanceof Op.Put ? "put" : "delete";
        if (outcome instanceof Outcome.Stored stored) {
            written(visitor, act, op, stored.receipt());
        } else if (outcome instanceof Outcome.Deleted deleted) {
            written(visitor, act, op, deleted.receipt());
        } else if (outcome instanceof Outcome.Refused refused) {
            add(visitor, act, op.key().text(), new Result(Problems.status(refused.why().reason()), Optional.empty(), 0));
        }
    }

    private void written(Visitor visitor, String act, Op op, Receipt receipt) {
        int status = op instanceof Op.Delete ? 204 : receipt.created() ? 201 : 200;
        add(visitor, act, op.key().text(), new Result(status, Optional.of(receipt.uuid()), receipt.seq()));
    }

    /** Strangers who are refused are counted, a line for each address and minute, so that they cannot fill the log. */
    @Override
    public void answered(Route route, Request request, Response response) {
        boolean refused = response.status() == UNAUTHORIZED || response.status() == FORBIDDEN;
        if (!Turnstile.changesAccounts(route)) {
            if (refused && route.need() != Need.WRITE && route.need() != Need.DELETE) {
                looked(request, response.status());
            }
            return;
        }
        if (refused && request.caller().kind() == Caller.Kind.ANONYMOUS) {
            sinks.failures.accept(request.visitor().client());
            return;
        }
        boolean metadata = request.path().startsWith(KV);
        String path = metadata ? document(request.path()) : request.method() + " " + request.path();
        Optional<UUID> made = Optional.ofNullable(response.headers().get("Location"))
                .flatMap(location -> AuthJson.uuid(location.substring(location.lastIndexOf('/') + 1)));
        add(request.visitor(), metadata ? "metadata" : "admin", path, new Result(response.status(), made, 0));
    }

    /** Somebody looked at what is not theirs. */
    private void looked(Request request, int status) {
        if (status == UNAUTHORIZED && !request.caller().proven()) {
            sinks.failures.accept(request.visitor().client());
            return;
        }
        boolean data = request.path().startsWith(KV + "/");
        String path = data ? request.path().substring(KV.length() + 1) : request.method() + " " + request.path();
        sinks.refusals.accept(event(request.visitor(), data ? "read" : "refused", path, new Result(status, Optional.empty(), 0)));
    }

    /** Another web page, or another name of the host; or nobody who may know what is served here. */
    @Override
    public void unheard(Request request, Refusal why) {
        int status = Problems.status(why.reason());
        String from = client.apply(request);
        if (why.reason() == Reason.UNAUTHORIZED) {
            sinks.failures.accept(from);
            return;
        }
        sinks.refusals.accept(new TamperEvent(why.reason().text(), request.caller().user(),
                request.caller().token().map(UUID::toString).orElse(""), from, request.method() + " " + request.path(), "", status, 0, 1,
                clock.wallMs()));
    }

    /** A write of documents that no scope covers, or without a token; what is refused later is heard from the store. */
    @Override
    public void turnedAway(Route route, Request request, Refusal why) {
        boolean write = route.need() == Need.WRITE || route.need() == Need.DELETE;
        int status = Problems.status(why.reason());
        if (!write || status != UNAUTHORIZED && status != FORBIDDEN) {
            return;
        }
        if (!request.caller().proven()) {
            sinks.failures.accept(request.visitor().client());
            return;
        }
        String path = request.path().substring(Math.min(request.path().length(), KV.length() + 1));
        add(request.visitor(), request.method().toLowerCase(Locale.ROOT), path, new Result(status, Optional.empty(), 0));
    }

    /** The path whose metadata is meant, with a slash before it, so that the root has a name too. */
    private static String document(String path) {
        String above = path.substring(KV.length(), path.length() - METADATA.length());
        return above.isEmpty() ? "/" : above;
    }

    private void add(Visitor visitor, String act, String path, Result result) {
        sinks.events.accept(event(visitor, act, path, result));
    }

    private TamperEvent event(Visitor visitor, String act, String path, Result result) {
        Caller caller = visitor.caller();
        return new TamperEvent(act, caller.user(), caller.token().map(UUID::toString).orElse(""), visitor.client(), path,
                result.uuid.map(UUID::toString).orElse(""), result.status, result.seq, 1, clock.wallMs());
    }
}
