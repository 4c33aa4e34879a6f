package kvs.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import kvs.log.BadRecordException;
import kvs.log.Checksum;
import kvs.log.GroupBuffer;
import kvs.log.LogSummary;
import kvs.log.Manifest;
import kvs.log.Record;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.log.VersionChain;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.store.BackupSource;
import kvs.store.LogState;
import kvs.store.Store;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * A backup in progress, of one state of a store, while writes go on: it contains every write that was
 * acknowledged before it began, and of an atomic batch all or nothing. Its caller drives it in small steps.
 * The file ({@link BackupFile}) has a temporary name until it is complete and durable; a crash leaves at most
 * the temporary file.
 *
 * <p>An unreadable record ends the backup: an incomplete one would be trusted when it is needed most. One
 * thread.
 */
public final class BackupWriter implements AutoCloseable {

    /** The ending of the file's name until the file is complete. */
    public static final String TEMPORARY = ".tmp";
    /** The space that is left free on the disk of the file: the log may be on the same disk. */
    static final long ROOM_BYTES = 32L << 20;
    /** The number of bytes forced at a time, so that the log need not wait for the complete file at once. */
    private static final int FORCE_BYTES = 4 << 20;

    private final BackupSource from;
    private final LogState state;
    private final Coverage coverage;
    private final Runnable unpin;
    private final Disk disk;
    private final String name;
    private final DiskFile file;
    private final BackupFile.Header source;
    private final MessageDigest sha256 = BackupFile.sha256();
    private final GroupBuffer group = new GroupBuffer();
    private final TreeCursor scan;
    private final Set<Integer> met = new HashSet<>();
    private long at;
    private long forced;
    private long versions;
    private Optional<FinishedBackup> made = Optional.empty();
    private boolean renamed;
    private boolean closed;

    /**
     * A complete backup.
     *
     * @param name name of the file
     * @param bytes size of the file
     * @param keys keys in it, dead ones too
     * @param root digest of the index
     * @param madeMs time of the state, Unix ms
     */
    public record FinishedBackup(String name, long bytes, long keys, byte[] root, long madeMs) { }

    /** A failure to read a version, which therefore cannot be backed up. */
    public static final class UnreadableVersionException extends IOException {

        private static final long serialVersionUID = 1L;

        UnreadableVersionException(String what, IOException cause) {
            super(what, cause);
        }
    }

    /** Captures the present state of a store, and begins a file of that name. */
    public BackupWriter(BackupSource from, Disk disk, String name) throws IOException {
        this.from = from;
        this.disk = disk;
        this.name = name;
        room(from.bytes());
        // Pinned first: segments that are replaced from now on stay.
        this.unpin = from.journal().segments().pin();
        this.state = from.state().get();
        this.coverage = from.reach().coverage().with(from.journal().manifest().origin(), state.head().own());
        this.scan = state.root().tree().scan(KeyRange.all());
        Manifest life = from.journal().manifest();
        this.source = new BackupFile.Header(from.doors().dice().bits(), life.origin(), life.joined(),
                from.doors().clock().wallMs(), state.head());
        try {
            if (disk.list().contains(name)) {
                throw new IOException(disk.where() + "/" + name + " exists");
            }
            this.file = fresh();
        } catch (IOException | RuntimeException e) {
            unpin.run();
            throw e;
        }
        group.begin();
    }

    private DiskFile fresh() throws IOException {
        if (disk.list().contains(name + TEMPORARY)) {
            disk.delete(name + TEMPORARY);
        }
        return disk.open(name + TEMPORARY, Disk.Mode.CREATE);
    }

    /** The number of bytes so far. */
    public long bytes() {
        return at;
    }

    /** The complete backup; empty while it is in progress. */
    public Optional<FinishedBackup> made() {
        return made;
    }

    /**
     * Writes about that many bytes more; whether the backup is complete. After a failure it must be closed.
     *
     * @throws UnreadableVersionException when the store has an unreadable record; the message names the key
     */
    public boolean step(int bytes) throws IOException {
        if (at == 0) {
            write(source.encode());
        }
        long until = at + bytes;
        do {
            if (scan.next()) {
                key(scan.entry());
            } else {
                finish();
            }
        } while (made.isEmpty() && at + group.bytes() < until);
        return made.isPresent();
    }

    private void key(Entry entry) throws IOException {
        if (state.root().damage().hides(entry.key(), Optional.of(entry))) {
            throw unreadable(entry, new BadRecordException("its newest version was unreadable at the start"));
        }
        if (!state.root().damage().spots().isEmpty()) {
            met.add(Checksum.ofKey(entry.key()));
        }
        for (VersionIndex index : inOrder(entry)) {
            add(record(entry, index.index));
        }
    }

    private static UnreadableVersionException unreadable(Entry entry, IOException e) {
        return new UnreadableVersionException(
                "a record of '" + Key.ofBytes(entry.key()).text() + "' is unreadable (" + FailureText.text(e)
                        + "): write or delete the key, or have a member give it again", e);
    }

    /** A version of an entry: its number, and its index in the past, -1 for the present one. */
    private record VersionIndex(long seq, int index) { }

    /**
     * All versions of an entry in the order of the log. Only one document at a time is in memory: each
     * version is read once for its number and once to be written.
     */
    private List<VersionIndex> inOrder(Entry entry) throws IOException {
        int count = VersionChain.count(entry.past());
        if (count == 0) {
            return List.of(new VersionIndex(0, -1));
        }
        List<VersionIndex> places = new ArrayList<>();
        for (int i = -1; i < count; i++) {
            places.add(new VersionIndex(record(entry, i).seq(), i));
        }
        places.sort(Comparator.comparingLong(VersionIndex::seq));
        return places;
    }

    private Record.Put record(Entry entry, int index) throws IOException {
        try {
            return index < 0 ? from.journal().record(entry) : from.journal().record(entry, index);
        } catch (IOException e) {
            if (index < 0) {
                from.spoiled().accept(Key.ofBytes(entry.key()));
            }
            throw unreadable(entry, e);
        }
    }

    private void add(Record.Put put) throws IOException {
        group.put(source.salt(), put, put.version().data());
        versions++;
        flush(BackupFile.GROUP_BYTES);
    }

    private void flush(int least) throws IOException {
        if (group.count() > 0 && group.bytes() >= least) {
            write(group.finish(source.salt(), 0));
            group.begin();
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        sha256.update(bytes.duplicate());
        int length = bytes.remaining();
        file.write(bytes, at);
        at += length;
        if (at - forced >= FORCE_BYTES) {
            file.force();
            forced = at;
            room(0);
        }
    }

    private void room(long wanted) throws IOException {
        long free = free();
        if (free < wanted + ROOM_BYTES) {
            throw new IOException("not enough room in " + disk.where() + ": "
                    + (wanted == 0 ? "a backup" : "about " + wanted + " bytes")
                    + " and " + ROOM_BYTES + " to spare are needed, " + free + " are free");
        }
    }

    /** The free space of the disk; unlimited on a disk that does not report it, until it refuses a write. */
    private long free() {
        try {
            return disk.freeBytes();
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    private void finish() throws IOException {
        Set<Integer> hidden = new HashSet<>();
        state.root().damage().spots().forEach(damagedRecord -> hidden.add(damagedRecord.keyCrc()));
        if (!met.containsAll(hidden)) {
            throw new UnreadableVersionException("a key is unreadable of which not even the name is known:"
                    + " 'verify' on the stopped directory lists the damage", null);
        }
        long notes = 1;
        for (var note : state.notes().all().entrySet()) {
            note(new Record.Note(state.head().seq(),
                    Key.ofBytes(note.getKey().getBytes(StandardCharsets.UTF_8)), note.getValue()));
            notes++;
        }
        note(LogSummary.of(source.origin(), state.head(), coverage).note());
        flush(0);
        var index = state.root().tree().summary();
        BackupFile.Trailer trailer = new BackupFile.Trailer(index.count(), versions, notes, index.digest());
        write(trailer.encode(sha256));
        file.force();
        file.close();
        disk.rename(name + TEMPORARY, name);
        renamed = true;
        disk.force();
        made = Optional.of(new FinishedBackup(name, at, index.count(), index.digest(), source.madeMs()));
    }

    private void note(Record.Note note) throws IOException {
        group.note(source.salt(), note);
        flush(BackupFile.GROUP_BYTES);
    }

    /** Unpins the segments of the store; removes an incomplete file. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        unpin.run();
        if (made.isEmpty()) {
            file.close();
            String begun = renamed ? name : name + TEMPORARY;
            if (disk.list().contains(begun)) {
                disk.delete(begun);
            }
        }
    }

    /**
     * Backs up a directory that no node uses, and opens it for that; {@code progress} receives the number of
     * bytes written.
     */
    public static FinishedBackup ofStopped(StorageEnvironment data, Disk to, String name,
            LongConsumer progress) throws IOException, UnusableDirectoryException {
        if (!data.disk().list().contains(Manifest.NAME)) {
            throw new UnusableDirectoryException(data.disk().where() + " is no data directory: it has no "
                    + Manifest.NAME);
        }
        try (Store store = Store.open(data, StorageSettings.OFFLINE);
                BackupWriter backup = new BackupWriter(store.backupSource(), to, name)) {
            while (!backup.step(FORCE_BYTES)) {
                progress.accept(backup.bytes());
            }
            return backup.made().orElseThrow();
        }
    }

    /**
     * The unchecked summary of a file.
     *
     * @param bytes size of the file
     * @param keys number of keys; empty when it is no complete backup
     */
    public record UncheckedSummary(long bytes, Optional<Long> keys) { }

    /** Reads the end of a file. */
    public static UncheckedSummary glance(Disk disk, String name) throws IOException {
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            long bytes = file.size();
            if (bytes < BackupFile.HEAD_BYTES + BackupFile.TRAILER_BYTES) {
                return new UncheckedSummary(bytes, Optional.empty());
            }
            var trailer = BackupFile.read(file, bytes - BackupFile.TRAILER_BYTES, BackupFile.TRAILER_BYTES);
            return new UncheckedSummary(bytes, BackupFile.Trailer.keys(trailer));
        }
    }
}
