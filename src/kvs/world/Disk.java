package kvs.world;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The door to one directory of files. Names are plain file names without separators.
 *
 * <p>What survives a power cut: the bytes of a file up to its last {@link DiskFile#force}; the existence of a name (created, renamed,
 * deleted) up to the last {@link #force} of the directory. Everything later may be there in part, in any order, or not at all.
 *
 * <p>Thread-safe. Every method may throw {@code IOException}; what it then did is unknown. Never interrupt a thread in here: the JDK would
 * close the file for everybody.
 */
public interface Disk {

    /** With less than this free a disk is full. */
    long SMALL_BYTES = 1 << 20;

    /** How a file is opened. */
    enum Mode {
        /** The file must exist; writing throws. */
        READ,
        /** The file must exist. */
        WRITE,
        /** The file must not exist; it is made empty, readable and writable by its owner only. */
        CREATE
    }

    /** The names of all files here, sorted; directories are left out. */
    List<String> list() throws IOException;

    /** The names of the directories here, sorted. */
    default List<String> directories() throws IOException {
        return List.of();
    }

    /** Opens a file; a wrong existence (see {@link Mode}) is an {@code IOException}. */
    DiskFile open(String name, Mode mode) throws IOException;

    /** Gives {@code from} the name {@code to} in one step, replacing what had it. */
    void rename(String from, String to) throws IOException;

    /** Removes a file that exists. */
    void delete(String name) throws IOException;

    /** Makes the present set of names survive a power cut. */
    void force() throws IOException;

    /** Bytes that may still be written here. */
    long freeBytes() throws IOException;

    /** Whether there is no room even for small files; false where the disk does not tell. */
    default boolean full() {
        try {
            return freeBytes() < SMALL_BYTES;
        } catch (IOException unknown) {
            return false;
        }
    }

    /**
     * Locks this directory for this process by a lock file of that name, which is made if need be and never removed. Empty when somebody
     * else holds it, in this process too. The lock ends with the process at the latest.
     */
    Optional<Closeable> lock(String name) throws IOException;

    /** Where this is, for messages. */
    String where();
}
