package kvs.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bounds on the records of TLS that one client sends. Records without content (updates of keys, warnings)
 * cost a server work and a client little, so they must be earned: {@value #EMPTY_RECORDS} are free, and each
 * of them costs {@value #EARNING_BYTES} bytes of content. Belongs to a loop.
 */
final class TlsRecordLimiter {

    static final int EMPTY_RECORDS = 32;
    static final int EARNING_BYTES = 1_024;
    private static final int HEADER_BYTES = 5;
    /** Offset of the length in a header. */
    private static final int LENGTH_AT = 3;
    private static final int CONTENT_BYTES = 16 * 1_024;
    /** The longest record: content, and what TLS 1.2 allows for its protection (RFC 5246, 6.2.3). */
    static final int RECORD_BYTES = HEADER_BYTES + CONTENT_BYTES + 2_048;

    private int credit = EMPTY_RECORDS * EARNING_BYTES;

    /** Whether the next record has come to its end; {@code IOException} for one that is too long. */
    static boolean isComplete(ByteBuffer received) throws IOException {
        if (received.remaining() < HEADER_BYTES) {
            return false;
        }
        int length = HEADER_BYTES + (received.getShort(received.position() + LENGTH_AT) & 0xffff);
        if (length > RECORD_BYTES) {
            throw new IOException("a record is too long, or none");
        }
        return received.remaining() >= length;
    }

    /** Counts a record with so many bytes of content; {@code IOException} when that is out of bounds. */
    void take(int content) throws IOException {
        if (content > CONTENT_BYTES) {
            throw new IOException("a record is too long");
        }
        credit = content == 0 ? credit - EARNING_BYTES
                : Math.min(credit + content, EMPTY_RECORDS * EARNING_BYTES);
        if (credit < 0) {
            throw new IOException("too many records without content");
        }
    }
}
