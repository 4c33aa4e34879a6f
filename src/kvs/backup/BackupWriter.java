package kvs.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import kvs.log.BadRecordException;
import kvs.log.Checksum;
import kvs.log.CompactedRangeNote;
import kvs.log.Manifest;
import kvs.log.OpenSegments;
import kvs.log.Record;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.log.VersionChain;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.recovery.LogState;
import kvs.store.BackupDependencies;
import kvs.store.Store;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import kvs.world.Disk;

/**
 * A backup in progress, of one state of a store, while writes go on: it contains every write that was
 * acknowledged before it began, and of an atomic batch all or nothing. Its caller drives it in small steps.
 * The file ({@link BackupFormat}) has a temporary name until it is complete and durable; a crash leaves at
 * most the temporary file.
 *
 * <p>An unreadable record ends the backup: an incomplete one would be trusted when it is needed most. One
 * thread.
 */
public final class BackupWriter implements AutoCloseable {

    /** The bytes of one step while a stopped directory is backed up. */
    private static final int STEP_BYTES = 4 << 20;

    private final BackupDependencies from;
    private final LogState state;
    private final Coverage coverage;
    private final Runnable unpin;
    private final BackupFileWriter file;
    private final BackupFormat.Header source;
    private final TreeCursor scan;
    private final Set<Integer> met = new HashSet<>();
    private boolean begun;
    private long versions;
    private Optional<FinishedBackup> made = Optional.empty();
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

    /** Captures the present state of a store, and begins a file of that name. */
    public BackupWriter(BackupDependencies from, Disk disk, String name) throws IOException {
        this.from = from;
        BackupFileWriter.checkFree(disk, from.bytes());
        // Pinned first: segments that are replaced from now on stay.
        this.unpin = from.journal().segments().pin();
        this.state = from.state().get();
        this.coverage = from.watermarks().coverage()
                .with(from.journal().manifest().origin(), state.head().own());
        this.scan = state.root().tree().scan(KeyRange.all());
        Manifest life = from.journal().manifest();
        this.source = new BackupFormat.Header(from.environment().dice().bits(), life.origin(), life.joined(),
                from.environment().clock().wallMs(), state.head());
        try {
            this.file = new BackupFileWriter(disk, name, source.salt());
        } catch (IOException | RuntimeException e) {
            unpin.run();
            throw e;
        }
    }

    /** The number of bytes so far. */
    public long bytes() {
        return file.bytes();
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
        if (!begun) {
            file.write(source.encode());
            begun = true;
        }
        long until = file.bytes() + bytes;
        do {
            if (scan.next()) {
                key(scan.entry());
            } else {
                finish();
            }
        } while (made.isEmpty() && file.bytes() + file.pendingBytes() < until);
        return made.isPresent();
    }

    private void key(Entry entry) throws IOException {
        if (state.root().damage().hides(entry.key(), Optional.of(entry))) {
            throw UnreadableVersionException.of(entry,
                    new BadRecordException("its newest version was unreadable at the start"));
        }
        if (!state.root().damage().damagedRecords().isEmpty()) {
            met.add(Checksum.ofKey(entry.key()));
        }
        for (VersionIndex index : inOrder(entry)) {
            file.put(record(entry, index.index));
            versions++;
        }
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
            OpenSegments segments = from.journal().segments();
            return index < 0 ? segments.record(entry) : segments.record(entry, index);
        } catch (IOException e) {
            if (index < 0) {
                from.onUnreadable().accept(Key.ofBytes(entry.key()));
            }
            throw UnreadableVersionException.of(entry, e);
        }
    }

    private void finish() throws IOException {
        Set<Integer> hidden = new HashSet<>();
        state.root().damage().damagedRecords().forEach(damagedRecord -> hidden.add(damagedRecord.keyCrc()));
        if (!met.containsAll(hidden)) {
            throw new UnreadableVersionException("a key is unreadable, and its name is unknown:"
                    + " run 'verify' on the stopped data directory for the list of damage", null);
        }
        long notes = 1;
        for (var note : state.notes().all().entrySet()) {
            file.note(new Record.Note(state.head().seq(),
                    Key.ofBytes(note.getKey().getBytes(StandardCharsets.UTF_8)), note.getValue()));
            notes++;
        }
        file.note(CompactedRangeNote.of(source.origin(), state.head(), coverage).note());
        var index = state.root().tree().summary();
        file.finish(new BackupFormat.Trailer(index.count(), versions, notes, index.digest()));
        made = Optional.of(new FinishedBackup(file.name(), file.bytes(), index.count(), index.digest(),
                source.madeMs()));
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
            file.abandon();
        }
    }

    /**
     * Backs up a directory that no node uses, and opens it for that; {@code progress} receives the number of
     * bytes written.
     */
    public static FinishedBackup ofStopped(StorageEnvironment data, Disk to, String name,
            LongConsumer progress) throws IOException, UnusableDirectoryException {
        if (!data.disk().list().contains(Manifest.NAME)) {
            throw new UnusableDirectoryException(data.disk().where() + " is not a data directory: it has no "
                    + Manifest.NAME);
        }
        try (Store store = Store.open(data, StorageSettings.OFFLINE);
                BackupWriter backup = new BackupWriter(store.backupSource(), to, name)) {
            while (!backup.step(STEP_BYTES)) {
                progress.accept(backup.bytes());
            }
            return backup.made().orElseThrow();
        }
    }
}
