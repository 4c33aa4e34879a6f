package kvs.cli.keys;

import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * A change of a key, as a node reports it.
 *
 * @param kind the kind
 * @param path the key
 * @param uuid the id of the version; empty when only rights have changed
 * @param timeMs the time of the version, Unix ms
 * @param author the id of the user who wrote it
 * @param node the id of the node that wrote it; empty when it is unknown
 * @param data the document; empty for none
 * @param item the whole item of the API
 */
record Change(Kind kind, String path, String uuid, long timeMs, String author, String node,
        Optional<byte[]> data, byte[] item) {

    /** The kind of a change. */
    enum Kind { PUT, DELETE, EXPIRE, ACCESS }

    /** Reads an item of the API. */
    static Change of(byte[] item) throws JsonException {
        JsonValue json = JsonValue.parse(item);
        Kind kind = has(json, "access") ? Kind.ACCESS : has(json, "expired") ? Kind.EXPIRE
                : has(json, "deleted") ? Kind.DELETE : Kind.PUT;
        Optional<JsonValue> time = json.field("timestamp");
        return new Change(kind, ListedKey.member(json, "path").string(), text(json, "uuid"),
                time.isEmpty() ? 0 : time.get().asLong(), text(json, "author"),
                text(json, "node"), json.field("data").map(JsonValue::raw), item);
    }

    private static boolean has(JsonValue json, String name) throws JsonException {
        Optional<JsonValue> flag = json.field(name);
        return flag.isPresent() && flag.get().bool();
    }

    private static String text(JsonValue json, String name) throws JsonException {
        Optional<JsonValue> text = json.field(name);
        return text.isEmpty() || text.get().kind() != JsonValue.Kind.STRING ? "" : text.get().string();
    }
}
