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
import kvs.world.EventKind;
import kvs.world.FailureText;

/**
 * Disk space that is set aside for a full disk: a file of zeros. When the disk refuses a write, the file is
 * removed, and deletes, purges, accounts and compaction use its space, so that there is a way out. Other
 * writes are refused until there is space for the file again. Deletes then remove the older versions of their
 * key too, else they would free nothing. The reserve is a file and not a number, because other programs may
 * fill the disk too. It is made once the log is as large as the reserve.
 *
 * <p>{@link #scarce} and {@link #check} are thread-safe; {@link #release} and {@link #note} belong to the
 * writer's thread and {@link #renew} to the maintenance thread.
 */
public final class DiskReserve {

    public static final String NAME = "RESERVE";
    private static final int BUFFER_BYTES = 1 << 20;

    private final StorageEnvironment environment;
    private final int bytes;
    private final long margin;
    private volatile boolean held;
    private volatile boolean scarce;
    /** Whether compaction has nothing to do, so that it needs no space. */
    private volatile boolean idle = true;
    /** The log of a start that the disk refused to note. */
    private volatile Optional<Journal> unnoted = Optional.empty();

    /** Sets {@code bytes} aside (0 for none), when the disk has as much and {@code margin} beside it. */
    public DiskReserve(StorageEnvironment environment, int bytes, long margin) throws IOException {
        this.environment = environment;
        this.bytes = bytes;
        this.margin = margin;
        this.held = bytes > 0 && held();
        if (bytes == 0 && environment.disk().list().contains(NAME)) {
            environment.disk().delete(NAME);
        }
    }

    private boolean held() throws IOException {
        if (!environment.disk().list().contains(NAME)) {
            return false;
        }
        try (DiskFile file = environment.disk().open(NAME, Disk.Mode.READ)) {
            return file.size() >= bytes;
        }
    }

    /** The problem to report to an operator. */
    public Optional<String> problem() {
        if (unnoted.filter(journal -> !journal.noted()).isPresent()) {
            return Optional.of("the disk is full: it refused even the note of this start. Reads are served,"
                    + " deletes and writes as soon as space is free");
        }
        return scarce
                ? Optional.of("the disk is full: deletes are accepted, other writes as soon as space is free")
                : Optional.empty();
    }

    /**
     * Checks the disk when the store was opened: one that was full before counts as full until there is space
     * again.
     */
    public void begin(long logBytes) throws IOException {
        scarce |= bytes > 0 && !held && logBytes >= bytes && freeBytes() < bytes + margin;
    }

    /**
     * Locks the directory. When the disk has no space even for the lock file, the reserve is given back:
     * without that file no process has the directory open.
     *
     * @return the lock, empty when another process has it
     */
    public static Optional<Closeable> lock(Disk disk) throws IOException {
        try {
            return disk.lock(DataFileNames.LOCK);
        } catch (IOException e) {
            List<String> names = disk.list();
            if (names.contains(DataFileNames.LOCK) || !names.contains(NAME)) {
                throw e;
            }
            disk.delete(NAME);
            return disk.lock(DataFileNames.LOCK);
        }
    }

    /**
     * Gives back the reserve of a directory that no process has open, for a file that must be written beside
     * the store.
     */
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
     * Notes the start of the store. On a full disk the reserve is given back, then the space ahead of the
     * log; if the disk still refuses, reads are served, and the first write that finds space notes the start.
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
            environment.log()
                    .warn("the space preallocated for the log cannot be"
                            + " released", "why", FailureText.text(e));
        }
        if (!noted(journal)) {
            unnoted = Optional.of(journal);
            environment.log()
                    .warn("the disk refused the note of this start: reads are served, writes as soon as space"
                            + " is free");
        }
    }

    private boolean noted(Journal journal) {
        try {
            journal.note();
            return true;
        } catch (IOException e) {
            environment.log().warn("the disk refuses writes at the start", "why", FailureText.text(e));
            return false;
        }
    }

    /** Receives the result of compaction's search: whether there was nothing to do. */
    public void looked(boolean nothing) {
        idle = nothing;
    }

    /** Whether only writes that free space are allowed. */
    public boolean scarce() {
        return scarce;
    }

    /**
     * Refuses a write while space is scarce. Allowed are writes that free space, and accounts, which are
     * small and decide the permissions.
     *
     * @throws Refusal {@code DISK_FULL}
     */
    public void check(Key key, boolean deletes) {
        if (scarce && !deletes && !key.reserved()) {
            throw new Refusal(Reason.DISK_FULL,
                    "the disk of this node is full: deletes are accepted, other writes as soon as space is"
                            + " free. Delete documents, or give the disk more space; no restart is needed");
        }
        if (scarce && compactionNeedsIt()) {
            throw new Refusal(Reason.DISK_FULL,
                    "the disk of this node is full, and compaction is freeing the space of deleted documents:"
                            + " try again in some seconds, or give the disk more space; no restart is"
                            + " needed");
        }
    }

    /**
     * Two thirds are for compaction alone, which makes a new file before it removes old ones; deletes must
     * not use them up.
     */
    private boolean compactionNeedsIt() {
        return !idle && freeBytes() < bytes / 3 * 2L;
    }

    /** Free bytes; a disk that does not report them counts as one with space, until it refuses a write. */
    public long freeBytes() {
        try {
            return environment.disk().freeBytes();
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    /** Gives the reserve back, because the disk refused a write. */
    public void release() {
        if (bytes == 0 || scarce) {
            return;
        }
        held = false;
        scarce = true;
        environment.log().event(EventKind.DISK_FULL, "bytes_needed", bytes + margin);
        try {
            if (environment.disk().list().contains(NAME)) {
                environment.disk().delete(NAME);
            }
        } catch (IOException e) {
            environment.log()
                    .warn("the reserved space cannot be released", "why", FailureText.text(e));
        }
    }

    /** Sets the space aside, if there is enough and the log is large enough. */
    public void renew(LongSupplier logBytes) throws IOException {
        if (bytes == 0 || held || !scarce && logBytes.getAsLong() < bytes || freeBytes() < bytes + margin) {
            return;
        }
        DataFileNames.replace(environment.disk(), NAME, NAME + ".tmp", file -> {
            ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(BUFFER_BYTES, bytes));
            for (long at = 0; at < bytes; at += zeros.capacity()) {
                file.write(zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at)), at);
            }
        });
        held = true;
        if (scarce) {
            scarce = false;
            environment.log().event(EventKind.DISK_FREE);
        }
    }
}
