package kvs.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.world.FailureText;

/**
 * The parser of the subset of YAML that settings need: {@code key: value} at the start of a line; plain,
 * single- and double-quoted scalars; inline lists {@code [a, "b"]} and block lists of {@code - x}; comments.
 * Every other construct of YAML (maps in maps, anchors, tags, several documents, block scalars, tabs) is an
 * error that names the line, never a guess.
 */
final class YamlParser {

    private final List<String> errors;
    private final Map<String, Entry> nodes = new LinkedHashMap<>();
    private String open = "";

    /**
     * A value and its line.
     *
     * @param line line number, from 1
     * @param list true for a list
     * @param quoted true if a scalar was quoted, and is therefore text whatever it looks like
     * @param items the scalar alone, or the elements
     */
    record Entry(int line, boolean list, boolean quoted, List<String> items) { }

    private YamlParser(List<String> errors) {
        this.errors = errors;
    }

    /** The keys of a text in their order; errors are added to {@code errors}. */
    static Map<String, Entry> parse(String text, List<String> errors) {
        YamlParser yaml = new YamlParser(errors);
        String[] lines = text.split("\r\n|\n", -1);
        for (int i = 0; i < lines.length; i++) {
            try {
                yaml.line(lines[i], i + 1);
            } catch (YamlScalars.BadScalarException e) {
                errors.add("line " + (i + 1) + ": " + FailureText.text(e));
            }
        }
        return yaml.nodes;
    }

    private void line(String line, int number) throws YamlScalars.BadScalarException {
        String bare = line.strip();
        if (bare.isEmpty() || bare.startsWith("#")) {
            return;
        }
        if (line.chars().anyMatch(c -> c < 0x20)) {
            throw new YamlScalars.BadScalarException(line.indexOf('\t') >= 0
                    ? "the line has a tab: indent with spaces" : "the line has a control character");
        }
        if (bare.equals("-") || bare.startsWith("- ")) {
            item(bare.substring(1).strip(), number);
            return;
        }
        if (line.startsWith(" ")) {
            throw new YamlScalars.BadScalarException("an indented line must be a list item '- value':"
                    + " keys start at the start of a line, and nested maps are not supported");
        }
        if (bare.startsWith("---") || bare.startsWith("...") || bare.startsWith("%")) {
            throw new YamlScalars.BadScalarException("the file must be one document, without '---', '...' or"
                    + " directives");
        }
        key(line, number);
    }

    private void key(String line, int number) throws YamlScalars.BadScalarException {
        int colon = line.indexOf(':');
        String key = colon < 0 ? "" : line.substring(0, colon).stripTrailing();
        open = "";
        if (!key.matches("[A-Za-z_][A-Za-z0-9_-]*")
                || colon + 1 < line.length() && line.charAt(colon + 1) != ' ') {
            throw new YamlScalars.BadScalarException("the line is not 'key:"
                    + " value' (with a space after the colon)");
        }
        if (nodes.containsKey(key)) {
            throw new YamlScalars.BadScalarException("'" + key + "' is repeated, first in line "
                    + nodes.get(key).line);
        }
        String value = line.substring(colon + 1).strip();
        if (value.isEmpty() || value.startsWith("#")) {
            nodes.put(key, new Entry(number, true, false, new ArrayList<>()));
            open = key;
        } else if (value.startsWith("[")) {
            nodes.put(key, new Entry(number, true, false, YamlScalars.inlineList(value)));
        } else {
            nodes.put(key, new Entry(number, false, value.startsWith("\"") || value.startsWith("'"),
                    List.of(YamlScalars.scalar(value))));
        }
    }

    private void item(String value, int number) throws YamlScalars.BadScalarException {
        if (open.isEmpty()) {
            throw new YamlScalars.BadScalarException("the list item belongs to no key");
        }
        nodes.get(open).items.add(YamlScalars.scalar(value));
    }
}
