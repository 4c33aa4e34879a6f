package kvs.events;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * An event as it is kept and served: one JSON object.
 *
 * <pre>
 *   {"id":1796083200123,"at":1796083200123,"level":"warn","message":"a member is suspect",…}
 *    └ id ────────────┘ └ at ────────────┘ └ fields: the line of the log behind its time ─┘
 * </pre>
 *
 * @param id the position of the event: its time in ms, or one more than that of the event before when that is
 *     greater
 * @param at time by the clock of this node, Unix ms
 * @param fields the other members, as JSON without braces
 */
record RecordedEvent(long id, long at, String fields) {

    /** Two numbers, their names, and the objects around them. */
    private static final int OVERHEAD_BYTES = 100;

    /** The JSON object. */
    String json() {
        return "{\"id\":" + id + ",\"at\":" + at + "," + fields + "}";
    }

    /** The bytes that it takes in memory, about. */
    int length() {
        return fields.length() + OVERHEAD_BYTES;
    }

    /**
     * The event of a line, without its line feed. Empty for anything but what {@link #json} makes: a part of
     * a line, zeros, other bytes.
     */
    static Optional<RecordedEvent> parse(byte[] line) {
        try {
            JsonValue json = JsonValue.parse(line);
            Optional<JsonValue> id = json.field("id");
            Optional<JsonValue> at = json.field("at");
            if (id.isEmpty() || at.isEmpty()) {
                return Optional.empty();
            }
            String text = new String(line, StandardCharsets.UTF_8);
            String start = new RecordedEvent(id.get().asLong(), at.get().asLong(), "").json();
            String head = start.substring(0, start.length() - 1);
            return !text.startsWith(head) || !text.endsWith("}") ? Optional.empty()
                    : Optional.of(new RecordedEvent(id.get().asLong(), at.get().asLong(),
                            text.substring(head.length(), text.length() - 1)));
        } catch (JsonException broken) {
            return Optional.empty();
        }
    }
}
