package kvs.cli.access;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.Style;
import kvs.command.TimeText;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;

/**
 * The tokens of a cluster, by the API: {@code token add}, {@code token ls}, {@code token rm}. The text of a
 * new token is printed once, and nothing else with it. One thread.
 */
public final class ClusterTokens {

    private static final byte[] NONE = {};
    private static final String TOKENS = "/auth/tokens";
    private static final List<String> STANDARD = List.of("read", "write");

    private final Invocation invocation;
    private final Arguments arguments;

    /** The tokens of the cluster that the arguments name. */
    public ClusterTokens(Invocation invocation, Arguments arguments) {
        this.invocation = invocation;
        this.arguments = arguments;
    }

    /** Does what the arguments say. */
    public ExitStatus run() throws MisuseException, CommandException, IOException {
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            switch (arguments.at(0)) {
                case "add" -> add(client);
                case "rm" -> remove(client);
                default -> list(client);
            }
        }
        return ExitStatus.DONE;
    }

    private void add(ClusterClient client) throws CommandException, IOException {
        String undone = "no token was made";
        Accounts accounts = new Accounts(client);
        Optional<String> name = arguments.maybe(1).or(() -> arguments.option("--user"));
        String user = name.isPresent() ? accounts.user(name.get(), undone) : accounts.caller(undone);
        JsonWriter body = new JsonWriter().object().field("user_uuid", user);
        arguments.option("--ttl").ifPresent(life -> body.field("expires_in", life));
        body.name("scopes").array();
        arguments.option("--scopes").map(text -> List.of(text.split(","))).orElse(STANDARD)
                .forEach(scope -> body.value(scope.strip()));
        ClientResponse response = client.ask(ClientRequest.json("POST", TOKENS,
                body.end().end().toBytes(), ClientRequest.Repeat.HARMFUL), undone);
        long end = response.read(json -> JsonFields.number(json, "expires_at").orElse(0));
        if (OutputFormat.of(arguments) == OutputFormat.TABLE) {
            if (!arguments.has(GlobalOptions.QUIET)) {
                invocation.err().println("kvs: token " + Style.safe(response.member("id")) + ", valid until "
                        + TimeText.text(end, invocation.isTerminal()) + "; it is not shown again");
            }
            invocation.out().println(Style.safe(response.member("token")));
            return;
        }
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            results.add(new Row().text("token", response.member("token")).text("id", response.member("id"))
                    .text("expires", TimeText.text(end, false)));
        }
    }

    private void list(ClusterClient client) throws CommandException, IOException {
        String undone = "the tokens were not listed";
        Accounts accounts = new Accounts(client);
        Optional<String> user = arguments.maybe(1).or(() -> arguments.option("--user"));
        String target = TOKENS + (user.isEmpty() ? "" : "?user_uuid=" + accounts.user(user.get(), undone));
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), true)) {
            for (JsonValue token : accounts.all(target, "tokens", undone)) {
                results.add(row(token, accounts));
            }
        }
    }

    private Row row(JsonValue token, Accounts accounts) throws CommandException {
        try {
            List<String> scopes = new ArrayList<>();
            for (JsonValue scope : JsonFields.list(token, "scopes")) {
                scopes.add(scope.string());
            }
            String user = JsonFields.required(token, "user_uuid");
            long end = JsonFields.number(token, "expires_at").orElse(0);
            return new Row().text("id", JsonFields.required(token, "id"))
                    .text("user_uuid", user, accounts.nickname(user))
                    .text("scopes", String.join(",", scopes))
                    .text("expires", TimeText.text(end, false), TimeText.text(end, invocation.isTerminal()));
        } catch (JsonException e) {
            throw new CommandException(ExitStatus.FAILED, "the server is not a KVS node", e);
        }
    }

    private void remove(ClusterClient client) throws CommandException {
        String id = arguments.at(1);
        client.ask(ClientRequest.json("DELETE", TOKENS + "/" + PercentEncoding.encode(id), NONE,
                ClientRequest.Repeat.HARMLESS), "the token " + id + " was not revoked");
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            results.add(new Row().text("id", id).text("done", "revoked"));
        }
    }
}
