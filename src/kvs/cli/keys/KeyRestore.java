package kvs.cli.keys;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.Confirmation;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.TimeText;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** Puts an old version of a key back, or everything below a prefix as it was at a moment. */
public final class KeyRestore {

    /** The option that names the moment. */
    public static final String TO = "--to";
    /** The option that only shows what would be done. */
    public static final String DRY_RUN = "--dry-run";
    /** The option that leaves keys alone whose history is too short. */
    public static final String FORCE = "--force";
    /** The option that does not ask. */
    public static final String YES = "--yes";

    private final Invocation invocation;

    /** The restoring, for one run of the program. */
    public KeyRestore(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Does what the arguments say; the first one is a version of a key, or with {@code --to} a prefix. */
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        String name = arguments.at(0);
        Optional<String> to = arguments.option(TO);
        if (to.isEmpty() && name.endsWith("/")) {
            throw new MisuseException("name the moment of a prefix: kvs restore " + name + " --to '10 min"
                    + " ago'");
        }
        Optional<Long> moment = to.isEmpty() ? Optional.empty()
                : Optional.of(TimeText.parse(TO, to.get(), invocation.clock().wallMs()));
        Optional<RevisionName> version = name.endsWith("/") ? Optional.empty()
                : Optional.of(version(name, moment));
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            if (version.isPresent()) {
                key(client, version.get(), moment, arguments.has(DRY_RUN), results);
            } else {
                tree(client, KeyPath.prefix(name), moment.orElseThrow(), arguments, results);
            }
        }
        return ExitStatus.DONE;
    }

    /** The version that is named, by its id or by a moment. */
    private static RevisionName version(String name, Optional<Long> moment) throws MisuseException {
        RevisionName version = RevisionName.of(name);
        if (moment.isPresent() == version.revision().isPresent()) {
            throw new MisuseException("name a version by " + version.key() + "@ID, of 'kvs history "
                    + version.key() + "', or a moment by --to; a backup file needs the new data directory");
        }
        return version;
    }

    private static void key(ClusterClient client, RevisionName name, Optional<Long> moment, boolean dry,
            ResultWriter results) throws MisuseException, CommandException {
        KeyPath key = name.key();
        String undone = key + " was not put back";
        String uuid = moment.isPresent()
                ? client.ask(ClientRequest.get(key.target() + "?at=" + moment.get()), undone).member("uuid")
                : Revisions.read(client, key, false, Long.MAX_VALUE).named(name.revision().get()).uuid();
        if (!dry) {
            client.ask(ClientRequest.json("POST", key.target() + "?restore=" + uuid, new byte[0],
                    ClientRequest.Repeat.HARMLESS), undone);
        }
        results.add(new Row().text("path", key.text()).text("done", dry ? "would be put back" : "put back")
                .text("uuid", uuid));
    }

    private void tree(ClusterClient client, KeyPath prefix, long moment, Arguments arguments,
            ResultWriter results) throws MisuseException, CommandException, IOException {
        String undone = prefix + " was not put back";
        String target = prefix.target() + "?restore_to=" + moment + (arguments.has(FORCE) ? "&force" : "");
        ClientResponse plan = client.ask(ClientRequest.json("POST", target + "&dry_run", new byte[0],
                ClientRequest.Repeat.HARMLESS), undone);
        try {
            if (arguments.has(DRY_RUN)) {
                show(prefix, plan, arguments.has(FORCE), results);
                return;
            }
            long changes = plan.number("restored") + plan.number("deleted");
            if (changes > 1) {
                Confirmation.ask(invocation, arguments.has(YES), "change " + changes + " keys below "
                        + prefix);
            }
            ClientResponse done = client.ask(ClientRequest.json("POST", target, new byte[0],
                    ClientRequest.Repeat.HARMLESS), undone);
            Row row = new Row().text("path", prefix.text()).text("done", "put back")
                    .number("restored", done.number("restored"), done.number("restored") + " restored")
                    .number("deleted", done.number("deleted"), done.number("deleted") + " deleted")
                    .number("unchanged", done.number("unchanged"), done.number("unchanged") + " unchanged");
            long unknown = unknown(done);
            results.add(unknown == 0 ? row : row.number("unknown", unknown, unknown + " left, unknown then"));
        } catch (JsonException e) {
            throw plan.foreign(e);
        }
    }

    /** Shows what would be done; a plan that would be refused ends as the refusal does. */
    private void show(KeyPath prefix, ClientResponse plan, boolean force, ResultWriter results)
            throws JsonException, CommandException {
        long changes = plan.number("restored") + plan.number("deleted");
        List<JsonValue> named = ListedKey.member(plan.json(), "changes").elements();
        for (JsonValue change : named) {
            boolean gone = ListedKey.member(change, "op").string().equals("delete");
            results.add(new Row().text("path", ListedKey.member(change, "path").string())
                    .text("done", gone ? "would be deleted" : "would be put back"));
        }
        List<JsonValue> unknown = ListedKey.member(plan.json(), "unknown").elements();
        for (JsonValue path : unknown) {
            results.add(new Row().text("path", path.string()).text("done", "would be left: unknown then"));
        }
        long unnamed = changes - named.size() + unknown(plan) - unknown.size();
        if (unnamed > 0) {
            invocation.err().println("kvs: and " + unnamed + " more");
        }
        if (!force && !unknown.isEmpty()) {
            throw new CommandException(ExitStatus.FAILED, prefix + " would not be put back: the history of "
                    + unknown(plan) + " keys does not reach back to that time. --force leaves them as they"
                    + " are");
        }
    }

    /** The number of keys whose state at the moment is unknown. */
    private static long unknown(ClientResponse response) throws JsonException {
        Optional<JsonValue> count = response.json().field("unknown_count");
        return count.isPresent() ? count.get().asLong()
                : ListedKey.member(response.json(), "unknown").elements().size();
    }
}
