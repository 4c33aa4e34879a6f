package kvs.log;

import java.io.IOException;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * Forces files and directories, and reports a failed fsync as {@link FailedSyncException}. After such a
 * failure the content of the disk is unknown, and a second try may report success for pages that are gone
 * (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020), so it is never tried
 * again: the store accepts no more writes.
 */
public final class FileSync {

    private FileSync() { }

    /** A failed fsync. */
    public static final class FailedSyncException extends IOException {

        private static final long serialVersionUID = 1L;

        FailedSyncException(String what, IOException cause) {
            super("fsync of " + what + " failed: " + FailureText.text(cause), cause);
        }
    }

    static void file(DiskFile file, String name) throws IOException {
        try {
            file.force();
        } catch (IOException e) {
            throw new FailedSyncException(name, e);
        }
    }

    static void directory(Disk disk) throws IOException {
        try {
            disk.force();
        } catch (IOException e) {
            throw new FailedSyncException("the directory", e);
        }
    }
}
