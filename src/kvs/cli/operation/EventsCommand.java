package kvs.cli.operation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
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

/** The command {@code events}: the events of the cluster as a node saw them, the oldest first. */
public final class EventsCommand implements Command {

    private static final String SINCE = "--since";
    private static final String STANDARD = "24h-ago";
    private static final int PAGE = 1_000;
    private static final List<String> SHOWN = List.of("id", "at", "level", "event", "message");

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public EventsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("events", "show the events of the cluster")
                .value(SINCE, ValueType.TIME, "only those from then on; default " + STANDARD)
                .option(OptionSpec.of("--limit", ValueType.NUMBER, "at most so many, the oldest")
                        .shown("N"))
                .note("Each node keeps the events that it saw, also over a restart. It needs the scope"
                        + " admin.")
                .example("kvs events --since 02:00", "the events of the night")
                .example("kvs events --since '10 min ago' -o ndjson", "the last ones, for a program")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        long since = TimeText.parse(SINCE, arguments.option(SINCE).orElse(STANDARD),
                invocation.clock().wallMs());
        long left = arguments.number("--limit").orElse(Long.MAX_VALUE);
        OutputFormat format = OutputFormat.of(arguments);
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, format, false)) {
            boolean more = left > 0;
            while (more) {
                ClientResponse page = client.ask(ClientRequest.get("/admin/events?since=" + since + "&limit="
                        + Math.min(left, PAGE)), "no events were read");
                left -= page.read(json -> add(json, format, results));
                since = page.read(json -> JsonFields.number(json, "next")
                        .orElseThrow(() -> json.wrong("no field next")));
                more = left > 0 && page.header("link").isPresent();
            }
        }
        return ExitStatus.DONE;
    }

    private int add(JsonValue page, OutputFormat format, ResultWriter results) throws JsonException {
        List<JsonValue> events = JsonFields.list(page, "events");
        for (JsonValue event : events) {
            results.add(format == OutputFormat.TABLE ? line(event) : whole(event));
        }
        return events.size();
    }

    private Row line(JsonValue event) throws JsonException {
        StringBuilder details = new StringBuilder();
        for (JsonValue.Field field : event.fields()) {
            boolean isShort = field.value().kind() != JsonValue.Kind.OBJECT;
            if (isShort && !SHOWN.contains(field.name())) {
                boolean isText = field.value().kind() == JsonValue.Kind.STRING;
                details.append(details.length() == 0 ? "" : " ").append(field.name()).append('=')
                        .append(isText ? field.value().string()
                        : new String(field.value().raw(), StandardCharsets.UTF_8));
            }
        }
        long at = JsonFields.number(event, "at").orElseThrow(() -> event.wrong("no field at"));
        return new Row().text("at", TimeText.text(at, invocation.isTerminal()))
                .text("level", JsonFields.text(event, "level"))
                .text("message", JsonFields.text(event, "message")).text("details", details.toString());
    }

    private static Row whole(JsonValue event) throws JsonException {
        Row row = new Row();
        for (JsonValue.Field field : event.fields()) {
            row.json(field.name(), field.value().raw());
        }
        return row;
    }
}
