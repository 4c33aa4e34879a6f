package kvs.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.FailureText;

/**
 * The members of a JSON object in a body. A missing or unknown member, or one of the wrong kind, is refused
 * with its name, line and column, so no typing error passes silently.
 */
public final class JsonBody {

    private final JsonValue object;
    private final String where;
    private final Map<String, JsonValue> values = new LinkedHashMap<>();

    private JsonBody(JsonValue object, String where) {
        this.object = object;
        this.where = where;
    }

    /** The value of a body. */
    public static JsonValue parse(byte[] body) {
        return parse(body, JsonValue.DEPTH_MAX);
    }

    /** The value of a body with a nesting depth of at most {@code depthMax}. */
    public static JsonValue parse(byte[] body, int depthMax) {
        if (body.length == 0) {
            throw new Refusal(Reason.BAD_JSON, "the body is empty: send a JSON document");
        }
        try {
            return JsonValue.parse(body, depthMax);
        } catch (JsonException e) {
            throw at(new Refusal(Reason.BAD_JSON, FailureText.text(e)), e);
        }
    }

    /**
     * The members of {@code object}.
     *
     * @param where prefix of their names in messages, such as {@code ops[3].}
     * @param known the accepted names
     */
    public static JsonBody of(JsonValue object, String where, List<String> known) {
        JsonBody members = new JsonBody(object, where);
        try {
            for (JsonValue.Field member : object.fields()) {
                if (!known.contains(member.name())) {
                    throw refusal(where + member.name(),
                            member.value().wrong("unknown field; accepted: " + String.join(", ", known)));
                }
                members.values.put(member.name(), member.value());
            }
        } catch (JsonException e) {
            throw refusal(where.isEmpty() ? "the body" : where.substring(0, where.length() - 1), e);
        }
        return members;
    }

    /** Whether a value is an object with these members and no other. */
    public static boolean exactly(JsonValue value, List<String> names) {
        try {
            return value.kind() == JsonValue.Kind.OBJECT && value.exactly(names);
        } catch (JsonException e) {
            throw new AssertionError("an object has fields", e);
        }
    }

    /** Whether a body is empty, or an object without members. */
    public static boolean nothing(byte[] body) {
        try {
            return body.length == 0 || exactly(JsonValue.parse(body, 1), List.of());
        } catch (JsonException e) {
            return false;
        }
    }

    /** Whether the body has a field of that name. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** A required member of any kind. */
    public JsonValue any(String name) {
        return Optional.ofNullable(values.get(name))
                .orElseThrow(() -> refusal(where + name, object.wrong("this field is missing")));
    }

    /** A required string. */
    public String string(String name) {
        return string(where + name, any(name));
    }

    /** An optional string. */
    public Optional<String> text(String name) {
        return has(name) ? Optional.of(string(name)) : Optional.empty();
    }

    /** An optional boolean, false when absent. */
    public boolean flag(String name) {
        try {
            return has(name) && any(name).bool();
        } catch (JsonException e) {
            throw refusal(where + name, e);
        }
    }

    /** A required boolean. */
    public boolean decision(String name) {
        any(name);
        return flag(name);
    }

    /** Refuses an object without any of these members. */
    public void some(List<String> names) {
        if (names.stream().noneMatch(this::has)) {
            throw wrong(names.get(0),
                    "the body needs at least one of " + String.join(", ", names));
        }
    }

    /** The elements of a required array. */
    public List<JsonValue> elements(String name) {
        try {
            return any(name).elements();
        } catch (JsonException e) {
            throw refusal(where + name, e);
        }
    }

    /** The strings of a required array. */
    public List<String> strings(String name) {
        List<String> strings = new ArrayList<>();
        for (JsonValue element : elements(name)) {
            strings.add(string(where + name + "[" + strings.size() + "]", element));
        }
        return strings;
    }

    /** A refusal that names a member, or the object when the member is absent. */
    public Refusal wrong(String name, String problem) {
        return refusal(where + name, values.getOrDefault(name, object).wrong(problem));
    }

    private static String string(String name, JsonValue value) {
        try {
            return value.string();
        } catch (JsonException e) {
            throw refusal(name, e);
        }
    }

    private static Refusal refusal(String name, JsonException e) {
        return at(new Refusal(Reason.BAD_REQUEST, name + ": " + FailureText.text(e)).with("member", name), e);
    }

    private static Refusal at(Refusal refusal, JsonException e) {
        return refusal.with("line", e.line()).with("column", e.column());
    }
}
