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
import kvs.command.Confirmation;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.TimeText;
import kvs.command.ValueType;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;

/** The command {@code user}: creates, lists and removes users. */
public final class UserCommand implements Command {

    private static final byte[] NONE = {};
    private static final String ADMIN = "--admin";

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public UserCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("user", "create, list and remove users")
                .form(ArgumentSpec.choice("ls", List.of("ls"), "list them; the default").optional())
                .form(ArgumentSpec.choice("add|rm", List.of("add", "rm"), "create or remove one"),
                        ArgumentSpec.of("USER", ValueType.TEXT, "the name; to remove, also the id"))
                .flag(ADMIN, "the new user is an administrator")
                .option(OptionSpec.flag("--yes", "do not ask before a user is removed").letter('y'))
                .note("A user is removed for good, with all tokens. The keys stay.")
                .example("kvs user add john", "a user; 'kvs token add john' makes a token")
                .example("kvs user ls", "all users")
                .example("kvs user rm john --yes", "john and his tokens")
                .status(ExitStatus.ABSENT, "there is no such user")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        String verb = arguments.maybe(0).orElse("ls");
        if (arguments.has(ADMIN) && !verb.equals("add")) {
            throw new MisuseException("--admin is for 'kvs user add'");
        }
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), true)) {
            Accounts accounts = new Accounts(client);
            switch (verb) {
                case "add" -> results.add(added(client, arguments));
                case "rm" -> results.add(removed(client, accounts, arguments));
                default -> {
                    for (JsonValue user : accounts.all(Accounts.USERS, "users",
                            "the users were not listed")) {
                        results.add(row(user));
                    }
                }
            }
        }
        return ExitStatus.DONE;
    }

    private Row row(JsonValue user) throws CommandException {
        try {
            long made = JsonFields.number(user, "created_at").orElse(0);
            boolean admin = JsonFields.flag(user, "admin");
            return new Row().text("nickname", JsonFields.required(user, "nickname"))
                    .text("uuid", JsonFields.required(user, "uuid"))
                    .flag("admin", admin, admin ? "admin" : "")
                    .text("created", TimeText.text(made, false),
                            TimeText.text(made, invocation.isTerminal()));
        } catch (JsonException e) {
            throw new CommandException(ExitStatus.FAILED, "the server is not a KVS node", e);
        }
    }

    private static Row added(ClusterClient client, Arguments arguments) throws CommandException {
        String name = arguments.at(1);
        JsonWriter body = new JsonWriter().object().field("nickname", name);
        if (arguments.has(ADMIN)) {
            body.field("admin", true);
        }
        ClientResponse response = client.ask(ClientRequest.json("POST", Accounts.USERS, body.end().toBytes(),
                ClientRequest.Repeat.HARMFUL), name + " was not created");
        return new Row().text("nickname", name).text("uuid", response.member("uuid"))
                .text("done", "created");
    }

    private Row removed(ClusterClient client, Accounts accounts, Arguments arguments)
            throws MisuseException, CommandException, IOException {
        String name = arguments.at(1);
        String undone = name + " was not removed";
        String id = accounts.user(name, undone);
        Confirmation.ask(invocation, arguments.has("--yes"), "remove " + name + " and all tokens of that"
                + " user");
        client.ask(ClientRequest.json("DELETE", Accounts.USERS + "/" + id, NONE,
                ClientRequest.Repeat.HARMLESS), undone);
        return new Row().text("nickname", name).text("uuid", id).text("done", "removed");
    }
}
