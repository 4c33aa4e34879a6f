package kvs.cli.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.Deadline;
import kvs.client.RefusalReport;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.ValueType;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** The command {@code wait}: ends when a key is there, is gone, has changed, or has a value in a field. */
public final class WaitCommand implements Command {

    private static final int NOT_FOUND = 404;
    private static final int NOT_MODIFIED = 304;
    /** The longest that a node holds a request back, here: less than proxies do. */
    private static final long HELD_MS = 20_000;
    private static final long PATIENCE_MS = 300_000;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public WaitCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** The state of a key: its version, empty when there is none, and its document. */
    private record State(String tag, byte[] document) { }

    /** A condition on the state of a key. */
    @FunctionalInterface
    private interface Goal {
        boolean isReached(State state) throws CommandException;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("wait", "wait until a key is there, is gone, or has changed")
                .form(ArgumentSpec.of("KEY", ValueType.KEY, "the key"))
                .flag("--exists", "until it exists; this is the default")
                .flag("--absent", "until it does not exist")
                .flag("--changed", "until it is another version than now")
                .option(OptionSpec.of("--field", ValueType.TEXT,
                        "until a part of the document is this JSON, or"
                        + " this text").shown(".NAME=VALUE"))
                .note("--timeout bounds the whole wait; without it there is no bound. It goes on at another"
                        + " node when its node dies.")
                .example("kvs wait locks/job1 --absent --timeout 30s", "until the lock is free")
                .example("kvs wait jobs/7 --field .state=done", "until a field has a value")
                .status(ExitStatus.UNREACHABLE, "out of time, or no node reached")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath key = KeyPath.key(arguments.at(0));
        long given = List.of("--exists", "--absent", "--changed", "--field").stream()
                .filter(arguments::has).count();
        if (given > 1) {
            throw new MisuseException("--exists, --absent, --changed and --field exclude each other");
        }
        Optional<String> field = arguments.option("--field");
        Optional<FieldGoal> wanted = field.isEmpty() ? Optional.empty()
                : Optional.of(FieldGoal.of(field.get(), key));
        Deadline deadline = Deadline.in(invocation.clock(),
                arguments.durationMs(GlobalOptions.TIMEOUT).orElse(Long.MAX_VALUE / Deadline.NANOS_PER_MS /
                        2));
        try (ClusterClient client = ClientSession.of(invocation, arguments)
                .client(invocation, arguments, PATIENCE_MS)) {
            State first = look(client, key, Optional.empty(), deadline);
            Goal goal = wanted.isPresent() ? wanted.get()::isReached
                    : arguments.has("--absent") ? state -> state.tag.isEmpty()
                    : arguments.has("--changed") ? state -> !state.tag.equals(first.tag)
                    : state -> !state.tag.isEmpty();
            await(client, key, goal, first, deadline);
        }
        return ExitStatus.DONE;
    }

    private static void await(ClusterClient client, KeyPath key, Goal goal, State first, Deadline deadline)
            throws CommandException {
        State state = first;
        while (!goal.isReached(state)) {
            if (deadline.leftMs() <= 0) {
                throw late(key, state);
            }
            try {
                state = look(client, key, Optional.of(state), deadline);
            } catch (CommandException e) {
                throw e.status() == ExitStatus.UNREACHABLE && deadline.leftMs() <= 0 ? late(key, state) : e;
            }
        }
    }

    private static CommandException late(KeyPath key, State last) {
        return new CommandException(ExitStatus.UNREACHABLE, "out of time: when a node last responded, " + key
                + (last.tag.isEmpty() ? " did not exist" : " was not as it should be"));
    }

    /**
     * The state of a key: at once, or when it is no longer {@code old}, or after some time. A node holds the
     * request back for less than the time that is left, so that its response arrives in time.
     */
    private static State look(ClusterClient client, KeyPath key, Optional<State> old, Deadline deadline)
            throws CommandException {
        long left = Math.max(0, deadline.leftMs());
        long heldMs = old.isEmpty() ? 0 : Math.max(1, Math.min(left - left / 10, HELD_MS));
        ClientRequest request = ClientRequest.get(key.target() + "?raw"
                + (old.isEmpty() ? "" : "&watch=" + heldMs + "ms")).waiting(heldMs);
        if (old.isPresent() && !old.get().tag.isEmpty()) {
            request = request.with("If-None-Match", "\"" + old.get().tag + "\"");
        }
        ClientResponse response = client.send(request, "the wait for " + key + " ended", deadline);
        if (response.status() == NOT_MODIFIED) {
            return old.orElseThrow();
        }
        if (response.status() == NOT_FOUND) {
            return new State("", new byte[0]);
        }
        if (!response.isGood()) {
            throw RefusalReport.of("the wait for " + key + " ended", response);
        }
        return new State(response.tag().orElse(""), response.body());
    }

    /** The goal that a part of a document has a value: as JSON, or as the text of a string. */
    private record FieldGoal(FieldPath path, String value, KeyPath key) {

        static FieldGoal of(String text, KeyPath key) throws MisuseException {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new MisuseException("--field needs a value: .NAME=VALUE");
            }
            return new FieldGoal(FieldPath.of(text.substring(0, equals)), text.substring(equals + 1), key);
        }

        boolean isReached(State state) throws CommandException {
            if (state.tag.isEmpty()) {
                return false;
            }
            try {
                Optional<JsonValue> found = path.find(JsonValue.parse(state.document));
                return found.isPresent() && (new String(found.get().raw(),
                        StandardCharsets.UTF_8).equals(value)
                        || found.get().kind() == JsonValue.Kind.STRING
                                && found.get().string().equals(value));
            } catch (JsonException e) {
                throw new CommandException(ExitStatus.FAILED, "the document of " + key + " cannot be read",
                        e);
            }
        }
    }
}
