package kvs.server;

import java.io.IOException;
import java.util.Optional;

/**
 * The sender of a connection's responses: adds bytes to its queue, and sends as many as the client takes. A
 * connection whose client has gone is closed. Belongs to its loop.
 */
final class ResponseSender {

    private final Connection connection;
    private final NioServer server;
    private final SendQueue writeQueue;
    /** The present response, if it is one without an end. */
    private Optional<EventStream> events = Optional.empty();

    ResponseSender(Connection connection, NioServer server) {
        this.connection = connection;
        this.server = server;
        this.writeQueue = connection.writeQueue;
    }

    /** Adds bytes that are never modified again to the output. */
    void send(byte[] bytes) {
        writeQueue.add(bytes, 0, bytes.length);
    }

    /**
     * Adds bytes that their owner may modify afterwards: sends as many as the client takes, copies the rest.
     */
    void sendNow(byte[] bytes, int from, int count) {
        writeQueue.add(bytes, from, count);
        flush();
        writeQueue.own();
    }

    /** Adds a piece of a response that another thread makes, which waits at {@code created}. */
    void stream(byte[] piece, BackPressure created) {
        if (connection.isClosed()) {
            created.broken();
            return;
        }
        writeQueue.add(piece, created);
        flush();
    }

    /** Sends the head of {@code stream}, which is the response from now on. */
    void begin(EventStream stream) {
        events = Optional.of(stream);
        flush();
    }

    /** Ends a complete response. */
    void endResponse() {
        events = Optional.empty();
        writeQueue.endResponse();
    }

    /** Whether the loop holds little enough for its clients to take more for one of them. */
    boolean hasRoom() {
        return server.heldBytes.hasRoom(connection);
    }

    /** Called a few times a second. */
    void tick(long nanos) {
        server.heldBytes.weigh(connection);
        events.ifPresent(stream -> stream.tick(nanos));
    }

    /** Sends as much as possible now. */
    void flush() {
        if (connection.isClosed()) {
            return;
        }
        try {
            writeQueue.flush();
        } catch (IOException closed) {
            server.debug("response not sent", closed);
            connection.close();
            return;
        }
        connection.socket.writes(writeQueue.pending() > 0);
        events.ifPresent(EventStream::check);
        server.heldBytes.evictHolders(connection);
    }

    /** Sends all that its client takes: it may only have had no turn. */
    void push() {
        try {
            writeQueue.push();
        } catch (IOException closed) {
            connection.close();
        }
    }
}
