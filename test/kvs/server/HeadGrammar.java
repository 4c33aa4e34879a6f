package kvs.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A head by the grammar of RFC 9112 (sections 2.1, 2.2, 3, 5) and RFC 9110 (5.5, 5.6.2) as regular
 * expressions over ISO 8859-1, written without a look at the parser. Of the empty lines before a request one
 * is allowed; a target is any visible ASCII.
 */
final class HeadGrammar {

    private static final String TOKEN = "[-!#$%&'*+.^_`|~0-9A-Za-z]";
    private static final String FIELD = "(" + TOKEN
            + "+):[ \\t]*+((?:[!-~\\x80-\\xff](?:[ \\t!-~\\x80-\\xff]*[!-~\\x80-\\xff])?)?)[ \\t]*\\r\\n";
    private static final String LINE = "(?:\\r\\n)?(" + TOKEN + "+) ([!-~]+) ";
    private static final Pattern HEAD = Pattern.compile("(?s)" + LINE + "(HTTP/1\\.[01])\\r\\n((?:"
            + FIELD.replace("((?", "(?:(?") + ")*+)\\r\\n");
    /**
     * As the head, with any word without a colon in the place of the version, which the parser judges last.
     */
    private static final Pattern SHAPE = Pattern.compile("(?s)" + LINE + TOKEN + "[!-9;-~]*\\r\\n(?:" + TOKEN
            + "+:[ \\t!-~\\x80-\\xff]*\\r\\n)*+\\r\\n");
    private static final Pattern ONE = Pattern.compile("\\G" + FIELD);

    /**
     * A chunk by RFC 9112, section 7.1, but for white space around extensions, and sizes of more than eight
     * digits.
     */
    private static final Pattern CHUNK = Pattern.compile("\\G([0-9A-Fa-f]{1,8})(?:;[\\t -~]*)?\\r\\n");
    private static final Pattern END = Pattern.compile("\\G(?:" + TOKEN
            + "+:[\\t -~\\x80-\\xff]*\\r\\n)*\\r\\n");

    /** A whole body in chunks: its data, and where it ends. */
    record Body(String data, int end) { }

    private HeadGrammar() { }

    /** The body in chunks with which {@code text} begins; empty when it begins with none. */
    static Optional<Body> chunked(String text) {
        StringBuilder data = new StringBuilder();
        Matcher chunk = CHUNK.matcher(text);
        int at = 0;
        while (chunk.find(at) && chunk.start() == at) {
            long size = Long.parseLong(chunk.group(1), 16);
            at = chunk.end();
            if (size == 0) {
                Matcher end = END.matcher(text);
                return end.find(at) && end.start() == at ? Optional.of(new Body(data.toString(), end.end()))
                        : Optional.empty();
            }
            if (size > text.length() - at || !text.startsWith("\r\n", at + (int) size)) {
                return Optional.empty();
            }
            data.append(text, at, at + (int) size);
            at += (int) size + 2;
        }
        return Optional.empty();
    }

    /** What a whole head says; empty when it is none. */
    static Optional<List<Object>> head(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.matches()) {
            return Optional.empty();
        }
        Map<String, List<String>> fields = new LinkedHashMap<>();
        Matcher field = ONE.matcher(head.group(4));
        while (field.find()) {
            fields.computeIfAbsent(field.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(field.group(2));
        }
        return Optional.of(
                PieceFeeder.line(head.group(1) + " " + head.group(2) + " " + head.group(3), fields));
    }

    /** Whether something can follow {@code text} that makes it the shape of a head, or nothing has to. */
    static boolean begins(String text) {
        Matcher shape = SHAPE.matcher(text);
        return shape.matches() || shape.hitEnd();
    }
}
