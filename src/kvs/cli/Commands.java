package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.server.TlsContexts;

/** The table of all commands by name. Arguments that begin with no command start a node. */
public final class Commands {

    private final Map<String, Command> byName;
    private final Command serve;

    /** The commands of the program. */
    public Commands(CommandContext context) {
        this.serve = new ServeCommand(context);
        Command help = args -> print(context, HelpText.TEXT);
        this.byName = Map.ofEntries(Map.entry("--help", help), Map.entry("-h", help),
                Map.entry("--version", args -> print(context, "kvs " + context.version() + "\n")),
                Map.entry("docs", new DocsCommand(context)),
                Map.entry("token", new TokenCommand(context)),
                Map.entry("export", new ExportCommand(context)),
                Map.entry("import", new ImportCommand(context)),
                Map.entry("backup", new BackupCommand(context)),
                Map.entry("restore", new RestoreCommand(context)),
                Map.entry("verify", new VerifyCommand(context)),
                Map.entry("restamp", new RestampCommand(context)),
                Map.entry("verify-log", new VerifyAuditLogCommand(context)));
    }

    private static int print(CommandContext context, String text) {
        context.out().print(text);
        return Command.DONE;
    }

    /**
     * Runs the command that the arguments name.
     *
     * @return the exit status
     */
    public int run(List<String> args) throws Arguments.MisuseException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        Command command = args.isEmpty() ? serve : byName.getOrDefault(args.get(0), serve);
        return command.run(command == serve ? args : args.subList(1, args.size()));
    }
}
