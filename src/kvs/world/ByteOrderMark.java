package kvs.world;

/**
 * The byte order mark that some editors write before a text (U+FEFF, in UTF-8 the bytes EF BB BF). It is not
 * part of the text.
 */
public final class ByteOrderMark {

    private static final char MARK = '\uFEFF';

    private ByteOrderMark() { }

    /** The text without the mark at its start. */
    public static String skipped(String text) {
        return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
    }
}
