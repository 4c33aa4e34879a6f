package kvs.backup;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongConsumer;
import kvs.log.BadRecordException;
import kvs.log.CompactedRangeNote;
import kvs.log.DataFileNames;
import kvs.log.LogBuilder;
import kvs.log.Manifest;
import kvs.log.Record;
import kvs.log.StagingDirectory;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.SequenceNumbers;
import kvs.model.Version;
import kvs.recovery.StoreNotes;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.store.UnstampedVersion;
import kvs.tree.RangeTotals;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * Restores a data directory from a backup. Nothing is changed before the complete file was read and found
 * valid. Then the log is written, opened, compared with the backup, and only then gets its MANIFEST: a crash
 * before that leaves a directory that no node opens, and the next restore into it starts afresh; a crash
 * after it leaves the complete directory.
 *
 * <p>The directory begins a new life: a new id, {@code joined} now, numbers behind all of the old ones. The
 * versions are unchanged, so the digest is the old one. One thread.
 */
public final class Restore {

    private final StorageEnvironment target;
    private final RestoreOptions options;
    private final StagingDirectory stagingDirectory;

    /**
     * The options of a restore.
     *
     * @param untilMs versions that are younger are left out, Unix ms; {@link Version#FOREVER} for none
     * @param memory notes that the new directory keeps of the old one
     * @param voids versions to write once everything is restored, which revoke data that must not stay valid
     * @param segmentBytes size of the files of the log
     * @param progress receives the number of bytes read from the file
     */
    public record RestoreOptions(long untilMs, Function<BackedUpDirectory, CarriedNotes> memory,
            Function<StoreView, List<UnstampedVersion>> voids, int segmentBytes, LongConsumer progress) {

        /** Options with files of the usual size. */
        public RestoreOptions(long untilMs, Function<BackedUpDirectory, CarriedNotes> memory,
                Function<StoreView, List<UnstampedVersion>> voids, LongConsumer progress) {
            this(untilMs, memory, voids, StorageSettings.OFFLINE.segmentBytes(), progress);
        }
    }

    /**
     * The directory that was backed up.
     *
     * @param notes its notes
     * @param head number of the last record in its log
     * @param own number of the last version that it wrote under its id
     */
    public record BackedUpDirectory(StoreNotes notes, long head, long own) { }

    /**
     * The notes that a new directory keeps of the old one.
     *
     * @param notes notes whose names do not belong to the store
     * @param covered number of its own up to which everything is covered
     */
    public record CarriedNotes(Map<String, byte[]> notes, long covered) { }

    /**
     * The result of a restore.
     *
     * @param content content of the backup
     * @param keys number of keys restored, dead ones too
     * @param versions number of versions restored
     * @param root digest of the index before the revocations
     * @param voided number of revocations written
     * @param unreached number of keys whose value at the requested moment the backup does not know
     * @param some some of those keys
     */
    public record Result(VerifiedBackup content, long keys, long versions, byte[] root, int voided,
            long unreached, List<Key> some) { }

    private Restore(StorageEnvironment target, RestoreOptions options) {
        this.target = target;
        this.options = options;
        this.stagingDirectory = new StagingDirectory(target.disk());
    }

    /**
     * Restores a backup into a directory that is empty, or has only the leftovers of a crashed restore.
     *
     * @throws UnusableDirectoryException when the backup is damaged, or the directory is not empty
     */
    public static Result run(Disk from, String name, StorageEnvironment target, RestoreOptions options)
            throws IOException, UnusableDirectoryException {
        RestoreTargetDirectory directory = new RestoreTargetDirectory(target.disk());
        directory.refuseUsed();
        VerifiedBackup content = VerifiedBackup.verify(from, name, options.progress);
        Closeable lock = target.disk().lock(DataFileNames.LOCK).orElseThrow(
                () -> new UnusableDirectoryException("another process uses " + target.disk().where()));
        try (lock) {
            directory.refuseUsed();
            directory.clear();
            Restore restore = new Restore(target, options);
            try (DiskFile file = from.open(name, Disk.Mode.READ)) {
                return restore.all(file, content);
            } catch (IOException | UnusableDirectoryException | RuntimeException e) {
                directory.clearAfter(e);
                throw e;
            }
        }
    }

    private Result all(DiskFile file, VerifiedBackup content) throws IOException, UnusableDirectoryException {
        StorageEnvironment environment = new StorageEnvironment(stagingDirectory, target.clock(),
                target.dice(), target.log());
        UUID origin = new UUID(environment.dice().bits(), environment.dice().bits());
        long joined = environment.clock().wallMs();
        new Manifest(origin, joined, List.of(), List.of(), List.of()).save(stagingDirectory);
        try (LogBuilder log = new LogBuilder(environment, options.segmentBytes)) {
            PointInTimeFilter filter = new PointInTimeFilter(options.untilMs, log::put);
            BackupReader.Summary whole = new BackupReader(file, options.progress).run(filter);
            if (!Arrays.equals(whole.trailer().root(), content.root())) {
                throw new BadRecordException("the backup changed during the restore");
            }
            RangeTotals index = filter.index();
            remember(log, filter.notes(), whole.source());
            List<Manifest.LiveSegment> live = log.finish();
            stagingDirectory.force();
            long last = whole.source().head().seq();
            List<Manifest.Boot> boots = last == 0 ? List.of()
                    : List.of(new Manifest.Boot(SequenceNumbers.bootOf(last), last));
            new Manifest(origin, joined, boots, live, List.of()).save(stagingDirectory);
            int voided = open(environment, index);
            stagingDirectory.commit();
            return new Result(content, index.count(), filter.versions(), index.digest(), voided,
                    filter.unreachedCount(), filter.unreached());
        } catch (BadRecordException e) {
            throw new UnusableDirectoryException(target.disk().where() + " could not be restored: "
                    + FailureText.text(e));
        }
    }

    /** Writes the notes of the new directory, and the summary of the old log. */
    private void remember(LogBuilder log, List<Record.Note> old, BackupFormat.Header source)
            throws IOException {
        Map<String, byte[]> bodies = new HashMap<>();
        StoreNotes notes = StoreNotes.NONE;
        for (Record.Note note : old.subList(0, old.size() - 1)) {
            notes = notes.with(note.key().text(), note.body());
            bodies.put(note.key().text(), note.body());
        }
        boolean part = options.untilMs != Version.FOREVER;
        CarriedNotes memory = options.memory.apply(new BackedUpDirectory(notes, source.head().seq(),
                source.head().own()));
        Map<String, byte[]> kept = new TreeMap<>(memory.notes);
        bodies.forEach((name, body) -> {
            if (name.startsWith(StoreNotes.FLOOR) || name.equals(StoreNotes.FLOOR_TIME)
                    || name.startsWith(StoreNotes.COVERED) && !part) {
                kept.put(name, body);
            }
        });
        if (memory.covered > 0 && !part) {
            kept.put(StoreNotes.COVERED + source.origin(), StoreNotes.number(memory.covered));
        }
        for (Map.Entry<String, byte[]> note : kept.entrySet()) {
            log.note(new Record.Note(source.head().seq(),
                    Key.ofBytes(note.getKey().getBytes(StandardCharsets.UTF_8)), note.getValue()));
        }
        CompactedRangeNote summary = CompactedRangeNote.of(old.get(old.size() - 1));
        log.note((part ? summary.of(Coverage.NONE) : summary).note());
    }

    /** Opens the new log, compares it with the backup, and writes the revocations; their number. */
    private int open(StorageEnvironment environment, RangeTotals index)
            throws IOException, UnusableDirectoryException {
        Store store = Store.open(environment, StorageSettings.OFFLINE);
        try (store) {
            if (!Arrays.equals(store.root().tree().summary().digest(), index.digest())) {
                throw new BadRecordException("the restored data differs from the backup");
            }
            List<UnstampedVersion> unstamped = options.voids.apply(store.root());
            RevocationWrite.write(store, unstamped);
            return unstamped.size();
        }
    }
}
