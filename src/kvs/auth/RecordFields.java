package kvs.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.Version;
import kvs.world.FailureText;

/**
 * The members of a record that we stored ourselves, or of a token. A missing member or one of another kind
 * throws {@link MalformedException}.
 */
final class RecordFields {

    private static final int DEPTH_MAX = 4;

    private final JsonValue object;

    /** The report of a record that is not as expected. */
    static final class MalformedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        MalformedException(String what) {
            super(what, null, false, false);
        }
    }

    /** A parser of a member, which may be malformed. */
    @FunctionalInterface
    private interface FieldParser<T> {
        T of(JsonValue value) throws JsonException;
    }

    private RecordFields(JsonValue object) {
        this.object = object;
    }

    static RecordFields of(byte[] json) {
        try {
            JsonValue text = JsonValue.parse(json, DEPTH_MAX);
            if (text.kind() != JsonValue.Kind.OBJECT) {
                throw new MalformedException("not an object");
            }
            return new RecordFields(text);
        } catch (JsonException e) {
            throw new MalformedException(FailureText.text(e));
        }
    }

    /** The names of all members. */
    List<String> names() {
        try {
            return object.fields().stream().map(JsonValue.Field::name).toList();
        } catch (JsonException e) {
            throw new MalformedException(FailureText.text(e));
        }
    }

    String text(String name) {
        return read(name, JsonValue::string).orElseThrow(() -> new MalformedException("no " + name));
    }

    long number(String name) {
        return read(name, JsonValue::asLong).orElseThrow(() -> new MalformedException("no " + name));
    }

    /** False when it is missing. */
    boolean flag(String name) {
        return read(name, JsonValue::bool).orElse(false);
    }

    /** {@link Version#NOBODY} when it is missing. */
    UUID id(String name) {
        return read(name, JsonValue::string).map(RecordFields::uuid).orElse(Version.NOBODY);
    }

    List<String> texts(String name) {
        return read(name, value -> {
            List<String> texts = new ArrayList<>();
            for (JsonValue element : value.elements()) {
                texts.add(element.string());
            }
            return texts;
        }).orElseThrow(() -> new MalformedException("no " + name));
    }

    /** An id in its canonical form: lower case, no shortcuts. */
    static UUID uuid(String text) {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not an id: " + FailureText.text(e));
        }
        throw new MalformedException("not an id in canonical form");
    }

    private <T> Optional<T> read(String name, FieldParser<T> reading) {
        try {
            Optional<JsonValue> value = object.field(name);
            return value.isEmpty() ? Optional.empty() : Optional.of(reading.of(value.get()));
        } catch (JsonException e) {
            throw new MalformedException(name + ": " + FailureText.text(e));
        }
    }
}
