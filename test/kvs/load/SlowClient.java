package kvs.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One client that keeps a node waiting. Each of its turns does its work at once or not at all. */
final class SlowClient {

    /** The part of an exchange at which a client is slow. */
    enum Kind { HEAD, BODY, READING }

    /** Bodies of slow writers. */
    private static final int BODY_BYTES = 1_000;
    /** Documents that a slow reader requests at once. */
    private static final int PIPELINED = 16;
    /** The least that the system grants: unread bytes then wait at the node. */
    private static final int WINDOW_BYTES = 4_096;

    private final Kind kind;
    private final InetSocketAddress address;
    /** The bytes that are sent at once, and those that are sent one at a time. */
    private final ByteBuffer first;
    private final ByteBuffer rest;
    private final ByteBuffer one = ByteBuffer.allocateDirect(1);
    private SocketChannel channel;
    private int turns;
    private int cuts;

    /** A client that writes to, or reads, the document at {@code target}. */
    SlowClient(Kind kind, InetSocketAddress address, String target) {
        this.kind = kind;
        this.address = address;
        this.first = direct(switch (kind) {
            case HEAD -> "";
            case BODY -> "PUT " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + BODY_BYTES + "\r\n\r\n";
            case READING -> ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(PIPELINED);
        });
        this.rest = direct(switch (kind) {
            case HEAD -> "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
                    + "x".repeat(BODY_BYTES);
            case BODY -> '"' + "x".repeat(BODY_BYTES - 2) + '"';
            case READING -> "";
        });
    }

    private static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Writes or reads a byte; connects when it is not connected, or was cut off. */
    void step() {
        try {
            if (channel == null) {
                open();
            } else if (!channel.isConnectionPending() || channel.finishConnect()) {
                act();
                turns++;
            }
        } catch (IOException e) {
            cuts++;
            close();
        }
    }

    private void open() throws IOException {
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, WINDOW_BYTES);
        first.rewind();
        rest.rewind();
        if (channel.connect(address)) {
            act();
        }
    }

    private void act() throws IOException {
        if (first.hasRemaining()) {
            channel.write(first);
            return;
        }
        if (rest.hasRemaining()) {
            channel.write(rest.slice(rest.position(), 1));
            rest.position(rest.position() + 1);
        }
        int read = channel.read(one.clear());
        if (read < 0 || read > 0 && kind != Kind.READING) {
            throw new IOException("the node has enough of it");
        }
    }

    /** The number of its turns on open connections. */
    int turns() {
        return turns;
    }

    /** The number of times that the node refused it, responded early, or closed its connection. */
    int cuts() {
        return cuts;
    }

    /** Whether it holds a connection. */
    boolean isConnected() {
        return channel != null && channel.isConnected();
    }

    void close() {
        if (channel != null) {
            LoadConnection.closeNow(channel);
            channel = null;
        }
    }
}
