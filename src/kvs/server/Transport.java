package kvs.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The way of a connection's bytes between its socket and HTTP: as they are ({@link PlainTransport}), or
 * encrypted ({@link TlsTransport}). Belongs to its loop.
 */
interface Transport {

    /** The stage of the agreement between both sides; without TLS there is nothing to agree on. */
    enum Stage {
        /** No byte has come. */
        NEW,
        /** Keys are being agreed on. */
        HANDSHAKE,
        /** HTTP passes. */
        OPEN,
        /** The client speaks another protocol than this side: it is sent bytes as they are. */
        FOREIGN
    }

    /** The present stage. */
    default Stage stage() {
        return Stage.OPEN;
    }

    /**
     * Reads some {@code most} bytes into the array of the loop, never less than one record; their number, -1
     * for the end. A record that is not complete gives 0.
     */
    int read(int most) throws IOException;

    /** Sends, or takes in order to send them, some bytes of a buffer, as far as the socket takes them. */
    int write(ByteBuffer bytes) throws IOException;

    /** The number of bytes that were taken and wait for the socket; writing of no bytes sends them. */
    default int unsent() {
        return 0;
    }

    /** The number of received bytes that are kept for an incomplete record. */
    default int kept() {
        return 0;
    }

    /** Whether no input can be taken, because another thread works on what has come. */
    default boolean works() {
        return false;
    }

    /** Signals the client that nothing more is sent. What it still sends is discarded. */
    void end() throws IOException;

    /** Releases all bytes; {@code regular}: the client may be told so, if that does not wait. */
    default void close(boolean regular) throws IOException { }
}
