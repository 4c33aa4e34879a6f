package kvs.cli.keys;

import java.io.IOException;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.TimeText;
import kvs.command.ValueType;

/** The command {@code history}: lists the versions of a key. */
public final class HistoryCommand implements Command {

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public HistoryCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("history", "list the versions of a key, newest first")
                .form(ArgumentSpec.of("KEY", ValueType.KEY, "the key, which may be deleted"))
                .option(OptionSpec.of("--limit", ValueType.NUMBER, "at most so many").shown("N"))
                .note("A version is named by at least four digits of its id, as in 'kvs get KEY --revision'"
                        + " and 'kvs restore KEY@9cde'. Each node keeps its own history.")
                .example("kvs history users/john", "id, time, author, kind and document of each version")
                .status(ExitStatus.ABSENT, "the key has no history")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath key = KeyPath.key(arguments.at(0));
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), true)) {
            Revisions history = Revisions.read(client, key, true,
                    arguments.number("--limit").orElse(Long.MAX_VALUE));
            UserNames users = new UserNames(client);
            boolean terminal = invocation.isTerminal();
            for (Revision one : history.all()) {
                Row row = new Row().text("uuid", one.uuid(), terminal ? RevisionName.shortened(one.uuid())
                        : one.uuid());
                row.text("time", TimeText.text(one.timeMs(), false), TimeText.text(one.timeMs(), terminal));
                row.text("author", users.of(one.author())).text("kind", one.kind());
                results.add(one.data().isEmpty() ? row.none("data") : row.json("data", one.data().get()));
            }
        }
        return ExitStatus.DONE;
    }
}
