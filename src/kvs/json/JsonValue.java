package kvs.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A JSON value as a slice of a validated text. Immutable as long as nobody changes the bytes. Reading it
 * never fails for bad JSON; it fails with a {@link JsonException} that names the place only if the value is
 * of another kind than requested.
 */
public final class JsonValue {

    /** Deepest nesting that is accepted. */
    public static final int DEPTH_MAX = 128;
    /** Maximal number of members of an object that is read: the known members are fewer. */
    public static final int MEMBERS_MAX = 100;
    /**
     * Maximal number of elements of an array that is read: as many as a batch has operations, and a page has
     * items.
     */
    public static final int ELEMENTS_MAX = 10_000;
    /**
     * Maximal number of characters of a string that is read: a position has at most 10,000, a token 8,192, a
     * key 4,096.
     */
    public static final int STRING_MAX = 16_384;
    private static final int NAME_MAX = 200;
    private static final int LONG_DIGITS_MAX = 19;
    /** {@code \\u0041}: maximal number of bytes of one character. */
    private static final int ESCAPE_BYTES = 6;

    /** The kind of a value. */
    public enum Kind { OBJECT, ARRAY, STRING, NUMBER, BOOLEAN, NULL }

    /** A member of an object. */
    public record Field(String name, JsonValue value) { }

    private final byte[] bytes;
    private final int text;
    private final int from;
    private final int to;
    /** The members of an object, once they were read: whoever asks for one asks for others. */
    private List<Field> members;

    private JsonValue(byte[] bytes, int text, int from, int to) {
        this.bytes = bytes;
        this.text = text;
        this.from = from;
        this.to = to;
    }

    /** The value of a whole text. */
    public static JsonValue parse(byte[] bytes) throws JsonException {
        return parse(bytes, DEPTH_MAX);
    }

    /** The value of a whole text with a nesting of at most {@code depthMax}. */
    public static JsonValue parse(byte[] bytes, int depthMax) throws JsonException {
        int[] slice = new JsonValidator(bytes, 0, bytes.length, depthMax).run();
        return new JsonValue(bytes, 0, slice[0], slice[1]);
    }

    /** The kind of this value. */
    public Kind kind() {
        return switch (bytes[from]) {
            case '{' -> Kind.OBJECT;
            case '[' -> Kind.ARRAY;
            case '"' -> Kind.STRING;
            case 't', 'f' -> Kind.BOOLEAN;
            case 'n' -> Kind.NULL;
            default -> Kind.NUMBER;
        };
    }

    /** The members of an object in their order, at most {@value #MEMBERS_MAX}; names are distinct. */
    public List<Field> fields() throws JsonException {
        List<Field> known = members;
        if (known == null) {
            known = List.copyOf(fields(MEMBERS_MAX, NAME_MAX));
            members = known;
        }
        return known;
    }

    /** The members of an object, at most {@code most}, with names of at most {@code nameMax} characters. */
    public List<Field> fields(int most, int nameMax) throws JsonException {
        require(Kind.OBJECT, "an object");
        List<Field> members = new ArrayList<>();
        int at = space(from + 1);
        while (bytes[at] != '}') {
            if (members.size() == most) {
                throw wrong("an object may have at most " + most + " fields");
            }
            int value = value(at);
            int end = end(value);
            members.add(new Field(name(at, nameMax), new JsonValue(bytes, text, value, end)));
            at = next(end);
        }
        return members;
    }

    /** Whether an object has exactly these members; stops at the first other member. */
    public boolean exactly(List<String> names) throws JsonException {
        require(Kind.OBJECT, "an object");
        int count = 0;
        int at = space(from + 1);
        while (bytes[at] != '}') {
            if (decoded(at, NAME_MAX).filter(names::contains).isEmpty()) {
                return false;
            }
            count++;
            at = next(end(value(at)));
        }
        return count == names.size();
    }

    /** The member with that name. */
    public Optional<JsonValue> field(String name) throws JsonException {
        return fields().stream().filter(m -> m.name.equals(name)).map(Field::value).findFirst();
    }

    /** The elements of an array, at most {@value #ELEMENTS_MAX}. */
    public List<JsonValue> elements() throws JsonException {
        return elements(ELEMENTS_MAX);
    }

    /** The elements of an array, at most {@code most}: one more is refused before it is read. */
    public List<JsonValue> elements(int most) throws JsonException {
        require(Kind.ARRAY, "an array");
        List<JsonValue> elements = new ArrayList<>();
        int at = space(from + 1);
        while (bytes[at] != ']') {
            if (elements.size() == most) {
                throw wrong("an array may have at most " + most + " elements");
            }
            int end = end(at);
            elements.add(new JsonValue(bytes, text, at, end));
            at = next(end);
        }
        return elements;
    }

    /** A string of at most {@value #STRING_MAX} characters, decoded. */
    public String string() throws JsonException {
        return string(STRING_MAX);
    }

    /** A string of at most {@code most} characters, decoded. */
    public String string(int most) throws JsonException {
        require(Kind.STRING, "a string");
        return decoded(from, most)
                .orElseThrow(() -> wrong("a string may have at most " + most + " characters"));
    }

    /**
     * An integer of 64 bits, written as digits only: {@code 1e3} and {@code 1.0} are refused, so nothing is
     * ever rounded.
     */
    public long asLong() throws JsonException {
        require(Kind.NUMBER, "a number");
        int digits = to - from - (bytes[from] == '-' ? 1 : 0);
        if (digits > LONG_DIGITS_MAX) {
            throw wrong("expected an integer in plain digits");
        }
        String number = new String(bytes, from, to - from, StandardCharsets.US_ASCII);
        if (number.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E')) {
            throw wrong("expected an integer in plain digits");
        }
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException e) {
            throw wrong("the integer does not fit into 64 bits");
        }
    }

    /** A boolean. */
    public boolean bool() throws JsonException {
        require(Kind.BOOLEAN, "true or false");
        return bytes[from] == 't';
    }

    /** The original bytes. */
    public byte[] raw() {
        return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
    }

    /** The number of bytes. */
    public int length() {
        return to - from;
    }

    /** An exception with {@code problem} and the place of this value. */
    public JsonException wrong(String problem) {
        return JsonException.at(bytes, text, from, problem);
    }

    /** The name of a member, decoded. */
    private String name(int at, int most) throws JsonException {
        return decoded(at, most)
                .orElseThrow(() -> wrong("the name of a field may have at most " + most + " characters"));
    }

    /** The start of the value of the member whose name is at {@code at}. */
    private int value(int at) {
        return space(space(JsonStringDecoder.end(bytes, at)) + 1);
    }

    /** A string of at most {@code most} characters; a longer one is not decoded. */
    private Optional<String> decoded(int at, int most) {
        return JsonStringDecoder.end(bytes, at) - at - 2 > (long) ESCAPE_BYTES * most ? Optional.empty()
                : Optional.of(JsonStringDecoder.decode(bytes, at)).filter(string -> string.length() <= most);
    }

    private void require(Kind kind, String what) throws JsonException {
        if (kind() != kind) {
            throw wrong("expected " + what);
        }
    }

    /** The end of the value that starts at {@code at}; never deeper than the validated nesting. */
    private int end(int at) {
        int depth = 0;
        int i = at;
        do {
            switch (bytes[i]) {
                case '"' -> i = JsonStringDecoder.end(bytes, i);
                case '{', '[' -> {
                    depth++;
                    i++;
                }
                case '}', ']' -> {
                    depth--;
                    i++;
                }
                case ',', ':', ' ', '\n', '\r', '\t' -> i++;
                default -> i = word(i);
            }
        } while (depth > 0);
        return i;
    }

    private int word(int at) {
        int i = at;
        while (i < bytes.length && ",:]} \n\r\t".indexOf(bytes[i]) < 0) {
            i++;
        }
        return i;
    }

    private int space(int at) {
        int i = at;
        while (bytes[i] == ' ' || bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == '\t') {
            i++;
        }
        return i;
    }

    /** The start of the next value: after a comma, or at the closing bracket. */
    private int next(int end) {
        int at = space(end);
        return bytes[at] == ',' ? space(at + 1) : at;
    }
}
