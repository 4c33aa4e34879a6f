package kvs.cli.access;

import java.io.IOException;
import java.util.List;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.http.PercentEncoding;

/** The command {@code can}: tells whether a user may do something with a key, and why. */
public final class CanCommand implements Command {

    private static final List<String> RIGHTS = List.of("read", "write", "create", "delete");
    private static final int OWN = 2;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public CanCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("can", "tell whether a user may do something with a key, and why")
                .form(ArgumentSpec.choice("RIGHT", RIGHTS, "read, write, create or delete"),
                        ArgumentSpec.of("KEY", ValueType.KEY, "the key"))
                .form(ArgumentSpec.of("USER", ValueType.TEXT, "the user, by name or id; for administrators"),
                        ArgumentSpec.choice("RIGHT", RIGHTS, "the right"),
                        ArgumentSpec.of("KEY", ValueType.KEY, "the key"))
                .note("Without a user it is about yourself, and the scopes of your token count. For a user"
                        + " the permissions alone count.")
                .example("kvs can john write users/x", "yes or no, and the permissions that decide")
                .example("kvs can read users/x", "the same for yourself")
                .status(ExitStatus.FORBIDDEN, "the answer is no")
                .status(ExitStatus.ABSENT, "there is no such user")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        int at = arguments.rest().size() - OWN;
        String right = arguments.at(at);
        PathMetadata key = PathMetadata.of(arguments.at(at + 1));
        String undone = "the rights on " + key + " were not read";
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            String user = at == 0 ? "" : new Accounts(client).user(arguments.at(0), undone);
            ClientResponse response = client.ask(ClientRequest.get("/auth/can?op=" + right + "&path="
                    + PercentEncoding.encode(key.path()) + (user.isEmpty() ? "" : "&user_uuid=" + user)),
                    undone);
            boolean allowed = response.read(json -> JsonFields.flag(json, "allowed"));
            results.add(response.read(json -> {
                String from = JsonFields.text(json, "inherited_from");
                return new Row().flag("allowed", allowed, allowed ? "yes" : "no")
                        .text("why", JsonFields.text(json, "why"))
                        .text("permissions", JsonFields.text(json, "permissions_text"))
                        .text("standing", JsonFields.text(json, "standing"),
                                "as " + JsonFields.text(json, "standing"))
                        .text("inherited_from", from, from.isEmpty() ? "" : "from " + from);
            }));
            return allowed ? ExitStatus.DONE : ExitStatus.FORBIDDEN;
        }
    }
}
