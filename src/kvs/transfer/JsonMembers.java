package kvs.transfer;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * The members of an entry that is an object. A missing one counts as {@code null}.
 *
 * @param byName the members
 */
record JsonMembers(Map<String, JsonValue> byName) {

    private static final int MEMBERS_MAX = 100_000;
    private static final int NAME_MAX = 100_000;

    /**
     * Parses an entry.
     *
     * @throws Refusal when it is no object
     */
    static JsonMembers of(byte[] entry) {
        try {
            return of(JsonValue.parse(entry, JsonValue.DEPTH_MAX + 2));
        } catch (JsonException e) {
            throw refusal(e);
        }
    }

    /** The members of an object, in their order. */
    static JsonMembers of(JsonValue object) throws JsonException {
        Map<String, JsonValue> byName = new LinkedHashMap<>();
        for (JsonValue.Field field : object.fields(MEMBERS_MAX, NAME_MAX)) {
            byName.put(field.name(), field.value());
        }
        return new JsonMembers(byName);
    }

    /** The refusal of an entry that is not as expected. */
    static Refusal refusal(JsonException e) {
        return bad(e.problem() + " (column " + e.column() + " of the entry)");
    }

    static Refusal bad(String detail) {
        return new Refusal(Reason.BAD_JSON, detail);
    }

    /** A member that is there and not {@code null}. */
    Optional<JsonValue> find(String name) {
        return Optional.ofNullable(byName.get(name)).filter(value -> value.kind() != JsonValue.Kind.NULL);
    }

    /**
     * The text of a member; empty when it is not there.
     *
     * @throws Refusal when it is no text
     */
    Optional<String> text(String name) {
        Optional<JsonValue> value = find(name);
        try {
            return value.isEmpty() ? Optional.empty() : Optional.of(value.get().string(value.get().length()));
        } catch (JsonException e) {
            throw bad(name + ": " + e.problem());
        }
    }

    /** The text of a member that must be there. */
    String needed(String name) {
        return text(name).orElseThrow(() -> bad("the field '" + name + "' is missing"));
    }

    /** The bytes of a member in base64; none when it is not there. */
    byte[] base64(String name) {
        return ForeignValue.base64(text(name).orElse(""))
                .orElseThrow(() -> bad("the field '" + name + "' is not base64"));
    }

    /** Whether a member is there that is neither {@code null}, nor {@code false}, nor 0. */
    boolean set(String name) {
        Optional<JsonValue> value = find(name);
        if (value.isEmpty()) {
            return false;
        }
        String json = new String(value.get().raw(), StandardCharsets.UTF_8);
        return !json.equals("0") && !json.equals("false");
    }
}
