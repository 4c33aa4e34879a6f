package kvs.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The socket of a connection: its interest in events, its input, and its end. Belongs to its loop. */
final class ClientSocket {

    final InetSocketAddress remote;
    final InetSocketAddress local;
    private final SocketChannel channel;
    private final Transport transport;
    private final SelectionKey key;

    /** Registers {@code handler} with {@code loop} for input, which passes {@code transport}. */
    ClientSocket(SocketChannel channel, Transport transport, Loop loop, Loop.ChannelHandler handler)
            throws IOException {
        this.channel = channel;
        this.transport = transport;
        this.remote = (InetSocketAddress) channel.getRemoteAddress();
        this.local = (InetSocketAddress) channel.getLocalAddress();
        this.key = loop.watch(channel, SelectionKey.OP_READ, handler);
    }

    /** Sets whether input is wanted. */
    void reads(boolean wanted) {
        interest(SelectionKey.OP_READ, wanted && !transport.works());
    }

    /** Sets whether readiness for output is wanted. */
    void writes(boolean wanted) {
        interest(SelectionKey.OP_WRITE, wanted);
    }

    private void interest(int operation, boolean wanted) {
        if (key.isValid()) {
            int now = key.interestOps();
            int then = wanted ? now | operation : now & ~operation;
            if (now != then) {
                key.interestOps(then);
            }
        }
    }

    /** Reads some {@code most} bytes into the array of the loop; their number, -1 for the end. */
    int read(int most) throws IOException {
        int count = transport.read(most);
        if (transport.works()) {
            reads(false);
        }
        if (transport.unsent() > 0) {
            writes(true);
        }
        return count;
    }

    /** Signals the client that nothing more is sent. */
    void end() throws IOException {
        transport.end();
    }

    /**
     * Closes it. When only a part was sent, by a reset: a client that reads up to the end could take it for
     * the complete response.
     */
    void close(boolean part) throws IOException {
        try {
            transport.close(!part);
            if (part) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } finally {
            channel.close();
        }
    }
}
