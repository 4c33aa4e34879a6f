package kvs.cli.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
import kvs.command.ValueType;
import kvs.json.JsonWriter;

/** The command {@code chown}: gives a path and all below it to a user or a group. */
public final class ChownCommand implements Command {

    private static final String OWNER = "--owner";
    private static final String GROUP = "--group";
    private static final String NOBODY = "none";
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public ChownCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("chown", "give a path and all below it to a user or a group")
                .form(ArgumentSpec.of("PATH", ValueType.KEY, "a key or a prefix; / is everything"))
                .option(OptionSpec.of(OWNER, ValueType.TEXT, "the user, by name or id, who is then as an"
                        + " owner to all in it; none: only administrators are").shown("USER"))
                .option(OptionSpec.of(GROUP, ValueType.TEXT, "the group, by name or id; none: no group")
                        .shown("GROUP"))
                .option(PathMetadata.SUBTREE).option(PathMetadata.OWN_KEYS)
                .note("Only administrators name an owner; a group may be named by who is in it.")
                .example("kvs chown users/ --owner john --group staff", "a subtree for john and his group")
                .example("kvs chown users/ --owner none", "takes it back")
                .status(ExitStatus.ABSENT, "there is no such user or group")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        PathMetadata metadata = PathMetadata.of(arguments.at(0));
        Optional<String> owner = arguments.option(OWNER);
        Optional<String> group = arguments.option(GROUP);
        if (owner.isEmpty() && group.isEmpty()) {
            throw new MisuseException("name --owner USER or --group GROUP, or both");
        }
        String undone = metadata + " was not given away";
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            Accounts accounts = new Accounts(client);
            JsonWriter fields = new JsonWriter().object();
            if (owner.isPresent()) {
                add(fields, "owner_uuid", owner.get().equals(NOBODY) ? NOBODY
                        : accounts.user(owner.get(), undone));
            }
            if (group.isPresent()) {
                add(fields, "group_uuid", group.get().equals(NOBODY) ? NOBODY
                        : accounts.group(group.get(), undone));
            }
            metadata.print(invocation, arguments, metadata.set(client, fields, arguments));
        }
        return ExitStatus.DONE;
    }

    private static void add(JsonWriter fields, String name, String id) {
        if (id.equals(NOBODY)) {
            fields.name(name).raw(NULL);
        } else {
            fields.field(name, id);
        }
    }
}
