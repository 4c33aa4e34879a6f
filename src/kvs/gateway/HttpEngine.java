package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import kvs.http.Dispatch;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Response;

/** A server that speaks HTTP, and where the parts of an exchange run in it. Thread-safe. */
public interface HttpEngine {

    /**
     * Connections.
     *
     * @param open now
     * @param refused because there were too many
     * @param cut because their client did not read
     * @param malformed requests that no handler saw, because they are no HTTP, or none that is taken
     */
    record ConnectionCounts(int open, long refused, long cut, long malformed) { }

    /** Answers what an engine refuses before anybody sees it. */
    @FunctionalInterface
    interface ErrorResponder {

        /** The answer of that status; {@code request} holds the fields of the head, none when it could not be read. */
        Response answer(int status, String detail, RequestHeaders request);
    }

    /** The server, bound and not started. */
    HttpServer server();

    /** The fields of a request. */
    RequestHeaders headers(HttpExchange exchange);

    /** Has {@code complaint} answer what the engine itself refuses, as far as it lets others; call before it is started. */
    default void complain(ErrorResponder complaint) {
        // The server of the JDK lets nobody: its refusals are a line of HTML without any field of ours.
    }

    /** Whether it takes bodies in chunks. */
    default boolean takesChunks() {
        return false;
    }

    /** Runs {@code handler} for {@code exchange}, now or soon, here or elsewhere, and tells it where that is. */
    void serve(HttpExchange exchange, RequestHead head, Consumer<Dispatch> handler);

    /** The next bytes of the body of a request; fails with a {@link Pipeline.BrokenBodyException}. */
    CompletionStage<byte[]> body(HttpExchange exchange, int bytes);

    /** {@code then} runs when the client of a request is gone; an engine that does not notice it never runs it. */
    default void whenGone(HttpExchange exchange, Runnable then) { }

    /** All of a body in chunks, see {@link Pipeline.BodySource#chunks}; fails with a {@link Pipeline.BrokenBodyException}, or as {@code room} does. */
    default CompletionStage<byte[]> chunks(HttpExchange exchange, int most, IntConsumer room) {
        return CompletableFuture.failedFuture(RequestValidation.unchunked());
    }

    /**
     * Runs what sends an answer, where it may.
     *
     * @param later whether the handler has returned
     * @param streams whether the answer is made while it is sent
     */
    void send(HttpExchange exchange, boolean later, boolean streams, Consumer<ResponseWriter> sender);

    /** The handler of an exchange returns; throws when its connection is to be given up. */
    default void handled(HttpExchange exchange) throws IOException { }

    /** Its connections. */
    ConnectionCounts counts();

    /** Takes no more connections; closes the others when nothing is {@code busy} any more, after {@code ms} at the latest. */
    void stop(long ms, BooleanSupplier busy);
}
