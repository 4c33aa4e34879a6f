package kvs.json;

import java.nio.charset.StandardCharsets;

/** Decodes strings of a validated text; {@code at} is the place of the opening quote. */
final class JsonStringDecoder {

    /** Maximal number of characters of a string in a message. */
    private static final int SHOWN_MAX = 64;

    private JsonStringDecoder() { }

    /** The place after the closing quote. */
    static int end(byte[] bytes, int at) {
        int i = at + 1;
        while (bytes[i] != '"') {
            i += bytes[i] == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    static String decode(byte[] bytes, int at) {
        int end = end(bytes, at) - 1;
        boolean plain = true;
        for (int i = at + 1; i < end && plain; i++) {
            plain = bytes[i] != '\\';
        }
        return plain ? new String(bytes, at + 1, end - at - 1, StandardCharsets.UTF_8)
                : unescaped(bytes, at + 1, end);
    }

    /** The part of a string that a message shows: its first {@value #SHOWN_MAX} characters. */
    static String shown(byte[] bytes, int at) {
        int end = end(bytes, at) - 1;
        int until = at + 1;
        for (int i = 0; i < SHOWN_MAX && until < end; i++) {
            until += width(bytes, until);
        }
        String shown = unescaped(bytes, at + 1, until);
        return until < end ? shown + "\u2026" : shown;
    }

    /** The order of two strings by their decoded code points; allocates nothing. */
    static int compare(byte[] bytes, int a, int b) {
        int i = a + 1;
        int j = b + 1;
        while (true) {
            while (bytes[i] == bytes[j] && bytes[i] != '"' && bytes[i] != '\\') {
                i++;
                j++;
            }
            if (bytes[i] == '"' || bytes[j] == '"') {
                return Boolean.compare(bytes[i] != '"', bytes[j] != '"');
            }
            if (bytes[i] != '\\' && bytes[j] != '\\') {
                return Integer.compare(bytes[i] & 0xff, bytes[j] & 0xff);
            }
            int order = Integer.compare(point(bytes, i), point(bytes, j));
            if (order != 0) {
                return order;
            }
            i += width(bytes, i);
            j += width(bytes, j);
        }
    }

    /** The number of bytes of the character at {@code at}, an escape or UTF-8. */
    private static int width(byte[] bytes, int at) {
        int lead = bytes[at] & 0xff;
        if (lead == '\\') {
            return bytes[at + 1] != 'u' ? 2 : Character.isHighSurrogate(unit(bytes, at)) ? 12 : 6;
        }
        return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    }

    /** The character at {@code at}. */
    private static int point(byte[] bytes, int at) {
        int width = width(bytes, at);
        if (bytes[at] == '\\') {
            return width == 2 ? single(bytes[at + 1]) : width == 6 ? unit(bytes, at)
                    : Character.toCodePoint(unit(bytes, at), unit(bytes, at + 6));
        }
        int point = width == 1 ? bytes[at] : bytes[at] & 0x7f >> width;
        for (int i = 1; i < width; i++) {
            point = point << 6 | bytes[at + i] & 0x3f;
        }
        return point;
    }

    /** The code unit of the escape at {@code at}. */
    private static char unit(byte[] bytes, int at) {
        int unit = 0;
        for (int i = 2; i < 6; i++) {
            unit = unit << 4 | Character.digit(bytes[at + i], 16);
        }
        return (char) unit;
    }

    private static String unescaped(byte[] bytes, int from, int end) {
        StringBuilder text = new StringBuilder(end - from);
        int i = from;
        while (i < end) {
            if (bytes[i] != '\\') {
                int run = i;
                while (i < end && bytes[i] != '\\') {
                    i++;
                }
                text.append(new String(bytes, run, i - run, StandardCharsets.UTF_8));
            } else if (bytes[i + 1] == 'u') {
                text.append(unit(bytes, i));
                i += 6;
            } else {
                text.append(single(bytes[i + 1]));
                i += 2;
            }
        }
        return text.toString();
    }

    private static char single(byte c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> (char) c;
        };
    }
}
