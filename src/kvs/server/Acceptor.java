package kvs.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import kvs.world.FailureText;

/** Accepts connections and distributes them to the loops in turn. Belongs to one loop. */
final class Acceptor implements Loop.ChannelHandler {

    /** Connections accepted at once, before others on the loop have their turn. */
    private static final int TURN = 64;
    /**
     * Send buffer that the kernel takes for a client that does not read; Linux makes it twice that, or twice
     * net.core.wmem_max when that is less. By default it takes up to 4 MB, in growing steps that cost the
     * loop milliseconds for each reader with a small window. With a latency of 100 ms some 2 to 5 MB a second
     * still pass through one connection.
     */
    private static final int SEND_BUFFER_BYTES = 512 * 1_024;
    /** Pause of accepting connections when no file handle is left. */
    private static final long PAUSE_MS = 200;

    private final NioServer server;
    private final ServerSocketChannel channel;
    private final List<Loop> loops;
    private final ConnectionLimiter admission;
    private final int waitingMax;
    private Optional<SelectionKey> key = Optional.empty();
    private long resumeAt;
    private boolean paused;
    private int turn;

    /** An acceptor; at most {@code waitingMax} connections wait to be accepted. */
    Acceptor(NioServer server, ServerSocketChannel channel, List<Loop> loops, ConnectionLimiter admission,
            int waitingMax) {
        this.waitingMax = waitingMax;
        this.server = server;
        this.channel = channel;
        this.loops = loops;
        this.admission = admission;
    }

    /** Begins; called on its loop. */
    void open(Loop loop) {
        try {
            channel.configureBlocking(false);
            key = Optional.of(loop.watch(channel, SelectionKey.OP_ACCEPT, this));
        } catch (IOException e) {
            server.log().error("the server cannot accept connections", e);
        }
    }

    @Override
    public void ready(SelectionKey selected) {
        for (int i = 0; i < TURN; i++) {
            try {
                SocketChannel client = channel.accept();
                if (client == null) {
                    return;
                }
                turn = (turn + 1) % loops.size();
                take(client, loops.get(turn));
            } catch (IOException | RuntimeException | Error full) {
                pause(selected, full);
                return;
            }
        }
    }

    /** Pauses without a file or memory left: the acceptor must never give up. */
    private void pause(SelectionKey selected, Throwable failure) {
        if (channel.isOpen() && !IdleEviction.evict(loops.get(0))) {
            selected.interestOps(0);
            paused = true;
            resumeAt = loops.get(0).in(PAUSE_MS);
            server.log().warn("a connection cannot be accepted", "why", FailureText.text(failure));
        }
    }

    /** Admits a connection on the loop that it is for: only there another can be closed for it. */
    private void take(SocketChannel client, Loop loop) {
        boolean taken = false;
        try {
            taken = loop.run(() -> connect(client, loop));
        } finally {
            if (!taken) {
                close(client);
            }
        }
    }

    private void connect(SocketChannel client, Loop loop) {
        Optional<InetAddress> place = Optional.empty();
        try {
            client.configureBlocking(false);
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            client.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
            InetAddress from = ((InetSocketAddress) client.getRemoteAddress()).getAddress();
            ConnectionLimiter.Verdict verdict = admission.enter(from);
            if (verdict == ConnectionLimiter.Verdict.FULL && IdleEviction.evict(loop)) {
                verdict = admission.enter(from);
            }
            if (verdict == ConnectionLimiter.Verdict.WELCOME) {
                place = Optional.of(from);
                new Connection(server, loop, client);
            } else {
                admission.turnAway();
                refuse(client, loop, verdict);
                client.close();
            }
        } catch (IOException closed) {
            server.debug("a connection broke before it was accepted", closed);
            drop(client, place);
        } catch (RuntimeException | Error bug) {
            drop(client, place);
            server.log().error("a connection cannot be set up", bug);
        }
    }

    private void drop(SocketChannel client, Optional<InetAddress> place) {
        place.ifPresent(admission::leave);
        close(client);
    }

    private void close(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            server.debug("a connection failed to close", e);
        }
    }

    /** Sends the reason, if the client can receive it: nothing waits for that, nor for a handshake. */
    private void refuse(SocketChannel client, Loop loop, ConnectionLimiter.Verdict verdict)
            throws IOException {
        if (server.isEncrypted()) {
            return;
        }
        ProtocolError error = verdict == ConnectionLimiter.Verdict.FULL
                ? new ProtocolError(503, "this node has its maximum number of connections")
                : new ProtocolError(429, "too many connections from this address");
        client.write(ByteBuffer.wrap(server.refusal(loop.heads, error, true, new String[0])));
    }

    @Override
    public void tick(long nanos) {
        if (paused && nanos - resumeAt > 0) {
            paused = false;
            key.filter(SelectionKey::isValid).ifPresent(open -> open.interestOps(SelectionKey.OP_ACCEPT));
        }
    }

    /** Pauses: a fault closes connections, but never ends accepting. */
    @Override
    public void close() {
        key.filter(SelectionKey::isValid).ifPresent(open -> open.interestOps(0));
        paused = true;
        resumeAt = loops.get(0).in(PAUSE_MS);
    }

    /**
     * Accepts the connections that wait already, because closing the port resets them, and closes it. More
     * than can have waited are not accepted: clients that go on connecting would keep the port open.
     */
    @Override
    public void finish() {
        Optional<SocketChannel> next = next();
        for (int i = 0; i < waitingMax && next.isPresent(); i++, next = next()) {
            turn = (turn + 1) % loops.size();
            take(next.get(), loops.get(turn));
        }
        next.ifPresent(this::close);
        key.ifPresent(SelectionKey::cancel);
        try {
            channel.close();
        } catch (IOException e) {
            server.log().error("the server failed to close its port", e);
        }
    }

    private Optional<SocketChannel> next() {
        try {
            return Optional.ofNullable(channel.accept());
        } catch (IOException closed) {
            server.debug("a waiting connection was not accepted", closed);
            return Optional.empty();
        }
    }
}
