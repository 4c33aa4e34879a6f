package kvs.http;

import java.util.List;
import kvs.auth.Principal;

/**
 * A request that passed the guard, whatever server it came through. Immutable.
 *
 * @param method in capitals
 * @param target path and query
 * @param headers all fields
 * @param endpoints of the connection
 * @param timer its time here
 * @param dispatch where it is served
 * @param requester who sends it
 * @param body whole, perhaps empty; must not be modified
 */
public record Request(String method, RequestTarget target, RequestHeaders headers, Endpoints endpoints, RequestTimer timer, Dispatch dispatch, Requester requester, byte[] body) {

    private static final byte[] NOTHING = {};
    private static final Requester UNKNOWN = Requester.everybody("");
    /** Fields that a proxy adds. */
    private static final List<String> PROXY = List.of("forwarded", "x-real-ip", "via");
    private static final String FORWARDED = "x-forwarded-";

    /** A request before it is known who sends it, and without its body. */
    public static Request of(RequestHead head, RequestTimer stay) {
        return new Request(head.method(), RequestTarget.parse(head.target()), head.headers(), head.ends(), stay, head.home(), UNKNOWN, NOTHING);
    }

    /** Who asks. */
    public Principal principal() {
        return requester.principal();
    }

    /** Whether it comes from this machine, and through no proxy that says so. */
    public boolean local() {
        return endpoints.withinMachine() && !proxied();
    }

    /** Whether a proxy has handed it on, by its own account. */
    public boolean proxied() {
        return headers.any(name -> name.startsWith(FORWARDED) || PROXY.contains(name));
    }

    /** Whether it only looks. */
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

    /** The same with another home. */
    public Request at(Dispatch other) {
        return new Request(method, target, headers, endpoints, timer, other, requester, body);
    }

    /** The same with its body. */
    public Request with(byte[] whole) {
        return new Request(method, target, headers, endpoints, timer, dispatch, requester, whole);
    }

    /** The same without these parameters. */
    public Request without(String... parameters) {
        QueryParameters less = target.query().without(parameters);
        return less == target.query() ? this
                : new Request(method, new RequestTarget(target.raw(), target.path(), less), headers, endpoints, timer, dispatch, requester, body);
    }

    /** The same of somebody. */
    public Request by(Requester who) {
        return new Request(method, target, headers, endpoints, timer, dispatch, who, body);
    }
}
