package kvs.cli.programs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import kvs.cli.keys.FieldPath;
import kvs.cli.keys.KeyPath;
import kvs.command.MisuseException;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * A text with places for documents:
 * <pre>
 *   {{ key "app/db" }}           the document; a text without its quotes
 *   {{ key "app/db" "host" }}    a field of it, by the paths of 'kvs get --field'
 *   {{ "{{" }}                   the text in the quotes, as it is
 * </pre>
 * Immutable.
 *
 * @param parts the parts in their order
 */
record Template(List<Part> parts) {

    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String KEY = "key";

    /**
     * A part: a text, or a place.
     *
     * @param text the text; empty for a place
     * @param key the key of a place; empty for a text
     * @param field the field of the document; empty for the document
     */
    record Part(String text, String key, Optional<FieldPath> field) { }

    /** Parses the text of the file {@code source}. */
    static Template parse(String source, String text) throws MisuseException {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
            parts.add(new Part(text.substring(at, open), "", Optional.empty()));
            int end = end(text, open + OPEN.length());
            if (end < 0) {
                throw wrong(source, text, open, "}} is missing");
            }
            parts.add(place(source, text, open, end));
            at = end + CLOSE.length();
        }
        parts.add(new Part(text.substring(at), "", Optional.empty()));
        return new Template(parts);
    }

    /** The place of the braces that close, outside of quotes; negative when there are none. */
    private static int end(String text, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            quoted ^= text.charAt(i) == '"';
            if (!quoted && text.startsWith(CLOSE, i)) {
                return i;
            }
        }
        return -1;
    }

    private static Part place(String source, String text, int open, int end) throws MisuseException {
        String inner = text.substring(open + OPEN.length(), end).strip();
        boolean isKey = inner.startsWith(KEY);
        List<String> quoted = new ArrayList<>();
        String rest = isKey ? inner.substring(KEY.length()).strip() : inner;
        while (rest.startsWith("\"") && rest.indexOf('"', 1) > 0) {
            int close = rest.indexOf('"', 1);
            quoted.add(rest.substring(1, close));
            rest = rest.substring(close + 1).strip();
        }
        if (!rest.isEmpty() || quoted.isEmpty() || quoted.size() > (isKey ? 2 : 1)) {
            throw wrong(source, text, open, "write {{ key \"app/db\" }}, {{ key \"app/db\" \"host\" }} or"
                    + " {{ \"text\" }}");
        }
        if (!isKey) {
            return new Part(quoted.get(0), "", Optional.empty());
        }
        return new Part("", KeyPath.key(quoted.get(0)).text(), quoted.size() == 1 ? Optional.empty()
                : Optional.of(FieldPath.of(quoted.get(1))));
    }

    private static MisuseException wrong(String source, String text, int at, String why) {
        long line = text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
        return new MisuseException(source + ", line " + line + ": " + why);
    }

    /** The keys that it needs. */
    Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        parts.stream().map(Part::key).filter(key -> !key.isEmpty()).forEach(keys::add);
        return keys;
    }

    /**
     * The text with the documents in their places; empty when one is missing, which is added to
     * {@code missing}.
     */
    Optional<String> filled(Map<String, JsonValue> documents, Set<String> missing) throws JsonException {
        StringBuilder text = new StringBuilder();
        boolean whole = true;
        for (Part part : parts) {
            text.append(part.text);
            if (!part.key.isEmpty()) {
                Optional<JsonValue> value = Optional.ofNullable(documents.get(part.key));
                if (value.isPresent() && part.field.isPresent()) {
                    value = part.field.get().find(value.get());
                }
                if (value.isEmpty()) {
                    whole = false;
                    missing.add(part.field.map(field -> "the field " + field.text() + " of ").orElse("")
                            + part.key);
                } else {
                    text.append(shown(value.get()));
                }
            }
        }
        return whole ? Optional.of(text.toString()) : Optional.empty();
    }

    /** A text without its quotes, other JSON as it is. */
    static String shown(JsonValue value) throws JsonException {
        return value.kind() == JsonValue.Kind.STRING ? value.string(Integer.MAX_VALUE)
                : new String(value.raw(), StandardCharsets.UTF_8);
    }
}
