package kvs.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of a document: segments of UTF-8 separated by single slashes, 1 to {@value #BYTES_MAX} bytes,
 * compared as unsigned bytes with no Unicode normalisation. Reserved keys of the node (users, tokens, …)
 * start with the byte 0, which no path can contain, so all user keys are one range.
 */
public final class Key implements Comparable<Key> {

    /** The longest key, bytes: a hundred names of forty letters; it bounds the nodes of the tree. */
    public static final int BYTES_MAX = 4_096;

    private static final String METADATA = "metadata";

    private final byte[] bytes;

    private Key(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The key of a decoded path without its leading slash.
     *
     * @throws Refusal {@code BAD_KEY} with the fault of the path
     */
    public static Key of(String path) {
        if (path.isEmpty()) {
            throw bad("a key must have at least one segment");
        }
        check(path);
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > BYTES_MAX) {
            throw bad("a key has at most " + BYTES_MAX + " bytes of UTF-8, this one has " + bytes.length);
        }
        return new Key(bytes);
    }

    /**
     * The first bytes of all keys below a path: {@code "a/b"} gives {@code a/b/}, the empty path gives
     * nothing.
     *
     * @throws Refusal {@code BAD_KEY} as {@link #of}
     */
    public static byte[] prefix(String path) {
        return path.isEmpty() ? new byte[0] : Key.of(path + "/x").text(0, 1).getBytes(StandardCharsets.UTF_8);
    }

    /** A key from its bytes in the log or the tree; the array is kept. */
    public static Key ofBytes(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("key of " + bytes.length + " bytes");
        }
        return new Key(bytes);
    }

    /**
     * Refuses a key that cannot be stored: {@code _…} is reserved for the API, {@code …/metadata} names its
     * parent's metadata.
     */
    public Key storable() {
        if (reserved()) {
            throw bad("names that start with '_' are reserved");
        }
        String path = text();
        if (path.equals(METADATA) || path.endsWith("/" + METADATA)) {
            throw bad("a last segment 'metadata' refers to the metadata of its parent and cannot be a key");
        }
        return this;
    }

    /** Whether the first segment starts with {@code _}: such keys never exist. */
    public boolean reserved() {
        return bytes[0] == '_';
    }

    /** The bytes of the key; must not be modified. */
    public byte[] bytes() {
        return bytes;
    }

    /** The path. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Key other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return text();
    }

    private String text(int from, int cutAtEnd) {
        return new String(bytes, from, bytes.length - cutAtEnd - from, StandardCharsets.UTF_8);
    }

    private static void check(String path) {
        int start = 0;
        for (int i = 0; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                segment(path, start, i);
                start = i + 1;
            } else {
                i += character(path, i);
            }
        }
    }

    private static void segment(String path, int from, int to) {
        if (from == to) {
            throw bad("a segment is empty: use single slashes, and none at the start or the end");
        }
        if (path.charAt(from) == '.' && (to - from == 1 || to - from == 2 && path.charAt(from + 1) == '.')) {
            throw bad("the segments '.' and '..' are not allowed");
        }
    }

    /** Checks the character at {@code i}; the number of further chars that it has. */
    private static int character(String path, int i) {
        char c = path.charAt(i);
        if (c < 0x20 || c >= 0x7f && c <= 0x9f || c == 0x2028 || c == 0x2029) {
            throw bad(String.format("control character U+%04X", (int) c));
        }
        if (!Character.isSurrogate(c)) {
            return 0;
        }
        if (Character.isHighSurrogate(c) && i + 1 < path.length()
                && Character.isLowSurrogate(path.charAt(i + 1))) {
            return 1;
        }
        throw bad("unpaired surrogate");
    }

    private static Refusal bad(String detail) {
        return new Refusal(Reason.BAD_KEY, detail);
    }
}
