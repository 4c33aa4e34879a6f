package kvs.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import kvs.world.DiskFile;

/**
 * Reads the lines of a part of a file in order. Longer runs of bytes than a line can have are returned in
 * pieces, so that no file makes the reader hold more than that. One thread.
 */
final class AuditLineReader {

    private static final int BUFFER_BYTES_MAX = 4 * AuditLine.BYTES_MAX;

    private final DiskFile file;
    private final long to;
    private final ByteBuffer buffer;
    private long start;
    private long at;
    private byte[] bytes = {};
    private boolean isComplete;
    private Optional<AuditLine> line = Optional.empty();

    /** The lines from byte {@code from} up to {@code to}. */
    AuditLineReader(DiskFile file, long from, long to) {
        this.file = file;
        this.at = from;
        this.to = to;
        this.buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES_MAX, to - from)).limit(0);
    }

    /** Moves to the next line; false at the end. */
    boolean next() throws IOException {
        int length = find(0);
        if (length < 0) {
            int known = buffer.remaining();
            fill();
            length = find(known);
        }
        isComplete = length >= 0 && length <= AuditLine.BYTES_MAX;
        int take = isComplete ? length : Math.min(buffer.remaining(), AuditLine.BYTES_MAX);
        bytes = new byte[take];
        buffer.get(bytes);
        if (isComplete) {
            buffer.get();
        }
        line = isComplete ? AuditLine.decode(bytes) : Optional.empty();
        start = at;
        at += take + (isComplete ? 1 : 0);
        return isComplete || take > 0;
    }

    /** The line without its break. */
    byte[] bytes() {
        return bytes;
    }

    /** Whether it ends with a break, and is not longer than a line can be. */
    boolean isComplete() {
        return isComplete;
    }

    /** The decoded line; empty when it is not valid. */
    Optional<AuditLine> line() {
        return line;
    }

    /** Offset of the line in the file. */
    long start() {
        return start;
    }

    /** Offset after the line in the file. */
    long end() {
        return at;
    }

    /** The last whole line of a file that can be decoded. */
    static Optional<AuditLine> last(DiskFile file, long size) throws IOException {
        AuditLineReader lines = new AuditLineReader(file, Math.max(0, size - 2 * AuditLine.BYTES_MAX), size);
        Optional<AuditLine> last = Optional.empty();
        while (lines.next()) {
            last = lines.line.isPresent() ? lines.line : last;
        }
        return last;
    }

    private int find(int from) {
        byte[] array = buffer.array();
        for (int i = buffer.position() + from; i < buffer.limit(); i++) {
            if (array[i] == '\n') {
                return i - buffer.position();
            }
        }
        return -1;
    }

    private void fill() throws IOException {
        long position = at + buffer.remaining();
        buffer.compact();
        buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + to - position));
        if (buffer.hasRemaining()) {
            file.read(buffer, position);
        }
        buffer.flip();
    }
}
