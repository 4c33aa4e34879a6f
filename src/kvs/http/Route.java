package kvs.http;

import java.util.Optional;

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

    private static final String MANY = "{path}";

    /** A route whose requests have no body. */
    public static Route of(String method, String pattern, Need need, Handler handler) {
        return new Route(method, pattern, need, 0, handler);
    }

    /** What a table of the API calls it: {@code GET /kv/{path}}. */
    public String text() {
        return method + " " + pattern;
    }

    /** Whether it is for one path only. */
    boolean fixed() {
        return prefix().isEmpty();
    }

    /** Whether {@code path} is served here. */
    boolean matches(String path) {
        return prefix().map(prefix -> path.startsWith(prefix) && fits(path, prefix.length())).orElse(path.equals(pattern));
    }

    /** Longer ones are asked first, those with an end of their own before others, fixed ones before all. */
    int weight() {
        return prefix().map(prefix -> 2 * prefix.length() + (end().length() > 1 ? 1 : 0)).orElse(Integer.MAX_VALUE);
    }

    private Optional<String> prefix() {
        int brace = pattern.indexOf('{');
        return brace < 0 ? Optional.empty() : Optional.of(pattern.substring(0, brace));
    }

    private String end() {
        return pattern.substring(pattern.indexOf('}') + 1);
    }

    private boolean fits(String path, int from) {
        String end = end();
        if (end.length() > 1) {
            return path.endsWith(end);
        }
        boolean listing = end.equals("/");
        return path.endsWith("/") == listing && (listing || path.length() > from)
                && (pattern.contains(MANY) || path.indexOf('/', from) < 0);
    }
}
