package kvs.http;

import java.util.List;
import kvs.auth.Caller;

/**
 * A request that passed the guard, whatever server it came through. Immutable.
 *
 * @param method in capitals
 * @param target path and query
 * @param headers all fields
 * @param ends of the connection
 * @param stay its time here
 * @param home where it is served
 * @param visitor who sends it
 * @param body whole, perhaps empty; must not be modified
 */
public record Request(String method, Target target, Headers headers, Ends ends, Stay stay, Home home, Visitor visitor, byte[] body) {

    private static final byte[] NOTHING = {};
    private static final Visitor UNKNOWN = Visitor.everybody("");
    /** Fields that a proxy adds. */
    private static final List<String> PROXY = List.of("forwarded", "x-real-ip", "via");
    private static final String FORWARDED = "x-forwarded-";

    /** A request before it is known who sends it, and without its body. */
    static Request of(RequestHead head, Stay stay) {
        return new Request(head.method(), Target.parse(head.target()), head.headers(), head.ends(), stay, head.home(), UNKNOWN, NOTHING);
    }

    /** Who asks. */
    public Caller caller() {
        return visitor.caller();
    }

    /** Whether it comes from this machine, and through no proxy that says so. */
    public boolean local() {
        return ends.withinMachine() && !proxied();
    }

    /** Whether a proxy has handed it on, by its own account. */
    boolean proxied() {
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
    public Query query() {
        return target.query();
    }

    /** The same with another home. */
    Request at(Home other) {
        return new Request(method, target, headers, ends, stay, other, visitor, body);
    }

    /** The same with its body. */
    Request with(byte[] whole) {
        return new Request(method, target, headers, ends, stay, home, visitor, whole);
    }

    /** The same without these parameters. */
    Request without(String... parameters) {
        Query less = target.query().without(parameters);
        return less == target.query() ? this
                : new Request(method, new Target(target.raw(), target.path(), less), headers, ends, stay, home, visitor, body);
    }

    /** The same of somebody. */
    Request by(Visitor who) {
        return new Request(method, target, headers, ends, stay, home, who, body);
    }
}
