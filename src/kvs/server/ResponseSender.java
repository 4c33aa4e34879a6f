package kvs.server;

import java.io.IOException;

/**
 * The sender of a connection's responses: adds bytes to its queue, and sends as many as the client takes. A
 * connection whose client has gone is closed. Belongs to its loop.
 */
final class ResponseSender {

    private final Connection connection;
    private final NioServer server;
    private final WriteQueue outgoing;

    ResponseSender(Connection connection, NioServer server) {
        this.connection = connection;
        this.server = server;
        this.outgoing = connection.outgoing;
    }

    /** Adds bytes that are never modified again to the output. */
    void send(byte[] bytes) {
        outgoing.add(bytes, 0, bytes.length);
    }

    /**
     * Adds bytes that their owner may modify afterwards: sends as many as the client takes, copies the rest.
     */
    void sendNow(byte[] bytes, int from, int count) {
        outgoing.add(bytes, from, count);
        flush();
        outgoing.own();
    }

    /** Adds a piece of a response that another thread makes, which waits at {@code made}. */
    void stream(byte[] piece, BackPressure made) {
        if (connection.isClosed()) {
            made.broken();
            return;
        }
        outgoing.add(piece, made);
        flush();
    }

    /** Sends as much as possible now. */
    void flush() {
        if (connection.isClosed()) {
            return;
        }
        try {
            outgoing.flush();
        } catch (IOException gone) {
            server.debug("answer not sent", gone);
            connection.close();
            return;
        }
        connection.link.writes(outgoing.pending() > 0);
        server.heldBytes.relieve(connection);
    }

    /** Sends all that its client takes: it may only have had no turn. */
    void push() {
        try {
            outgoing.push();
        } catch (IOException gone) {
            connection.close();
        }
    }
}
