package kvs.cli.operation;

import java.util.OptionalLong;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.Progress;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.world.Logger;
import kvs.world.Threads;

/**
 * The wait for something that a node does in the background, with its progress on a terminal. Ctrl-C ends the
 * wait and not the work. One thread.
 */
final class BackgroundWorkPoller {

    private static final long PAUSE_MS = 100;
    private static final long PAUSE_MS_MAX = 1_000;

    private final ClusterClient client;
    private final Progress progress;
    private final Threads threads = new Threads(Logger.none());

    /** The progress of the work in a response. */
    @FunctionalInterface
    interface ProgressParser {

        /** How many are done, and of how many; the latter is 0 when that is unknown. */
        long[] of(JsonValue body) throws JsonException;
    }

    /** Work of a node whose progress is counted in {@code unit}. */
    BackgroundWorkPoller(ClusterClient client, Invocation invocation, Arguments arguments, String unit) {
        this.client = client;
        this.progress = new Progress(invocation, unit, arguments.has(GlobalOptions.QUIET));
    }

    /** Asks for {@code target} until its work does not run any more; the result is the last response. */
    ClientResponse finished(String target, ProgressParser parser, String undone) throws CommandException {
        long pauseMs = PAUSE_MS;
        while (true) {
            ClientResponse response = client.ask(ClientRequest.get(target), undone);
            if (!response.read(BackgroundWorkPoller::isRunning)) {
                progress.clear();
                return response;
            }
            long[] state = response.read(parser::of);
            progress.show(state[0], state[1]);
            threads.pause(pauseMs);
            pauseMs = Math.min(PAUSE_MS_MAX, pauseMs + PAUSE_MS);
        }
    }

    /** Whether {@code running} is true, or an object about the work. */
    private static boolean isRunning(JsonValue body) throws JsonException {
        return body.field("running").isPresent()
                && (body.field("running").get().kind() == JsonValue.Kind.OBJECT
                || JsonFields.flag(body, "running"));
    }

    /** A number that is 0 when it is missing. */
    static long number(JsonValue body, String name) throws JsonException {
        OptionalLong number = JsonFields.number(body, name);
        return number.orElse(0);
    }
}
