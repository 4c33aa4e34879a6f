package kvs.routes;

import java.util.List;
import java.util.Optional;

/**
 * An answer of a route that is no refusal. Immutable.
 *
 * @param status HTTP status
 * @param about its meaning, for people
 * @param type the media type of its body; empty: it has none
 * @param schema the shape of its body, if that is JSON; of a stream of lines, that of one line
 * @param headers the names of its header fields, beside those of every answer
 */
public record ResponseDescription(int status, String about, String type, Optional<Schema> schema,
        List<String> headers) {

    /** The type of JSON. */
    public static final String JSON = "application/json";
    /** The type of lines, each of them JSON. */
    public static final String LINES = "application/x-ndjson";
    /** The type of bytes. */
    public static final String BYTES = "application/octet-stream";
    /** The type of a stream of events. */
    public static final String EVENTS = "text/event-stream";

    /** An answer in JSON. */
    static ResponseDescription json(int status, String about, Schema schema, String... headers) {
        return new ResponseDescription(status, about, JSON, Optional.of(schema), List.of(headers));
    }

    /** An answer of lines or events. */
    static ResponseDescription stream(String type, String about, Schema line) {
        return new ResponseDescription(200, about, type, Optional.of(line), List.of());
    }

    /** An answer that is not JSON. */
    static ResponseDescription other(String type, String about, String... headers) {
        return new ResponseDescription(200, about, type, Optional.empty(), List.of(headers));
    }

    /** An answer without a body. */
    static ResponseDescription empty(int status, String about, String... headers) {
        return new ResponseDescription(status, about, "", Optional.empty(), List.of(headers));
    }

    /** Whether it is JSON, which is indented on request. */
    public boolean isJson() {
        return type.equals(JSON);
    }
}
