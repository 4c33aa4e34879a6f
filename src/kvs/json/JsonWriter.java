package kvs.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes one JSON text into a growing array, beside which long documents stay in their own:
 * <pre>
 * new JsonWriter().object().field("uuid", id).name("data").raw(document).end().toBytes()
 * </pre>
 * Commas are added automatically. A value without a name in an object, or an end too many, is a bug and an
 * {@code AssertionError}. One thread.
 */
public final class JsonWriter {

    private static final int DEPTH_MAX = 64;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** A document of this length is a piece of the text: copying it costs more than one piece more. */
    private static final int PIECE_BYTES = 4_096;

    /** The text before {@code bytes}, of which the first {@code size} follow. */
    private final List<byte[]> pieces = new ArrayList<>(0);
    private int piecesBytes;
    private byte[] bytes = new byte[256];
    private int size;
    private byte[] open = new byte[8];
    private int depth;
    private boolean first = true;
    private boolean named;

    /** Begins an object. */
    public JsonWriter object() {
        return begin('{', '}');
    }

    /** Begins an array. */
    public JsonWriter array() {
        return begin('[', ']');
    }

    /** Ends the innermost object or array. */
    public JsonWriter end() {
        if (depth == 0 || named) {
            throw new AssertionError(named ? "a name without a value" : "an end without a begin");
        }
        add(open[--depth]);
        first = false;
        return this;
    }

    /** Names the next value of an object. */
    public JsonWriter name(String name) {
        if (depth == 0 || open[depth - 1] != '}' || named) {
            throw new AssertionError("unexpected name: " + name);
        }
        comma();
        string(name);
        add((byte) ':');
        named = true;
        return this;
    }

    /** A member with a string. */
    public JsonWriter field(String name, String value) {
        return name(name).value(value);
    }

    /** A member with an integer. */
    public JsonWriter field(String name, long value) {
        return name(name).value(value);
    }

    /** A member with a boolean. */
    public JsonWriter field(String name, boolean value) {
        return name(name).value(value);
    }

    /** A string. */
    public JsonWriter value(String value) {
        before();
        string(value);
        return this;
    }

    /** An integer. */
    public JsonWriter value(long value) {
        before();
        ascii(Long.toString(value));
        return this;
    }

    /** A boolean. */
    public JsonWriter value(boolean value) {
        before();
        ascii(Boolean.toString(value));
        return this;
    }

    /** A JSON text as it is; the caller guarantees that it is valid, and does not modify it any more. */
    public JsonWriter raw(byte[] json) {
        before();
        if (json.length >= PIECE_BYTES) {
            piece(json);
        } else {
            copy(json);
        }
        return this;
    }

    private void piece(byte[] json) {
        int total = Math.addExact(size(), json.length);
        pieces.add(Arrays.copyOf(bytes, size));
        pieces.add(json);
        piecesBytes = total;
        size = 0;
    }

    private void copy(byte[] json) {
        room(json.length);
        System.arraycopy(json, 0, bytes, size, json.length);
        size += json.length;
    }

    /**
     * A JSON text with its line breaks replaced by spaces, which is the same value: strings cannot contain
     * line breaks.
     */
    public JsonWriter rawOneLine(byte[] json) {
        before();
        int start = size;
        copy(json);
        for (int i = start; i < size; i++) {
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                bytes[i] = ' ';
            }
        }
        return this;
    }

    /** The number of bytes so far. */
    public int size() {
        return Math.addExact(piecesBytes, size);
    }

    /** The text. */
    public byte[] toBytes() {
        complete();
        return joined(0);
    }

    /** The text with a line feed at its end. */
    public byte[] toLine() {
        complete();
        byte[] line = joined(1);
        line[line.length - 1] = '\n';
        return line;
    }

    /** The text with a line feed at its end, in pieces that are sent one after the other. */
    public byte[][] toLinePieces() {
        complete();
        byte[][] all = pieces.toArray(new byte[pieces.size() + 1][]);
        byte[] last = Arrays.copyOf(bytes, size + 1);
        last[size] = '\n';
        all[pieces.size()] = last;
        return all;
    }

    /** The text in one array, which is longer by some bytes. */
    private byte[] joined(int more) {
        if (pieces.isEmpty()) {
            return Arrays.copyOf(bytes, Math.addExact(size, more));
        }
        byte[] all = new byte[Math.addExact(size(), more)];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        System.arraycopy(bytes, 0, all, at, size);
        return all;
    }

    private void complete() {
        if (depth > 0 || first) {
            throw new AssertionError("the text is not complete");
        }
    }

    private JsonWriter begin(char opening, char closing) {
        before();
        if (depth == DEPTH_MAX) {
            throw new AssertionError("nested deeper than " + DEPTH_MAX);
        }
        add((byte) opening);
        open = depth == open.length ? Arrays.copyOf(open, 2 * depth) : open;
        open[depth++] = (byte) closing;
        first = true;
        return this;
    }

    /** Writes the separator before a value, and checks that a value is allowed here. */
    private void before() {
        if (depth == 0 ? !first : open[depth - 1] == '}' != named) {
            throw new AssertionError(depth == 0 ? "a second value" : "a value without a name");
        }
        if (!named) {
            comma();
        }
        named = false;
        first = false;
    }

    private void comma() {
        if (!first) {
            add((byte) ',');
        }
        first = false;
    }

    private void string(String text) {
        room(text.length() + 2);
        bytes[size++] = '"';
        int plain = plain(text);
        for (int i = plain; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                add((byte) '\\');
                add((byte) c);
            } else if (c >= 0x20 && c < 0x7f) {
                add((byte) c);
            } else if (c < 0xa0 || c == 0x2028 || c == 0x2029) {
                escape(c);
            } else {
                i += character(text, i);
            }
        }
        add((byte) '"');
    }

    /** Writes the characters up to the first one that needs an escape: mostly all of them. There is space. */
    private int plain(String text) {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
                break;
            }
            bytes[size++] = (byte) c;
            i++;
        }
        return i;
    }

    /** Writes a character beyond ASCII as UTF-8; the result is the number of its additional chars. */
    private int character(String text, int i) {
        int point = text.codePointAt(i);
        if (point >= 0xd800 && point <= 0xdfff) {
            escape((char) 0xfffd);
            return 0;
        }
        byte[] utf8 = Character.toString(point).getBytes(StandardCharsets.UTF_8);
        room(utf8.length);
        System.arraycopy(utf8, 0, bytes, size, utf8.length);
        size += utf8.length;
        return Character.charCount(point) - 1;
    }

    private void escape(char c) {
        ascii("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            add(HEX[c >> shift & 15]);
        }
    }

    private void ascii(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    private void add(byte b) {
        room(1);
        bytes[size++] = b;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
        }
    }
}
