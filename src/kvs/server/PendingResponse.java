package kvs.server;

import java.net.URI;
import java.util.Optional;

/**
 * The response to a write of the fast path, which is not known yet. Belongs to the loop of its connection,
 * but for {@link #onLoop}.
 */
public final class PendingResponse {

    private static final URI NOWHERE = URI.create("/");
    /** The framing of a request whose body has been taken. */
    private static final Framing COMPLETE = new Framing(0, false, true, false, Optional.empty());

    private final Connection connection;
    private final Parser.ParsedHead head;
    private Optional<ResponseBuffer> buffer = Optional.empty();

    /** Begins the exchange of a request with that head. */
    PendingResponse(Connection connection, Parser.ParsedHead head) {
        this.connection = connection;
        this.head = head;
        connection.beginExchange(COMPLETE);
    }

    /**
     * Runs {@code work} on the loop: at once when the caller is the loop, else soon after
     * {@link NioServer#wake}. Never after the server was stopped.
     */
    public void onLoop(Runnable work) {
        connection.turns.runQuietly(work);
    }

    /** Whether the client still waits for it. */
    public boolean isAwaited() {
        return connection.awaitsResponse();
    }

    /** Whether it can be sent by {@link #send}: the client waits for it, and other requests may follow. */
    public boolean isPlain() {
        return connection.awaitsResponse() && !connection.last(false);
    }

    /** Begins it with the status line and the date; the caller adds the rest at once, and sends it. */
    public ResponseBuffer begin(int status) {
        buffer = Optional.of(connection.loop.heads.begin(status));
        return buffer.get();
    }

    /** Sends it. */
    public void send() {
        connection.sender.sendNow(buffer.orElseThrow().bytes(), 0, buffer.orElseThrow().count());
        connection.finished(true);
    }

    /** The exchange of the request, for any other response; {@link #isAwaited} before. */
    public NioExchange exchange() {
        return new NioExchange(connection, head,
                new NioServer.RoutedRequest(NOWHERE, Optional.empty(), COMPLETE, Optional.empty()));
    }
}
