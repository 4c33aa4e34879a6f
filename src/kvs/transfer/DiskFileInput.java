package kvs.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import kvs.world.DiskFile;

/** A stream over a file, from its start to its end. One thread. */
public final class DiskFileInput extends InputStream {

    private final DiskFile file;
    private long position;

    /** Reads {@code file}, and closes it. */
    public DiskFileInput(DiskFile file) {
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, into.length);
        int bytes = file.read(ByteBuffer.wrap(into, from, length), position);
        position += bytes;
        return bytes == 0 && length > 0 ? -1 : bytes;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
