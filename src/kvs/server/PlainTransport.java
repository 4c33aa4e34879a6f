package kvs.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes of a connection as they are. Belongs to its loop. */
final class PlainTransport implements Transport {

    private final SocketChannel channel;
    private final Loop loop;

    PlainTransport(SocketChannel channel, Loop loop) {
        this.channel = channel;
        this.loop = loop;
    }

    @Override
    public int read(int most) throws IOException {
        loop.in.clear().limit(Math.min(most, loop.in.capacity()));
        int count = channel.read(loop.in);
        if (count > 0) {
            loop.in.flip().get(loop.read, 0, count);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        return channel.write(bytes);
    }

    @Override
    public void end() throws IOException {
        channel.shutdownOutput();
    }
}
