package kvs.json;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Validates one JSON text in one pass. It recurses only as deep as the bound on nesting allows, and allocates
 * only for the names of open objects. Used once, by one thread.
 */
final class JsonValidator {

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x80 * ONES;
    private static final long QUOTES = '"' * ONES;
    private static final long BACKSLASHES = '\\' * ONES;
    private static final long BLANKS = ' ' * ONES;

    private final byte[] bytes;
    /** The same; the first byte of a word is its lowest. */
    private final ByteBuffer words;
    private final int from;
    private final int to;
    private final int depthMax;
    private int at;

    JsonValidator(byte[] bytes, int from, int to, int depthMax) {
        this.bytes = bytes;
        this.words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.from = from;
        this.to = to;
        this.depthMax = depthMax;
        this.at = from;
    }

    /**
     * Checks the whole text; the result is the range {@code [from, to]} of its value without the surrounding
     * white space.
     */
    int[] run() throws JsonException {
        space();
        int start = at;
        value(0);
        int end = at;
        space();
        if (at < to) {
            throw bad("unexpected text after the value");
        }
        return new int[] {start, end};
    }

    private void value(int depth) throws JsonException {
        if (at >= to) {
            throw bad("the text ends, expected a value");
        }
        switch (bytes[at]) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number();
        }
    }

    private void object(int depth) throws JsonException {
        deeper(depth);
        DuplicateNameDetector names = new DuplicateNameDetector(bytes);
        at++;
        space();
        if (skip('}')) {
            return;
        }
        do {
            space();
            int name = at;
            if (at >= to || bytes[at] != '"') {
                throw bad("a field must start with its name in double quotes");
            }
            string();
            if (!names.add(name)) {
                throw twice(name);
            }
            space();
            expect(':', "a colon");
            space();
            value(depth);
            space();
        } while (skip(','));
        expect('}', "a comma or the end of the object");
        int again = names.again();
        if (again != DuplicateNameDetector.NONE) {
            throw twice(again);
        }
    }

    private JsonException twice(int name) {
        at = name;
        return bad("the name \"" + JsonStringDecoder.shown(bytes, name) + "\" is repeated in one object");
    }

    private void array(int depth) throws JsonException {
        deeper(depth);
        at++;
        space();
        if (skip(']')) {
            return;
        }
        do {
            space();
            value(depth);
            space();
        } while (skip(','));
        expect(']', "a comma or the end of the array");
    }

    private void deeper(int depth) throws JsonException {
        if (depth > depthMax) {
            throw bad("nested deeper than " + depthMax);
        }
    }

    private void string() throws JsonException {
        int start = at++;
        plain();
        while (at < to) {
            int c = bytes[at];
            if (c == '"') {
                at++;
                return;
            } else if (c == '\\') {
                escape();
            } else if (c < 0) {
                utf8();
            } else if (c < 0x20) {
                throw bad("control character in a string: write it as \\u" + String.format("%04x", c));
            }
            plain();
        }
        at = start;
        throw bad("the closing quote of the string is missing");
    }

    /** Skips printable ASCII but quotes and backslashes, eight characters at a time. */
    private void plain() {
        int i = at;
        while (i + Long.BYTES <= to) {
            long special = special(words.getLong(i));
            if (special != 0) {
                at = i + Long.numberOfTrailingZeros(special) / Byte.SIZE;
                return;
            }
            i += Long.BYTES;
        }
        while (i < to && bytes[i] >= ' ' && bytes[i] != '"' && bytes[i] != '\\') {
            i++;
        }
        at = i;
    }

    /**
     * The bits 7 of those of eight bytes that are a quote, a backslash, a control character or beyond ASCII;
     * above the lowest of these, other bits may be set too, because a subtraction borrows.
     */
    private static long special(long word) {
        return ((word ^ QUOTES) - ONES | (word ^ BACKSLASHES) - ONES | word - BLANKS | word) & HIGH_BITS;
    }

    private void escape() throws JsonException {
        int start = at++;
        int c = at < to ? bytes[at++] : 0;
        if (c != 'u') {
            if ("\"\\/bfnrt".indexOf(c) < 0) {
                at = start;
                throw bad("unknown escape");
            }
            return;
        }
        int unit = hex(start);
        if (unit >= 0xdc00 && unit <= 0xdfff) {
            at = start;
            throw bad("unpaired surrogate");
        }
        if (unit >= 0xd800 && unit <= 0xdbff) {
            boolean pair = at + 1 < to && bytes[at] == '\\' && bytes[at + 1] == 'u';
            at += pair ? 2 : 0;
            int low = pair ? hex(start) : 0;
            if (low < 0xdc00 || low > 0xdfff) {
                at = start;
                throw bad("unpaired surrogate");
            }
        }
    }

    private int hex(int start) throws JsonException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < to ? Character.digit(bytes[at], 16) : -1;
            if (digit < 0) {
                at = start;
                throw bad("\\u needs four hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        return value;
    }

    /** One character of two to four bytes, in its shortest form, no surrogate (RFC 3629, section 4). */
    private void utf8() throws JsonException {
        int lead = bytes[at] & 0xff;
        int more = lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2
                : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
        boolean good = more > 0 && at + more < to;
        for (int i = 1; good && i <= more; i++) {
            int next = bytes[at + i] & 0xff;
            int low = i > 1 ? 0x80 : lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
            int high = i > 1 ? 0xbf : lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
            good = next >= low && next <= high;
        }
        if (!good) {
            throw bad("malformed UTF-8");
        }
        at += more + 1;
    }

    private void literal(String word) throws JsonException {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= to || bytes[at + i] != word.charAt(i)) {
                throw bad("expected a JSON value");
            }
        }
        at += word.length();
    }

    private void number() throws JsonException {
        int start = at;
        skip('-');
        if (at < to && bytes[at] == '0') {
            at++;
        } else if (digits() == 0) {
            at = start;
            throw bad("expected a JSON value");
        }
        if (skip('.') && digits() == 0) {
            throw bad("digits must follow the decimal point");
        }
        if (skip('e') || skip('E')) {
            if (!skip('+')) {
                skip('-');
            }
            if (digits() == 0) {
                throw bad("digits must follow the exponent");
            }
        }
        if (at < to && (bytes[at] == '.' || bytes[at] >= '0' && bytes[at] <= '9'
                || Character.isLetter(bytes[at]))) {
            throw bad("malformed number: leading zeros and letters are not allowed");
        }
    }

    private int digits() {
        int start = at;
        while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at - start;
    }

    private void space() {
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
            at++;
        }
    }

    private boolean skip(char c) {
        if (at < to && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c, String what) throws JsonException {
        if (!skip(c)) {
            throw bad(at >= to ? "the text ends, expected " + what : "expected " + what);
        }
    }

    private JsonException bad(String problem) {
        return JsonException.at(bytes, from, at, problem);
    }
}
