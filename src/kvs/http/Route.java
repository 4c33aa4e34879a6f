package kvs.http;

/**
 * What is served where.
 *
 * @param method GET also serves HEAD
 * @param pattern a path; {@code {path}} stands for one segment or more, {@code {path}/} for a path with a slash at its end, also the empty
 *     one, {@code {path}/metadata} for what ends so, also without anything before; any other name in braces for one segment
 * @param access what it wants of the caller
 * @param bodyMax bytes that a body may have
 * @param handler who answers
 */
public record Route(String method, String pattern, RequiredAccess access, int bodyMax, Handler handler) {

    /** A route whose requests have no body. */
    public static Route of(String method, String pattern, RequiredAccess need, Handler handler) {
        return new Route(method, pattern, need, 0, handler);
    }

    /** Whether answers under this pattern or target, refusals too, are about accounts or the node, so that no cache may keep them. */
    public static boolean secret(String path) {
        return path.startsWith("/auth") || path.startsWith("/admin") || path.endsWith("/metadata") || path.equals("/kv/_metadata");
    }

    /** Whether it writes what the nodes replicate: documents, metadata and accounts. */
    public boolean writes() {
        return access != RequiredAccess.PEER && replicated() && !method.equals("GET");
    }

    /** Whether it is about what the nodes replicate. */
    public boolean replicated() {
        return access != RequiredAccess.PEER && (pattern.startsWith("/kv/") || pattern.startsWith("/auth/") || pattern.equals("/sync/merkle/root"));
    }

    /** What a table of the API calls it: {@code GET /kv/{path}}. */
    public String text() {
        return method + " " + pattern;
    }
}
