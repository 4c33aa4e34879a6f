package kvs.cli.operation;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.NodeSelection;
import kvs.client.RefusalReport;
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
import kvs.json.JsonWriter;

/** The command {@code mode}: shows whether a node takes writes, or changes it. */
public final class ModeCommand implements Command {

    private static final int UNAVAILABLE = 503;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public ModeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("mode", "show the mode of a node, or make it read-only or not")
                .form()
                .form(ArgumentSpec.choice("read-only", List.of("read-only"), "change whether it takes"
                        + " writes"),
                        ArgumentSpec.choice("on|off", List.of("on", "off"), "on: it takes none"))
                .option(NodeSelection.NODE)
                .note("It lasts until the next start of the node; the setting read_only lasts longer. A"
                        + " read-only node still takes the writes of other nodes.")
                .example("kvs mode read-only on", "before the disk is moved")
                .example("kvs mode", "the present mode")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        try (ClusterClient client = new NodeSelection(invocation, arguments).client();
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            ClientResponse response = arguments.maybe(1).isEmpty() ? shown(client)
                    : set(client, arguments.at(1).equals("on"));
            results.add(new Row().text("id", response.node()).text("mode", response.member("mode")));
        }
        return ExitStatus.DONE;
    }

    /** The health of a node that does not serve is a 503 with the mode. */
    private static ClientResponse shown(ClusterClient client) throws CommandException {
        String undone = "the mode was not read";
        ClientResponse response = client.probe(ClientRequest.get("/health"), undone);
        Optional<String> mode = Optional.of(response.member("mode")).filter(text -> !text.isEmpty());
        if (!response.isGood() && response.status() != UNAVAILABLE || mode.isEmpty()) {
            throw RefusalReport.of(undone, response);
        }
        return response;
    }

    private static ClientResponse set(ClusterClient client, boolean readOnly) throws CommandException {
        byte[] body = new JsonWriter().object().field("read_only", readOnly).end().toBytes();
        return client.ask(ClientRequest.json("PUT", "/admin/mode", body, ClientRequest.Repeat.HARMLESS),
                "the mode was not changed");
    }
}
