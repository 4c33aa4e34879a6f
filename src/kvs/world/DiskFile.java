package kvs.world;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open file, read and written at positions. A failed or short write leaves an unknown part of its bytes
 * in the file.
 *
 * <p>Reads are thread-safe and may run beside writes; writes, {@code force} and {@code truncate} belong to
 * one thread at a time.
 */
public interface DiskFile extends Closeable {

    /**
     * Fills {@code into} from {@code position} on; stops at the end of the file. Returns the number of bytes
     * read, 0 at the end.
     */
    int read(ByteBuffer into, long position) throws IOException;

    /** Writes everything that remains in {@code from} at {@code position}, or throws. */
    void write(ByteBuffer from, long position) throws IOException;

    /**
     * Makes all bytes written before and the size of the file survive a power cut. After a failure it is
     * unknown which do.
     */
    void force() throws IOException;

    /** Cuts the file to that size when it is longer. */
    void truncate(long size) throws IOException;

    /** Bytes in the file. */
    long size() throws IOException;
}
