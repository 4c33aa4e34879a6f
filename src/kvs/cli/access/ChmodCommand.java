package kvs.cli.access;

import java.io.IOException;
import java.util.Optional;
import kvs.auth.PermissionBits;
import kvs.client.ClientResponse;
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
import kvs.json.JsonWriter;

/** The command {@code chmod}: sets, shows or removes the permissions of a path and all below it. */
public final class ChmodCommand implements Command {

    private static final String RESET = "--reset";

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public ChmodCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("chmod", "set the permissions of a path and all below it")
                .form(ArgumentSpec.of("PATH", ValueType.KEY, "a key or a prefix; / is everything"),
                        ArgumentSpec.of("PERMISSIONS", ValueType.TEXT, "of the owner, the group and all"
                                + " others, as in cdwr,c-wr,---r: create, delete, write, read; without"
                                + " them the present ones are shown").optional())
                .flag(RESET, "remove what was set here: what is set above holds again")
                .option(PathMetadata.SUBTREE).option(PathMetadata.OWN_KEYS)
                .example("kvs chmod users/ 'cdwr,---r,----'", "the group reads, others see nothing")
                .example("kvs chmod users/", "the permissions in force")
                .example("kvs chmod users/ --reset", "those of the path above again")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        PathMetadata metadata = PathMetadata.of(arguments.at(0));
        Optional<String> bits = arguments.maybe(1);
        if (bits.isPresent() && arguments.has(RESET)) {
            throw new MisuseException("--reset removes permissions: leave out " + bits.get());
        }
        if (bits.isPresent() && PermissionBits.parse(bits.get()).isEmpty()) {
            throw new MisuseException("PERMISSIONS must be three times cdwr or -, as in cdwr,c-wr,---r, not '"
                    + bits.get() + "'");
        }
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            ClientResponse response = bits.isPresent()
                    ? metadata.set(client, new JsonWriter().object().field("permissions_text", bits.get()),
                            arguments)
                    : arguments.has(RESET) ? metadata.reset(client, arguments) : metadata.shown(client);
            metadata.print(invocation, arguments, response);
        }
        return ExitStatus.DONE;
    }
}
