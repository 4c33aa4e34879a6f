package kvs.tidy;

/**
 * Java source with comments and the insides of literals replaced by blanks. Length and line ends stay, so
 * that an offset in one is the offset in the other. One left-to-right pass; Unicode escapes are not decoded.
 */
final class JavaText {
    private final String text;
    private final StringBuilder code;
    private int at;

    private JavaText(String text) {
        this.text = text;
        this.code = new StringBuilder(text);
    }

    /** The text of a compilation unit with nothing but code in it. */
    static String codeOf(String text) {
        return new JavaText(text).strip();
    }

    private String strip() {
        while (at < text.length()) {
            switch (text.charAt(at)) {
                case '/' -> comment();
                case '"' -> literal(text.startsWith("\"\"\"", at) ? 3 : 1);
                case '\'' -> literal(1);
                default -> at++;
            }
        }
        return code.toString();
    }

    /** A slash begins a comment or divides. */
    private void comment() {
        if (text.startsWith("//", at)) {
            blank(at, lineEnd());
        } else if (text.startsWith("/*", at)) {
            blank(at, after("*/", at + 2));
        } else {
            at++;
        }
    }

    /** Blanks between the delimiter here, {@code width} characters, and its next unescaped twin. */
    private void literal(int width) {
        String delimiter = text.substring(at, at + width);
        int end = at + width;
        while (end < text.length() && !text.startsWith(delimiter, end)) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        end = Math.min(end, text.length());
        blank(at + width, end);
        at = Math.min(end + width, text.length());
    }

    private void blank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '\n') {
                code.setCharAt(i, ' ');
            }
        }
        at = to;
    }

    private int lineEnd() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private int after(String mark, int from) {
        int end = text.indexOf(mark, from);
        return end < 0 ? text.length() : end + mark.length();
    }
}
