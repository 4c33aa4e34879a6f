package kvs.cli.keys;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.HumanReadable;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** The command {@code tree}: draws the prefixes with the number of keys and bytes of each. */
public final class TreeCommand implements Command {

    private static final long DEPTH = 2;
    private static final long WIDTH = 100;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public TreeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** A drawing under way: where it goes, how wide a level is, and whether it is drawn with branches. */
    private record Drawing(ClusterClient client, ResultWriter results, long width, boolean drawn) { }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("tree", "draw the prefixes, with the keys and bytes below each")
                .form(ArgumentSpec.of("PREFIX", ValueType.PREFIX, "the root of the drawing; the default is"
                        + " everything").optional())
                .option(OptionSpec.of("--depth", ValueType.NUMBER, "so many levels; default 2").shown("N"))
                .option(OptionSpec.of("--limit", ValueType.NUMBER, "at most so many entries of each prefix;"
                        + " default 100").shown("N"))
                .note("Each prefix is one request, whose time does not depend on the number of keys. Numbers"
                        + " are"
                        + " shown where the whole prefix may be read.")
                .example("kvs tree / --depth 2", "two levels")
                .status(ExitStatus.ABSENT, "nothing is below the prefix")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath prefix = KeyPath.prefix(arguments.maybe(0).orElse(""));
        OutputFormat format = OutputFormat.of(arguments);
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, format, false)) {
            Drawing drawing = new Drawing(client, results, arguments.number("--limit").orElse(WIDTH),
                    format == OutputFormat.TABLE);
            long entries = draw(drawing, prefix, arguments.number("--depth").orElse(DEPTH), "", "");
            if (entries == 0 && !prefix.text().isEmpty()) {
                throw new CommandException(ExitStatus.ABSENT, "nothing is below " + prefix);
            }
        }
        return ExitStatus.DONE;
    }

    /**
     * Draws a prefix and what is below it; the result is the number of entries.
     *
     * @param head what stands before its own name
     * @param margin what stands before the branches below it
     */
    private static long draw(Drawing drawing, KeyPath prefix, long depth, String head, String margin)
            throws CommandException, MisuseException {
        KeyListing listing = new KeyListing(drawing.client, prefix, false, false);
        JsonValue page = listing.page((int) Math.max(1, Math.min(drawing.width, 10_000)));
        try {
            List<ListedKey> entries = ListedKey.of(page, false);
            drawing.results.add(row(drawing, prefix.toString(), head, page));
            if (depth > 0) {
                below(drawing, entries, depth, margin, listing.hasNext());
            }
            return entries.size();
        } catch (JsonException e) {
            throw listing.foreign(e);
        }
    }

    private static void below(Drawing drawing, List<ListedKey> entries, long depth, String margin, boolean
            more)
            throws CommandException, MisuseException {
        List<String> names = new ArrayList<>(entries.stream().map(ListedKey::path).toList());
        for (int i = 0; i < names.size(); i++) {
            boolean last = i == names.size() - 1 && !more;
            String head = margin + (last ? "└── " : "├── ");
            if (names.get(i).endsWith("/")) {
                draw(drawing, KeyPath.prefix(names.get(i)), depth - 1, head, margin + (last ? "    " : "│  "
                        + " "));
            } else {
                drawing.results.add(new Row().text("path", names.get(i), shown(drawing, names.get(i), head))
                        .none("keys").none("bytes"));
            }
        }
        if (more && drawing.drawn) {
            drawing.results.add(new Row().text("path", margin + "└── …").none("keys").none("bytes"));
        }
    }

    private static Row row(Drawing drawing, String name, String head, JsonValue page) throws JsonException {
        Row row = new Row().text("path", name, shown(drawing, name, head));
        Optional<JsonValue> keys = page.field("count");
        Optional<JsonValue> bytes = page.field("bytes");
        if (keys.isEmpty() || bytes.isEmpty()) {
            return row.none("keys").none("bytes");
        }
        long size = bytes.get().asLong();
        return row.number("keys", keys.get().asLong(), keys.get().asLong() + " keys")
                .number("bytes", size, HumanReadable.bytes(size));
    }

    /** The last part of a name behind its branch; without a drawing the whole name. */
    private static String shown(Drawing drawing, String name, String head) {
        if (!drawing.drawn || head.isEmpty()) {
            return name;
        }
        int end = name.length() - (name.endsWith("/") ? 1 : 0);
        return head + name.substring(name.lastIndexOf('/', end - 1) + 1);
    }
}
