package kvs.model;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Parsers for small grammars of ASCII text from outside: digits, hexadecimal digits, names, UUIDs. Each reads
 * a character once, and no more characters than its bound allows; regular expressions, which can backtrack,
 * are for our own text only. Pure functions.
 */
public final class AsciiParsers {

    private static final int UUID_LENGTH = 36;
    /** The number of digits that always fits into a long. */
    private static final int DIGITS_MAX = 18;
    /** Long enough to recognise the text. */
    private static final int SHOWN_MAX = 40;

    private AsciiParsers() { }

    /** The beginning of a foreign text, for a message, however long the text is. */
    public static String shown(String text) {
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
    }

    /**
     * The number in a text of 1 to {@code digitsMax} digits, at most {@value #DIGITS_MAX}; empty for any
     * other text.
     */
    public static OptionalLong number(String text, int digitsMax) {
        boolean good = !text.isEmpty() && text.length() <= Math.min(digitsMax, DIGITS_MAX);
        long number = 0;
        for (int i = 0; good && i < text.length(); i++) {
            good = isDigit(text.charAt(i));
            number = 10 * number + text.charAt(i) - '0';
        }
        return good ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** A number from 0 on, with zeros before it up to {@code digits}. Far cheaper than a format. */
    public static String padded(long number, int digits) {
        String text = Long.toString(number);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    /** Whether a text is {@code length} hexadecimal digits in small letters. */
    public static boolean hex(String text, int length) {
        boolean good = text.length() == length;
        for (int i = 0; good && i < length; i++) {
            good = isDigit(text.charAt(i)) || text.charAt(i) >= 'a' && text.charAt(i) <= 'f';
        }
        return good;
    }

    /**
     * Whether a text has 1 to {@code lengthMax} characters, each a letter, a digit or one of {@code marks}.
     */
    public static boolean name(String text, String marks, int lengthMax) {
        boolean good = !text.isEmpty() && text.length() <= lengthMax;
        for (int i = 0; good && i < text.length(); i++) {
            char c = text.charAt(i);
            good = isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || marks.indexOf(c) >= 0;
        }
        return good;
    }

    /**
     * The UUID in its one usual form, 36 characters in small letters; {@link UUID#fromString} accepts many
     * others.
     */
    public static Optional<UUID> uuid(String text) {
        if (text.length() != UUID_LENGTH) {
            return Optional.empty();
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? text.charAt(i) != '-' : !hex(text.substring(i, i + 1), 1)) {
                return Optional.empty();
            }
        }
        return Optional.of(UUID.fromString(text));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
