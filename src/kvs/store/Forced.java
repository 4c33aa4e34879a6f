package kvs.store;

import java.io.IOException;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.Failures;

/**
 * An fsync that failed. Nobody knows what is on the disk then, and a second try may report success for pages that are gone (Rebello et al.,
 * "Can Applications Recover from fsync Failures?", USENIX ATC 2020), so it is never tried again: the store takes no more writes.
 */
final class Forced {

    private Forced() { }

    /** The failure. */
    static final class Failed extends IOException {

        private static final long serialVersionUID = 1L;

        Failed(String what, IOException cause) {
            super("fsync of " + what + " failed: " + Failures.text(cause), cause);
        }
    }

    static void file(DiskFile file, String name) throws IOException {
        try {
            file.force();
        } catch (IOException e) {
            throw new Failed(name, e);
        }
    }

    static void directory(Disk disk) throws IOException {
        try {
            disk.force();
        } catch (IOException e) {
            throw new Failed("the directory", e);
        }
    }
}
