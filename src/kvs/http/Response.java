package kvs.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import kvs.deflate.TextChecksums;
import kvs.json.JsonWriter;
import kvs.streams.EventSink;

/**
 * A response. Immutable.
 *
 * @param status HTTP status
 * @param headers names and values, without those that every response has
 * @param body the content
 */
public record Response(int status, Map<String, String> headers, Body body) {

    /** Type of JSON responses. */
    public static final String JSON = "application/json; charset=utf-8";
    /** The header with what a page may load; every response has the strictest, unless it brings its own. */
    public static final String CONTENT_POLICY = "Content-Security-Policy";
    private static final ResponseHeaders JSON_TYPE = ResponseHeaders.of("Content-Type", JSON);
    private static final ResponseHeaders MARKDOWN_TYPE =
            ResponseHeaders.of("Content-Type", "text/markdown; charset=utf-8");

    /** The content of a response. */
    public sealed interface Body { }

    /** A body that is completely in memory, in pieces that follow each other; must not be modified. */
    public record FullBody(byte[]... pieces) implements Body {

        /** The number of bytes. */
        public int length() {
            int length = 0;
            for (byte[] piece : pieces) {
                length = Math.addExact(length, piece.length);
            }
            return length;
        }

        /** All bytes in one array. */
        public byte[] bytes() {
            if (pieces.length == 1) {
                return pieces[0];
            }
            byte[] bytes = new byte[length()];
            int at = 0;
            for (byte[] piece : pieces) {
                System.arraycopy(piece, 0, bytes, at, piece.length);
                at += piece.length;
            }
            return bytes;
        }

        /** Writes all bytes to {@code out}. */
        public void writeTo(OutputStream out) throws IOException {
            for (byte[] piece : pieces) {
                out.write(piece);
            }
        }
    }

    /** A body that is made page by page while it is sent, by the thread that sends it. */
    public non-sealed interface StreamedBody extends Body {

        /** Writes the complete body to {@code out}; an {@code IOException} ends the connection. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** A body of events, without an end (server-sent events; WHATWG HTML, 9.2). */
    public non-sealed interface EventBody extends Body {

        /** Sent by a stream that was silent for {@value #COMMENT_MS} ms: proxies then keep its connection. */
        byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);
        /** Maximum time without a byte. */
        long COMMENT_MS = 15_000;

        /** Begins the stream; called once, on the lane of {@code sink}. */
        void open(EventSink sink);

        /**
         * Releases what it holds: the stream has ended, its client has gone, or it was not begun. Called at
         * least once, by any thread.
         */
        void closed();
    }

    private static final FullBody NOTHING = new FullBody(new byte[0]);

    /** A response without a body. */
    public static Response empty(int status) {
        return new Response(status, Map.of(), NOTHING);
    }

    /** A file of another media type, with status 200. */
    public static Response file(String type, byte[] bytes) {
        return new Response(200, Map.of("Content-Type", type), new FullBody(bytes));
    }

    /** A response in JSON, with a line feed at its end,
            so that the prompt of a terminal stands on its own line. */
    public static Response json(int status, JsonWriter json) {
        return new Response(status, JSON_TYPE, new FullBody(json.toLinePieces()));
    }

    /** A response with the bytes of a stored document, and nothing else. */
    public static Response document(byte[] json) {
        return new Response(200, JSON_TYPE, new FullBody(json));
    }

    /** The same document in a coding; {@code deflated} is its Deflate form, as it is stored. */
    public static Response document(ContentCoding coding, byte[] deflated, TextChecksums sums) {
        return new Response(200, JSON_TYPE.with(ContentCoding.HEADER, coding.text()),
                new FullBody(coding.head(), deflated, coding.trailer(sums)));
    }

    /** A response in plain text. */
    public static Response text(int status, String text) {
        return new Response(status, Map.of("Content-Type", "text/plain; charset=utf-8"),
                new FullBody(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A response in Markdown, in UTF-8. */
    public static Response markdown(int status, byte[] text) {
        return new Response(status, MARKDOWN_TYPE, new FullBody(text));
    }

    /** A response that is made while it is sent. */
    public static Response pages(int status, String type, StreamedBody pages) {
        return new Response(status, Map.of("Content-Type", type), pages);
    }

    /** A stream of events. */
    public static Response events(EventBody events) {
        return new Response(200, Map.of("Content-Type", "text/event-stream"), events);
    }

    /**
     * A copy for a reader that wants each piece as it is made: nginx, for one, buffers responses unless a
     * header forbids it.
     */
    public Response unbuffered() {
        return with("X-Accel-Buffering", "no");
    }

    /** A copy with more headers. */
    public Response with(Map<String, String> others) {
        return others.isEmpty() ? this : new Response(status, ResponseHeaders.of(headers).with(others), body);
    }

    /** A copy with more headers, names and values in turn. */
    public Response with(String... inTurn) {
        return new Response(status, ResponseHeaders.of(headers).with(inTurn), body);
    }
}
