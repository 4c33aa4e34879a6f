package kvs.cli.keys;

import java.io.IOException;
import java.util.List;
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
import kvs.command.ValueType;

/** The command {@code diff}: prints the difference between two versions or keys. */
public final class DiffCommand implements Command {

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public DiffCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("diff", "print the difference between two versions, or two keys")
                .form(ArgumentSpec.of("KEY[@ID]", ValueType.KEY,
                        "the old one, by four or more digits of its id;"
                                + " alone: the version before the present one, against the present one"),
                        ArgumentSpec.of("KEY[@ID]", ValueType.KEY, "the new one").optional())
                .note("Both documents are indented in the same way first, so white space does not count."
                        + " Nothing"
                        + " is printed when they are equal.")
                .example("kvs diff users/john@9cde users/john", "what has changed since that version")
                .example("kvs diff users/john", "what the last write has changed")
                .status(ExitStatus.ABSENT, "a key or version does not exist")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        RevisionName first = RevisionName.of(arguments.at(0));
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            byte[] old = arguments.rest().size() == 1 && first.revision().isEmpty()
                    ? before(client, first.key()) : document(client, first);
            byte[] fresh = arguments.rest().size() == 1
                    ? document(client, RevisionName.of(first.key().text() + "@current"))
                    : document(client, RevisionName.of(arguments.at(1)));
            DocumentDiff.print(invocation, old, fresh);
        }
        return ExitStatus.DONE;
    }

    /** The document before the present version. */
    private static byte[] before(ClusterClient client, KeyPath key) throws CommandException {
        List<Revision> versions = Revisions.read(client, key, true, 2).all();
        if (versions.size() < 2 || versions.get(1).data().isEmpty()) {
            throw new CommandException(ExitStatus.ABSENT, "there is no document of " + key
                    + " before the present one; 'kvs history " + key + "' lists its versions");
        }
        return versions.get(1).data().get();
    }

    private static byte[] document(ClusterClient client, RevisionName name) throws CommandException {
        String which = "";
        if (name.revision().isPresent()) {
            which = "&revision=" + Revisions.read(client, name.key(), false, Long.MAX_VALUE)
                    .named(name.revision().get()).uuid();
        }
        return client.ask(ClientRequest.get(name.key().target() + "?raw" + which), name + " was not"
                + " read").body();
    }
}
