package kvs.backup;

import java.io.IOException;
import java.util.List;
import kvs.log.DataFileNames;
import kvs.log.Manifest;
import kvs.log.StagingDirectory;
import kvs.log.UnusableDirectoryException;
import kvs.world.Disk;

/** The directory that a restore writes: empty, or with the leftovers of an earlier restore that crashed. */
final class RestoreTargetDirectory {

    private final Disk disk;

    RestoreTargetDirectory(Disk disk) {
        this.disk = disk;
    }

    /** Refuses a directory in which there is anything else. */
    void refuseUsed() throws IOException, UnusableDirectoryException {
        List<String> names = disk.list();
        boolean begun = names.contains(StagingDirectory.NAME);
        for (String name : names) {
            // A MANIFEST that never got its name belongs to a store that never existed.
            boolean nothing = name.equals(DataFileNames.LOCK)
                    || name.equals(Manifest.TEMPORARY) && !names.contains(Manifest.NAME);
            if (!nothing && !(begun && leftover(name))) {
                throw new UnusableDirectoryException(disk.where() + " is not empty: it contains " + name
                        + ". Name a directory that is empty or does not exist");
            }
        }
    }

    private static boolean leftover(String name) {
        return name.equals(StagingDirectory.NAME) || name.endsWith(".tmp")
                || DataFileNames.segmentNumber(name).isPresent()
                || DataFileNames.checkpointNumber(name).isPresent();
    }

    /** Removes the leftovers of an earlier restore, and last the file that marks them as such. */
    void clear() throws IOException {
        List<String> names = disk.list();
        if (!names.contains(StagingDirectory.NAME)) {
            return;
        }
        for (String name : names) {
            if (leftover(name) && !name.equals(StagingDirectory.NAME)) {
                disk.delete(name);
            }
        }
        disk.force();
        disk.delete(StagingDirectory.NAME);
        disk.force();
    }

    /** Removes the leftovers of this restore, which failed. */
    void clearAfter(Exception failure) {
        try {
            clear();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
