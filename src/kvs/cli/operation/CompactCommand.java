package kvs.cli.operation;

import java.io.IOException;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.NodeSelection;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.HumanReadable;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;

/** The command {@code compact}: frees the space of what nobody can see any more, on one node. */
public final class CompactCommand implements Command {

    private static final String TARGET = "/admin/compact";
    private static final byte[] NONE = {};

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public CompactCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("compact", "free the space of what nobody can see any more")
                .flag("--no-wait", "begin, and do not wait for the end")
                .option(NodeSelection.NODE)
                .note("A node does this by itself when half of its log is not needed any more. Reads and"
                        + " writes go on meanwhile.")
                .example("kvs compact", "after many deletes, when the disk is nearly full")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        try (ClusterClient client = new NodeSelection(invocation, arguments).client();
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            String undone = "nothing was compacted";
            ClientResponse response = client.ask(ClientRequest.json("POST", TARGET, NONE,
                    ClientRequest.Repeat.HARMLESS), undone);
            long freed = response.read(json -> BackgroundWorkPoller.number(json, "freed_bytes"));
            boolean waits = !arguments.has("--no-wait");
            if (waits) {
                response = new BackgroundWorkPoller(client, invocation, arguments, "bytes").finished(TARGET,
                        json -> new long[]{BackgroundWorkPoller.number(json, "freed_bytes") - freed, 0},
                        "the compaction goes on, and its end was not seen");
            }
            results.add(response.read(json -> {
                long now = BackgroundWorkPoller.number(json, "freed_bytes") - freed;
                long log = BackgroundWorkPoller.number(json, "log_bytes");
                long live = BackgroundWorkPoller.number(json, "live_bytes");
                return new Row().text("done", waits ? "compacted" : "begun")
                        .number("freed_bytes", now, HumanReadable.bytes(now) + " freed")
                        .number("log_bytes", log, HumanReadable.bytes(log) + " log")
                        .number("live_bytes", live, HumanReadable.bytes(live) + " of it needed");
            }));
        }
        return ExitStatus.DONE;
    }
}
