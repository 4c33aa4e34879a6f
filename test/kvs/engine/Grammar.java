package kvs.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A head by the grammar of RFC 9112 (sections 2.1, 2.2, 3, 5) and RFC 9110 (5.5, 5.6.2) as regular expressions over ISO 8859-1, written without a
 * look at the parser. Of the empty lines before a request one is allowed; a target is any visible ASCII.
 */
final class Grammar {

    private static final String TOKEN = "[-!#$%&'*+.^_`|~0-9A-Za-z]";
    private static final String FIELD = "(" + TOKEN + "+):[ \\t]*+((?:[!-~\\x80-\\xff](?:[ \\t!-~\\x80-\\xff]*[!-~\\x80-\\xff])?)?)[ \\t]*\\r\\n";
    private static final String LINE = "(?:\\r\\n)?(" + TOKEN + "+) ([!-~]+) ";
    private static final Pattern HEAD = Pattern.compile("(?s)" + LINE + "(HTTP/1\\.[01])\\r\\n((?:" + FIELD.replace("((?", "(?:(?") + ")*+)\\r\\n");
    /** As the head, with any word without a colon in the place of the version, which the parser judges last. */
    private static final Pattern SHAPE = Pattern.compile("(?s)" + LINE + TOKEN + "[!-9;-~]*\\r\\n(?:" + TOKEN
            + "+:[ \\t!-~\\x80-\\xff]*\\r\\n)*+\\r\\n");
    private static final Pattern ONE = Pattern.compile("\\G" + FIELD);

    private Grammar() { }

    /** What a whole head says; empty when it is none. */
    static Optional<List<Object>> head(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.matches()) {
            return Optional.empty();
        }
        Map<String, List<String>> fields = new LinkedHashMap<>();
        Matcher field = ONE.matcher(head.group(4));
        while (field.find()) {
            fields.computeIfAbsent(field.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>()).add(field.group(2));
        }
        return Optional.of(Pieces.line(head.group(1) + " " + head.group(2) + " " + head.group(3), fields));
    }

    /** Whether something can follow {@code text} that makes it the shape of a head, or nothing has to. */
    static boolean begins(String text) {
        Matcher shape = SHAPE.matcher(text);
        return shape.matches() || shape.hitEnd();
    }
}
