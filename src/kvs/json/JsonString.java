package kvs.json;

import java.nio.charset.StandardCharsets;

/** Decodes strings of a text that was validated; {@code at} is the place of the opening quote. */
final class JsonString {

    private JsonString() { }

    /** Behind the closing quote. */
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
        return plain ? new String(bytes, at + 1, end - at - 1, StandardCharsets.UTF_8) : unescaped(bytes, at + 1, end);
    }

    /** Whether two strings are equal once decoded. */
    static boolean same(byte[] bytes, int a, int b) {
        int i = a + 1;
        int j = b + 1;
        while (bytes[i] == bytes[j] && bytes[i] != '"' && bytes[i] != '\\') {
            i++;
            j++;
        }
        if (bytes[i] == '"' && bytes[j] == '"') {
            return true;
        }
        return (bytes[i] == '\\' || bytes[j] == '\\') && decode(bytes, a).equals(decode(bytes, b));
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
                text.append((char) Integer.parseInt(new String(bytes, i + 2, 4, StandardCharsets.US_ASCII), 16));
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
