package kvs.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A stream that is read byte by byte, with the number and the checksum of the bytes that were read. One
 * thread.
 */
final class ChecksumInput implements Closeable {

    /** The result of {@link #peek} at the end. */
    static final int END = -1;
    private static final int BUFFER_BYTES = 256 << 10;
    /** Bytes before the place that are kept for {@link #endedWith}. */
    private static final int KEPT_BYTES = 64;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final CRC32C crc = new CRC32C();
    private int at;
    private int filled;
    /** The first byte in the buffer that the checksum does not have. */
    private int unchecked;
    private long before;
    private long line = 1;

    ChecksumInput(InputStream in) {
        this.in = in;
    }

    /** The next byte, unsigned, without reading it; {@value #END} at the end. */
    int peek() throws IOException {
        return at < filled || fill() ? buffer[at] & 0xff : END;
    }

    /** Reads the byte that {@link #peek} returned. */
    void take() {
        if (buffer[at++] == '\n') {
            line++;
        }
    }

    /** Whether the bytes just read are this text, of at most {@value #KEPT_BYTES} bytes. */
    boolean endedWith(String text) {
        int bytes = text.length();
        return at >= bytes && text.equals(new String(buffer, at - bytes, bytes, StandardCharsets.US_ASCII));
    }

    /** Bytes that were read. */
    long offset() {
        return before + at;
    }

    /** The line of the next byte, from 1. */
    long line() {
        return line;
    }

    /** CRC32C of the bytes that were read. */
    long crc() {
        crc.update(buffer, unchecked, at - unchecked);
        unchecked = at;
        return crc.getValue();
    }

    private boolean fill() throws IOException {
        crc();
        int kept = Math.min(KEPT_BYTES, at);
        System.arraycopy(buffer, at - kept, buffer, 0, kept);
        before += at - kept;
        at = kept;
        unchecked = kept;
        filled = kept + Math.max(0, in.read(buffer, kept, buffer.length - kept));
        return filled > at;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
