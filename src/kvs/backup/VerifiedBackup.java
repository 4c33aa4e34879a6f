package kvs.backup;

import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.LongConsumer;
import kvs.log.BadRecordException;
import kvs.log.CompactedRangeNote;
import kvs.log.UnusableDirectoryException;
import kvs.model.Version;
import kvs.tree.RangeTotals;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * The content of a backup that was read and found valid.
 *
 * @param origin id of the directory
 * @param madeMs time of its state, Unix ms
 * @param bytes size of the file
 * @param keys number of keys, dead ones too
 * @param versions number of versions of all keys
 * @param root digest of the index
 */
public record VerifiedBackup(UUID origin, long madeMs, long bytes, long keys, long versions, byte[] root) {

    /**
     * Reads a complete backup and checks it.
     *
     * @throws UnusableDirectoryException when it is no backup, or was changed
     */
    public static VerifiedBackup verify(Disk from, String name, LongConsumer progress)
            throws IOException, UnusableDirectoryException {
        try (DiskFile file = from.open(name, Disk.Mode.READ)) {
            PointInTimeFilter all = new PointInTimeFilter(Version.FOREVER, put -> { });
            BackupReader.Summary whole = new BackupReader(file, progress).run(all);
            BackupFormat.Trailer trailer = whole.trailer();
            RangeTotals index = all.index();
            CompactedRangeNote.of(all.notes().get(all.notes().size() - 1));
            if (index.count() != trailer.keys() || !Arrays.equals(index.digest(), trailer.root())) {
                throw new BadRecordException("the digest at its end does not match its versions");
            }
            return new VerifiedBackup(whole.source().origin(), whole.source().madeMs(), whole.bytes(),
                    trailer.keys(), trailer.versions(), trailer.root());
        } catch (BackupFormat.NewerFormatException e) {
            throw UnusableDirectoryException.newer(from.where() + "/" + name + " cannot be read: "
                    + FailureText.text(e));
        } catch (BadRecordException e) {
            throw new UnusableDirectoryException(from.where() + "/" + name + " is not a backup, or is"
                    + " damaged: "
                    + FailureText.text(e));
        }
    }
}
