package kvs.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A server that speaks HTTP, and where the parts of an exchange run in it. Thread-safe. */
public interface Engine {

    /**
     * Connections.
     *
     * @param open now
     * @param refused because there were too many
     * @param cut because their client did not read
     * @param malformed requests that no handler saw, because they are no HTTP, or none that is taken
     */
    record Counts(int open, long refused, long cut, long malformed) { }

    /** The server, bound and not started. */
    HttpServer server();

    /** The fields of a request. */
    Headers headers(HttpExchange exchange);

    /** Runs {@code handler} for {@code exchange}, now or soon, here or elsewhere, and tells it where that is. */
    void serve(HttpExchange exchange, Guard.Head head, Consumer<Home> handler);

    /** The next bytes of the body of a request; fails with a {@link Pipeline.BrokenBody}. */
    CompletionStage<byte[]> body(HttpExchange exchange, int bytes);

    /**
     * Runs what sends an answer, where it may.
     *
     * @param later whether the handler has returned
     * @param streams whether the answer is made while it is sent
     */
    void send(HttpExchange exchange, boolean later, boolean streams, Consumer<Carrier> sender);

    /** Its connections. */
    Counts counts();

    /** Takes no more connections; closes the others when nothing is {@code busy} any more, after {@code ms} at the latest. */
    void stop(long ms, BooleanSupplier busy);
}
