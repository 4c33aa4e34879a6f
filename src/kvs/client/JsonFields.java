package kvs.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** The fields of JSON objects that nodes return, some of which may be missing. Pure functions. */
public final class JsonFields {

    private JsonFields() { }

    /** A text; empty when there is none. */
    public static String text(JsonValue object, String name) throws JsonException {
        Optional<JsonValue> field = object.field(name);
        return field.isEmpty() || field.get().kind() == JsonValue.Kind.NULL ? "" : field.get().string();
    }

    /** A text that must be there. */
    public static String required(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow(() -> object.wrong("no field " + name)).string();
    }

    /** A number; empty when there is none. */
    public static OptionalLong number(JsonValue object, String name) throws JsonException {
        Optional<JsonValue> field = object.field(name);
        return field.isEmpty() ? OptionalLong.empty() : OptionalLong.of(field.get().asLong());
    }

    /** A truth value; false when there is none. */
    public static boolean flag(JsonValue object, String name) throws JsonException {
        Optional<JsonValue> field = object.field(name);
        return field.isPresent() && field.get().bool();
    }

    /** The elements of a list; none when there is no list. */
    public static List<JsonValue> list(JsonValue object, String name) throws JsonException {
        Optional<JsonValue> field = object.field(name);
        return field.isEmpty() ? List.of() : field.get().elements();
    }
}
