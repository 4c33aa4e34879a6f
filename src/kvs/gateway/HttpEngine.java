package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import kvs.http.RequestExecutors;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.server.FastPath;

/** An HTTP server, with the threads on which the parts of an exchange run. Thread-safe. */
public interface HttpEngine {

    /**
     * The counts of connections.
     *
     * @param open now
     * @param refused because there were too many
     * @param cut because their client did not read
     * @param malformed requests refused before any handler, because they are no HTTP, or HTTP that is not
     *     accepted
     * @param handshakes of TLS that were completed
     * @param brokenHandshakes connections that ended in their handshake
     */
    record ConnectionCounts(int open, long refused, long cut, long malformed, long handshakes,
            long brokenHandshakes) { }

    /** Makes the response to a request that an engine refuses before the pipeline. */
    @FunctionalInterface
    interface ErrorResponder {

        /**
         * The response with that status; {@code request} holds the fields of the head, none when it could not
         * be read.
         */
        Response answer(int status, String detail, RequestHeaders request);
    }

    /** The server, bound and not started. */
    HttpServer server();

    /** The fields of a request. */
    RequestHeaders headers(HttpExchange exchange);

    /**
     * Sets the responder to requests that the engine itself refuses, as far as the engine has one; call
     * before it is started.
     */
    default void errorResponder(ErrorResponder responder) {
        // The server of the JDK has none: its refusals are a line of HTML without any field of ours.
    }

    /** Sets the fast path that {@code path} makes, if it has one; call before it is started. */
    default void fastPath(Function<InlinePolicy, FastPath> path) {
        // The server of the JDK has none.
    }

    /** Wakes the loops that have responses to writes of the fast path to send. */
    default void wake() { }

    /** Whether it accepts bodies in chunks. */
    default boolean takesChunks() {
        return false;
    }

    /**
     * Runs {@code handler} for {@code exchange}, now or soon, on this thread or another, and passes it the
     * executors.
     */
    void serve(HttpExchange exchange, RequestHead head, Consumer<RequestExecutors> handler);

    /** The next bytes of the body of a request; fails with a {@link BodySource.BrokenBodyException}. */
    CompletionStage<byte[]> body(HttpExchange exchange, int bytes);

    /**
     * Runs {@code then} when the client of a request is gone; an engine that does not notice it never runs
     * it.
     */
    default void onDisconnect(HttpExchange exchange, Runnable then) { }

    /**
     * A complete body in chunks, see {@link BodySource#chunks}; fails with a
     * {@link BodySource.BrokenBodyException}, or as {@code onSpace} does.
     */
    default CompletionStage<byte[]> chunks(HttpExchange exchange, int most, IntConsumer onSpace) {
        return CompletableFuture.failedFuture(RequestValidation.unchunked());
    }

    /**
     * Runs {@code sender} of a response on a thread that may run it.
     *
     * @param later whether the handler has returned
     * @param streams whether the response is made while it is sent
     */
    void send(HttpExchange exchange, boolean later, boolean streams, Consumer<ResponseWriter> sender);

    /** Runs when the handler of an exchange returns; throws to give up its connection. */
    default void handled(HttpExchange exchange) throws IOException { }

    /** The counts of its connections. */
    ConnectionCounts counts();

    /**
     * Accepts no more connections; closes the others when {@code busy} is false, after {@code ms} at the
     * latest.
     */
    void stop(long ms, BooleanSupplier busy);
}
