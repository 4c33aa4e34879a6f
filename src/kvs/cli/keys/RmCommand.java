package kvs.cli.keys;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.RefusalReport;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.Confirmation;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.Progress;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;

/** The command {@code rm}: deletes keys, or everything below a prefix. */
public final class RmCommand implements Command {

    private static final int NOT_FOUND = 404;
    private static final int PAGE = 1_000;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public RmCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("rm", "delete keys, or everything below a prefix")
                .form(ArgumentSpec.of("KEY", ValueType.KEY, "the key; with -r a prefix").many())
                .option(OptionSpec.flag("--recursive", "everything below the prefixes").letter('r'))
                .option(OptionSpec.of("--if-match", ValueType.TEXT, "only if this is the id of the present"
                        + " version").shown("ID"))
                .flag("--dry-run", "only print the keys that would be deleted")
                .option(OptionSpec.flag("--yes", "do not ask before more than one key is"
                        + " deleted").letter('y'))
                .note("A subtree is deleted in atomic batches of up to 10 000 keys. The history keeps what"
                        + " was"
                        + " deleted: 'kvs restore' puts it back.")
                .example("kvs rm users/john", "one key")
                .example("kvs rm -r cache/ --dry-run", "the keys that would be deleted")
                .status(ExitStatus.ABSENT, "a key does not exist; the others are deleted")
                .status(ExitStatus.CONDITION_FAILED, "--if-match did not hold")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        boolean recursive = arguments.has("--recursive");
        boolean dry = arguments.has("--dry-run");
        Optional<String> match = arguments.option("--if-match");
        if (match.isPresent() && (recursive || arguments.rest().size() > 1)) {
            throw new MisuseException("--if-match names a version of one key");
        }
        for (String name : arguments.rest()) {
            if (!recursive && name.endsWith("/")) {
                throw new MisuseException("'" + name + "' is a prefix: add -r to delete everything below it");
            }
        }
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            return recursive ? trees(client, arguments, results, dry)
                    : keys(client, arguments, results, dry);
        }
    }

    private ExitStatus keys(ClusterClient client, Arguments arguments, ResultWriter results, boolean dry)
            throws MisuseException, CommandException, IOException {
        List<String> names = arguments.rest();
        if (names.size() > 1 && !dry) {
            Confirmation.ask(invocation, arguments.has("--yes"), "delete " + names.size() + " keys");
        }
        ExitStatus status = ExitStatus.DONE;
        for (String name : names) {
            KeyPath key = KeyPath.key(name);
            ClientResponse response = client.send(request(key, arguments.option("--if-match"), dry),
                    key + " was not deleted");
            if (response.status() == NOT_FOUND) {
                invocation.err().println("kvs: there is no key " + key);
                status = ExitStatus.ABSENT;
            } else if (!response.isGood()) {
                throw RefusalReport.of(key + " was not deleted", response);
            } else {
                results.add(new Row().text("path", key.text())
                        .text("done", dry ? "would be deleted" : "deleted"));
            }
        }
        return status;
    }

    private static ClientRequest request(KeyPath key, Optional<String> match, boolean dry) {
        if (dry) {
            return ClientRequest.get(key.target());
        }
        ClientRequest request = ClientRequest.json("DELETE", key.target(), new byte[0], match.isPresent()
                ? ClientRequest.Repeat.HARMFUL : ClientRequest.Repeat.HARMLESS);
        return match.isPresent() ? request.with("If-Match", "\"" + match.get() + "\"") : request;
    }

    private ExitStatus trees(ClusterClient client, Arguments arguments, ResultWriter results, boolean dry)
            throws MisuseException, CommandException, IOException {
        ExitStatus status = ExitStatus.DONE;
        for (String name : arguments.rest()) {
            KeyPath prefix = KeyPath.prefix(name);
            long count = dry ? list(client, prefix, results)
                    : delete(client, prefix, arguments);
            if (count == 0) {
                invocation.err().println("kvs: nothing is below " + prefix);
                status = ExitStatus.ABSENT;
            } else if (!dry) {
                results.add(new Row().text("path", prefix.text()).text("done", "deleted")
                        .number("keys", count, count + " keys"));
            }
        }
        return status;
    }

    private static long list(ClusterClient client, KeyPath prefix, ResultWriter results)
            throws CommandException {
        KeyListing listing = new KeyListing(client, prefix, true, false);
        long count = 0;
        while (listing.hasNext()) {
            for (String key : listing.keys(PAGE)) {
                results.add(new Row().text("path", key).text("done", "would be deleted"));
                count++;
            }
        }
        return count;
    }

    private long delete(ClusterClient client, KeyPath prefix, Arguments arguments)
            throws MisuseException, CommandException, IOException {
        long total = new KeyListing(client, prefix, true, false).count(PAGE);
        if (total > 1) {
            Confirmation.ask(invocation, arguments.has("--yes"), "delete " + total + " keys below " + prefix);
        }
        Progress progress = new Progress(invocation, "keys", arguments.has(GlobalOptions.QUIET));
        long done = 0;
        Optional<String> next = total == 0 ? Optional.empty() : Optional.of("");
        while (next.isPresent()) {
            String after = next.get().isEmpty() ? "" : "&after=" + PercentEncoding.encode(next.get());
            ClientResponse response = client.ask(ClientRequest.json("DELETE", prefix.target() + "?recurse"
                    + after, new byte[0], ClientRequest.Repeat.HARMLESS),
                    done + " keys below " + prefix + " were deleted, no more");
            try {
                done += response.number("deleted");
                next = Optional.of(response.member("next")).filter(key -> !key.isEmpty());
            } catch (JsonException e) {
                throw response.foreign(e);
            }
            progress.show(done, total);
        }
        progress.clear();
        return done;
    }
}
