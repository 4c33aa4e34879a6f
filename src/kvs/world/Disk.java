package kvs.world;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The interface to one directory of files. Names are plain file names without separators.
 *
 * <p>A power cut leaves the bytes of a file up to its last {@link DiskFile#force}, and the existence of a
 * name (created, renamed, deleted) up to the last {@link #force} of the directory. Everything later may be
 * there in part, in any order, or not at all.
 *
 * <p>Thread-safe. Every method may throw {@code IOException}; its effect is unknown then. Never interrupt a
 * thread in here: the JDK would close the file for all threads.
 */
public interface Disk {

    /** Free bytes below which a disk is full. */
    long SMALL_BYTES = 1 << 20;

    /** The mode in which a file is opened. */
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

    /** Opens a file; when its existence does not fit the {@link Mode}, that is an {@code IOException}. */
    DiskFile open(String name, Mode mode) throws IOException;

    /** Renames {@code from} to {@code to} in one step, replacing a file of that name. */
    void rename(String from, String to) throws IOException;

    /** Removes a file that exists. */
    void delete(String name) throws IOException;

    /** Makes the present set of names survive a power cut. */
    void force() throws IOException;

    /** Bytes that may still be written here. */
    long freeBytes() throws IOException;

    /** Whether there is no space even for small files; false where the disk does not report it. */
    default boolean full() {
        try {
            return freeBytes() < SMALL_BYTES;
        } catch (IOException unknown) {
            return false;
        }
    }

    /**
     * Locks this directory for this process by a lock file of that name, which is made if need be and never
     * removed. Empty when the lock is held already, by this process too. The lock ends with the process at
     * the latest.
     */
    Optional<Closeable> lock(String name) throws IOException;

    /** The path of the directory, for messages. */
    String where();
}
