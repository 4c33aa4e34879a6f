package kvs.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** A connection of a {@link LoadClient}: one request after another, opened when there is one to send. */
final class LoadConnection {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Selector selector;
    private final InetSocketAddress address;
    private final IncomingResponse answer;
    private final Optional<SSLContext> tls;
    private ByteChannel channel;
    private SelectionKey key;
    private ByteBuffer unsent = NOTHING;
    private boolean waiting;
    private long meantNanos;
    private int turn;

    /** A connection, with TLS if there is a {@code tls}. */
    LoadConnection(Selector selector, InetSocketAddress address, Optional<SSLContext> tls,
            IncomingResponse answer, int turn) {
        this.tls = tls;
        this.selector = selector;
        this.address = address;
        this.answer = answer;
        this.turn = turn;
    }

    /** The number of the request that comes next, of so many. */
    int turn(int count) {
        int now = turn;
        turn = now + 1 < count ? now + 1 : 0;
        return now;
    }

    /** Sends a request that was meant for this time. */
    void send(ByteBuffer request, long meant) throws IOException {
        waiting = true;
        meantNanos = meant;
        answer.reset();
        if (!isOpen()) {
            unsent = request.duplicate().clear();
            open();
            return;
        }
        channel.write(request.clear());
        if (request.hasRemaining()) {
            unsent = request.duplicate();
            key.interestOps(SelectionKey.OP_WRITE | SelectionKey.OP_READ);
        }
    }

    private void open() throws IOException {
        if (tls.isPresent()) {
            TlsChannel opened = TlsChannel.open(address, tls.get());
            channel = opened;
            key = opened.selectable().register(selector, SelectionKey.OP_READ, this);
            write();
            return;
        }
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = opened.register(selector, SelectionKey.OP_CONNECT, this);
        if (opened.connect(address)) {
            write();
        }
    }

    /** Goes on with connecting and writing. */
    void write() throws IOException {
        if (channel instanceof SocketChannel plain && plain.isConnectionPending() && !plain.finishConnect()) {
            return;
        }
        channel.write(unsent);
        key.interestOps(unsent.hasRemaining() ? SelectionKey.OP_WRITE | SelectionKey.OP_READ
                : SelectionKey.OP_READ);
    }

    /** Reads what arrived, by way of {@code in}. */
    IncomingResponse.Progress read(ByteBuffer in) throws IOException {
        if (channel.read(in.clear()) < 0 || !waiting) {
            throw new IOException(waiting ? "closed before the answer" : "closed, or an answer to nothing");
        }
        IncomingResponse.Progress progress = answer.take(in.flip());
        waiting = progress == IncomingResponse.Progress.MORE;
        return progress;
    }

    /** Whether an answer is missing. */
    boolean waiting() {
        return waiting;
    }

    /** When the last request should have been sent. */
    long meantNanos() {
        return meantNanos;
    }

    /** Whether it is, as far as is known here, open or being opened. */
    boolean isOpen() {
        return channel != null && channel.isOpen();
    }

    /** Closes it; an answer that is missing is not waited for any more. */
    void close() {
        waiting = false;
        unsent = NOTHING;
        if (channel != null) {
            closeNow(channel);
        }
    }

    /** A close that fails is a bug: there is nothing to be written. */
    static void closeNow(ByteChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
