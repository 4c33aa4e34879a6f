package kvs.deploy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A parser of the YAML that the files in {@code conf/} use: several documents, maps and lists in blocks,
 * scalars plain or quoted, lists of scalars in brackets, comments. Everything else is an error.
 */
final class YamlTree {

    /** A scalar, and whether it was quoted: a plain {@code 15} is a number, a quoted one a text. */
    record Scalar(String text, boolean quoted) {

        boolean isText() {
            return quoted || !text.matches("-?[0-9.]+|true|false|yes|no|on|off|null|~|");
        }
    }

    private record Line(int number, int indent, String text) { }

    private final List<Line> lines;
    private int at;

    private YamlTree(List<Line> lines) {
        this.lines = lines;
    }

    /** The documents of a text: maps, lists and {@link Scalar}s. */
    static List<Object> documents(String text) {
        List<Object> documents = new ArrayList<>();
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : (text + "\n---").split("\n")) {
            number++;
            String stripped = line.strip();
            if (stripped.equals("---")) {
                if (!lines.isEmpty()) {
                    documents.add(document(lines));
                }
                lines = new ArrayList<>();
            } else if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                lines.add(new Line(number, line.length() - line.stripLeading().length(), stripped));
            }
        }
        return documents;
    }

    private static Object document(List<Line> lines) {
        YamlTree tree = new YamlTree(lines);
        Object whole = tree.block(0);
        if (tree.at < lines.size()) {
            throw tree.bad("a line with this indentation is not expected");
        }
        return whole;
    }

    private AssertionError bad(String what) {
        Line line = lines.get(Math.min(at, lines.size() - 1));
        return new AssertionError("line " + line.number + ": " + what + ": " + line.text);
    }

    private boolean here(int indent, boolean list) {
        return at < lines.size() && lines.get(at).indent == indent
                && lines.get(at).text.startsWith("- ") == list;
    }

    private Object block(int indent) {
        return here(indent, true) ? list(indent) : map(indent);
    }

    private List<Object> list(int indent) {
        List<Object> list = new ArrayList<>();
        while (here(indent, true)) {
            Line line = lines.get(at);
            String rest = line.text.substring(2);
            if (rest.matches("[\\w./-]+:( .*)?")) {
                lines.set(at, new Line(line.number, indent + 2, rest));
                list.add(map(indent + 2));
            } else {
                at++;
                list.add(scalar(rest));
            }
        }
        return list;
    }

    private Map<String, Object> map(int indent) {
        Map<String, Object> map = new LinkedHashMap<>();
        while (here(indent, false)) {
            Line line = lines.get(at);
            int colon = line.text.indexOf(':');
            String name = colon < 0 ? "" : line.text.substring(0, colon);
            if (!name.matches("[\\w./-]+") || map.containsKey(name)) {
                throw bad("no name, or one that was there already");
            }
            String rest = line.text.substring(colon + 1).strip();
            at++;
            map.put(name, rest.isEmpty() ? below(indent)
                    : rest.startsWith("[") ? inline(rest) : scalar(rest));
        }
        if (map.isEmpty()) {
            throw bad("nothing here");
        }
        return map;
    }

    private Object below(int indent) {
        int next = at < lines.size() ? lines.get(at).indent : 0;
        if (next <= indent && !here(indent, true)) {
            throw bad("a value is missing before this line");
        }
        return block(next);
    }

    private List<Object> inline(String text) {
        return List.copyOf(Arrays.stream(text.substring(1, text.length() - 1).split(",")).map(String::strip)
                .map(this::scalar).toList());
    }

    private Scalar scalar(String text) {
        char first = text.charAt(0);
        if (first == '"' || first == '\'') {
            if (text.length() < 2 || text.charAt(text.length() - 1) != first) {
                throw bad("a quote is not closed");
            }
            return new Scalar(text.substring(1, text.length() - 1), true);
        }
        if ("{}[]&*!|>%@`".indexOf(first) >= 0 || text.contains(": ") || text.contains(" #")) {
            throw bad("a plain value must not hold this; quote it");
        }
        return new Scalar(text, false);
    }

    /** All scalars of a tree by their path, as in {@code spec.ports[].port}. */
    static Map<String, List<Scalar>> leaves(Object tree) {
        Map<String, List<Scalar>> leaves = new TreeMap<>();
        leaves("", tree, leaves);
        return leaves;
    }

    private static void leaves(String path, Object tree, Map<String, List<Scalar>> leaves) {
        if (tree instanceof Map<?, ?> map) {
            map.forEach((name, value) -> leaves(path.isEmpty() ? name.toString() : path + "." + name, value,
                    leaves));
        } else if (tree instanceof List<?> list) {
            list.forEach(value -> leaves(path + "[]", value, leaves));
        } else {
            leaves.computeIfAbsent(path, key -> new ArrayList<>()).add((Scalar) tree);
        }
    }
}
