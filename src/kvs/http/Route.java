package kvs.http;

/**
 * A route of the API: a method and a pattern of paths, with their handler.
 *
 * @param method GET also serves HEAD
 * @param pattern a path; {@code {path}} stands for one segment or more, {@code {path}/} for a path with a
 *     slash at its end, also the empty one, {@code {path}/metadata} for a path with that end, also without
 *     anything before; any other name in braces for one segment
 * @param access the required access of the caller
 * @param bodyMax limit of a body in bytes
 * @param handler its handler
 */
public record Route(String method, String pattern, RequiredAccess access, int bodyMax, Handler handler) {

    /** A route whose requests have no body. */
    public static Route of(String method, String pattern, RequiredAccess requiredAccess, Handler handler) {
        return new Route(method, pattern, requiredAccess, 0, handler);
    }

    /**
     * Whether responses under this pattern or target, refusals too, are about accounts or the node, so that
     * no cache may keep them.
     */
    public static boolean secret(String path) {
        return path.startsWith("/auth") || path.startsWith("/admin") || path.endsWith("/metadata")
                || path.equals("/kv/_metadata");
    }

    /** Whether it writes data that the nodes replicate: documents, metadata and accounts. */
    public boolean writes() {
        return access != RequiredAccess.PEER && replicated() && !method.equals("GET");
    }

    /** Whether it concerns data that the nodes replicate. */
    public boolean replicated() {
        return access != RequiredAccess.PEER && (pattern.startsWith("/kv/") || pattern.startsWith("/auth/")
                || pattern.equals("/sync/merkle/root"));
    }

    /** Its name in a table of the API: {@code GET /kv/{path}}. */
    public String text() {
        return method + " " + pattern;
    }
}
