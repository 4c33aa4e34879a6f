package kvs.cli.operation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.client.NodeSelection;
import kvs.client.RefusalReport;
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
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** The command {@code members}: lists the members, removes a dead one, or makes a node leave. */
public final class MembersCommand implements Command {

    private static final byte[] NONE = {};
    private static final int NOT_FOUND = 404;
    private static final String WAIT = "--wait";
    private static final long WAIT_MS = 10_000;
    private static final long WAIT_MS_MAX = 60_000;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public MembersCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("members", "list the members, remove a dead one, or make a node leave")
                .form(ArgumentSpec.choice("ls", List.of("ls"), "list them; the default").optional())
                .form(ArgumentSpec.choice("rm", List.of("rm"), "remove a dead member for good"),
                        ArgumentSpec.of("ID", ValueType.TEXT, "its id"))
                .form(ArgumentSpec.choice("leave", List.of("leave"), "make the node that is asked leave"))
                .option(NodeSelection.NODE)
                .value(WAIT, ValueType.DURATION, "leave after this time although the others lack writes of"
                        + " the node; default 10s, at most 60s")
                .option(OptionSpec.flag("--yes", "do not ask before the node leaves").letter('y'))
                .note("A member that is removed while it lives says so and comes back. A node that has left"
                        + " is read-only until it is started again.")
                .example("kvs members ls", "the members as the node sees them")
                .example("kvs members rm node3", "node3 is gone for good; deleted keys can be purged")
                .example("kvs members leave --node node2 --yes", "before node2 is taken away")
                .status(ExitStatus.ABSENT, "there is no such member")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        switch (arguments.maybe(0).orElse("ls")) {
            case "rm" -> remove(arguments);
            case "leave" -> leave(arguments);
            default -> list(arguments);
        }
        return ExitStatus.DONE;
    }

    private void list(Arguments arguments) throws MisuseException, CommandException, IOException {
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), true)) {
            List<Row> rows = client.ask(ClientRequest.get("/members/"), "the members were not listed")
                    .read(this::rows);
            rows.forEach(results::add);
        }
    }

    private List<Row> rows(JsonValue members) throws JsonException {
        List<Row> rows = new ArrayList<>();
        for (JsonValue member : members.elements()) {
            OptionalLong lag = JsonFields.number(member, "lag_ms");
            long seen = JsonFields.number(member, "last_seen").orElse(0);
            Row row = new Row().text("id", JsonFields.required(member, "id"))
                    .text("address", JsonFields.text(member, "address"))
                    .text("status", JsonFields.text(member, "status"))
                    .text("mode", JsonFields.text(member, "mode"));
            rows.add((lag.isEmpty() ? row.none("lag_ms") : row.number("lag_ms", lag.getAsLong(),
                    lag.getAsLong() + " ms")).text("last_seen", TimeText.text(seen, false),
                    TimeText.text(seen, invocation.isTerminal())));
        }
        return rows;
    }

    private void remove(Arguments arguments) throws MisuseException, CommandException, IOException {
        String id = arguments.at(1);
        String undone = id + " was not removed";
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            ClientResponse response = client.send(ClientRequest.json("DELETE", "/members/"
                    + PercentEncoding.encode(id), NONE, ClientRequest.Repeat.HARMLESS), undone);
            if (response.status() == NOT_FOUND) {
                throw new CommandException(ExitStatus.ABSENT, undone + ": " + response.node()
                        + " knows no other member with this id. 'kvs members ls' lists them");
            }
            if (!response.isGood()) {
                throw RefusalReport.of(undone, response);
            }
            print(arguments, new Row().text("id", id).text("done", "removed"));
        }
    }

    private void leave(Arguments arguments) throws MisuseException, CommandException, IOException {
        long waitMs = arguments.durationMs(WAIT).orElse(WAIT_MS);
        if (waitMs > WAIT_MS_MAX) {
            throw new MisuseException("--wait is at most 60s");
        }
        try (ClusterClient client = new NodeSelection(invocation, arguments).client()) {
            Confirmation.ask(invocation, arguments.has("--yes"), "make the node at " + client.endpoint()
                    + " leave its cluster");
            ClientResponse response = client.ask(ClientRequest.json("POST", "/members/leave?wait=" + waitMs
                    + "ms", NONE, ClientRequest.Repeat.HARMFUL).waiting(waitMs), "the node did not leave");
            long copies = response.read(json -> JsonFields.number(json, "copies").orElse(1));
            print(arguments, new Row().text("id", response.node()).text("done", "left")
                    .number("copies", copies, copies + " nodes have its writes"));
        }
    }

    private void print(Arguments arguments, Row row) {
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            results.add(row);
        }
    }
}
