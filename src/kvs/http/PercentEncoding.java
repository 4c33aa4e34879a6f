package kvs.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * Percent-encoding (RFC 3986), decoded once and strictly from the raw target. {@code URI.getPath()} is not
 * used: it maps different bytes to one text.
 */
public final class PercentEncoding {

    private static final String UNRESERVED = "-._~/";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private PercentEncoding() { }

    /**
     * The text of {@code raw}; {@code plusIsSpace} in a query.
     *
     * @throws Refusal {@code reason} for a bad escape, malformed UTF-8 or a control character
     */
    static String decode(String raw, boolean plusIsSpace, Reason reason) {
        if (plain(raw)) {
            return raw;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.write(escape(raw, i, reason));
                i += 2;
            } else if (c > 0x20 && c < 0x7f) {
                bytes.write(c == '+' && plusIsSpace ? ' ' : c);
            } else {
                throw new Refusal(reason, "the request target has a character that must be percent-encoded:"
                        + " U+"
                        + String.format("%04X", (int) c));
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw new Refusal(reason, "the percent-decoded request target is not UTF-8");
        }
    }

    /** Whether a text decodes to itself in a path and in a query: most do. */
    private static boolean plain(String raw) {
        boolean plain = true;
        for (int i = 0; plain && i < raw.length(); i++) {
            char c = raw.charAt(i);
            plain = c > 0x20 && c < 0x7f && c != '%' && c != '+';
        }
        return plain;
    }

    /**
     * {@code text} encoded for a path or a header: letters, digits and {@value #UNRESERVED} stay as they are.
     */
    public static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
                    || b > 0 && UNRESERVED.indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static int escape(String raw, int at, Reason reason) {
        int high = at + 2 < raw.length() ? Character.digit(raw.charAt(at + 1), 16) : -1;
        int low = at + 2 < raw.length() ? Character.digit(raw.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0 || raw.charAt(at + 1) > 'f' || raw.charAt(at + 2) > 'f') {
            throw new Refusal(reason, "'%' must be followed by two hexadecimal digits");
        }
        return high << 4 | low;
    }
}
