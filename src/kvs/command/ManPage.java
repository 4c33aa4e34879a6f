package kvs.command;

import java.util.List;
import java.util.Locale;

/** The man page of the program, in the language of roff, made from the table of commands. */
public final class ManPage {

    private final StringBuilder roff = new StringBuilder();

    private ManPage() { }

    /** The page. */
    public static String of(CommandTable table) {
        return new ManPage().run(table);
    }

    private String run(CommandTable table) {
        roff.append(".TH KVS 1 \"\" \"KVS\" \"User Commands\"\n.SH NAME\nkvs \\- a clustered key-value store"
                + " for JSON documents\n.SH SYNOPSIS\n.B kvs\n.RI [ config.yaml ]\n.br\n.B kvs\n.I command\n"
                + ".RI [ arguments ]\n");
        section("DESCRIPTION");
        text("Without a command, kvs starts a node, which serves HTTP until SIGTERM or Ctrl-C. Every"
                + " acknowledged write is on the disk. 'kvs docs' prints the manual.");
        options(table.serve().options());
        for (CommandTable.Group group : table.groups()) {
            section(group.title().toUpperCase(Locale.ROOT));
            table.specs(group).forEach(this::command);
        }
        section("OPTIONS OF COMMANDS THAT ASK A NODE");
        options(GlobalOptions.CLIENT);
        section("OPTIONS OF EVERY COMMAND");
        options(GlobalOptions.EVERY);
        section("EXIT STATUS");
        for (ExitStatus status : ExitStatus.values()) {
            entry(Integer.toString(status.code()), status.meaning());
        }
        section("ENVIRONMENT");
        entry("KVS_ENDPOINT", "the nodes that commands ask, separated by commas");
        entry("KVS_TOKEN", "the token that commands send");
        entry("NO_COLOR", "no colours, if it is set");
        entry("KVS_...", "each setting of a node, as in KVS_PORT=8081");
        entry("JAVA_HOME, KVS_JAVA_OPTS", "another Java than the one on the PATH; options for it");
        section("FILES");
        entry("$XDG_CONFIG_HOME/kvs/", "the contexts of 'kvs login', by default in ~/.config/kvs");
        entry("$XDG_STATE_HOME/kvs/", "the last position in each cluster, by default in ~/.local/state/kvs");
        entry("/etc/kvs/kvs.yaml", "settings of the service (below the prefix, if that is not /usr)");
        entry("lib/systemd/system/kvs.service", "the systemd unit");
        return roff.toString();
    }

    private void command(CommandSpec spec) {
        roff.append(".TP\n");
        spec.usage().forEach(line -> roff.append(".B ").append(escaped(line)).append("\n.br\n"));
        text(spec.summary());
        spec.notes().forEach(note -> {
            roff.append(".sp\n");
            text(note);
        });
        if (!spec.options().isEmpty()) {
            roff.append(".RS\n");
            options(spec.options());
            roff.append(".RE\n");
        }
    }

    private void options(List<OptionSpec> options) {
        options.forEach(option -> entry(option.usage(), option.help()));
    }

    private void section(String title) {
        roff.append(".SH ").append(title).append('\n');
    }

    private void entry(String term, String meaning) {
        roff.append(".TP\n.B ").append(escaped(term)).append('\n');
        text(meaning);
    }

    private void text(String text) {
        String line = escaped(text);
        roff.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "").append(line).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }
}
