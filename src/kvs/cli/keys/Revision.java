package kvs.cli.keys;

import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * A version of a key in its history.
 *
 * @param uuid its id
 * @param timeMs its time, Unix ms
 * @param author the id of the user who wrote it
 * @param deleted whether it is a deletion
 * @param conflict whether it lost a conflict that nobody has resolved
 * @param current whether it is the present one
 * @param data the document; empty for a deletion, and when it was not asked for
 */
record Revision(String uuid, long timeMs, String author, boolean deleted, boolean conflict, boolean current,
        Optional<byte[]> data) {

    /** Reads an item of the API. */
    static Revision of(JsonValue item) throws JsonException {
        Optional<JsonValue> time = item.field("timestamp");
        Optional<JsonValue> author = item.field("author");
        boolean named = author.isPresent() && author.get().kind() == JsonValue.Kind.STRING;
        return new Revision(ListedKey.member(item, "uuid").string(), time.isEmpty() ? 0 : time.get().asLong(),
                named ? author.get().string() : "", has(item, "deleted"), has(item, "conflict"),
                has(item, "current"), item.field("data").map(JsonValue::raw));
    }

    private static boolean has(JsonValue item, String name) throws JsonException {
        Optional<JsonValue> flag = item.field(name);
        return flag.isPresent() && flag.get().bool();
    }

    /** The word for its kind. */
    String kind() {
        return (deleted ? "DELETE" : "PUT") + (conflict ? " conflict" : "") + (current ? " current" : "");
    }
}
