package kvs.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import kvs.json.JsonWriter;

/**
 * An answer. Immutable.
 *
 * @param status HTTP status
 * @param headers names and values, without those that every answer has
 * @param body what follows them
 */
public record Response(int status, Map<String, String> headers, Body body) {

    /** Type of JSON answers. */
    public static final String JSON = "application/json; charset=utf-8";
    private static final ResponseHeaders JSON_TYPE = ResponseHeaders.of("Content-Type", JSON);

    /** What an answer carries. */
    public sealed interface Body { }

    /** A body that is whole in memory; must not be modified. */
    public record FullBody(byte[] bytes) implements Body { }

    /** A body that is made page by page while it is sent, by the thread that sends it. */
    public non-sealed interface StreamedBody extends Body {

        /** Writes everything to {@code out}; an {@code IOException} ends the connection. */
        void writeTo(OutputStream out) throws IOException;
    }

    private static final FullBody NOTHING = new FullBody(new byte[0]);

    /** An answer without a body. */
    public static Response empty(int status) {
        return new Response(status, Map.of(), NOTHING);
    }

    /** An answer in JSON. */
    public static Response json(int status, JsonWriter json) {
        return json(status, json.toBytes());
    }

    /** An answer in JSON that is there already. */
    public static Response json(int status, byte[] json) {
        return new Response(status, JSON_TYPE, new FullBody(json));
    }

    /** An answer in plain text. */
    public static Response text(int status, String text) {
        return new Response(status, Map.of("Content-Type", "text/plain; charset=utf-8"), new FullBody(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** An answer that is made while it is sent. */
    public static Response pages(int status, String type, StreamedBody pages) {
        return new Response(status, Map.of("Content-Type", type), pages);
    }

    /** The same for a reader who wants each piece as it is made: nginx, for one, gathers answers unless it is told not to. */
    public Response unbuffered() {
        return with("X-Accel-Buffering", "no");
    }

    /** The same with more headers. */
    public Response with(Map<String, String> others) {
        return others.isEmpty() ? this : new Response(status, ResponseHeaders.of(headers).with(others), body);
    }

    /** The same with more headers, names and values in turn. */
    public Response with(String... inTurn) {
        return new Response(status, ResponseHeaders.of(headers).with(inTurn), body);
    }
}
