package kvs.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Optional;
import kvs.world.ByteConnections;

/**
 * The bytes of a connection, each read of which ends in time: a node that sends one byte now and then meets
 * the deadline too. One thread.
 */
final class TimedInputStream extends InputStream {

    private final ByteConnections.ByteConnection connection;
    private Optional<Deadline> deadline = Optional.empty();
    private long readMs;

    TimedInputStream(ByteConnections.ByteConnection connection) {
        this.connection = connection;
    }

    /**
     * Sets the bounds of the next reads.
     *
     * @param ms bound of each
     * @param end bound of all of them; empty for none
     */
    void bound(long ms, Optional<Deadline> end) {
        readMs = ms;
        deadline = end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
        long left = deadline.isPresent() ? Math.min(readMs, deadline.get().leftMs()) : readMs;
        if (left <= 0) {
            throw new SocketTimeoutException("the response did not end in time");
        }
        connection.readTimeout(left);
        return connection.in().read(bytes, from, count);
    }
}
