package kvs.http;

import kvs.routes.RequiredAccess;
import kvs.routes.RouteDescription;

/**
 * A route of the API: its description with its handler.
 *
 * @param description all that is known of it without its handler
 * @param bodyMax limit of a body in bytes
 * @param handler its handler
 */
public record Route(RouteDescription description, int bodyMax, Handler handler) {

    /** A route whose requests have no body. */
    public static Route of(RouteDescription description, Handler handler) {
        return new Route(description, 0, handler);
    }

    /** A route without body, parameters and documentation. */
    public static Route of(String method, String pattern, RequiredAccess requiredAccess, Handler handler) {
        return of(RouteDescription.of(method, pattern, requiredAccess), handler);
    }

    /** A copy with another handler. */
    public Route handledBy(Handler other) {
        return new Route(description, bodyMax, other);
    }

    /**
     * Whether responses under this pattern or target, refusals too, are about accounts or the node, so that
     * no cache may keep them.
     */
    public static boolean secret(String path) {
        return path.startsWith("/auth") || path.startsWith("/admin") || path.endsWith("/metadata")
                || path.equals("/kv/_metadata");
    }

    /** The method; GET also serves HEAD. */
    public String method() {
        return description.method();
    }

    /** The pattern of its paths. */
    public String pattern() {
        return description.pattern();
    }

    /** The required access of the caller. */
    public RequiredAccess access() {
        return description.access();
    }

    /** Whether it writes data that the nodes replicate: documents, metadata and accounts. */
    public boolean writes() {
        return description.writes();
    }

    /** Whether it concerns data that the nodes replicate. */
    public boolean replicated() {
        return description.replicated();
    }

    /** Its name in a table of the API: {@code GET /kv/{path}}. */
    public String text() {
        return description.name();
    }
}
