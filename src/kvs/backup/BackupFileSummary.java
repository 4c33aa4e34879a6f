package kvs.backup;

import java.io.IOException;
import java.util.Optional;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * The unchecked summary of a backup file.
 *
 * @param bytes size of the file
 * @param keys number of keys; empty when it is no complete backup
 */
public record BackupFileSummary(long bytes, Optional<Long> keys) {

    /** The summary at the end of a file. */
    public static BackupFileSummary of(Disk disk, String name) throws IOException {
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            long bytes = file.size();
            if (bytes < BackupFormat.HEAD_BYTES + BackupFormat.TRAILER_BYTES) {
                return new BackupFileSummary(bytes, Optional.empty());
            }
            var trailer = BackupFormat.read(file, bytes - BackupFormat.TRAILER_BYTES,
                    BackupFormat.TRAILER_BYTES);
            return new BackupFileSummary(bytes, BackupFormat.Trailer.keys(trailer));
        }
    }
}
