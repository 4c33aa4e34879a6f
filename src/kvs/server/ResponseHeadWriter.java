package kvs.server;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kvs.world.Clock;

/** Writes the heads of responses (RFC 9112, section 4) into one array that is reused. Belongs to one loop. */
final class ResponseHeadWriter {

    /** RFC 9110, section 5.6.7: unlike that of RFC 1123, the day has two digits. */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
            "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);
    /** Reason phrases of a status, which clients should ignore (RFC 9110, section 15). */
    private static final Map<Integer, String> PHRASES = Map.ofEntries(Map.entry(200, "OK"),
            Map.entry(201, "Created"), Map.entry(202, "Accepted"), Map.entry(204, "No Content"),
            Map.entry(206, "Partial Content"), Map.entry(304, "Not Modified"), Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"), Map.entry(403, "Forbidden"), Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"), Map.entry(408, "Request Timeout"),
            Map.entry(409, "Conflict"), Map.entry(410, "Gone"), Map.entry(411, "Length Required"),
            Map.entry(412, "Precondition Failed"), Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"), Map.entry(415, "Unsupported Media Type"),
            Map.entry(417, "Expectation Failed"), Map.entry(421, "Misdirected Request"),
            Map.entry(429, "Too Many Requests"), Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"), Map.entry(503, "Service Unavailable"),
            Map.entry(505, "HTTP Version Not Supported"), Map.entry(507, "Insufficient Storage"));
    /** Status lines by status, made when first needed. */
    private final byte[][] lines = new byte[600][];
    private final Clock clock;
    private final ResponseBuffer buffer = new ResponseBuffer();
    private long second = -1;
    private byte[] date = {};

    ResponseHeadWriter(Clock clock) {
        this.clock = clock;
    }

    /** The head of a response with these fields, some more, names and values in turn, and a date. */
    byte[] write(int status, Headers fields, String... more) {
        begin(status);
        for (Map.Entry<String, List<String>> field : fields.entrySet()) {
            for (String value : field.getValue()) {
                buffer.field(field.getKey(), value);
            }
        }
        for (int i = 0; i < more.length; i += 2) {
            buffer.field(more[i], more[i + 1]);
        }
        buffer.endLine();
        return buffer.copy();
    }

    /** Begins a response with its status and date; the caller adds the rest before the next one begins. */
    ResponseBuffer begin(int status) {
        buffer.clear();
        buffer.add(line(status));
        buffer.add(date());
        return buffer;
    }

    /** A complete response to a request that no handler receives; the connection ends with it. */
    byte[] refusal(int status, NioProvider.ErrorResponse error, boolean withBody) {
        Headers fields = new Headers();
        fields.set("Content-Length", Integer.toString(error.body().length));
        fields.set("Connection", "close");
        byte[] head = write(status, fields, error.fields());
        byte[] whole = Arrays.copyOf(head, head.length + (withBody ? error.body().length : 0));
        System.arraycopy(error.body(), 0, whole, head.length, whole.length - head.length);
        return whole;
    }

    private byte[] line(int status) {
        if (lines[status] == null) {
            lines[status] = ("HTTP/1.1 " + status + " " + PHRASES.getOrDefault(status, "") + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        return lines[status];
    }

    private byte[] date() {
        long now = TimeUnit.MILLISECONDS.toSeconds(clock.wallMs());
        if (now != second) {
            second = now;
            date = ("Date: " + DATE.format(Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC)) + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        return date;
    }
}
