package kvs.client;

import java.nio.charset.StandardCharsets;

/**
 * The curl line that does the same as a request, for {@code --verbose}. The token stands in it as
 * {@code $KVS_TOKEN}, and nothing else of a credential. Pure functions.
 */
final class CurlLine {

    private static final int BODY_SHOWN = 2_000;

    private CurlLine() { }

    /** The line. */
    static String of(ClientRequest request, Endpoint endpoint, boolean token, String ca) {
        StringBuilder line = new StringBuilder("curl");
        if (!request.method().equals("GET")) {
            line.append(" -X ").append(request.method());
        }
        if (!ca.isEmpty()) {
            line.append(" --cacert ").append(quoted(ca));
        }
        if (token) {
            line.append(" -H \"Authorization: Bearer $KVS_TOKEN\"");
        }
        request.headers().forEach((name, value) -> line.append(" -H ").append(quoted(name + ": " + value)));
        if (request.body().length > 0) {
            line.append(" --data-binary ").append(isShown(request)
                    ? quoted(new String(request.body(), StandardCharsets.UTF_8)) : "@-");
        }
        return line.append(' ').append(quoted(endpoint.url() + request.target())).toString();
    }

    /** Whether the body is short, is text, and has no secret, such as that of the link to another site. */
    private static boolean isShown(ClientRequest request) {
        return request.body().length <= BODY_SHOWN
                && !"application/octet-stream".equals(request.headers().get("Content-Type"))
                && !new String(request.body(), StandardCharsets.UTF_8).contains("\"secret\":");
    }

    /** A word for a POSIX shell. */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
