package kvs.cli.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.world.FailureText;

/**
 * All changes below a prefix, from a position on, without end and without a gap: when a node dies, the stream
 * goes on at another one by the position of the last change. A change that comes again is dropped. One
 * thread.
 */
final class ChangeStream implements AutoCloseable {

    /** The position of the present moment. */
    static final String NOW = "now";
    /** The position before everything: what is there first, then what changes. */
    static final String PRESENT = "0";
    /** A node sends a comment each 15 s: one that is silent for longer is dead. */
    private static final long SILENCE_MS = 25_000;
    private static final int EVENT_MAX = 64 << 20;
    /** Versions that are remembered, to drop those that come again. */
    private static final int SEEN_MAX = 10_000;

    private final ClusterClient client;
    private final String prefix;
    private final boolean values;
    private final Map<String, String> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > SEEN_MAX;
        }
    };
    private Optional<ClusterClient.StreamedResponse> stream = Optional.empty();
    /** The events of {@code stream}. */
    private Optional<EventReader> reader = Optional.empty();
    private String position;

    /** The changes below {@code prefix} since a position, {@link #NOW} or {@link #PRESENT}. */
    ChangeStream(ClusterClient client, KeyPath prefix, String since, boolean values) throws CommandException {
        this.client = client;
        this.prefix = prefix.text();
        this.values = values;
        this.position = since.equals(NOW) ? now() : since;
    }

    private String now() throws CommandException {
        ClientResponse response = client.ask(ClientRequest.get("/kv/_changes?since=now&limit=1" + filter()),
                "nothing was watched");
        String next = response.member("next");
        if (next.isEmpty()) {
            throw new CommandException(ExitStatus.FAILED, "the server at " + response.endpoint()
                    + " is not a KVS node: it names no position");
        }
        return next;
    }

    private String filter() {
        return (prefix.isEmpty() ? "" : "&prefix=" + PercentEncoding.encode(prefix)) + (values ? ""
                : "&values=false");
    }

    /** The position behind the last change: a stream from there misses nothing. */
    String position() {
        return position;
    }

    /** The next change; waits for it as long as it takes. */
    Change next() throws CommandException {
        while (true) {
            try {
                Optional<Change> change = change(connected());
                if (change.isPresent() && isNew(change.get())) {
                    return change.get();
                }
            } catch (IOException cut) {
                close();
                client.pause(0);
            } catch (JsonException e) {
                throw new CommandException(ExitStatus.FAILED, "the stream of changes of " + client.endpoint()
                        + " is not one of a KVS node: " + FailureText.text(e), e);
            }
        }
    }

    private boolean isNew(Change change) {
        return change.uuid().isEmpty() || !change.uuid().equals(seen.put(change.path(), change.uuid()));
    }

    private EventReader connected() throws CommandException {
        if (stream.isEmpty()) {
            String target = "/kv/_changes?since=" + PercentEncoding.encode(position) + filter();
            stream = Optional.of(client.stream(ClientRequest.get(target).with("Accept", "text/event-stream"),
                    "nothing more was watched", SILENCE_MS));
            reader = Optional.of(new EventReader(stream.get().in(), EVENT_MAX));
        }
        return reader.orElseThrow();
    }

    /** The change of the next event; empty for one without data. */
    private Optional<Change> change(EventReader reader) throws IOException, CommandException, JsonException {
        EventReader.Event event = reader.next();
        Optional<Change> change = event.data().length == 0 ? Optional.empty()
                : Optional.of(Change.of(new String(event.data(), StandardCharsets.UTF_8).strip()
                        .getBytes(StandardCharsets.UTF_8)));
        position = event.id().orElse(position);
        return change;
    }

    @Override
    public void close() {
        stream.ifPresent(ClusterClient.StreamedResponse::close);
        stream = Optional.empty();
        reader = Optional.empty();
    }
}
