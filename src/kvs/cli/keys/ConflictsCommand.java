package kvs.cli.keys;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import kvs.client.ClientRequest;
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
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;

/**
 * The command {@code conflicts}: lists the keys with versions that lost a conflict. Each node keeps its own
 * losers, so each is asked.
 */
public final class ConflictsCommand implements Command {

    private static final int PAGES_MAX = 1_000;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public ConflictsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** The conflict of a key: the winner and all losers, by their ids. */
    private record Conflict(String winner, Set<String> losers) { }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("conflicts", "list the keys with versions that lost a conflict")
                .form(ArgumentSpec.of("PREFIX", ValueType.PREFIX, "only below it").optional())
                .note("Two nodes may accept a write of the same key before they hear of each other. One"
                        + " version"
                        + " wins on every node, the other one is kept where it was written: every node of the"
                        + " context is asked.")
                .example("kvs conflicts", "all conflicts that nobody has resolved")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath prefix = KeyPath.prefix(arguments.maybe(0).orElse(""));
        Map<String, Conflict> conflicts = new TreeMap<>();
        for (ClientSession node : ClientSession.of(invocation, arguments).each()) {
            try (ClusterClient client = node.client(invocation, arguments)) {
                collect(client, prefix, conflicts);
            }
        }
        boolean terminal = invocation.isTerminal();
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), true)) {
            conflicts.forEach((path, conflict) -> results.add(new Row().text("path", path)
                    .text("winner", conflict.winner,
                            terminal ? RevisionName.shortened(conflict.winner) : conflict.winner)
                    .json("losers", ids(conflict.losers))));
        }
        return ExitStatus.DONE;
    }

    private static byte[] ids(Set<String> ids) {
        JsonWriter json = new JsonWriter().array();
        ids.forEach(json::value);
        return json.end().toBytes();
    }

    private static void collect(ClusterClient client, KeyPath prefix, Map<String, Conflict> conflicts)
            throws CommandException {
        Optional<String> next = Optional.of("");
        for (int page = 0; next.isPresent(); page++) {
            if (page == PAGES_MAX) {
                throw new CommandException(ExitStatus.FAILED, "the conflicts were not listed: there are more"
                        + " than " + PAGES_MAX + " pages of them. Name a PREFIX, and 'kvs resolve' some");
            }
            String after = next.get().isEmpty() ? "" : "&after=" + PercentEncoding.encode(next.get());
            ClientResponse response = client.ask(ClientRequest.get("/kv/_conflicts?prefix="
                    + PercentEncoding.encode(prefix.text()) + after), "the conflicts were not listed");
            next = Optional.of(response.member("next")).filter(text -> !text.isEmpty());
            try {
                for (JsonValue item : ListedKey.member(response.json(), "conflicts").elements()) {
                    add(item, conflicts);
                }
            } catch (JsonException e) {
                throw response.foreign(e);
            }
        }
    }

    private static void add(JsonValue item, Map<String, Conflict> conflicts) throws JsonException {
        Conflict conflict = conflicts.computeIfAbsent(ListedKey.member(item, "path").string(),
                path -> new Conflict(winner(item), new TreeSet<>()));
        for (JsonValue loser : ListedKey.member(item, "losers").elements()) {
            conflict.losers.add(loser.string());
        }
    }

    private static String winner(JsonValue item) {
        try {
            Optional<JsonValue> winner = item.field("winner");
            return winner.isPresent() ? winner.get().string() : "";
        } catch (JsonException unknown) {
            return "";
        }
    }
}
