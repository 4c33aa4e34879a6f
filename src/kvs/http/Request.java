package kvs.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import kvs.auth.Principal;

/**
 * A request that passed validation, from any engine. Immutable.
 *
 * @param method in capitals
 * @param target path and query
 * @param headers all fields
 * @param endpoints of the connection
 * @param timer its time on this node
 * @param executors the executors that serve it
 * @param requester its sender
 * @param body complete, perhaps empty; must not be modified
 */
public record Request(String method, RequestTarget target, RequestHeaders headers,
        ConnectionAddresses endpoints, RequestTimer timer, RequestExecutors executors, Requester requester,
        byte[] body) {

    private static final byte[] NOTHING = {};
    private static final Requester UNKNOWN = Requester.everybody("");

    /** A request before its sender is known, and without its body. */
    public static Request of(RequestHead head, RequestTimer timer) {
        return new Request(head.method(), RequestTarget.parse(head.target()), head.headers(),
                head.endpoints(), timer, head.executors(), UNKNOWN, NOTHING);
    }

    /** The principal of its sender. */
    public Principal principal() {
        return requester.principal();
    }

    /** Whether it comes from this machine, without the header fields of a proxy. */
    public boolean local() {
        return endpoints.withinMachine() && !proxied();
    }

    /** Whether its header fields say that a proxy forwarded it. */
    public boolean proxied() {
        return headers.proxied();
    }

    /** Whether it only reads. */
    boolean reads() {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    /** The decoded path. */
    public String path() {
        return target.path();
    }

    /** The parameters. */
    public QueryParameters query() {
        return target.query();
    }

    /** Refuses parameters that a route does not accept, and conditions that it does not evaluate. */
    public void check(Route route) {
        PreconditionPolicy.check(route, this);
        if (!method.equals("OPTIONS")) {
            query().check(route.description().query());
        }
    }

    /** A copy with other executors. */
    public Request at(RequestExecutors other) {
        return new Request(method, target, headers, endpoints, timer, other, requester, body);
    }

    /**
     * The response that {@code work} makes, which waits for a disk or takes long: made at once when this
     * thread may block, else by one that may. A request that has queued too long for that is refused.
     */
    public CompletionStage<Response> offload(Supplier<Response> work) {
        if (executors.mayBlock()) {
            return CompletableFuture.completedFuture(work.get());
        }
        return executors.offload(() -> {
            timer.checkWait();
            return CompletableFuture.completedFuture(work.get());
        });
    }

    /** A copy with its body. */
    public Request with(byte[] whole) {
        return new Request(method, target, headers, endpoints, timer, executors, requester, whole);
    }

    /** A copy with this sender. */
    public Request by(Requester requester) {
        return new Request(method, target, headers, endpoints, timer, executors, requester, body);
    }
}
