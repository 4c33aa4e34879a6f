package kvs.cli.keys;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.MisuseException;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.AsciiParsers;
import kvs.world.FailureText;

/**
 * The path to a part of a document, as in {@code .address.lines[0]}. The first point may be missing.
 * Immutable.
 *
 * @param text the path as it was typed
 * @param steps names of members, and numbers of elements in brackets
 */
public record FieldPath(String text, List<String> steps) {

    private static final int INDEX_DIGITS = 5;

    /** Parses a path. */
    public static FieldPath of(String text) throws MisuseException {
        List<String> steps = new ArrayList<>();
        int at = text.startsWith(".") ? 1 : 0;
        int begin = at;
        while (at <= text.length()) {
            char c = at == text.length() ? '.' : text.charAt(at);
            if (c == '.' || c == '[') {
                if (at > begin) {
                    steps.add(text.substring(begin, at));
                }
                begin = c == '.' ? at + 1 : at;
                int end = c == '[' ? text.indexOf(']', at) : at;
                if (end < 0) {
                    throw new MisuseException("--field: ']' is missing in '" + text + "'");
                }
                if (c == '[') {
                    steps.add(text.substring(at, end));
                    begin = end + 1;
                }
                at = end;
            }
            at++;
        }
        return new FieldPath(text, steps);
    }

    /** The part of a document, with a line break; a text without its quotes. */
    byte[] in(byte[] document, KeyPath key) throws CommandException {
        try {
            Optional<JsonValue> value = find(JsonValue.parse(document));
            if (value.isEmpty()) {
                throw new CommandException(ExitStatus.ABSENT, key + " has no field " + text);
            }
            String shown = value.get().kind() == JsonValue.Kind.STRING ? value.get().string()
                    : new String(value.get().raw(), StandardCharsets.UTF_8);
            return (shown + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonException e) {
            throw new CommandException(ExitStatus.FAILED, "the field " + text + " of " + key
                    + " cannot be read: " + FailureText.text(e), e);
        }
    }

    /** The part of a value; empty when there is none. */
    public Optional<JsonValue> find(JsonValue value) throws JsonException {
        Optional<JsonValue> at = Optional.of(value);
        for (String step : steps) {
            at = at.isEmpty() ? at : step.startsWith("[") ? element(at.get(), step.substring(1))
                    : at.get().kind() == JsonValue.Kind.OBJECT ? at.get().field(step) : Optional.empty();
        }
        return at;
    }

    private static Optional<JsonValue> element(JsonValue value, String index) throws JsonException {
        OptionalLong number = AsciiParsers.number(index, INDEX_DIGITS);
        if (value.kind() != JsonValue.Kind.ARRAY || number.isEmpty()) {
            return Optional.empty();
        }
        List<JsonValue> elements = value.elements(Integer.MAX_VALUE);
        return number.getAsLong() < elements.size() ? Optional.of(elements.get((int) number.getAsLong()))
                : Optional.empty();
    }
}
