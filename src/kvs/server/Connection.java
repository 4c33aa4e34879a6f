package kvs.server;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * One connection and its state; the diagram is in the package documentation. Of requests that arrive before
 * the response to the one ahead of them, one piece is read, so that an end of the connection is noticed; the
 * rest waits in the socket. Belongs to its loop.
 */
final class Connection implements Loop.ChannelHandler {

    /** A body that no handler wanted is read and discarded up to this; a longer one costs the connection. */
    private static final int DISCARD_BYTES = 64 * 1_024;
    /** Bytes of heads read at once: requests that arrive too early wait elsewhere. */
    private static final int HEADS_BYTES = 16 * 1_024;
    private static final String[] NO_FIELDS = {};

    private enum State { IDLE, HEAD, EXCHANGE, ENDING, LINGER, CLOSED }

    final Loop loop;
    final ConnectionTurns turns;
    final Transport transport;
    final ClientSocket socket;
    final ReadBuffer readBuffer;
    final BodyReceiver bodyReceiver = new BodyReceiver();
    final BodyFlowControl delivery;
    final SendQueue writeQueue;
    final ResponseSender sender;
    private final NioServer server;
    private final Parser parser;
    private final FastRequests fastRequests;
    private final ConnectionDeadline deadline;
    private State state = State.IDLE;
    /** Whether another request may follow. */
    private boolean lasts = true;
    /** Whether no request has arrived yet. */
    private boolean fresh = true;
    /** Whether the client has ended its output. */
    private boolean inputEnded;

    /** A connection that was just accepted and admitted. */
    Connection(NioServer server, Loop loop, SocketChannel channel) throws IOException {
        this.server = server;
        this.loop = loop;
        this.turns = new ConnectionTurns(this, loop);
        this.transport = server.transport(channel, loop, () -> turns.run(this::readNow));
        this.writeQueue = new SendQueue(transport, loop, server, turns::later);
        this.parser = new Parser(server.limits().headBytes(), server.limits().fields());
        this.readBuffer = new ReadBuffer(loop, parser);
        this.deadline = new ConnectionDeadline(loop, server.limits().times());
        this.delivery = new BodyFlowControl(this, deadline);
        this.socket = new ClientSocket(channel, transport, loop, this);
        this.sender = new ResponseSender(this, server);
        this.fastRequests = new FastRequests(this, server);
    }

    /** The deadline of a connection that waits for a request; empty for others. */
    Optional<Long> idleDeadline() {
        return state == State.IDLE && !turns.goesOn() ? Optional.of(deadline.nanos()) : Optional.empty();
    }

    @Override
    public void ready(SelectionKey selected) throws IOException {
        if (selected.isWritable()) {
            sender.flush();
            turns.take();
        }
        if (selected.isValid() && selected.isReadable()) {
            read();
        }
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether a handler may request bytes of its body. */
    boolean mayDeliver() {
        return state == State.EXCHANGE && !inputEnded;
    }

    /** Whether input is expected now. */
    boolean reads() {
        return switch (state) {
            case IDLE, HEAD, LINGER -> !turns.goesOn();
            case EXCHANGE -> bodyReceiver.wanted();
            case ENDING -> writeQueue.pending() == 0 && bodyReceiver.unread() > 0;
            case CLOSED -> false;
        };
    }

    private void read() throws IOException {
        boolean early = !reads();
        if (early && (state != State.EXCHANGE || readBuffer.left() > 0)) {
            socket.reads(false);
            return;
        }
        int count = socket.read(state == State.EXCHANGE && !early ? Integer.MAX_VALUE : HEADS_BYTES);
        if (state == State.IDLE || state == State.HEAD) {
            agree();
        }
        if (count < 0 && state == State.EXCHANGE) {
            failed(new IOException("the body ended early"));
            return;
        } else if (count < 0) {
            close();
            return;
        }
        readBuffer.set(loop.read, count);
        if (early) {
            readBuffer.keep();
        } else {
            turns.take();
            server.heldBytes.evictHolders(this);
        }
    }

    /** Follows the handshake of TLS, and a record that is not complete: each has the time of a head. */
    private void agree() {
        boolean begun = transport.stage() == Transport.Stage.HANDSHAKE || transport.kept() > 0;
        if (transport.stage() == Transport.Stage.FOREIGN) {
            refuse(new ProtocolError(400, "this port speaks https, use https:// in the URL"), true,
                    NO_FIELDS);
        } else if (begun && state == State.IDLE) {
            state = State.HEAD;
            deadline.head();
        } else if (!begun && state == State.HEAD && !parser.begun()) {
            state = State.IDLE;
            deadline.idle(server.stopping());
        }
    }

    /** Reads without a sign of the selector: in the handshake, and at the end. */
    private void readNow() {
        try {
            read();
            socket.reads(reads());
        } catch (IOException broken) {
            close();
        }
    }

    /** Advances by one step; whether another may follow at once. */
    boolean step() {
        return switch (state) {
            case IDLE, HEAD -> readBuffer.left() > 0 && (lasts && readBuffer.respond(fastRequests) || head());
            case EXCHANGE -> readBuffer.left() > 0 && bodyReceiver.wanted() && delivery.take();
            case ENDING -> next();
            case LINGER, CLOSED -> readBuffer.drop();
        };
    }

    private boolean head() {
        readBuffer.parse();
        if (state == State.IDLE && parser.begun()) {
            state = State.HEAD;
            deadline.head();
        }
        if (parser.fault().isPresent()) {
            refuse(parser.fault().get(), true, NO_FIELDS);
        } else if (parser.head().isPresent()) {
            begin(parser.head().get());
        }
        return state != State.HEAD && state != State.IDLE;
    }

    private void begin(Parser.ParsedHead head) {
        parser.reset();
        loop.requestBegan();
        NioServer.RoutedRequest served = server.find(head);
        if (served.fault().isPresent()) {
            refuse(served.fault().get(), !head.method().equals("HEAD"), head.fields());
            return;
        }
        beginExchange(served.framing());
        server.handle(new NioExchange(this, head, served));
    }

    /** Begins the exchange of a request. */
    void beginExchange(Framing framing) {
        fresh = false;
        lasts = lasts && framing.lasts();
        bodyReceiver.begin(framing);
        state = State.EXCHANGE;
        deadline.never();
    }

    /** Whether a request has no response yet. */
    boolean awaitsResponse() {
        return state == State.EXCHANGE;
    }

    /** Sends a complete response to a request that had no exchange; its owner may modify it afterwards. */
    void respond(byte[] response, int count) {
        fresh = false;
        state = State.ENDING;
        deadline.never();
        sender.sendNow(response, 0, count);
    }

    /** Responds to a request that no handler receives, and closes. */
    private void refuse(ProtocolError error, boolean withBody, String[] request) {
        server.malformed();
        lasts = false;
        state = State.ENDING;
        deadline.never();
        readBuffer.drop();
        sender.send(server.refusal(loop.heads, error, withBody, request));
        sender.flush();
    }

    /** Reads no more of the body, and no other request behind it. */
    void failed(Exception failure) {
        lasts = false;
        inputEnded = true;
        deadline.never();
        socket.reads(false);
        bodyReceiver.fail(failure);
    }

    /** Whether this is the last request, as it {@code should} be or not: when its response begins. */
    boolean last(boolean should) {
        lasts = !bodyReceiver.takeContinue() && lasts && !should && !server.stopping()
                && bodyReceiver.unread() <= DISCARD_BYTES;
        return !lasts;
    }

    /** Ends the exchange of a handler; {@code whole}: its response is complete. */
    void finished(boolean whole) {
        if (state == State.EXCHANGE && !whole) {
            close();
        } else if (state == State.EXCHANGE) {
            lasts = lasts && !bodyReceiver.wanted();
            bodyReceiver.fail("the exchange was closed");
            sender.endResponse();
            state = State.ENDING;
            deadline.never();
            sender.flush();
            turns.take();
        }
    }

    /** Ends an exchange: sends and discards the rest, and waits for the next request or the end. */
    private boolean next() {
        if (writeQueue.pending() > 0) {
            return false;
        }
        if (!lasts) {
            return linger();
        }
        bodyReceiver.discard(readBuffer);
        if (bodyReceiver.unread() > 0) {
            if (!deadline.isSet()) {
                deadline.body();
            }
            socket.reads(true);
            return false;
        }
        state = State.IDLE;
        deadline.idle(false);
        socket.reads(true);
        return true;
    }

    /**
     * Lets the client read the response before the connection is reset for input that it is still sending
     * (RFC 9112, section 9.6).
     */
    private boolean linger() {
        try {
            socket.end();
            state = State.LINGER;
            deadline.linger(server.stopping());
            socket.reads(true);
        } catch (IOException closed) {
            inputEnded = true;
        }
        if (inputEnded) {
            close();
        }
        return true;
    }

    @Override
    public void tick(long nanos) {
        sender.tick(nanos);
        if (writeQueue.stalled(nanos)) {
            server.heldBytes.cut(this, "the client did not read it");
        } else if (deadline.passed(nanos)) {
            late();
        }
    }

    private void late() {
        if (state == State.HEAD && transport.stage() == Transport.Stage.OPEN) {
            refuse(new ProtocolError(408, "the head of the request took too long"), true, NO_FIELDS);
            turns.take();
        } else if (state == State.EXCHANGE && bodyReceiver.wanted()) {
            failed(new IOException("the request took too long"));
        } else if (state == State.IDLE && server.stopping()) {
            linger();
        } else {
            close();
        }
    }

    /**
     * Serves a request that has arrived, in whole or in part, first; the first one has a moment to arrive. An
     * idle connection is closed on our side only: the client reads no reset, and what it sends is dropped.
     */
    @Override
    public void finish() {
        lasts = false;
        if (state == State.IDLE && !turns.goesOn()) {
            readNow();
        }
        if (state == State.HEAD) {
            deadline.lastHead();
        } else if (state == State.LINGER) {
            deadline.linger(true);
        } else if (state == State.IDLE && fresh) {
            deadline.idle(true);
        } else if (state == State.IDLE && readBuffer.left() == 0) {
            linger();
        }
    }

    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        boolean part = state == State.EXCHANGE || writeQueue.pending() > 0;
        state = State.CLOSED;
        try {
            socket.close(part);
        } catch (IOException e) {
            server.debug("a connection failed to close", e);
        }
        loop.forget(this);
        readBuffer.close();
        writeQueue.close();
        server.connectionClosed(this);
        bodyReceiver.fail("the connection broke");
    }
}
