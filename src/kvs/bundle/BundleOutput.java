package kvs.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * The way of a bundle to a client: in pieces of {@value #PIECE_BYTES} bytes, with the SHA-256 of all of it,
 * and an end when it may not go on. One thread.
 */
final class BundleOutput extends OutputStream {

    private static final int PIECE_BYTES = 1 << 16;

    private final OutputStream out;
    private final MessageDigest sha256 = ZoneScan.sha256();
    private final Supplier<String> obstacle;
    private long bytes;

    /** A way to {@code out}; {@code obstacle} is asked before each piece, and empty while all is well. */
    BundleOutput(OutputStream out, Supplier<String> obstacle) {
        this.out = new BufferedOutputStream(out, PIECE_BYTES);
        this.obstacle = obstacle;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int at, int length) throws IOException {
        String why = obstacle.get();
        if (!why.isEmpty()) {
            throw new IOException(why);
        }
        sha256.update(from, at, length);
        bytes += length;
        out.write(from, at, length);
    }

    /** The number of bytes so far. */
    long bytes() {
        return bytes;
    }

    /** The SHA-256 of all bytes, in hexadecimal digits. Call once, when all is written. */
    String sha256() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
