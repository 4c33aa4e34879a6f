package kvs.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.json.JsonException;
import kvs.json.JsonText;
import kvs.model.Version;
import kvs.world.Failures;

/** The members of a record that we stored ourselves, or of a token. What is missing or of another kind throws {@link Malformed}. */
final class Fields {

    private static final int DEPTH_MAX = 4;

    private final JsonText object;

    /** Not what was expected. */
    static final class Malformed extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Malformed(String what) {
            super(what, null, false, false);
        }
    }

    /** Something that reads a member and may find it malformed. */
    @FunctionalInterface
    private interface Reading<T> {
        T of(JsonText value) throws JsonException;
    }

    private Fields(JsonText object) {
        this.object = object;
    }

    static Fields of(byte[] json) {
        try {
            JsonText text = JsonText.parse(json, DEPTH_MAX);
            if (text.kind() != JsonText.Kind.OBJECT) {
                throw new Malformed("no object");
            }
            return new Fields(text);
        } catch (JsonException e) {
            throw new Malformed(Failures.text(e));
        }
    }

    /** The names of all members. */
    List<String> names() {
        try {
            return object.members().stream().map(JsonText.Member::name).toList();
        } catch (JsonException e) {
            throw new Malformed(Failures.text(e));
        }
    }

    String text(String name) {
        return read(name, JsonText::string).orElseThrow(() -> new Malformed("no " + name));
    }

    long number(String name) {
        return read(name, JsonText::asLong).orElseThrow(() -> new Malformed("no " + name));
    }

    /** False when it is not there. */
    boolean flag(String name) {
        return read(name, JsonText::bool).orElse(false);
    }

    /** {@link Version#NOBODY} when it is not there. */
    UUID id(String name) {
        return read(name, JsonText::string).map(Fields::uuid).orElse(Version.NOBODY);
    }

    List<String> texts(String name) {
        return read(name, value -> {
            List<String> texts = new ArrayList<>();
            for (JsonText element : value.elements()) {
                texts.add(element.string());
            }
            return texts;
        }).orElseThrow(() -> new Malformed("no " + name));
    }

    /** An id in its one form: small letters, no shortcuts. */
    static UUID uuid(String text) {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw new Malformed("no id: " + Failures.text(e));
        }
        throw new Malformed("no id in its usual form");
    }

    private <T> Optional<T> read(String name, Reading<T> reading) {
        try {
            Optional<JsonText> value = object.member(name);
            return value.isEmpty() ? Optional.empty() : Optional.of(reading.of(value.get()));
        } catch (JsonException e) {
            throw new Malformed(name + ": " + Failures.text(e));
        }
    }
}
