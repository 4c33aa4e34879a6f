package kvs.config;

import java.util.ArrayList;
import java.util.List;

/** Reads the scalars and inline lists of {@link YamlParser}. */
final class YamlScalars {

    private static final String FORBIDDEN_START = "&*!|>%@`{}[],?:-";

    private final String text;
    private int at;

    /** A scalar or list that is refused. */
    static final class BadScalarException extends Exception {

        private static final long serialVersionUID = 1L;

        BadScalarException(String message) {
            super(message, null, false, false);
        }
    }

    private YamlScalars(String text) {
        this.text = text;
    }

    /** A scalar that fills the rest of a line except for a comment. */
    static String scalar(String text) throws BadScalarException {
        YamlScalars scalars = new YamlScalars(text);
        String value = scalars.next("");
        scalars.end();
        return value;
    }

    /** {@code [a, b]} with nothing after it but a comment. */
    static List<String> inlineList(String text) throws BadScalarException {
        YamlScalars scalars = new YamlScalars(text);
        List<String> items = new ArrayList<>();
        scalars.at = 1;
        scalars.space();
        while (!scalars.sees(']')) {
            items.add(scalars.next(",]"));
            scalars.space();
            if (!scalars.sees(']') && !scalars.take(',')) {
                throw new BadScalarException("a list in one line must end with ']'");
            }
            scalars.space();
        }
        scalars.at++;
        scalars.end();
        return items;
    }

    private String next(String stops) throws BadScalarException {
        if (at >= text.length()) {
            throw new BadScalarException(stops.isEmpty() ? "a list item has no value"
                    : "a list in one line must end with ']'");
        }
        return switch (text.charAt(at)) {
            case '"' -> quoted('"');
            case '\'' -> quoted('\'');
            default -> plain(stops);
        };
    }

    private String plain(String stops) throws BadScalarException {
        boolean negative = text.startsWith("-", at) && at + 1 < text.length()
                && Character.isDigit(text.charAt(at + 1));
        if (FORBIDDEN_START.indexOf(text.charAt(at)) >= 0 && !negative) {
            throw new BadScalarException("a value cannot start with '" + text.charAt(at)
                    + "' here: put the value in double quotes");
        }
        int start = at;
        while (at < text.length() && stops.indexOf(text.charAt(at)) < 0 && !text.startsWith(" #", at)) {
            if (text.startsWith(": ", at) || text.charAt(at) == ':' && at + 1 == text.length()) {
                throw new BadScalarException("the value has a colon: put the value in double quotes");
            }
            at++;
        }
        return text.substring(start, at).strip();
    }

    private String quoted(char quote) throws BadScalarException {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote && quote == '\'' && sees('\'')) {
                value.append(text.charAt(at++));
            } else if (c == quote) {
                return value.toString();
            } else if (c == '\\' && quote == '"') {
                value.append(escape());
            } else {
                value.append(c);
            }
        }
        throw new BadScalarException("the closing quote is missing");
    }

    private char escape() throws BadScalarException {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            default -> throw new BadScalarException("double quotes support only \\\" \\\\ \\/ \\n and \\t");
        };
    }

    private void end() throws BadScalarException {
        int before = at;
        space();
        if (at < text.length() && (text.charAt(at) != '#' || at == before)) {
            throw new BadScalarException("unexpected text after the value: '" + text.substring(at) + "'");
        }
    }

    private void space() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private boolean sees(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private boolean take(char c) {
        if (sees(c)) {
            at++;
            return true;
        }
        return false;
    }
}
