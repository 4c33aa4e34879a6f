package kvs.gateway;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import kvs.http.Response;
import kvs.json.JsonIndenter;

/**
 * Indents JSON for those who ask for {@code ?pretty}: answers and refusals, whole ones and those made while
 * they are sent. Tags and dates stay: another query is another resource. Pure functions.
 */
final class PrettyResponse {

    private static final String NAME = "pretty";
    private static final String SET = "pretty=true";
    /**
     * A longer text is indented while it is sent: deep nesting makes it more than a hundred times as long.
     */
    private static final int AT_ONCE_BYTES = 4_096;
    private static final int BUFFER_BYTES = 8_192;

    private PrettyResponse() { }

    /** {@code response}, indented if the target asks for it. */
    static Response on(Response response, String target) {
        if (!target.contains(NAME) || !asked(target) || !isJson(response)) {
            return response;
        }
        return new Response(response.status(), response.headers(), indented(response.body()));
    }

    private static Response.Body indented(Response.Body body) {
        if (body instanceof Response.StreamedBody pages) {
            return streamed(pages);
        }
        Response.FullBody json = (Response.FullBody) body;
        return json.length() <= AT_ONCE_BYTES ? new Response.FullBody(indented(json))
                : streamed(json::writeTo);
    }

    /** Whether a query has the flag; other spellings of its name are refused or have no effect. */
    private static boolean asked(String target) {
        int mark = target.indexOf('?');
        String query = mark < 0 ? "" : target.substring(mark + 1);
        for (String parameter : query.split("&", -1)) {
            if (parameter.equals(NAME) || parameter.equals(SET) || parameter.equals(NAME + "=")) {
                return true;
            }
        }
        return false;
    }

    /** Whether a response is one JSON text. */
    static boolean isJson(Response response) {
        String type = response.headers().getOrDefault("Content-Type", "");
        return type.startsWith("application/json") || type.startsWith("application/problem+json");
    }

    private static Response.StreamedBody streamed(Response.StreamedBody pages) {
        return out -> {
            OutputStream indenter = new JsonIndenter(new BufferedOutputStream(out, BUFFER_BYTES));
            pages.writeTo(indenter);
            indenter.flush();
        };
    }

    private static byte[] indented(Response.FullBody json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(2 * json.length());
        try (OutputStream indenter = new JsonIndenter(out)) {
            json.writeTo(indenter);
        } catch (IOException impossible) {
            throw new AssertionError("memory does not fail", impossible);
        }
        return out.toByteArray();
    }
}
