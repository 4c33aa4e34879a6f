package kvs.cli.keys;

import java.io.IOException;
import java.util.Optional;
import kvs.client.ClientRequest;
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
import kvs.command.ValueType;

/** The command {@code resolve}: ends the conflict of a key by keeping one of its versions. */
public final class ResolveCommand implements Command {

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public ResolveCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** The version and the present one on a node, or the failure that says why it is missing there. */
    private record Search(Optional<Revision> version, Optional<Revision> current,
            Optional<CommandException> missing) { }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("resolve", "end the conflict of a key by keeping one version")
                .form(ArgumentSpec.of("KEY", ValueType.KEY, "the key, of 'kvs conflicts'"))
                .option(OptionSpec.of("--keep", ValueType.TEXT, "the version, by four or more digits of its"
                        + " id")
                        .shown("ID"))
                .note("The version is written again as the newest one, if the winner is still the present"
                        + " version. The node that keeps the version is found.")
                .example("kvs resolve users/john --keep 77ab", "keep this version")
                .status(ExitStatus.CONDITION_FAILED, "somebody has written the key meanwhile")
                .status(ExitStatus.ABSENT, "no node has such a version")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath key = KeyPath.key(arguments.at(0));
        String keep = arguments.option("--keep")
                .orElseThrow(() -> new MisuseException("name the version by --keep ID; 'kvs history " + key
                        + "' lists them"));
        Optional<CommandException> missing = Optional.empty();
        for (ClientSession node : ClientSession.of(invocation, arguments).eachWriting()) {
            try (ClusterClient client = node.client(invocation, arguments)) {
                Search search = search(client, key, keep);
                if (search.missing.isEmpty()) {
                    write(client, key, search.version.orElseThrow(), search.current, arguments);
                    return ExitStatus.DONE;
                }
                missing = missing.filter(first -> first.status() == ExitStatus.UNREACHABLE)
                        .or(() -> search.missing);
            }
        }
        throw missing.orElseThrow();
    }

    /** The search on one node; the next one is searched when it does not respond or has no such version. */
    private static Search search(ClusterClient client, KeyPath key, String keep) throws CommandException {
        try {
            Revisions history = Revisions.read(client, key, false, Long.MAX_VALUE);
            return new Search(Optional.of(history.named(keep)), history.current(), Optional.empty());
        } catch (CommandException e) {
            if (e.status() != ExitStatus.ABSENT && e.status() != ExitStatus.UNREACHABLE) {
                throw e;
            }
            return new Search(Optional.empty(), Optional.empty(), Optional.of(e));
        }
    }

    private void write(ClusterClient client, KeyPath key, Revision version, Optional<Revision> current,
            Arguments arguments) throws CommandException {
        if (version.deleted()) {
            throw new CommandException(ExitStatus.FAILED, key + " was not resolved: that version is a"
                    + " deletion;"
                    + " 'kvs rm " + key + "' keeps it");
        }
        ClientRequest request = ClientRequest.json("POST", key.target() + "?restore=" + version.uuid(),
                new byte[0], ClientRequest.Repeat.HARMFUL);
        boolean present = current.isPresent() && !current.get().deleted();
        client.ask(present ? request.with("If-Match", "\"" + current.get().uuid() + "\"")
                : request.with("If-None-Match", "*"), key + " was not resolved");
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            results.add(new Row().text("path", key.text()).text("done", "resolved")
                    .text("kept", version.uuid()));
        }
    }
}
