package kvs.server;

import java.nio.ByteBuffer;

/** The buffers of a loop for records of TLS, one connection after the other. Belongs to its loop. */
final class TlsBuffers {

    private static final int BYTES = 64 * 1_024;

    /** Records that have come, and those that are sent next. */
    final ByteBuffer received = ByteBuffer.allocate(BYTES);
    final ByteBuffer sealed = ByteBuffer.allocate(BYTES);
    /** The content of records that have come: the array of the loop. */
    final ByteBuffer plain;

    /** Buffers with the content of records in {@code read}, which holds that of all received bytes. */
    TlsBuffers(byte[] read) {
        plain = ByteBuffer.wrap(read);
        assert read.length >= BYTES;
    }
}
