package kvs.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.Failures;

/**
 * Room that is set aside for a full disk: a file of zeros. When the disk refuses a write, the file is removed, and deletes, purges, accounts and
 * compaction go on in its place, so that there is a way out; other writes are refused until there is room for the file again. Deletes then take the
 * older versions of their key along, else they would free nothing. It is a file and not a number, because others may fill the disk too; it is made
 * when the log is as large as it.
 *
 * <p>{@link #scarce} and {@link #check} are thread-safe; {@link #release} belongs to the writer's thread and {@link #renew} to that of the upkeep.
 */
final class Reserve {

    static final String NAME = "RESERVE";
    private static final int BUFFER_BYTES = 1 << 20;

    private final Doors doors;
    private final int bytes;
    private final long margin;
    private volatile boolean held;
    private volatile boolean scarce;

    /** Sets {@code bytes} aside, when the disk has as much and {@code margin} beside it; 0 for nothing. */
    Reserve(Doors doors, int bytes, long margin) throws IOException {
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
    Optional<String> problem() {
        return scarce ? Optional.of("the disk is full: deletes are taken, other writes again once there is room") : Optional.empty();
    }

    /** The store was opened: a disk that was full before is taken for full until there is room again. */
    void begin(long logBytes) throws IOException {
        scarce = bytes > 0 && !held && logBytes >= bytes && doors.disk().freeBytes() < bytes + margin;
    }

    /** Whether only what frees room may be written. */
    boolean scarce() {
        return scarce;
    }

    /**
     * With little room only what frees some is written, and accounts, which are small and decide who may.
     *
     * @throws Refusal {@code DISK_FULL}
     */
    void check(Key key, boolean deletes) {
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
        try {
            return doors.disk().freeBytes() < bytes / 3 * 2L;
        } catch (IOException unknown) {
            return false;
        }
    }

    /** The disk refused a write. */
    void release() {
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
            doors.log().warn("the room that was set aside cannot be given back", "why", Failures.text(e));
        }
    }

    /** Sets the room aside, if there is enough and the log is worth it. */
    void renew(LongSupplier logBytes) throws IOException {
        if (bytes == 0 || held || !scarce && logBytes.getAsLong() < bytes || doors.disk().freeBytes() < bytes + margin) {
            return;
        }
        Names.replace(doors.disk(), NAME, NAME + ".tmp", file -> {
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
