package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import kvs.world.DiskFile;

/** A window that slides over a file while it is read from front to back. One thread. */
public final class FileWindow {

    private static final int STEP_BYTES = 4 << 20;
    private static final byte[] ZEROS = new byte[4 << 10];

    private final DiskFile file;
    private final long size;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long start;

    public FileWindow(DiskFile file) throws IOException {
        this.file = file;
        this.size = file.size();
    }

    /** Bytes of the whole file. */
    public long size() {
        return size;
    }

    /** The buffer with the bytes from {@code from} to {@code from + bytes}, both within the file. */
    public ByteBuffer at(long from, int bytes) throws IOException {
        if (from < start || from + bytes > start + buffer.limit()) {
            int want = (int) Math.min(size - from, Math.max(bytes, STEP_BYTES));
            if (buffer.capacity() < want || buffer.capacity() > 2 * STEP_BYTES && want <= STEP_BYTES) {
                buffer = ByteBuffer.allocate(want);
            }
            buffer.clear().limit(want);
            if (file.read(buffer, from) < want) {
                throw new IOException("file ended early");
            }
            buffer.position(0);
            start = from;
        }
        return buffer;
    }

    /** The index of the byte at {@code offset} of the file in the buffer of the last {@link #at}. */
    public int index(long offset) {
        return (int) (offset - start);
    }

    /**
     * The offset behind the last byte that is not zero, from {@code from} on; {@code from} when all are
     * zeros.
     */
    public long dirtyEnd(long from) throws IOException {
        return dirtyEnd(from, size);
    }

    /** The same for the bytes before {@code to}. */
    long dirtyEnd(long from, long to) throws IOException {
        long end = from;
        long last = Math.min(size, to);
        for (long at = from; at < last; ) {
            int bytes = (int) Math.min(STEP_BYTES, last - at);
            int first = at(at, bytes).arrayOffset() + index(at);
            int dirty = dirtyEnd(buffer.array(), first, first + bytes) - first;
            end = dirty > 0 ? at + dirty : end;
            at += bytes;
        }
        return end;
    }

    /** From behind, in blocks: each start reads the zeros of the segment that is reserved at once. */
    private static int dirtyEnd(byte[] bytes, int from, int to) {
        int end = to;
        while (end - from >= ZEROS.length
                && Arrays.equals(bytes, end - ZEROS.length, end, ZEROS, 0, ZEROS.length)) {
            end -= ZEROS.length;
        }
        while (end > from && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }
}
