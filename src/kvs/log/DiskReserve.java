package kvs.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * Room that is set aside for a full disk: a file of zeros. When the disk refuses a write, the file is removed, and deletes, purges, accounts and
 * compaction go on in its place, so that there is a way out; other writes are refused until there is room for the file again. Deletes then take the
 * older versions of their key along, else they would free nothing. It is a file and not a number, because others may fill the disk too; it is made
 * when the log is as large as it.
 *
 * <p>{@link #scarce} and {@link #check} are thread-safe; {@link #release} and {@link #note} belong to the writer's thread and
 * {@link #renew} to that of the upkeep.
 */
public final class DiskReserve {

    public static final String NAME = "RESERVE";
    private static final int BUFFER_BYTES = 1 << 20;

    private final StorageEnvironment doors;
    private final int bytes;
    private final long margin;
    private volatile boolean held;
    private volatile boolean scarce;
    /** Whether compaction has nothing to do, so that no room needs to be left to it. */
    private volatile boolean idle = true;
    /** The log of a start that the disk refused to note. */
    private volatile Optional<Journal> unnoted = Optional.empty();

    /** Sets {@code bytes} aside, when the disk has as much and {@code margin} beside it; 0 for nothing. */
    public DiskReserve(StorageEnvironment doors, int bytes, long margin) throws IOException {
        this.doors = doors;
        this.bytes = bytes;
        this.margin = margin;
        this.held = bytes > 0 && held();
        if (bytes == 0 && doors.disk().list().contains(NAME)) {
            doors.disk().delete(NAME);
        }
    }

    private boolean held() throws IOException {
        if (!doors.disk().list().contains(NAME)) {
            return false;
        }
        try (DiskFile file = doors.disk().open(NAME, Disk.Mode.READ)) {
            return file.size() >= bytes;
        }
    }

    /** What an operator should know. */
    public Optional<String> problem() {
        if (unnoted.filter(journal -> !journal.noted()).isPresent()) {
            return Optional.of("the disk is full: it refused even to note this start. Reads are served, deletes and writes when there is"
                    + " room");
        }
        return scarce ? Optional.of("the disk is full: deletes are taken, other writes again once there is room") : Optional.empty();
    }

    /** The store was opened: a disk that was full before is taken for full until there is room again. */
    public void begin(long logBytes) throws IOException {
        scarce |= bytes > 0 && !held && logBytes >= bytes && freeBytes() < bytes + margin;
    }

    /**
     * Locks the directory. Where even the file for that has no room, what was set aside is given back: no process has the directory
     * open without that file.
     *
     * @return the lock, empty when another process has it
     */
    public static Optional<Closeable> lock(Disk disk) throws IOException {
        try {
            return disk.lock(FileNames.LOCK);
        } catch (IOException e) {
            List<String> names = disk.list();
            if (names.contains(FileNames.LOCK) || !names.contains(NAME)) {
                throw e;
            }
            disk.delete(NAME);
            return disk.lock(FileNames.LOCK);
        }
    }

    /** Gives back what is set aside in a directory that nobody has open, for something that must be written beside the store. */
    public static void giveBack(Disk disk) throws IOException {
        Optional<Closeable> free = lock(disk);
        if (free.isPresent()) {
            try {
                if (disk.list().contains(NAME)) {
                    disk.delete(NAME);
                }
            } finally {
                free.get().close();
            }
        }
    }

    /**
     * Notes the start of the store. A full disk gets back what was set aside, then the room ahead of the log; when it refuses still,
     * reads are served, and the first write that finds room notes the start.
     */
    public void note(Journal journal) {
        if (noted(journal)) {
            return;
        }
        release();
        if (noted(journal)) {
            return;
        }
        try {
            journal.trim();
        } catch (IOException e) {
            doors.log().warn("the room ahead of the log cannot be given back", "why", FailureText.text(e));
        }
        if (!noted(journal)) {
            unnoted = Optional.of(journal);
            doors.log().warn("the disk refused to note this start: reads are served, writes when there is room");
        }
    }

    private boolean noted(Journal journal) {
        try {
            journal.note();
            return true;
        } catch (IOException e) {
            doors.log().warn("the disk refuses writes at the start", "why", FailureText.text(e));
            return false;
        }
    }

    /** Compaction has looked for something to do. */
    public void looked(boolean nothing) {
        idle = nothing;
    }

    /** Whether only what frees room may be written. */
    public boolean scarce() {
        return scarce;
    }

    /**
     * With little room only what frees some is written, and accounts, which are small and decide who may.
     *
     * @throws Refusal {@code DISK_FULL}
     */
    public void check(Key key, boolean deletes) {
        if (scarce && !deletes && !key.reserved()) {
            throw new Refusal(Reason.DISK_FULL, "the disk of this node is full: deletes are taken, other writes again once there is room. Delete what"
                    + " is not needed, or give the disk more room; no restart is needed");
        }
        if (scarce && compactionNeedsIt()) {
            throw new Refusal(Reason.DISK_FULL, "the disk of this node is full, and what was deleted is being cleared away: try again in some"
                    + " seconds, or give the disk more room; no restart is needed");
        }
    }

    /** Two thirds are for compaction alone, which makes a new file before it removes old ones; deletes must not eat them. */
    private boolean compactionNeedsIt() {
        return !idle && freeBytes() < bytes / 3 * 2L;
    }

    /** Bytes that are free; a disk that does not tell is taken for one with room, until it refuses a write. */
    public long freeBytes() {
        try {
            return doors.disk().freeBytes();
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    /** The disk refused a write. */
    public void release() {
        if (bytes == 0 || scarce) {
            return;
        }
        held = false;
        scarce = true;
        doors.log().warn("the disk is full: only deletes are taken until there is room", "bytes_needed", bytes + margin);
        try {
            if (doors.disk().list().contains(NAME)) {
                doors.disk().delete(NAME);
            }
        } catch (IOException e) {
            doors.log().warn("the room that was set aside cannot be given back", "why", FailureText.text(e));
        }
    }

    /** Sets the room aside, if there is enough and the log is worth it. */
    public void renew(LongSupplier logBytes) throws IOException {
        if (bytes == 0 || held || !scarce && logBytes.getAsLong() < bytes || freeBytes() < bytes + margin) {
            return;
        }
        FileNames.replace(doors.disk(), NAME, NAME + ".tmp", file -> {
            ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(BUFFER_BYTES, bytes));
            for (long at = 0; at < bytes; at += zeros.capacity()) {
                file.write(zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at)), at);
            }
        });
        held = true;
        if (scarce) {
            scarce = false;
            doors.log().info("there is room on the disk: writes are taken again");
        }
    }
}
