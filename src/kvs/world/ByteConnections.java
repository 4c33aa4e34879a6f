package kvs.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The interface to connections of bytes with another machine, for a client that waits for each response.
 * Thread-safe.
 */
public interface ByteConnections {

    /**
     * The other end of a connection.
     *
     * @param host a name or an address
     * @param port its port
     */
    record Peer(String host, int port) { }

    /** An open connection. One thread; {@link #close} may be called by another. */
    interface ByteConnection extends AutoCloseable {

        /** The bytes of the other side. A read that waits too long throws {@code SocketTimeoutException}. */
        InputStream in() throws IOException;

        /** The bytes for the other side. */
        OutputStream out() throws IOException;

        /** Bounds the wait of each read, ms. */
        void readTimeout(long ms) throws IOException;

        @Override
        void close() throws IOException;
    }

    /**
     * Opens a connection within {@code timeoutMs}.
     *
     * @param secure whether it is encrypted and the certificate of the other side is checked
     */
    ByteConnection open(Peer peer, boolean secure, long timeoutMs) throws IOException;
}
