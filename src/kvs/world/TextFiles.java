package kvs.world;

import java.io.IOException;
import java.util.Optional;

/**
 * The interface to small text files outside the data directory: configuration, certificates and secrets.
 * Texts are UTF-8 of at most {@value #BYTES_MAX} bytes; a byte order mark before them is skipped. Relative
 * paths start at the working directory; symbolic links are followed when a file is read.
 *
 * <p>Thread-safe, and safe against other processes that use the same files. Every method may throw
 * {@code IOException}, whose message names the file and the remedy, never the content.
 */
public interface TextFiles {

    /** Largest file that is read or written, in bytes. */
    int BYTES_MAX = 1 << 20;

    /**
     * The whole text of a file; empty when it does not exist. A file that is not regular, or is too large, is
     * refused.
     */
    Optional<String> text(String path) throws IOException;

    /**
     * The text of a file that holds a secret, without a line break at its end; empty when it does not exist.
     *
     * <p>Refused, unless all hold of the file (of the target, if it is a symbolic link):
     * <ol>
     * <li>it is a regular file, and not empty;
     * <li>it belongs to the user of this process or to root;
     * <li>neither its group nor others may write it;
     * <li>others may not read it, and its group may only if it belongs to root: that is how systemd passes
     * credentials (0440).
     * </ol>
     * Rules 2 to 4 are left out where files have no such owner and bits (Windows). The directories
     * above are not checked.
     */
    Optional<String> secret(String path) throws IOException;

    /**
     * Makes a file that only its owner may read and write (0600 from its first moment, whatever the umask),
     * and the missing directories above it (0700). The file appears whole and durable under its name, or not
     * at all; where the file system has no hard links, others may see it grow.
     *
     * @return whether this call made it; false when the name is taken, even by a dangling symbolic link
     */
    boolean create(String path, String text) throws IOException;

    /**
     * Whether that is the absolute path of an existing directory of the user of this process. False also when
     * that is unknown.
     */
    boolean ownDirectory(String path);

    /** The absolute path of one that may be relative to the working directory. */
    String absolute(String path) throws IOException;

    /**
     * The access of users other than its owner and its group to a file or directory: {@code read},
     * {@code changed}, {@code read and changed}, and its mode. Empty when they have none, when it does not
     * exist, and where files have no such bits.
     */
    Optional<String> exposed(String path) throws IOException;

    /**
     * Replaces the text of a file in one step, durably: a reader sees the old or the new text. The file is a
     * new one with mode 0600; a symbolic link of that name is replaced, not followed. Missing directories are
     * made as by {@link #create}.
     */
    void replace(String path, String text) throws IOException;
}
