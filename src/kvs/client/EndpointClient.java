package kvs.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
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
    private record OpenConnection(ByteConnections.ByteConnection connection, InputStream in) { }

    /** A failure before any byte of the request was sent: it was certainly not done. */
    static final class NotSentException extends IOException {

        private static final long serialVersionUID = 1L;

        NotSentException(IOException cause) {
            super(FailureText.text(cause), cause);
        }
    }

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
     * @param connectMs bound of the connecting
     * @param readMs bound of each read
     */
    Reply send(ClientRequest request, Map<String, String> headers, long connectMs, long readMs)
            throws IOException {
        if (request.repeat() == ClientRequest.Repeat.HARMFUL) {
            // A connection that was idle may be closed by the node just now, and then nobody knows.
            close();
        }
        boolean fresh = open.isEmpty();
        try {
            return exchange(request, headers, connectMs, readMs);
        } catch (IOException e) {
            close();
            if (fresh || request.repeat() == ClientRequest.Repeat.HARMFUL) {
                throw e;
            }
        }
        try {
            return exchange(request, headers, connectMs, readMs);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Reply exchange(ClientRequest request, Map<String, String> headers, long connectMs, long readMs)
            throws IOException {
        OpenConnection at = connect(connectMs);
        at.connection.readTimeout(readMs);
        OutputStream out = at.connection.out();
        byte[] head = head(request, headers).getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(head, head.length + request.body().length);
        System.arraycopy(request.body(), 0, all, head.length, request.body().length);
        out.write(all);
        out.flush();
        ResponseHead read = ResponseHead.read(at.in);
        ResponseBody body = ResponseBody.of(read, request.method(), at.in);
        return new Reply(read, body);
    }

    private OpenConnection connect(long connectMs) throws NotSentException {
        if (open.isEmpty()) {
            try {
                ByteConnections.ByteConnection connection =
                        connections.open(endpoint.peer(), endpoint.secure(), connectMs);
                open = Optional.of(new OpenConnection(connection,
                        new BufferedInputStream(connection.in(), BUFFER)));
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

    private String head(ClientRequest request, Map<String, String> headers) {
        StringBuilder head = new StringBuilder(request.method()).append(' ').append(request.target())
                .append(" HTTP/1.1\r\nHost: ").append(endpoint.authority()).append("\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        request.headers().forEach((name, value) -> head.append(name).append(": ").append(value)
                .append("\r\n"));
        if (request.body().length > 0 || !request.method().equals("GET")) {
            head.append("Content-Length: ").append(request.body().length).append("\r\n");
        }
        return head.append("\r\n").toString();
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
