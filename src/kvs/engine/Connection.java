package kvs.engine;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One connection and where it is; the diagram is in the package documentation. Requests that come before the one ahead of them is answered wait
 * in the socket: nothing is read while an exchange is open, but for a body that its handler has asked for. Belongs to its loop.
 */
final class Connection implements Loop.Watched {

    /** A body must come at least as fast, on the average. */
    static final int BODY_BYTES_PER_SECOND = 32 * 1_024;
    /** A body that no handler wanted is read and thrown away up to this; a longer one costs the connection. */
    private static final int DISCARD_BYTES = 64 * 1_024;
    /** Read at once of heads: requests that come too early wait elsewhere. */
    private static final int HEADS_BYTES = 16 * 1_024;
    private static final long LINGER_MS = 2_000;
    private static final long NEVER = Long.MAX_VALUE;
    private static final byte[] GO_ON = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private enum State { IDLE, HEAD, EXCHANGE, ENDING, LINGER, CLOSED }

    private final NioServer server;
    private final Loop loop;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final Parser parser;
    private final Incoming incoming = new Incoming();
    private final Upload upload = new Upload();
    private final Outgoing outgoing;
    private State state = State.IDLE;
    /** When the present state has lasted too long. */
    private long deadline;
    private boolean stepping;
    /** Whether another request may follow. */
    private boolean lasts = true;
    /** Whether the client has said that it sends no more. */
    private boolean inputEnded;

    /** A connection that was just accepted and admitted. */
    Connection(NioServer server, Loop loop, SocketChannel channel) throws IOException {
        this.server = server;
        this.loop = loop;
        this.channel = channel;
        this.outgoing = new Outgoing(channel, loop, server);
        this.remote = (InetSocketAddress) channel.getRemoteAddress();
        this.local = (InetSocketAddress) channel.getLocalAddress();
        this.parser = new Parser(server.limits().headBytes(), server.limits().fields());
        this.deadline = loop.in(server.limits().times().idle());
        this.key = loop.watch(channel, SelectionKey.OP_READ, this);
    }

    Loop loop() {
        return loop;
    }

    InetSocketAddress remote() {
        return remote;
    }

    InetSocketAddress local() {
        return local;
    }

    /** Until when it may wait for a request, if it waits for one. */
    Optional<Long> rests() {
        return state == State.IDLE ? Optional.of(deadline) : Optional.empty();
    }

    /** What it has to send. */
    Outgoing outgoing() {
        return outgoing;
    }

    @Override
    public void ready(SelectionKey selected) throws IOException {
        if (selected.isWritable()) {
            flush();
            step();
        }
        if (selected.isValid() && selected.isReadable()) {
            read();
        }
    }

    /** Whether something that comes is expected now. */
    private boolean reads() {
        return switch (state) {
            case IDLE, HEAD, LINGER -> true;
            case EXCHANGE -> upload.wanted();
            case ENDING -> outgoing.pending() == 0 && upload.unread() > 0;
            case CLOSED -> false;
        };
    }

    private void read() throws IOException {
        if (!reads()) {
            interest(SelectionKey.OP_READ, false);
            return;
        }
        loop.in.clear().limit(state == State.EXCHANGE ? loop.in.capacity() : HEADS_BYTES);
        int count = channel.read(loop.in);
        if (count < 0) {
            ended();
            return;
        }
        loop.in.flip().get(loop.read, 0, count);
        incoming.set(loop.read, count);
        step();
        incoming.keep();
    }

    /** The client sends no more; whether it still reads is not known. */
    private void ended() {
        inputEnded = true;
        if (state != State.EXCHANGE) {
            close();
            return;
        }
        lasts = false;
        interest(SelectionKey.OP_READ, false);
        fail("the body ended before its Content-Length");
    }

    private void fail(String why) {
        deadline = NEVER;
        upload.fail(why);
    }

    /** Goes as far as it can. An exchange that ends inside its handler comes by here: the steps below go on with the next. */
    private void step() {
        if (stepping) {
            return;
        }
        stepping = true;
        try {
            boolean more = true;
            while (more) {
                more = switch (state) {
                    case IDLE, HEAD -> incoming.left() > 0 && head();
                    case EXCHANGE -> incoming.left() > 0 && upload.wanted() && body();
                    case ENDING -> next();
                    case LINGER, CLOSED -> {
                        incoming.skip(incoming.left());
                        yield false;
                    }
                };
            }
        } finally {
            stepping = false;
        }
    }

    private boolean head() {
        if (state == State.IDLE) {
            state = State.HEAD;
            deadline = loop.in(server.limits().times().head());
        }
        incoming.feed(parser);
        if (parser.fault().isPresent()) {
            refuse(parser.fault().get(), true);
        } else if (parser.head().isPresent()) {
            begin(parser.head().get());
        }
        return state != State.HEAD;
    }

    private void begin(Parser.Head head) {
        parser.reset();
        Framing framing = Framing.of(head);
        boolean body = !head.method().equals("HEAD");
        if (framing.fault().isPresent()) {
            refuse(framing.fault().get(), body);
            return;
        }
        NioServer.Served served = server.find(head);
        if (served.fault().isPresent()) {
            refuse(served.fault().get(), body);
            return;
        }
        lasts = lasts && framing.lasts();
        upload.begin(framing);
        state = State.EXCHANGE;
        deadline = NEVER;
        server.handle(new NioExchange(this, head, served, framing.length()));
    }

    /** Answers what no handler will see, and closes. */
    private void refuse(Fault fault, boolean withBody) {
        lasts = false;
        state = State.ENDING;
        deadline = NEVER;
        incoming.skip(incoming.left());
        send(loop.heads.refusal(fault, withBody, server.complaints()));
        flush();
    }

    /** A handler wants that many bytes of the body: now or later. */
    void want(int bytes, CompletableFuture<byte[]> whole) {
        if (state != State.EXCHANGE || inputEnded || !upload.want(bytes, whole)) {
            whole.completeExceptionally(new IOException("there is no such body"));
            return;
        }
        if ((bytes == 0 || incoming.left() > 0) && body()) {
            return;
        }
        deadline = loop.in(server.limits().times().body() + 1_000L * bytes / BODY_BYTES_PER_SECOND);
        if (upload.welcome()) {
            send(GO_ON);
            flush();
        }
        interest(SelectionKey.OP_READ, true);
    }

    private boolean body() {
        boolean whole = upload.take(incoming);
        if (whole) {
            deadline = NEVER;
            upload.deliver();
        }
        return whole;
    }

    /** Whether this is the last request, as it {@code should} be or not; asked when its answer begins, in which there is no word to go on. */
    boolean last(boolean should) {
        lasts = !upload.welcome() && lasts && !should && !server.stopping() && upload.unread() <= DISCARD_BYTES;
        return !lasts;
    }

    /** Adds the head of an answer to what is to be sent; it goes out with what follows, or at once when another thread makes that. */
    void begin(int status, Headers fields, boolean streams) {
        send(loop.heads.write(status, fields));
        if (streams) {
            flush();
        }
    }

    /** Adds bytes that nobody changes any more to what is to be sent. */
    void send(byte[] bytes) {
        outgoing.add(bytes, 0, bytes.length);
    }

    /** Adds bytes that their owner may change afterwards: sends what can be sent, copies the rest. */
    void sendNow(byte[] bytes, int from, int count) {
        outgoing.add(bytes, from, count);
        flush();
        outgoing.own();
    }

    /** A thread of its own makes the answer, and waits at {@code made}. */
    void stream(byte[] piece, Flow made) {
        if (state == State.CLOSED) {
            made.broken();
            return;
        }
        outgoing.add(piece, made);
        flush();
    }

    /** Sends what can be sent now. */
    void flush() {
        if (state == State.CLOSED) {
            return;
        }
        try {
            outgoing.flush();
        } catch (IOException gone) {
            server.debug("answer not sent", gone);
            close();
            return;
        }
        interest(SelectionKey.OP_WRITE, outgoing.pending() > 0);
        if (outgoing.pending() > 0) {
            server.relieve(loop);
        }
    }

    /** The handler is done; {@code whole} says whether its answer is. */
    void finished(boolean whole) {
        if (state != State.EXCHANGE) {
            return;
        }
        if (!whole) {
            close();
            return;
        }
        lasts = lasts && !upload.wanted();
        fail("the exchange was closed");
        outgoing.whole();
        state = State.ENDING;
        deadline = NEVER;
        flush();
        step();
    }

    /** The exchange is over: sends the rest of its answer, throws away what is left of its body, and waits for the next one, or for the end. */
    private boolean next() {
        if (outgoing.pending() > 0) {
            return false;
        }
        if (!lasts) {
            linger();
            return true;
        }
        upload.discard(incoming);
        if (upload.unread() > 0) {
            deadline = deadline == NEVER ? loop.in(server.limits().times().body()) : deadline;
            interest(SelectionKey.OP_READ, true);
            return false;
        }
        state = State.IDLE;
        deadline = loop.in(server.limits().times().idle());
        interest(SelectionKey.OP_READ, true);
        return true;
    }

    /** Lets the client read the answer before the connection is reset for what it is still sending (RFC 9112, section 9.6). */
    private void linger() {
        if (inputEnded) {
            close();
            return;
        }
        try {
            channel.shutdownOutput();
            state = State.LINGER;
            deadline = loop.in(LINGER_MS);
            interest(SelectionKey.OP_READ, true);
        } catch (IOException gone) {
            close();
        }
    }

    private void interest(int operation, boolean wants) {
        if (key.isValid()) {
            int now = key.interestOps();
            int then = wants ? now | operation : now & ~operation;
            if (now != then) {
                key.interestOps(then);
            }
        }
    }

    @Override
    public void tick(long nanos) {
        if (outgoing.stalled(nanos)) {
            server.cut(this, "its reader did not read");
        } else if (deadline != NEVER && nanos - deadline > 0) {
            late();
        }
    }

    private void late() {
        if (state == State.HEAD) {
            refuse(new Fault(408, "the head of the request took too long"), true);
            step();
        } else if (state == State.EXCHANGE && upload.wanted()) {
            lasts = false;
            inputEnded = true;
            interest(SelectionKey.OP_READ, false);
            fail("it took too long");
        } else {
            close();
        }
    }

    @Override
    public void finish() {
        if (state == State.IDLE || state == State.HEAD || state == State.LINGER) {
            close();
        } else {
            lasts = false;
        }
    }

    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        try {
            channel.close();
        } catch (IOException e) {
            server.debug("a connection does not close", e);
        }
        loop.forget(this);
        outgoing.close();
        server.gone(this);
        upload.fail("the connection broke");
    }
}
