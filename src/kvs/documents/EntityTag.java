package kvs.documents;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * An entity tag (RFC 9110, 8.8.3): the identity of a response, by which a reader checks whether it is still
 * current.
 *
 * @param weak whether equal tags mean only that nothing that matters has changed
 * @param opaque the text between the quotes
 */
public record EntityTag(boolean weak, String opaque) {

    private static final String WEAK = "W/";
    /** The ends of the tags of coded responses. */
    private static final List<String> CODINGS = List.of("-gzip", "-deflate");
    /** Bytes of a digest that are shown: 128 bits, as many as an id has. */
    private static final int DIGEST_BYTES = 16;

    /** The tag of a version. */
    public static EntityTag of(UUID uuid) {
        return new EntityTag(false, uuid.toString());
    }

    /** The tag of a digest: its first 128 bits. */
    static EntityTag of(byte[] digest) {
        return new EntityTag(false, HexFormat.of().formatHex(digest, 0, DIGEST_BYTES));
    }

    /** The weak tag of a digest. */
    static EntityTag weak(byte[] digest) {
        return new EntityTag(true, of(digest).opaque);
    }

    /**
     * Parses a tag of a header: {@code "…"} or {@code W/"…"}.
     *
     * @throws Refusal {@code BAD_REQUEST}
     */
    static EntityTag parse(String text) {
        boolean weak = text.startsWith(WEAK);
        String quoted = weak ? text.substring(WEAK.length()) : text;
        return unquoted(quoted).map(opaque -> new EntityTag(weak, plain(opaque)))
                .orElseThrow(() -> new Refusal(Reason.BAD_REQUEST, "an entity tag must be in double quotes:"
                        + " \"b31f2a0c-…\", as in the ETag header"));
    }

    /** The strong tag with that text, as {@link #parse} would read it in quotes. */
    static EntityTag bare(String text) {
        return new EntityTag(false, plain(text));
    }

    /** The tag of the plain form of a response: its version is the same in every content coding. */
    private static String plain(String opaque) {
        for (String coding : CODINGS) {
            if (opaque.endsWith(coding)) {
                return opaque.substring(0, opaque.length() - coding.length());
            }
        }
        return opaque;
    }

    /** The tag as the text of a header. */
    public String text() {
        return (weak ? WEAK : "") + '"' + opaque + '"';
    }

    /** The strong comparison of RFC 9110: both strong and equal. */
    boolean sameStrong(EntityTag other) {
        return !weak && !other.weak && opaque.equals(other.opaque);
    }

    /** The weak comparison of RFC 9110: equal, weak or not. */
    boolean sameWeak(EntityTag other) {
        return opaque.equals(other.opaque);
    }

    private static Optional<String> unquoted(String text) {
        int end = text.length() - 1;
        if (end < 1 || text.charAt(0) != '"' || text.charAt(end) != '"') {
            return Optional.empty();
        }
        String opaque = text.substring(1, end);
        byte[] bytes = opaque.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            if (b >= 0 && b <= ' ' || b == '"' || b == 0x7f) {
                return Optional.empty();
            }
        }
        return Optional.of(opaque);
    }
}
