package kvs.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** The client's end of a connection with TLS, for short requests: it waits while it opens and sends. */
final class TlsChannel implements ByteChannel {

    private static final int BYTES = 64 * 1_024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer received = ByteBuffer.allocate(BYTES).flip();
    private final ByteBuffer sealed = ByteBuffer.allocate(BYTES);

    private TlsChannel(SocketChannel channel, SSLEngine engine) {
        this.channel = channel;
        this.engine = engine;
    }

    /** Connects and agrees on keys; does not wait for input afterwards. */
    static TlsChannel open(InetSocketAddress address, SSLContext trust) throws IOException {
        SSLEngine engine = trust.createSSLEngine(address.getHostString(), address.getPort());
        engine.setUseClientMode(true);
        TlsChannel opened = new TlsChannel(SocketChannel.open(address), engine);
        try {
            opened.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            opened.agree();
            opened.channel.configureBlocking(false);
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void agree() throws IOException {
        ByteBuffer content = ByteBuffer.allocate(BYTES);
        engine.beginHandshake();
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.NOT_HANDSHAKING) {
            switch (status) {
                case NEED_WRAP -> write(NOTHING.duplicate());
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {
                    if (engine.unwrap(received, content).bytesConsumed() == 0 && fill() < 0) {
                        throw new IOException("closed in the handshake");
                    }
                }
            }
            status = engine.getHandshakeStatus();
        }
    }

    /** The channel of its events. */
    SelectableChannel selectable() {
        return channel;
    }

    private int fill() throws IOException {
        received.compact();
        int count = channel.read(received);
        received.flip();
        return count;
    }

    @Override
    public int read(ByteBuffer content) throws IOException {
        int before = content.position();
        int count = fill();
        while (received.hasRemaining() && engine.unwrap(received, content).bytesConsumed() > 0) {
            count = Math.max(count, 0);
        }
        return count < 0 ? -1 : content.position() - before;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int before = bytes.position();
        engine.wrap(bytes, sealed.clear());
        sealed.flip();
        while (sealed.hasRemaining()) {
            channel.write(sealed);
        }
        return bytes.position() - before;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
