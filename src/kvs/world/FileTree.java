package kvs.world;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The interface to a directory whose files are for other programs, with directories in it. Paths are relative
 * to it, with {@code /} between their parts; symbolic links are never followed. Files and directories that it
 * makes have the mode that the umask of the process leaves.
 *
 * <p>One thread. After a failure the effect of the call is unknown.
 */
public interface FileTree {

    /** The kind of a name. */
    enum Kind { ABSENT, FILE, DIRECTORY, OTHER }

    /** The path of the directory, for messages. */
    String where();

    /**
     * The kind of what has that path; {@link Kind#OTHER} also for a path that this system cannot have, such
     * as one with a name that is too long.
     */
    Kind kind(String path) throws IOException;

    /** The names of the files in a directory. */
    List<String> list(String path) throws IOException;

    /** The bytes of a file; empty when it is none. */
    Optional<byte[]> read(String path) throws IOException;

    /**
     * Writes a file durably; one that is there is lost.
     *
     * @param like a file whose mode the new one has, if it exists
     */
    void write(String path, byte[] bytes, String like) throws IOException;

    /** Gives a file another name in one step, in the place of a file that is there. */
    void replace(String from, String to) throws IOException;

    /** Gives a file another name, unless that is taken; the result is whether it was free. */
    boolean move(String from, String to) throws IOException;

    /** Removes a file if it is there. */
    void delete(String path) throws IOException;

    /** Makes a directory in one that exists. */
    void makeDirectory(String path) throws IOException;

    /** Removes a directory if it is there and empty. */
    void deleteDirectory(String path) throws IOException;

    /** Makes the names in a directory survive a power cut; an empty path is the whole tree's own one. */
    void force(String path) throws IOException;

    /** Locks the tree for this process by a file, which stays; empty when another process holds it. */
    Optional<Closeable> lock(String path) throws IOException;
}
