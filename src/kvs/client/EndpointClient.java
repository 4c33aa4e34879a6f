package kvs.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.model.AsciiParsers;
import kvs.world.ByteConnections;
import kvs.world.FailureText;

/**
 * HTTP/1.1 with one node, one request at a time. The connection stays open for the next request when the
 * whole body was read. One thread.
 */
final class EndpointClient implements AutoCloseable {

    private static final int BUFFER = 16 << 10;

    private final ByteConnections connections;
    private final Endpoint endpoint;
    private Optional<OpenConnection> open = Optional.empty();

    /** A connection, and what was read ahead on it. */
    private record OpenConnection(ByteConnections.ByteConnection connection, TimedInputStream timed,
            InputStream in) { }

    /** A failure before any byte of the request was sent: it was certainly not done. */
    static final class NotSentException extends IOException {

        private static final long serialVersionUID = 1L;

        NotSentException(IOException cause) {
            super(FailureText.text(cause), cause);
        }
    }

    /**
     * The bounds of the time that a request takes.
     *
     * @param connectMs bound of the connecting
     * @param readMs bound of each read
     * @param head the end of the time for the head of the response
     * @param body the end of the time for its body; empty for a stream without end
     */
    record Bounds(long connectMs, long readMs, Deadline head, Optional<Deadline> body) { }

    /** A response whose body is still to be read. */
    record Reply(ResponseHead head, ResponseBody body) { }

    EndpointClient(ByteConnections connections, Endpoint endpoint) {
        this.connections = connections;
        this.endpoint = endpoint;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /**
     * Sends a request and reads the head of the response. Another response that was not read to its end is
     * given up with its connection.
     *
     * @param headers all headers but Host and Content-Length
     * @param bounds its bounds of time
     * @throws CommandException if a text in it would end the line that it stands in
     */
    Reply send(ClientRequest request, Map<String, String> headers, Bounds bounds)
            throws IOException, CommandException {
        byte[] head = head(request, headers).getBytes(StandardCharsets.UTF_8);
        if (request.repeat() == ClientRequest.Repeat.HARMFUL) {
            // A connection that was idle may be closed by the node just now, and then nobody knows.
            close();
        }
        boolean fresh = open.isEmpty();
        try {
            return exchange(request, head, bounds);
        } catch (IOException e) {
            close();
            // A node that was silent for the whole time is not waited for again.
            if (fresh || e instanceof SocketTimeoutException
                    || request.repeat() == ClientRequest.Repeat.HARMFUL) {
                throw e;
            }
        }
        try {
            return exchange(request, head, bounds);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Reply exchange(ClientRequest request, byte[] head, Bounds bounds) throws IOException {
        OpenConnection at = connect(bounds.connectMs);
        at.timed.bound(bounds.readMs, Optional.of(bounds.head));
        OutputStream out = at.connection.out();
        byte[] all = Arrays.copyOf(head, head.length + request.body().length);
        System.arraycopy(request.body(), 0, all, head.length, request.body().length);
        out.write(all);
        out.flush();
        ResponseHead read = ResponseHead.read(at.in);
        ResponseBody body = ResponseBody.of(read, request.method(), at.in);
        at.timed.bound(bounds.readMs, bounds.body);
        return new Reply(read, body);
    }

    private OpenConnection connect(long connectMs) throws NotSentException {
        if (open.isEmpty()) {
            try {
                ByteConnections.ByteConnection connection =
                        connections.open(endpoint.peer(), endpoint.secure(), connectMs);
                TimedInputStream timed = new TimedInputStream(connection);
                open = Optional.of(new OpenConnection(connection, timed,
                        new BufferedInputStream(timed, BUFFER)));
            } catch (IOException e) {
                throw new NotSentException(e);
            }
        }
        return open.get();
    }

    /** The end of a response: the connection stays only if it is at the next one. */
    void finish(Reply reply) {
        if (!reply.body.isComplete() || !reply.head.keepsAlive()) {
            close();
        }
    }

    private String head(ClientRequest request, Map<String, String> headers) throws CommandException {
        if (request.target().chars().anyMatch(c -> c <= ' ')) {
            throw new CommandException(ExitStatus.FAILED, "nothing was sent to " + endpoint + ": the address"
                    + " '" + AsciiParsers.shown(request.target()) + "' has a space or a control character."
                    + " Type the names in it again");
        }
        StringBuilder head = new StringBuilder(request.method()).append(' ').append(request.target())
                .append(" HTTP/1.1\r\nHost: ").append(endpoint.authority()).append("\r\n");
        for (Map<String, String> some : List.of(headers, request.headers())) {
            for (Map.Entry<String, String> header : some.entrySet()) {
                head.append(line(header.getKey(), header.getValue()));
            }
        }
        if (request.body().length > 0 || !request.method().equals("GET")) {
            head.append("Content-Length: ").append(request.body().length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** The line of a header; the value may be a secret, so no message has it. */
    private String line(String name, String value) throws CommandException {
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new CommandException(ExitStatus.FAILED, "nothing was sent to " + endpoint + ": the value of"
                    + " the header " + name + " has a line end. Type it again without one");
        }
        return name + ": " + value + "\r\n";
    }

    @Override
    public void close() {
        if (open.isPresent()) {
            try {
                open.get().connection.close();
            } catch (IOException alreadyCut) {
                open = Optional.empty();
            }
            open = Optional.empty();
        }
    }
}
