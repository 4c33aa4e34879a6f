package kvs.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The help of a command, and the list of all commands, as text of at most {@value #WIDTH} columns. */
public final class HelpPage {

    private static final int WIDTH = 100;
    private static final int COLUMN_MAX = 30;
    private static final String MARGIN = "  ";

    private HelpPage() { }

    /** The list of all commands. */
    public static String all(CommandTable table) {
        StringBuilder text = new StringBuilder("KVS, a key-value store for JSON documents.\n\n");
        CommandSpec serve = table.serve();
        rows(text, "start a node", List.of(List.of("kvs [config.yaml]", serve.summary())));
        for (CommandTable.Group group : table.groups()) {
            List<List<String>> rows = new ArrayList<>();
            table.specs(group).forEach(spec -> rows.add(List.of(spec.name(), spec.summary())));
            rows(text, group.title(), rows);
        }
        rows(text, "options of commands that ask a node", options(GlobalOptions.CLIENT));
        text.append("'kvs COMMAND --help' shows the arguments, options and examples of a command; 'kvs docs'"
                + " is the manual.\nWithout a launcher, kvs is java -jar kvs.jar. Each setting of a node is"
                + " also an environment variable:\nKVS_PORT=8081.\n");
        return text.toString();
    }

    /** The help of a command. */
    public static String of(CommandSpec spec) {
        StringBuilder text = new StringBuilder("kvs " + spec.name() + ": " + spec.summary() + "\n\n");
        spec.usage().forEach(line -> text.append(MARGIN).append(line).append('\n'));
        text.append('\n');
        Map<String, List<String>> arguments = new LinkedHashMap<>();
        for (UsagePattern form : spec.forms()) {
            for (ArgumentSpec argument : form.arguments()) {
                String help = argument.choices().isEmpty() ? argument.help()
                        : argument.help() + ": " + String.join(", ", argument.choices());
                arguments.putIfAbsent(argument.name() + help, List.of(argument.name(), help));
            }
        }
        rows(text, "arguments", List.copyOf(arguments.values()));
        rows(text, "options", options(spec.options()));
        for (String note : spec.notes()) {
            wrap(note, WIDTH).forEach(line -> text.append(line).append('\n'));
            text.append('\n');
        }
        if (spec.usesCluster()) {
            rows(text, "options of commands that ask a node", options(GlobalOptions.CLIENT));
        }
        List<List<String>> examples = new ArrayList<>();
        spec.examples().forEach(example -> examples.add(List.of(example.command(), example.meaning())));
        rows(text, "examples", examples);
        rows(text, "exit status", statuses(spec));
        return text.toString().stripTrailing() + "\n";
    }

    /** The exit statuses of a command, with their meanings. */
    static List<List<String>> statuses(CommandSpec spec) {
        List<List<String>> rows = new ArrayList<>();
        for (ExitStatus status : ExitStatus.values()) {
            boolean always = status == ExitStatus.DONE || status == ExitStatus.MISUSED
                    || status == ExitStatus.FAILED;
            boolean remote = spec.usesCluster()
                    && (status == ExitStatus.FORBIDDEN || status == ExitStatus.UNREACHABLE);
            if (always || remote || spec.statuses().containsKey(status)) {
                rows.add(List.of(Integer.toString(status.code()),
                        spec.statuses().getOrDefault(status, status.meaning())));
            }
        }
        return rows;
    }

    private static List<List<String>> options(List<OptionSpec> options) {
        List<List<String>> rows = new ArrayList<>();
        options.forEach(option -> rows.add(List.of(option.usage(), option.help())));
        return rows;
    }

    /** Writes a title and two columns; a first column that is too long stands on a line of its own. */
    private static void rows(StringBuilder text, String title, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        text.append(title).append('\n');
        int width = 0;
        for (List<String> row : rows) {
            width = row.get(0).length() <= COLUMN_MAX ? Math.max(width, row.get(0).length()) : width;
        }
        width = Math.max(width, 4);
        for (List<String> row : rows) {
            String left = row.get(0);
            String indent = MARGIN + " ".repeat(width) + MARGIN;
            List<String> lines = wrap(row.get(1), WIDTH - indent.length());
            boolean alone = left.length() > width;
            text.append(MARGIN).append(left).append(alone ? "\n" : " ".repeat(width - left.length())
                    + MARGIN);
            for (int i = 0; i < lines.size(); i++) {
                text.append(i > 0 || alone ? indent : "").append(lines.get(i)).append('\n');
            }
        }
        text.append('\n');
    }

    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() > 0 ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
