package kvs.model;

import java.nio.charset.StandardCharsets;

/**
 * The name of the version that reads a file of a format that came after this one. Each later format of a
 * backup, a bundle or a link of files must have, in the {@value #BYTES} bytes from byte {@value #AT} on, the
 * name of the first version that reads it in ASCII, filled up with zeros; in a file of text it follows the
 * number of the format in the first line, behind {@code needs}. So a program that cannot read a file can say
 * which one can. Never change that. Pure functions.
 *
 * <pre>
 *   4b56534241 4b2032 312e342e30 00…      KVSBAK 2 1.4.0
 *   kvs 2 needs 1.4.0
 * </pre>
 */
public final class NeededVersion {

    /** The place of the name. */
    public static final int AT = 8;
    /** The bytes of the name. */
    public static final int BYTES = 16;
    private static final String NEEDS = " needs ";

    private NeededVersion() { }

    /** What to install, by the first bytes of a file of a later format, at least {@value #AT}. */
    public static String of(byte[] start) {
        int end = AT;
        while (end < Math.min(start.length, AT + BYTES) && start[end] != 0) {
            end++;
        }
        return words(new String(start, AT, end - AT, StandardCharsets.ISO_8859_1));
    }

    /** What to install, by the first line of a file of a later format. */
    public static String of(String line) {
        int at = line.indexOf(NEEDS);
        return words(at < 0 ? "" : line.substring(at + NEEDS.length()));
    }

    private static String words(String name) {
        boolean plain = !name.isEmpty() && name.length() <= BYTES && name.charAt(0) >= '0'
                && name.charAt(0) <= '9' && name.chars().allMatch(c -> c == '.' || c == '-'
                        || c >= '0' && c <= '9' || c >= 'a' && c <= 'z');
        return plain ? "version " + name + " or a later one" : "that version or a later one";
    }
}
