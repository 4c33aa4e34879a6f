package kvs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of the manual that must agree with the code. A section is a heading that contains its word, down
 * to the next heading of the same or a higher level; only the first cell of a table row counts there.
 *
 * <p>Routes: code spans of a method or several and a path, {@code `GET /health`},
 * {@code `GET|PUT /auth/users/{uuid}`}; methods in spans of their own, {@code `GET`, `HEAD /kv/{path}`}, go
 * with the next path; the query is left out. Keys: the first code span of the row.
 */
public final class ManualTables {
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern HEADING = Pattern.compile("^(#+)\\s+(.*)$");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern METHOD = Pattern.compile("[A-Z]{3,7}");

    private final String text;

    /** The tables of this text. */
    public ManualTables(String text) {
        this.text = text;
    }

    /** The routes of section API: {@code METHOD /path}, one for each method. */
    public Set<String> routes() {
        var routes = new TreeSet<String>();
        for (List<String> spans : rowsOf("API")) {
            var methods = new ArrayList<String>();
            for (String span : spans) {
                for (String word : span.split("[\\s,|\\\\]+")) {
                    if (METHOD.matcher(word).matches()) {
                        methods.add(word);
                    } else if (word.startsWith("/")) {
                        String path = word.replaceFirst("\\?.*", "");
                        methods.forEach(method -> routes.add(method + " " + path));
                        methods.clear();
                    }
                }
            }
        }
        return routes;
    }

    /** The keys of section Configuration. */
    public Set<String> keys() {
        var keys = new TreeSet<String>();
        rowsOf("Configuration").forEach(spans -> keys.add(spans.get(0)));
        return keys;
    }

    /** The code spans of the first cell of each row that has any, below the headings with this word. */
    private List<List<String>> rowsOf(String word) {
        var rows = new ArrayList<List<String>>();
        int level = 0;
        for (String line : FENCED.matcher(text).replaceAll("").lines().toList()) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                int depth = heading.group(1).length();
                boolean isInside = level > 0 && depth > level;
                level = isInside ? level : heading.group(2).contains(word) ? depth : 0;
            } else if (level > 0 && line.startsWith("|")) {
                List<String> spans = SPAN.matcher(firstCell(line)).results()
                        .map(span -> span.group(1)).toList();
                if (!spans.isEmpty()) {
                    rows.add(spans);
                }
            }
        }
        return rows;
    }

    private static String firstCell(String row) {
        return row.substring(1).split("(?<!\\\\)\\|", 2)[0];
    }

    /** What only one side names; {@code what} says what it is a name of. */
    public static List<String> differences(String what, Set<String> documented, Set<String> real) {
        var offenders = new ArrayList<String>();
        new TreeSet<>(documented).stream().filter(name -> !real.contains(name)).forEach(
                name -> offenders.add("manual: " + what + " " + name + " is documented, but not there"));
        new TreeSet<>(real).stream().filter(name -> !documented.contains(name)).forEach(
                name -> offenders.add("manual: " + what + " " + name + " is there, but not documented"));
        return offenders;
    }
}
