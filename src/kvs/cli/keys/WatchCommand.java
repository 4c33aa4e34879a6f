package kvs.cli.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
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
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.Style;
import kvs.command.TimeText;
import kvs.command.ValueType;
import kvs.json.JsonWriter;

/** The command {@code watch}: prints each change of a key, or of all keys below a prefix, as a line. */
public final class WatchCommand implements Command {

    /** The time without any node after which it gives up. */
    private static final long PATIENCE_MS = 300_000;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public WatchCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("watch", "print each change of a key, or below a prefix")
                .form(ArgumentSpec.of("KEY|PREFIX/", ValueType.KEY, "a key, or with a slash at its end a"
                        + " prefix;"
                        + " the default is everything").optional())
                .flag("--present", "first print what is there now")
                .option(OptionSpec.of("--since", ValueType.TEXT, "first print what has changed since that"
                        + " position, of -o ndjson").shown("POSITION"))
                .option(OptionSpec.of("--count", ValueType.NUMBER, "end after so many changes").shown("N"))
                .note("It goes on at another node when its node dies, and misses no change. Of several"
                        + " changes"
                        + " of a key at once only the last may be printed. Without any node it gives up after"
                        + " --timeout, 5m by default. Ctrl-C ends it.")
                .example("kvs watch users/", "one line for each change below users/")
                .example("kvs watch -o ndjson --present", "everything, then every change, for a program")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        String name = arguments.maybe(0).orElse("");
        boolean one = !name.isEmpty() && !name.endsWith("/");
        KeyPath wanted = one ? KeyPath.key(name) : KeyPath.prefix(name);
        if (arguments.has("--present") && arguments.option("--since").isPresent()) {
            throw new MisuseException("--present and --since exclude each other");
        }
        String since = arguments.option("--since").orElse(arguments.has("--present") ? ChangeStream.PRESENT
                : ChangeStream.NOW);
        OptionalLong count = arguments.number("--count");
        ClientSession session = ClientSession.of(invocation, arguments);
        try (ClusterClient client = session.client(invocation, arguments, PATIENCE_MS);
                ClusterClient others = session.client(invocation, arguments);
                ChangeStream changes = new ChangeStream(client, one ? wanted.parent() : wanted, since,
                        true)) {
            UserNames users = new UserNames(others);
            OutputFormat format = OutputFormat.of(arguments);
            long printed = 0;
            while (count.isEmpty() || printed < count.getAsLong()) {
                Change change = changes.next();
                if (!one || change.path().equals(wanted.text())) {
                    invocation.out().println(line(change, format, changes.position(), users));
                    printed++;
                }
                if (invocation.out().checkError()) {
                    break;
                }
            }
        }
        return ExitStatus.DONE;
    }

    private String line(Change change, OutputFormat format, String position, UserNames users)
            throws CommandException {
        return switch (format) {
            case RAW -> Style.safe(change.path());
            case JSON, NDJSON -> new String(new JsonWriter().object().field("position", position)
                    .name("change").rawOneLine(change.item()).end().toBytes(), StandardCharsets.UTF_8);
            case TABLE -> text(change, users);
        };
    }

    /** The line for people: {@code 19:01:02 PUT users/john by admin on node2 {"age":31}}. */
    private String text(Change change, UserNames users) throws CommandException {
        Style style = invocation.style();
        String kind = switch (change.kind()) {
            case PUT -> style.paint(Style.Colour.GREEN, "PUT");
            case DELETE -> style.paint(Style.Colour.RED, "DELETE");
            case EXPIRE -> style.paint(Style.Colour.YELLOW, "EXPIRE");
            case ACCESS -> style.paint(Style.Colour.YELLOW, "ACCESS");
        };
        long time = change.timeMs() == 0 ? invocation.clock().wallMs() : change.timeMs();
        String by = change.author().isEmpty() ? "" : " by " + users.of(change.author());
        String on = change.node().isEmpty() ? "" : " on " + change.node();
        String data = change.data().map(json -> " " + new String(new JsonWriter().rawOneLine(json).toBytes(),
                StandardCharsets.UTF_8)).orElse("");
        return TimeText.clock(time, invocation.isTerminal()) + " " + kind + " "
                + Style.safe(change.path() + by + on + data);
    }
}
