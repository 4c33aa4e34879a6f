package kvs.command;

import java.nio.charset.StandardCharsets;

/**
 * Indents a JSON text for people, with the text of every string and number as it is. Names are coloured on a
 * terminal. Pure functions.
 */
public final class PrettyJson {

    private static final String INDENT = "  ";

    private final Style style;
    private final String json;
    private final StringBuilder out = new StringBuilder();
    private int depth;

    private PrettyJson(String json, Style style) {
        this.json = json;
        this.style = style;
    }

    /** A valid JSON text with indentation, without a line break at its end. */
    public static String of(byte[] json, Style style) {
        return new PrettyJson(new String(json, StandardCharsets.UTF_8), style).run();
    }

    private String run() {
        int at = 0;
        while (at < json.length()) {
            at = step(at);
        }
        return out.toString();
    }

    private int step(int at) {
        char c = json.charAt(at);
        switch (c) {
            case '{', '[' -> {
                int end = blanks(at + 1);
                if (json.charAt(end) == '}' || json.charAt(end) == ']') {
                    out.append(c).append(json.charAt(end));
                    return end + 1;
                }
                depth++;
                line(c);
            }
            case '}', ']' -> {
                depth--;
                out.append('\n').append(INDENT.repeat(depth)).append(c);
            }
            case ',' -> line(c);
            case ':' -> out.append(": ");
            case ' ', '\t', '\n', '\r' -> {
                return at + 1;
            }
            case '"' -> {
                int end = stringEnd(at);
                String text = Style.safe(json.substring(at, end));
                boolean name = blanks(end) < json.length() && json.charAt(blanks(end)) == ':';
                out.append(name ? style.paint(Style.Colour.BLUE, text) : text);
                return end;
            }
            default -> out.append(c);
        }
        return at + 1;
    }

    private void line(char c) {
        out.append(c).append('\n').append(INDENT.repeat(depth));
    }

    private int blanks(int from) {
        int at = from;
        while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    private int stringEnd(int from) {
        int at = from + 1;
        while (json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        return at + 1;
    }
}
