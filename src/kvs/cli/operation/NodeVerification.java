package kvs.cli.operation;

import java.io.IOException;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.NodeSelection;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.HumanReadable;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;

/** The verification of a running node: it reads and checks every version, while it serves. */
public final class NodeVerification {

    private static final String TARGET = "/admin/verify";
    private static final byte[] NONE = {};

    private NodeVerification() { }

    /** Begins one on the node of the arguments, and waits for its end. */
    public static ExitStatus run(Invocation invocation, Arguments arguments)
            throws MisuseException, CommandException, IOException {
        try (ClusterClient client = new NodeSelection(invocation, arguments).client();
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            client.ask(ClientRequest.json("POST", TARGET, NONE, ClientRequest.Repeat.HARMLESS),
                    "nothing was verified");
            ClientResponse last = new BackgroundWorkPoller(client, invocation, arguments, "keys")
                    .finished(TARGET,
                            json -> new long[]{BackgroundWorkPoller.number(json, "checked_keys"),
                                BackgroundWorkPoller.number(json, "keys")},
                            "the verification goes on, and its end was not seen");
            long unreadable = last.read(json -> BackgroundWorkPoller.number(json, "unreadable"));
            results.add(last.read(json -> {
                long keys = BackgroundWorkPoller.number(json, "checked_keys");
                long bytes = BackgroundWorkPoller.number(json, "checked_bytes");
                return new Row().text("result", unreadable == 0 ? "sound" : "FAULTY")
                        .number("checked_keys", keys, keys + " keys")
                        .number("checked_bytes", bytes, HumanReadable.bytes(bytes))
                        .number("unreadable", unreadable, unreadable + " unreadable versions");
            }));
            return unreadable == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
        }
    }
}
