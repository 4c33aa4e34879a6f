package kvs.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongConsumer;
import kvs.log.BadRecordException;
import kvs.log.Checksum;
import kvs.log.CompactedRangeNote;
import kvs.log.DocumentCodec;
import kvs.log.Group;
import kvs.log.Record;
import kvs.log.Segment;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.world.DiskFile;

/**
 * Reads a backup from front to back, checks all of it (see {@link BackupFormat}) except the digest of the
 * index, and passes its records to a visitor. One thread, one record in memory.
 */
final class BackupReader {

    private final DiskFile file;
    private final LongConsumer progress;
    private final MessageDigest sha256 = BackupFormat.sha256();
    private final VersionIdHasher ids = new VersionIdHasher();
    private final DocumentCodec codec = new DocumentCodec(0);
    private BackupFormat.Header source;
    private Optional<Record> last = Optional.empty();
    private boolean traced;
    private long keys;
    private long versions;
    private long notes;

    /**
     * A receiver of the records, in the order of the file. They are valid only once {@link #run} has
     * returned.
     */
    interface Visitor {

        /** A version of the previous key, or of the next key. */
        void version(Record.Put put) throws IOException;

        /** A note; the last one is the log summary. */
        void note(Record.Note note) throws IOException;
    }

    /** The result of a complete read. */
    record Summary(BackupFormat.Header source, BackupFormat.Trailer trailer, long bytes) { }

    /** A reader that reports to {@code progress} the number of bytes read. */
    BackupReader(DiskFile file, LongConsumer progress) {
        this.file = file;
        this.progress = progress;
    }

    /**
     * Reads the complete file. Call once.
     *
     * @throws BadRecordException when it is no backup, or was changed
     */
    Summary run(Visitor visitor) throws IOException {
        long end = file.size() - BackupFormat.TRAILER_BYTES;
        if (end < BackupFormat.HEAD_BYTES) {
            throw new BadRecordException("it is too short");
        }
        ByteBuffer head = BackupFormat.read(file, 0, BackupFormat.HEAD_BYTES);
        source = BackupFormat.Header.decode(head);
        ByteBuffer tail = BackupFormat.read(file, end, BackupFormat.TRAILER_BYTES);
        BackupFormat.Trailer trailer = BackupFormat.Trailer.decode(tail);
        sha256.update(head.array());
        try {
            long at = BackupFormat.HEAD_BYTES;
            while (at < end) {
                at += group(at, end, visitor);
                progress.accept(at);
            }
        } finally {
            codec.close();
        }
        if (!trailer.proven(tail, sha256)) {
            throw new BadRecordException("the SHA-256 at the end is not that of the content");
        }
        if (!traced || trailer.keys() != keys || trailer.versions() != versions || trailer.notes() != notes) {
            throw new BadRecordException("its content differs from the counts at its end");
        }
        return new Summary(source, trailer, end + BackupFormat.TRAILER_BYTES);
    }

    /** Reads the group at that position; its length. */
    private int group(long at, long end, Visitor visitor) throws IOException {
        if (end - at < Group.HEADER_BYTES) {
            throw new BadRecordException("there is data before the end that is not a group");
        }
        Group group = Group.decode(BackupFormat.read(file, at, Group.HEADER_BYTES), 0, source.salt());
        if (group.bytes() > end - at || group.bytes() > BackupFormat.GROUP_MAX || group.synced() != 0) {
            throw new BadRecordException("group of " + group.bytes() + " bytes at " + at);
        }
        ByteBuffer in = BackupFormat.read(file, at, group.bytes());
        sha256.update(in.array());
        int[][] slots = Group.slots(in, group.bytes(), group.count(), source.salt());
        if (Group.bytes(slots) != group.bytes() || Arrays.stream(slots).anyMatch(slot -> slot[1] <= 0)) {
            throw new BadRecordException("trailer of the group at " + at);
        }
        int offset = Group.HEADER_BYTES;
        for (int[] slot : slots) {
            Record record = Record.decode(in, offset, slot[1], source.salt());
            int length = in.getInt(offset + 4);
            boolean fits = Record.padded(length) == slot[1]
                    && Checksum.ofKey(record.key().bytes()) == slot[0];
            if (!fits || !zeros(in, offset + length, offset + slot[1])) {
                throw new BadRecordException("record at " + (at + offset));
            }
            hand(record, visitor);
            offset += slot[1];
        }
        return group.bytes();
    }

    private static boolean zeros(ByteBuffer in, int from, int to) {
        for (int i = from; i < to; i++) {
            if (in.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void hand(Record record, Visitor visitor) throws IOException {
        if (record instanceof Record.Put put) {
            version(put);
            visitor.version(put);
        } else if (record instanceof Record.Note note) {
            note(note);
            visitor.note(note);
        } else {
            throw new BadRecordException("a record of a kind that a backup cannot have");
        }
        last = Optional.of(record);
    }

    private void version(Record.Put put) throws IOException {
        Version version = Segment.unpacked(put, codec);
        Key key = put.key();
        if (!ids.of(version).equals(version.uuid()) || version.deleted() && version.data().length > 0) {
            throw new BadRecordException("a version of '" + key.text()
                    + "' has an id that does not match its content");
        }
        int order = last.map(before -> Arrays.compareUnsigned(before.key().bytes(), key.bytes())).orElse(-1);
        boolean rises = order < 0 || order == 0 && last.orElseThrow().seq() < put.seq();
        if (notes > 0 || !rises || put.seq() > source.head().seq()) {
            throw new BadRecordException("a version of '" + key.text() + "' in the wrong place");
        }
        keys += order < 0 ? 1 : 0;
        versions++;
    }

    private void note(Record.Note note) throws BadRecordException {
        boolean trace = note.key().text().equals(CompactedRangeNote.NAME);
        boolean rises = notes == 0 || trace
                || Arrays.compareUnsigned(last.orElseThrow().key().bytes(), note.key().bytes()) < 0;
        if (traced || !rises || trace && note.seq() != source.head().seq()) {
            throw new BadRecordException("the note '" + note.key().text() + "' in the wrong place");
        }
        traced = trace;
        notes++;
    }
}
