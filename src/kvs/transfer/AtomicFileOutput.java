package kvs.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * A new file that has its name once it is complete and durable; before that it is called {@code NAME.part}, which goes when it cannot be
 * completed; what a killed process left is begun anew. One thread.
 */
public final class AtomicFileOutput extends OutputStream {

    private static final int BUFFER_BYTES = 1 << 20;

    private final Disk disk;
    private final String name;
    private final String part;
    private final DiskFile file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long position;
    private boolean complete;

    /** Begins the file {@code name}. */
    public AtomicFileOutput(Disk disk, String name) throws IOException {
        this.disk = disk;
        this.name = name;
        this.part = name + ".part";
        if (disk.list().contains(part)) {
            disk.delete(part);
        }
        this.file = disk.open(part, Disk.Mode.CREATE);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > buffer.remaining()) {
            flush();
        }
        if (length > buffer.remaining()) {
            file.write(ByteBuffer.wrap(bytes, from, length), position);
            position += length;
        } else {
            buffer.put(bytes, from, length);
        }
    }

    @Override
    public void flush() throws IOException {
        int bytes = buffer.flip().remaining();
        file.write(buffer, position);
        position += bytes;
        buffer.clear();
    }

    /** Everything was written: a file of that name is replaced by it. */
    public void complete() throws IOException {
        flush();
        file.force();
        file.close();
        disk.rename(part, name);
        complete = true;
        disk.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
        if (!complete && disk.list().contains(part)) {
            disk.delete(part);
        }
    }
}
