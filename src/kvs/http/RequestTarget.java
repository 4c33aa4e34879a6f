package kvs.http;

import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * The target of a request: path and query.
 *
 * @param raw as received
 * @param path decoded, with its leading slash; segments are neither empty (but for a last one) nor dots, and
 *     hold no control characters
 * @param query the parameters
 */
public record RequestTarget(String raw, String path, QueryParameters query) {

    /**
     * Longest raw target: two keys of 4,096 bytes, each byte percent-encoded, and short parameters. The link
     * to a next page holds at most two keys, so this node accepts every link that it makes.
     */
    public static final int LENGTH_MAX = 28 * 1_024;

    /**
     * The target of a request line.
     *
     * @throws Refusal for anything that is not {@code /path} or {@code /path?query}
     */
    public static RequestTarget parse(String raw) {
        if (raw.length() > LENGTH_MAX) {
            throw new Refusal(Reason.TARGET_TOO_LONG,
                    "a request target has at most " + LENGTH_MAX + " characters");
        }
        if (!raw.startsWith("/") || raw.startsWith("//")) {
            throw new Refusal(Reason.BAD_REQUEST, "a request target must start with a single '/'");
        }
        if (raw.indexOf('#') >= 0) {
            throw new Refusal(Reason.BAD_REQUEST, "a request target cannot have a fragment: write '#' as"
                    + " %23");
        }
        int mark = raw.indexOf('?');
        String path = PercentEncoding.decode(mark < 0 ? raw : raw.substring(0, mark), false, Reason.BAD_KEY);
        check(path);
        return new RequestTarget(raw, path, QueryParameters.parse(mark < 0 ? "" : raw.substring(mark + 1)));
    }

    private static void check(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < 0x20 || c >= 0x7f && c <= 0x9f || c == 0x2028 || c == 0x2029) {
                throw new Refusal(Reason.BAD_KEY,
                        String.format("control character U+%04X in the path", (int) c));
            }
        }
        for (int from = 1; from <= path.length(); ) {
            int slash = path.indexOf('/', from);
            segment(path, from, slash < 0 ? path.length() : slash);
            from = slash < 0 ? path.length() + 1 : slash + 1;
        }
    }

    private static void segment(String path, int from, int to) {
        if (from == to && to < path.length()) {
            throw new Refusal(Reason.BAD_KEY, "a segment is empty: use single slashes");
        }
        if (path.startsWith(".", from)
                && (to - from == 1 || to - from == 2 && path.charAt(from + 1) == '.')) {
            throw new Refusal(Reason.BAD_KEY, "the segments '.' and '..' are not allowed");
        }
    }
}
