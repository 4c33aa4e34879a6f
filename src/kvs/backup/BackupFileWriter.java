package kvs.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import kvs.log.GroupBuffer;
import kvs.log.Record;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * A writer of the file of a backup ({@link BackupFormat}): it collects records in groups, and computes the
 * SHA-256 of the file. The file has a temporary name until it is complete and durable. One thread.
 */
final class BackupFileWriter {

    /** The ending of the file's name until the file is complete. */
    static final String TEMPORARY = ".tmp";
    /** The space that is left free on the disk of the file: the log may be on the same disk. */
    static final long ROOM_BYTES = 32L << 20;
    /** The number of bytes forced at a time, so that the log need not wait for the complete file at once. */
    private static final int FORCE_BYTES = 4 << 20;

    private final Disk disk;
    private final String name;
    private final long salt;
    private final DiskFile file;
    private final MessageDigest sha256 = BackupFormat.sha256();
    private final GroupBuffer group = new GroupBuffer();
    private long at;
    private long forced;
    private boolean renamed;

    /** Begins a file of that name, whose checksums begin with {@code salt}. */
    BackupFileWriter(Disk disk, String name, long salt) throws IOException {
        this.disk = disk;
        this.name = name;
        this.salt = salt;
        if (disk.list().contains(name)) {
            throw new IOException(disk.where() + "/" + name + " exists");
        }
        if (disk.list().contains(name + TEMPORARY)) {
            disk.delete(name + TEMPORARY);
        }
        this.file = disk.open(name + TEMPORARY, Disk.Mode.CREATE);
        group.begin();
    }

    /** The name of the complete file. */
    String name() {
        return name;
    }

    /** The number of bytes written so far. */
    long bytes() {
        return at;
    }

    /** The number of bytes in the group that is not written yet. */
    int pendingBytes() {
        return group.bytes();
    }

    /** Adds a version. */
    void put(Record.Put put) throws IOException {
        group.put(salt, put, put.version().data());
        flush(BackupFormat.GROUP_BYTES);
    }

    /** Adds a note. */
    void note(Record.Note note) throws IOException {
        group.note(salt, note);
        flush(BackupFormat.GROUP_BYTES);
    }

    private void flush(int least) throws IOException {
        if (group.count() > 0 && group.bytes() >= least) {
            write(group.finish(salt, 0));
            group.begin();
        }
    }

    /** Writes bytes that are not part of a group. */
    void write(ByteBuffer bytes) throws IOException {
        sha256.update(bytes.duplicate());
        int length = bytes.remaining();
        file.write(bytes, at);
        at += length;
        if (at - forced >= FORCE_BYTES) {
            file.force();
            forced = at;
            checkFree(disk, 0);
        }
    }

    /** Refuses a backup of {@code wanted} bytes more when the disk has not the space for it. */
    static void checkFree(Disk disk, long wanted) throws IOException {
        long free = free(disk);
        if (free < wanted + ROOM_BYTES) {
            throw new IOException("not enough space in " + disk.where() + ": "
                    + (wanted == 0 ? "a backup" : "about " + wanted + " bytes")
                    + " and " + ROOM_BYTES + " spare bytes are needed, " + free + " are free");
        }
    }

    /** The free space of the disk; unlimited on a disk that does not report it, until it refuses a write. */
    private static long free(Disk disk) {
        try {
            return disk.freeBytes();
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    /** Writes the end of the file, makes it durable, and gives it its name. */
    void finish(BackupFormat.Trailer trailer) throws IOException {
        flush(0);
        write(trailer.encode(sha256));
        file.force();
        file.close();
        disk.rename(name + TEMPORARY, name);
        renamed = true;
        disk.force();
    }

    /** Removes a file that was not finished. */
    void abandon() throws IOException {
        file.close();
        String begun = renamed ? name : name + TEMPORARY;
        if (disk.list().contains(begun)) {
            disk.delete(begun);
        }
    }
}
