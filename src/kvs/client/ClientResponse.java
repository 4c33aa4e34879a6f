package kvs.client;

import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.world.Clock;
import kvs.world.FailureText;

/**
 * A response.
 *
 * @param status its status
 * @param headers the headers, names in small letters
 * @param body the whole body
 * @param endpoint the endpoint that it came from
 */
public record ClientResponse(int status, Map<String, String> headers, byte[] body, Endpoint endpoint) {

    private static final int REDIRECT = 300;
    /** Longer than {@code Sun, 29 Nov 2026 21:36:51 GMT}. */
    private static final int DATE_MAX = 40;
    private static final long SECOND_MS = 1_000;

    /** Takes a value out of a body of JSON. */
    @FunctionalInterface
    public interface BodyParser<T> {

        /** The value in that body. */
        T parse(JsonValue body) throws JsonException;
    }

    /** The value that a parser finds in the body. */
    public <T> T read(BodyParser<T> parser) throws CommandException {
        try {
            return parser.parse(json());
        } catch (JsonException e) {
            throw foreign(e);
        }
    }

    /** Whether the request was served. */
    public boolean isGood() {
        return status < REDIRECT;
    }

    /** Whether the same node may serve the request soon, without an operator. */
    public boolean isWorthRetrying() {
        return Retry.isWorthwhile(this);
    }

    /** A header; empty when it is missing. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The name of the node. */
    public String node() {
        return headers.getOrDefault("kvs-node", endpoint.authority());
    }

    /**
     * The clock of the node at its response, ms: the local {@code clock} where it lies within the second of
     * the {@code Date} header, so a node on this machine has the local clock.
     */
    public long wallMs(Clock clock) {
        try {
            String date = header("date").filter(text -> text.length() <= DATE_MAX).orElse("");
            long second = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()
                    .toEpochMilli();
            return Math.max(second, Math.min(second + SECOND_MS - 1, clock.wallMs()));
        } catch (DateTimeParseException unknown) {
            return clock.wallMs();
        }
    }

    /** The body as JSON. */
    public JsonValue json() throws JsonException {
        return JsonValue.parse(body);
    }

    /** A text member of a body that is an object of JSON; empty when there is none. */
    public String member(String name) {
        try {
            Optional<JsonValue> member = body.length == 0 ? Optional.empty() : json().field(name);
            return member.isEmpty() ? "" : member.get().string();
        } catch (JsonException foreign) {
            return "";
        }
    }

    /** A number that a body of JSON must have. */
    public long number(String name) throws JsonException {
        JsonValue whole = json();
        return whole.field(name).orElseThrow(() -> whole.wrong("no field " + name)).asLong();
    }

    /** The failure of a command whose response is not one of a KVS node. */
    public CommandException foreign(JsonException failure) {
        return new CommandException(ExitStatus.FAILED, "the server at " + endpoint + " is not a KVS node: "
                + FailureText.text(failure), failure);
    }

    /** The entity tag without its quotes. */
    public Optional<String> tag() {
        return header("etag").map(tag -> tag.replace("W/", "").replace("\"", "")
                .replace("-gzip", ""));
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
