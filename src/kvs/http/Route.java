package kvs.http;

import java.util.Optional;

/**
 * What is served where.
 *
 * @param method GET also serves HEAD
 * @param pattern a path; a last segment {@code {path}} stands for one segment or more, {@code {path}/} for a path with a slash at its end,
 *     also the empty one
 * @param bodyMax bytes that a body may have
 * @param handler who answers
 */
public record Route(String method, String pattern, int bodyMax, Handler handler) {

    private static final String TAIL = "{path}";

    /** A route whose requests have no body. */
    public static Route of(String method, String pattern, Handler handler) {
        return new Route(method, pattern, 0, handler);
    }

    /** What a table of the API calls it: {@code GET /kv/{path}}. */
    public String text() {
        return method + " " + pattern;
    }

    /** Whether {@code path} is served here. */
    boolean matches(String path) {
        return prefix().map(prefix -> path.startsWith(prefix) && fits(path, prefix.length())).orElse(path.equals(pattern));
    }

    /** Longer ones are asked first, fixed ones before all. */
    int weight() {
        return prefix().map(String::length).orElse(Integer.MAX_VALUE);
    }

    private Optional<String> prefix() {
        int tail = pattern.indexOf(TAIL);
        return tail < 0 ? Optional.empty() : Optional.of(pattern.substring(0, tail));
    }

    private boolean fits(String path, int from) {
        boolean listing = pattern.endsWith("/");
        return path.endsWith("/") == listing && (listing || path.length() > from);
    }
}
