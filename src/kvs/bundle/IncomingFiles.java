package kvs.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The directory in which files of partners arrive, each under its id. A part is durable when it was received;
 * the same part may come again, so a client goes on after a lost connection. At most {@value #FILES_MAX} at
 * once. What a process leaves is removed at the next start, and what nobody touches for an hour is removed
 * too. A file of which no part has come for five minutes gives its place to a new one. Thread-safe.
 */
final class IncomingFiles {

    /** The longest part, bytes. */
    static final int PART_BYTES_MAX = 8 << 20;
    /** The most files on the disk. */
    static final int FILES_MAX = 4;
    /** The most files that were merged or refused, and whose results can be asked for. */
    private static final int DONE_MAX = 32;
    /** The time after which a file that nobody uses is removed. */
    static final long ABANDONED_NANOS = TimeUnit.HOURS.toNanos(1);
    /** The time after which one of which no part comes gives its place to another one. */
    static final long SILENT_NANOS = TimeUnit.MINUTES.toNanos(5);
    /** The bytes that remain free for the log. */
    static final long FREE_BYTES = 64L << 20;
    private static final String SUFFIX = ".part";

    private final SiteMerges.IncomingDirectory directory;
    private final Clock clock;
    private final Dice dice;
    private final Logger log;
    private final ReentrantLock lock = new ReentrantLock();
    /** Files are added under {@code lock}, which bounds their number. */
    private final Map<UUID, IncomingFile> files = new ConcurrentHashMap<>();

    IncomingFiles(SiteMerges.IncomingDirectory directory, Clock clock, Dice dice, Logger log) {
        this.directory = directory;
        this.clock = clock;
        this.dice = dice;
        this.log = log;
    }

    /** Removes what an earlier process left. */
    void removeLeftovers() {
        try {
            Disk disk = directory.open();
            for (String name : disk.list()) {
                if (name.endsWith(SUFFIX)) {
                    disk.delete(name);
                }
            }
        } catch (IOException e) {
            log.warn("files that arrived before the last start cannot be removed", "reason",
                    FailureText.text(e));
        }
    }

    /** The file of that id; a {@link Refusal} when there is none. */
    IncomingFile find(UUID id) {
        IncomingFile file = files.get(id);
        if (file == null) {
            throw new Refusal(Reason.NOT_FOUND, "there is no file of that id here: it was removed an hour"
                    + " after its last use, or by a restart. Begin again by POST /admin/merges");
        }
        return file;
    }

    /** The present files. */
    List<IncomingFile> all() {
        return List.copyOf(files.values());
    }

    /**
     * Makes a new file.
     *
     * @param bytes its size; no more are taken
     */
    IncomingFile create(long bytes) {
        removeAbandoned();
        makeRoom();
        IncomingFile file = new IncomingFile(new UUID(dice.bits(), dice.bits()), bytes, clock.nanos());
        try {
            Disk disk = directory.open();
            // A merge writes the documents a second time, to the log.
            checkFree(disk, 2 * Math.min(bytes, Long.MAX_VALUE / 4));
            add(file);
            disk.open(name(file), Disk.Mode.CREATE).close();
            disk.force();
        } catch (IOException e) {
            files.remove(file.id());
            throw unwritten(e);
        }
        return file;
    }

    /** Removes the file whose parts have failed to come for longest, when no other one has a place. */
    private void makeRoom() {
        long now = clock.nanos();
        List<IncomingFile> places = all().stream()
                .filter(file -> file.state() != IncomingFile.State.DONE).toList();
        if (places.size() >= FILES_MAX) {
            places.stream().filter(file -> file.state() == IncomingFile.State.RECEIVING
                    && now - file.touchedNanos() > SILENT_NANOS)
                    .max(Comparator.comparingLong(file -> now - file.touchedNanos()))
                    .ifPresent(this::removeIdle);
        }
    }

    private void add(IncomingFile file) {
        lock.lock();
        try {
            List<IncomingFile> done = new ArrayList<>(all());
            done.removeIf(one -> one.state() != IncomingFile.State.DONE);
            if (files.size() - done.size() >= FILES_MAX) {
                throw new Refusal(Reason.LIMIT_REACHED, "nothing was begun: " + FILES_MAX + " files are here"
                        + " already. Wait until they are merged, or remove one by DELETE /admin/merges/ID");
            }
            done.sort(Comparator.comparingLong(one -> one.touchedNanos() - file.touchedNanos()));
            for (int i = 0; i <= done.size() - DONE_MAX; i++) {
                files.remove(done.get(i).id());
            }
            files.put(file.id(), file);
        } finally {
            lock.unlock();
        }
    }

    private static void checkFree(Disk disk, long bytes) throws IOException {
        long free = disk.freeBytes();
        if (free - bytes < FREE_BYTES) {
            throw new Refusal(Reason.DISK_FULL, "nothing was received: the disk of this node has " + free
                    + " free bytes, and " + bytes + " would leave too few for its log. Free space, or take"
                    + " the bundle to another node");
        }
    }

    private static Refusal unwritten(IOException e) {
        return new Refusal(Reason.DISK_FULL, "nothing was received: the disk of this node refused it: "
                + FailureText.text(e) + ". Free space, then go on");
    }

    /** Takes a part, which is durable afterwards. It begins within what is here, or at its end. */
    void receive(IncomingFile file, long offset, byte[] part) {
        if (!file.lock.tryLock()) {
            throw busy();
        }
        try {
            if (file.state() != IncomingFile.State.RECEIVING) {
                throw busy();
            }
            if (offset > file.bytes()) {
                throw new Refusal(Reason.BAD_REQUEST, "nothing was received: this node has the first "
                        + file.bytes() + " bytes of the file: go on with offset=" + file.bytes());
            }
            if (offset + part.length > file.size()) {
                throw new Refusal(Reason.BAD_REQUEST, "nothing was received: the part ends behind the "
                        + file.size() + " bytes that the file was to have when it was begun");
            }
            Disk disk = directory.open();
            checkFree(disk, part.length);
            try (DiskFile open = disk.open(name(file), Disk.Mode.WRITE)) {
                open.write(ByteBuffer.wrap(part), offset);
                open.force();
            }
            file.received(offset + part.length, clock.nanos());
        } catch (IOException e) {
            throw unwritten(e);
        } finally {
            file.lock.unlock();
        }
    }

    static Refusal busy() {
        return new Refusal(Reason.IN_PROGRESS, "nothing was done: another request is at work on this file,"
                + " or it was checked or merged: GET /admin/merges/ID tells its state");
    }

    /** Opens a file for reading. */
    DiskFile open(IncomingFile file) throws IOException {
        return directory.open().open(name(file), Disk.Mode.READ);
    }

    /** Forgets a file, and removes it from the disk. */
    void remove(IncomingFile file) {
        if (!file.lock.tryLock()) {
            throw busy();
        }
        try {
            if (file.isBusy()) {
                throw busy();
            }
            delete(file);
            files.remove(file.id());
        } finally {
            file.lock.unlock();
        }
    }

    /** Removes a file from the disk; what became of it can be asked for still. */
    void delete(IncomingFile file) {
        try {
            Disk disk = directory.open();
            if (disk.list().contains(name(file))) {
                disk.delete(name(file));
            }
        } catch (IOException e) {
            log.warn("a file that had arrived cannot be removed", "file", name(file), "reason",
                    FailureText.text(e));
        }
    }

    /** Removes what nobody has used for an hour. */
    void removeAbandoned() {
        long now = clock.nanos();
        for (IncomingFile file : all()) {
            if (!file.isBusy() && now - file.touchedNanos() > ABANDONED_NANOS) {
                removeIdle(file);
            }
        }
    }

    private void removeIdle(IncomingFile file) {
        try {
            remove(file);
        } catch (Refusal busy) {
            log.debug("not removed", "file", name(file), "why", busy.detail());
        }
    }

    private static String name(IncomingFile file) {
        return file.id() + SUFFIX;
    }
}
