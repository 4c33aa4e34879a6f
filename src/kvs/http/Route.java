package kvs.http;

/**
 * What is served where.
 *
 * @param method GET also serves HEAD
 * @param pattern a path; {@code {path}} stands for one segment or more, {@code {path}/} for a path with a slash at its end, also the empty
 *     one, {@code {path}/metadata} for what ends so, also without anything before; any other name in braces for one segment
 * @param need what it wants of the caller
 * @param bodyMax bytes that a body may have
 * @param handler who answers
 */
public record Route(String method, String pattern, Need need, int bodyMax, Handler handler) {

    /** A route whose requests have no body. */
    public static Route of(String method, String pattern, Need need, Handler handler) {
        return new Route(method, pattern, need, 0, handler);
    }

    /** What a table of the API calls it: {@code GET /kv/{path}}. */
    public String text() {
        return method + " " + pattern;
    }
}
