package kvs.cli.keys;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.ValueType;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** The command {@code ls}: lists the keys and prefixes below a prefix, page by page. */
public final class LsCommand implements Command {

    private static final int PAGE = 1_000;
    private static final String SORT = "--sort";
    /** Sorting keeps all rows in memory. */
    private static final int SORTED_MAX = 1_000_000;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public LsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** The result, with the names of authors. */
    private final class Lines {

        private final ResultWriter results;
        private final UserNames users;

        Lines(ResultWriter results, UserNames users) {
            this.results = results;
            this.users = users;
        }

        boolean isBroken() {
            return results.isBroken();
        }

        void add(ListedKey key) throws CommandException {
            results.add(key.row(invocation, users));
        }
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("ls", "list the keys below a prefix")
                .form(ArgumentSpec.of("PREFIX", ValueType.PREFIX, "the prefix; the default is everything")
                        .optional())
                .option(OptionSpec.flag("--long", "with size, time, author and expiry").letter('l'))
                .option(OptionSpec.flag("--recursive", "all keys below it, not only the next"
                        + " level").letter('r'))
                .option(OptionSpec.choice(SORT, List.of("name", "size", "time"),
                        "the order; size and time begin with the greatest, and need --long"))
                .option(OptionSpec.of("--limit", ValueType.NUMBER, "at most so many").shown("N"))
                .example("kvs ls users/ -l", "the keys of a prefix, with details")
                .example("kvs ls -r -o raw", "every key, one a line")
                .status(ExitStatus.ABSENT, "nothing is below the prefix")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath prefix = KeyPath.prefix(arguments.maybe(0).orElse(""));
        boolean detailed = arguments.has("--long");
        String order = arguments.option(SORT).orElse("name");
        if (!order.equals("name") && !detailed) {
            throw new MisuseException("--sort " + order + " needs --long");
        }
        long limit = arguments.number("--limit").orElse(Long.MAX_VALUE);
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), detailed)) {
            KeyListing listing = new KeyListing(client, prefix, arguments.has("--recursive"), detailed);
            Lines add = new Lines(results, new UserNames(client));
            long shown = order.equals("name") ? stream(listing, add, limit)
                    : sorted(listing, add, limit, order);
            if (shown == 0 && limit > 0 && !prefix.text().isEmpty()) {
                add.add(alone(client, arguments.at(0), prefix, detailed));
            }
        }
        return ExitStatus.DONE;
    }

    /** The key of that name, when nothing is below it. */
    private static ListedKey alone(ClusterClient client, String name, KeyPath prefix, boolean detailed)
            throws MisuseException, CommandException {
        CommandException nothing = new CommandException(ExitStatus.ABSENT, "nothing is below " + prefix);
        if (name.endsWith("/")) {
            throw nothing;
        }
        KeyPath key = KeyPath.key(name);
        ClientResponse response = client.send(ClientRequest.get(key.target()), key + " was not listed");
        if (!response.isGood()) {
            throw nothing;
        }
        try {
            return ListedKey.alone(key, response.json(), detailed);
        } catch (JsonException e) {
            throw response.foreign(e);
        }
    }

    private long stream(KeyListing listing, Lines results, long limit) throws CommandException {
        long shown = 0;
        while (shown < limit && listing.hasNext() && !results.isBroken()) {
            for (ListedKey one : page(listing, (int) Math.min(PAGE, limit - shown))) {
                if (shown < limit) {
                    results.add(one);
                    shown++;
                }
            }
        }
        return shown;
    }

    private long sorted(KeyListing listing, Lines results, long limit, String order)
            throws CommandException {
        List<ListedKey> all = new ArrayList<>();
        while (listing.hasNext()) {
            all.addAll(page(listing, PAGE));
            if (all.size() > SORTED_MAX) {
                throw new CommandException(ExitStatus.FAILED, "nothing was listed: more than " + SORTED_MAX
                        + " keys cannot be sorted. Name a longer prefix, or leave out --sort");
            }
        }
        all.sort(Comparator.comparingLong((ListedKey one) -> order.equals("size") ? one.bytes()
                : one.timeMs())
                .reversed());
        for (int i = 0; i < Math.min(limit, all.size()); i++) {
            results.add(all.get(i));
        }
        return all.size();
    }

    private static List<ListedKey> page(KeyListing listing, int size) throws CommandException {
        JsonValue page = listing.page(size);
        try {
            return ListedKey.of(page, listing.hasValues());
        } catch (JsonException e) {
            throw listing.foreign(e);
        }
    }
}
