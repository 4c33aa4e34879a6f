package kvs.cli.operation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
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
import kvs.command.Style;
import kvs.command.TimeText;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** The backups of a running node: makes one, or lists them. One thread. */
public final class NodeBackups {

    private static final int CREATED = 201;
    private static final long WAIT_MS = 30_000;
    private static final byte[] NONE = {};
    private static final String LIST = "/admin/backups";

    private final Invocation invocation;
    private final Arguments arguments;

    /** The backups of the node that the arguments name. */
    public NodeBackups(Invocation invocation, Arguments arguments) {
        this.invocation = invocation;
        this.arguments = arguments;
    }

    /** Lists them, the newest first, and one that is being made. */
    public ExitStatus list() throws MisuseException, CommandException, IOException {
        try (ClusterClient client = new NodeSelection(invocation, arguments).client();
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), true)) {
            ClientResponse response = client.ask(ClientRequest.get(LIST), "no backups were listed");
            for (Row row : response.read(this::rows)) {
                results.add(row);
            }
            String error = response.member("error");
            if (!error.isEmpty()) {
                invocation.err().println("kvs: the last backup failed: " + Style.safe(error));
            }
            return error.isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
        }
    }

    private List<Row> rows(JsonValue body) throws JsonException {
        List<Row> rows = new ArrayList<>();
        Optional<JsonValue> running = body.field("running");
        if (running.isPresent()) {
            rows.add(row(running.get()).text("state", "being made"));
        }
        for (JsonValue backup : JsonFields.list(body, "backups")) {
            OptionalLong keys = JsonFields.number(backup, "keys");
            rows.add(keys.isEmpty() ? row(backup).text("state", "not complete")
                    : row(backup).number("keys", keys.getAsLong(), keys.getAsLong() + " keys"));
        }
        return rows;
    }

    private Row row(JsonValue backup) throws JsonException {
        long bytes = BackgroundWorkPoller.number(backup, "bytes");
        long made = BackgroundWorkPoller.number(backup, "created_at");
        return new Row().text("name", JsonFields.text(backup, "name"))
                .text("created", TimeText.text(made, false), TimeText.text(made, invocation.isTerminal()))
                .number("bytes", bytes, HumanReadable.bytes(bytes));
    }

    /** Makes one, and waits for its end; one that is being made already counts. */
    public ExitStatus make() throws MisuseException, CommandException, IOException {
        try (ClusterClient client = new NodeSelection(invocation, arguments).client();
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            ClientResponse response = client.ask(ClientRequest.json("POST", "/admin/backup?wait=" + WAIT_MS
                    + "ms", NONE, ClientRequest.Repeat.HARMFUL).waiting(WAIT_MS), "no backup was made");
            JsonValue made = response.read(json -> json);
            if (response.status() != CREATED) {
                long begun = response.read(json -> BackgroundWorkPoller.number(json, "created_at"));
                ClientResponse end = new BackgroundWorkPoller(client, invocation, arguments, "bytes")
                        .finished(LIST,
                                json -> new long[]{BackgroundWorkPoller.number(json.field("running")
                                        .orElseThrow(), "bytes"), 0},
                                "the backup goes on, and its end was not seen");
                made = end.read(json -> newest(json, begun)).orElseThrow(() -> new CommandException(
                        ExitStatus.FAILED, "no backup was made: " + end.member("error")));
            }
            JsonValue finished = made;
            results.add(response.read(json -> {
                long keys = BackgroundWorkPoller.number(finished, "keys");
                return row(finished).number("keys", keys, keys + " keys");
            }));
        }
        return ExitStatus.DONE;
    }

    /** The complete backup that was begun at that time or later. */
    private static Optional<JsonValue> newest(JsonValue body, long begunMs) throws JsonException {
        for (JsonValue backup : JsonFields.list(body, "backups")) {
            if (backup.field("keys").isPresent()
                    && BackgroundWorkPoller.number(backup, "created_at") >= begunMs) {
                return Optional.of(backup);
            }
        }
        return Optional.empty();
    }
}
