package kvs.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * A new file that gets its name once it is complete and durable. Until then it is called {@code NAME.part}.
 * It is deleted when the file cannot be completed; a part that a killed process left is overwritten. One
 * thread.
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

    /** Creates the file {@code name}. */
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

    /** Completes the file, which replaces an older one of that name. Call it once everything is written. */
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
