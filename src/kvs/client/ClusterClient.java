package kvs.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.world.ByteConnections;
import kvs.world.Clock;
import kvs.world.FailureText;

/**
 * A client of a cluster. It asks the node that responded last, and goes on at the next one when that fails or
 * cannot serve a request now. It sends its position with each request, so that every node shows it its own
 * writes. A request that may have been done is sent again only if that is harmless. One thread.
 */
public final class ClusterClient implements AutoCloseable {

    /** A document of 16 MiB in a page of 8 MiB and more, and the JSON around it. */
    private static final int BODY_MAX = 64 << 20;
    private static final long CONNECT_MS = 2_000;
    /** Longer than a node waits for a position. */
    private static final long SILENCE_MS = 4_000;
    private static final int BAD_REQUEST = 400;
    private static final int GONE = 410;
    private static final String POSITION = "KVS-Position";

    private final Access access;
    private final Behaviour behaviour;
    private final PositionFile file;
    private final List<EndpointClient> nodes = new ArrayList<>();
    private final Map<Endpoint, String> failures = new LinkedHashMap<>();
    private int current;
    private String position;
    private boolean failed;
    /** Whether a node has responded. */
    private boolean met;

    /**
     * The nodes and the credential.
     *
     * @param endpoints the nodes, at least one
     * @param token the bearer token; empty for none
     * @param ca the file of trusted certificates, for curl lines; empty for none
     */
    public record Access(List<Endpoint> endpoints, Optional<String> token, String ca) { }

    /**
     * The behaviour of a client.
     *
     * @param connections the door to the network
     * @param clock measures the time that is left
     * @param pause waits for so many ms
     * @param patience the waiting for nodes that cannot serve a request
     * @param notes receives each line for the person
     * @param verbose whether each request is noted as a curl line
     */
    public record Behaviour(ByteConnections connections, Clock clock, LongConsumer pause,
            RetryBackoff patience, Consumer<String> notes, boolean verbose) { }

    /** A response whose body is read as it arrives. */
    public final class StreamedResponse implements AutoCloseable {

        private final EndpointClient node;
        private final EndpointClient.Reply reply;

        private StreamedResponse(EndpointClient node, EndpointClient.Reply reply) {
            this.node = node;
            this.reply = reply;
        }

        /** The bytes of the body. */
        public InputStream in() {
            return reply.body();
        }

        /** The headers, names in small letters. */
        public Map<String, String> headers() {
            return reply.head().headers();
        }

        /** Ends the exchange, read to its end or not. */
        @Override
        public void close() {
            node.finish(reply);
        }
    }

    /** A client of these nodes; {@code stale} ignores the position of earlier commands. */
    ClusterClient(Access access, Behaviour behaviour, PositionFile file, boolean stale) {
        this.access = access;
        this.behaviour = behaviour;
        this.file = file;
        PositionFile.Saved saved = file.read();
        this.position = stale ? "" : saved.position();
        for (Endpoint endpoint : access.endpoints) {
            if (endpoint.url().equals(saved.endpoint())) {
                current = nodes.size();
            }
            nodes.add(new EndpointClient(behaviour.connections, endpoint));
        }
    }

    /** The node that responded last, or will be asked first. */
    public Endpoint endpoint() {
        return nodes.get(current).endpoint();
    }

    /** Waits before something is tried again, {@code round} counting from 0. */
    public void pause(int round) {
        behaviour.pause.accept(behaviour.patience.pauseMs(round, Optional.empty()));
    }

    /** Sends a request; a refusal is a failure that begins with {@code undone}. */
    public ClientResponse ask(ClientRequest request, String undone) throws CommandException {
        ClientResponse response = send(request, undone);
        if (!response.isGood()) {
            throw RefusalReport.of(undone, response);
        }
        return response;
    }

    /**
     * Sends a request and returns the response of any status.
     *
     * @param undone what was not done when it fails, as in {@code users/john was not written}
     * @throws CommandException if no node can serve it in time, or if it is unknown whether it was done
     */
    public ClientResponse send(ClientRequest request, String undone) throws CommandException {
        return sendUntil(deadline(request), request, undone);
    }

    /** The same for a request that is a part of something which ends at {@code whole} at the latest. */
    public ClientResponse send(ClientRequest request, String undone, Deadline whole) throws CommandException {
        Deadline own = deadline(request);
        return sendUntil(own.leftMs() < whole.leftMs() ? own : whole, request, undone);
    }

    private Deadline deadline(ClientRequest request) {
        return Deadline.in(behaviour.clock, behaviour.patience.timeoutMs() + request.waitMs());
    }

    private ClientResponse sendUntil(Deadline deadline, ClientRequest request, String undone)
            throws CommandException {
        Optional<ClientResponse> refusal = Optional.empty();
        for (int round = 0;; round++) {
            for (int i = 0; i < nodes.size(); i++) {
                int index = (current + i) % nodes.size();
                Optional<ClientResponse> response = attempt(nodes.get(index), request, deadline, undone);
                if (response.isPresent() && !Retry.elsewhere(response.get(), request.repeat())) {
                    arrive(index, response.get());
                    return response.get();
                }
                failed = true;
                refusal = response.isPresent() ? response : refusal;
            }
            boolean useless = refusal.isPresent() ? !Retry.isWorthwhile(refusal.get())
                    : nodes.size() == 1 && !(met && behaviour.patience.awaitsRestart());
            long pauseMs = behaviour.patience.pauseMs(round, refusal);
            if (useless || deadline.leftMs() <= pauseMs || pauseMs > behaviour.patience.limitMsMax()) {
                throw refusal.isPresent() ? RefusalReport.of(undone, refusal.get()) : unreachable(undone);
            }
            behaviour.pause.accept(pauseMs);
        }
    }

    /**
     * Sends a request to the node asked first, once, and returns the response of any status.
     *
     * @throws CommandException if that node does not respond
     */
    public ClientResponse probe(ClientRequest request, String undone) throws CommandException {
        Deadline deadline = Deadline.in(behaviour.clock, behaviour.patience.timeoutMs());
        return attempt(nodes.get(current), request, deadline, undone).orElseThrow(() -> unreachable(undone));
    }

    /** The response of one node; empty when it does not respond. */
    private Optional<ClientResponse> attempt(EndpointClient node, ClientRequest request, Deadline deadline,
            String undone) throws CommandException {
        try {
            EndpointClient.Reply reply = exchange(node, request, deadline, Optional.of(deadline));
            byte[] body = reply.body().readNBytes(BODY_MAX + 1);
            node.finish(reply);
            if (body.length > BODY_MAX) {
                throw new CommandException(ExitStatus.FAILED, undone + ": the response of " + node.endpoint()
                        + " has more than " + BODY_MAX + " bytes");
            }
            ClientResponse response = new ClientResponse(reply.head().status(), reply.head().headers(), body,
                    node.endpoint());
            return isForeignPosition(response) ? attempt(node, request, deadline, undone)
                    : Optional.of(response);
        } catch (EndpointClient.NotSentException e) {
            failures.put(node.endpoint(), FailureText.text(e));
            return Optional.empty();
        } catch (IOException e) {
            node.close();
            failures.put(node.endpoint(), FailureText.text(e));
            if (request.repeat() == ClientRequest.Repeat.HARMFUL) {
                throw new CommandException(ExitStatus.UNREACHABLE, "it is not known whether this was done: "
                        + node.endpoint() + " did not respond to the request (" + FailureText.text(e)
                        + "). Look before you repeat it", e);
            }
            return Optional.empty();
        }
    }

    private EndpointClient.Reply exchange(EndpointClient node, ClientRequest request, Deadline deadline,
            Optional<Deadline> body) throws IOException, CommandException {
        if (behaviour.verbose) {
            behaviour.notes.accept(CurlLine.of(request, node.endpoint(), access.token.isPresent(),
                    access.ca));
        }
        boolean alone = nodes.size() == 1;
        long left = Math.max(1, deadline.leftMs());
        long read = alone || request.repeat() == ClientRequest.Repeat.HARMFUL ? left
                : Math.min(left, SILENCE_MS + request.waitMs());
        return node.send(request, headers(), new EndpointClient.Bounds(alone ? left
                : Math.min(left, CONNECT_MS), read, Deadline.in(behaviour.clock, read), body));
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        access.token.ifPresent(token -> headers.put("Authorization", "Bearer " + token));
        if (!position.isEmpty()) {
            headers.put(POSITION, position);
        }
        return headers;
    }

    /**
     * Whether a node refused our position, which is then dropped: that of another cluster, or one too old.
     */
    private boolean isForeignPosition(ClientResponse response) {
        boolean refused = response.status() == GONE || response.status() == BAD_REQUEST
                && response.member("detail").startsWith(POSITION);
        if (position.isEmpty() || !refused) {
            return false;
        }
        position = "";
        return true;
    }

    private void arrive(int index, ClientResponse response) {
        if (failed && index != current) {
            behaviour.notes.accept("goes on at " + response.node() + " (" + response.endpoint() + ")");
        }
        failed = false;
        met = true;
        current = index;
        failures.clear();
        response.header(POSITION.toLowerCase(Locale.ROOT)).filter(text -> !text.isEmpty())
                .ifPresent(text -> position = text);
    }

    private CommandException unreachable(String undone) {
        StringBuilder text = new StringBuilder(undone + ": ");
        if (failures.size() > 1) {
            text.append("no node responds");
        }
        failures.forEach((endpoint, why) -> text.append(failures.size() > 1 ? "; " : "no node responds at ")
                .append(endpoint).append(failures.size() > 1 ? ": " : " (").append(why)
                .append(failures.size() > 1 ? "" : ")"));
        return new CommandException(ExitStatus.UNREACHABLE, text
                + ". Start the node, or name another one by --endpoint");
    }

    /**
     * Opens a stream, such as one of events, at the first node that serves it. Its reads wait at most
     * {@code silenceMs}.
     */
    public StreamedResponse stream(ClientRequest request, String undone, long silenceMs)
            throws CommandException {
        Deadline deadline = Deadline.in(behaviour.clock, behaviour.patience.timeoutMs());
        for (int round = 0;; round++) {
            for (int i = 0; i < nodes.size(); i++) {
                int index = (current + i) % nodes.size();
                Optional<StreamedResponse> stream = open(index, request, silenceMs, undone);
                if (stream.isPresent()) {
                    return stream.get();
                }
                failed = true;
            }
            if (deadline.leftMs() <= behaviour.patience.pauseMs()) {
                throw unreachable(undone);
            }
            pause(round);
        }
    }

    private Optional<StreamedResponse> open(int index, ClientRequest request, long silenceMs, String undone)
            throws CommandException {
        EndpointClient node = nodes.get(index);
        try {
            EndpointClient.Reply reply = exchange(node, request.waiting(silenceMs),
                    Deadline.in(behaviour.clock, silenceMs), Optional.empty());
            ClientResponse response = new ClientResponse(reply.head().status(), reply.head().headers(),
                    reply.head().status() == 200 ? new byte[0] : reply.body().readNBytes(BODY_MAX),
                    node.endpoint());
            if (response.isGood()) {
                arrive(index, response);
                return Optional.of(new StreamedResponse(node, reply));
            }
            node.finish(reply);
            if (!Retry.isWorthwhile(response)) {
                throw RefusalReport.of(undone, response);
            }
            failures.put(node.endpoint(), response.member("detail"));
        } catch (IOException e) {
            node.close();
            failures.put(node.endpoint(), FailureText.text(e));
        }
        return Optional.empty();
    }

    /**
     * Keeps the position for the next command, and closes the connections. Where there is one node only, a
     * position that cannot be kept is no loss.
     */
    @Override
    public void close() {
        boolean lost = met && !file.write(new PositionFile.Saved(position, endpoint().url()));
        if (lost && nodes.size() > 1) {
            behaviour.notes.accept("the position of this command cannot be kept: the next one may not see its"
                    + " writes on another node. Make $XDG_STATE_HOME writable");
        }
        nodes.forEach(EndpointClient::close);
    }
}
