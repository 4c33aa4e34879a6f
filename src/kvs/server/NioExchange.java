package kvs.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A request and its response. One thread after the other may use it; a handler may return and finish it
 * later, from any thread. On its loop no operation waits: bytes that cannot be sent at once are kept, and a
 * body that has not arrived can be read there only by {@link #body}. On other threads its streams wait, for
 * the client too.
 *
 * <p>Beyond the API of the JDK it is an {@link Executor} that runs tasks on its loop, delivers its body
 * without a waiting thread, and gives access to the fields of request and response without the JDK's headers.
 */
public final class NioExchange extends HttpExchange implements Executor {

    private static final int NO_BODY = -1;
    private static final String[] NONE = {};

    private final Connection connection;
    private final Parser.ParsedHead head;
    private final NioServer.RoutedRequest served;
    private final Headers answer = new Headers();
    private final RequestBodyStream requestBody;
    private final ResponseBodyStream responseBody;
    /** Made on demand. */
    private Optional<Headers> request = Optional.empty();
    private String[] answerFields = NONE;
    private Optional<InputStream> in = Optional.empty();
    private Optional<OutputStream> out = Optional.empty();
    private Optional<Map<String, Object>> attributes = Optional.empty();
    private int status = -1;
    /** After that the connection belongs to the next exchange. */
    private volatile boolean closed;

    NioExchange(Connection connection, Parser.ParsedHead head, NioServer.RoutedRequest served) {
        this.connection = connection;
        this.head = head;
        this.served = served;
        this.requestBody = new RequestBodyStream(this, served.framing());
        this.responseBody = new ResponseBodyStream(this, connection);
    }

    /**
     * The next {@code bytes} of the body, once they have arrived; completed on the loop. It fails with an
     * {@code IOException} when they do not arrive.
     */
    public CompletionStage<byte[]> body(int bytes) {
        return part(whole -> connection.delivery.want(bodyReceiver -> bodyReceiver.want(bytes, whole),
                whole));
    }

    /**
     * The rest of a body in chunks, or its next {@code most} bytes and one when it is longer; completed on
     * the loop. {@code onSpace} receives the size of memory before it is taken; its exception fails the
     * stage. It fails with an {@code IOException} when the body does not arrive.
     */
    public CompletionStage<byte[]> body(int most, IntConsumer onSpace) {
        int enough = most == Integer.MAX_VALUE ? most : most + 1;
        return part(whole ->
                connection.delivery.want(bodyReceiver -> bodyReceiver.want(enough, onSpace, whole), whole));
    }

    /** The next bytes of a body in chunks, at most {@code most}; none at its end. */
    CompletionStage<byte[]> some(int most) {
        return part(whole ->
                connection.delivery.want(bodyReceiver -> bodyReceiver.want(most, more -> { }, whole), whole));
    }

    /**
     * Runs {@code then} when the client has gone, or sends no more, before its response is complete; at once
     * when it has.
     */
    public void onDisconnect(Runnable then) {
        boolean asked = connection.turns.run(() -> {
            if (closed) {
                then.run();
            } else {
                connection.bodyReceiver.onDisconnect(then);
            }
        });
        if (!asked) {
            then.run();
        }
    }

    private CompletionStage<byte[]> part(Consumer<CompletableFuture<byte[]>> setter) {
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        if (closed) {
            whole.completeExceptionally(new IOException("the exchange is closed"));
        } else if (!connection.turns.run(() -> want(setter, whole))) {
            whole.completeExceptionally(new IOException("the server is stopped"));
        }
        return whole;
    }

    private static void want(Consumer<CompletableFuture<byte[]>> setter, CompletableFuture<byte[]> whole) {
        try {
            setter.accept(whole);
        } catch (RuntimeException | Error failure) {
            whole.completeExceptionally(failure);
            throw failure;
        }
    }

    /**
     * Writes a complete body, of the announced length. Its pieces must not be modified any more: they are
     * kept until the client has them.
     */
    public void give(byte[]... pieces) throws IOException {
        if (out.isEmpty()) {
            responseBody.give(pieces);
            return;
        }
        for (byte[] piece : pieces) {
            out.get().write(piece);
        }
    }

    /**
     * Makes the body of the response, which has been begun without a length, one without an end; call it on
     * the loop. {@code ended} runs there when it has ended, or its client has gone.
     */
    public EventStream events(EventStream.IdleComment idle, Runnable ended) {
        EventStream stream = new EventStream(this, connection, responseBody, idle);
        connection.sender.begin(stream);
        onDisconnect(() -> {
            stream.end();
            ended.run();
        });
        return stream;
    }

    /**
     * Runs {@code work} on the loop of this exchange; {@code RejectedExecutionException} after the server was
     * stopped.
     */
    @Override
    public void execute(Runnable work) {
        connection.loop.execute(work);
    }

    /** Whether the caller is the loop of this exchange, which must not wait. */
    public boolean onLoop() {
        return connection.loop.here();
    }

    @Override
    public Headers getRequestHeaders() {
        request = request.or(() -> Optional.of(head.headers()));
        return request.get();
    }

    /**
     * Names and values of the fields of the request, in turn, as received: the source of
     * {@link #getRequestHeaders}. Must not be modified.
     */
    public String[] requestFields() {
        return head.fields();
    }

    @Override
    public Headers getResponseHeaders() {
        return answer;
    }

    /**
     * Sets fields of the response besides those of {@link #getResponseHeaders}, names and values in turn,
     * each name only in one of both; at most once. They are written as they are spelled, and must not be
     * modified any more. The headers of the JDK check each letter of names and values and hash them: 4 % of
     * the CPU of a write.
     */
    public void answerFields(String[] inTurn) {
        boolean frames = false;
        for (int i = 0; i < inTurn.length; i += 2) {
            frames |= frames(inTurn[i]);
        }
        answerFields = frames ? NONE : inTurn;
        for (int i = 0; frames && i < inTurn.length; i += 2) {
            answer.set(inTurn[i], inTurn[i + 1]);
        }
    }

    /** Whether a field concerns the connection or the length of the body: these are checked. */
    private static boolean frames(String name) {
        return name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Content-Length")
                || name.equalsIgnoreCase("Transfer-Encoding");
    }

    @Override
    public URI getRequestURI() {
        return served.uri();
    }

    @Override
    public String getRequestMethod() {
        return head.method();
    }

    @Override
    public HttpContext getHttpContext() {
        return context();
    }

    NioContext context() {
        return served.context().orElseThrow();
    }

    @Override
    public InputStream getRequestBody() {
        return in.orElse(requestBody);
    }

    @Override
    public OutputStream getResponseBody() {
        return out.orElse(responseBody);
    }

    @Override
    public void setStreams(InputStream before, OutputStream after) {
        in = Optional.ofNullable(before).or(() -> in);
        out = Optional.ofNullable(after).or(() -> out);
    }

    /**
     * Begins the response. Its head waits for the first bytes of the body and is sent with them; that of a
     * body without a length, which may take its time, is sent at once when another thread makes the body.
     */
    @Override
    public void sendResponseHeaders(int code, long length) throws IOException {
        if (status >= 0 || closed) {
            throw new IOException(closed ? "the exchange is closed" : "the response has started");
        }
        if (code < 200 || code > 599) {
            throw new IOException("not a status of a response: " + code);
        }
        status = code;
        boolean ends = !answer.isEmpty()
                && answer.getOrDefault("Connection", List.of()).stream().anyMatch("close"::equalsIgnoreCase);
        boolean empty = code == 204 || code == 304 || head.method().equals("HEAD");
        boolean chunked = length == 0 && !empty && head.protocol().equals("HTTP/1.1");
        boolean toTheEnd = length == 0 && !empty && !chunked;
        limits(code, length, empty, chunked);
        responseBody.begin(empty || length == NO_BODY ? 0 : length, chunked, toTheEnd);
        boolean streams = (chunked || toTheEnd) && !onLoop();
        connection.turns.run(() -> start(ends || toTheEnd, streams));
    }

    private void limits(int code, long length, boolean empty, boolean chunked) {
        // Each look-up in these headers spells a name anew, and most of our responses have none.
        if (!answer.isEmpty()) {
            answer.remove("Transfer-encoding");
        }
        // A response that omits its body may state its length.
        if (!answer.isEmpty() && (!empty || code == 204)) {
            answer.remove("Content-length");
        }
        if (chunked) {
            answer.set("Transfer-encoding", "chunked");
        } else if (length > 0) {
            answer.set("Content-length", Long.toString(length));
        } else if (length == NO_BODY && !empty) {
            answer.set("Content-length", "0");
        }
    }

    private void start(boolean ends, boolean streams) {
        if (connection.last(ends)) {
            answer.set("Connection", "close");
        } else if (head.protocol().equals("HTTP/1.0")) {
            answer.set("Connection", "keep-alive");
        }
        connection.sender.send(connection.loop.heads.write(status, answer, answerFields));
        if (streams) {
            connection.sender.flush();
        }
    }

    /** Ends the exchange. The only sign of an incomplete response is then its connection, which is cut. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            boolean whole = status >= 0 && responseBody.isComplete();
            connection.turns.run(() -> connection.finished(whole));
        }
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return connection.socket.remote;
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return connection.socket.local;
    }

    @Override
    public int getResponseCode() {
        return status;
    }

    @Override
    public String getProtocol() {
        return head.protocol();
    }

    @Override
    public Object getAttribute(String name) {
        return attributes.map(all -> all.get(name)).orElse(null);
    }

    @Override
    public void setAttribute(String name, Object value) {
        attributes = attributes.or(() -> Optional.of(new HashMap<>()));
        attributes.get().put(name, value);
    }

    /** Always {@code null}: see {@link NioContext#setAuthenticator}. */
    @Override
    public HttpPrincipal getPrincipal() {
        return null;
    }
}
