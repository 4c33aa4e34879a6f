package kvs.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import kvs.log.DataDirectoryCheck;
import kvs.log.DiskReserve;
import kvs.log.DocumentCodec;
import kvs.log.FileNames;
import kvs.log.FileSync;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.LogHead;
import kvs.log.SegmentUsage;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.log.VersionChain;
import kvs.model.Coverage;
import kvs.model.HealthProblem;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.tree.Entry;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.Task;
import kvs.world.Threads;

/**
 * The append-only store of one data directory. Readers never lock: they get an {@link IndexSnapshot}, find an
 * entry, and read its record at its position. All writes go through one {@link Writer}. Acknowledged means
 * fsynced.
 *
 * <p>Thread-safe but for {@link #step} and {@link #close}.
 */
public final class Store implements AutoCloseable {

    private static final long STEP_WAIT_MS = 200;

    private final Closeable lock;
    private final Journal journal;
    private final OwnerTable owners;
    private final DocumentCodec codec;
    private final Writer writer;
    private final CheckpointWriter checkpointer;
    private final Maintenance maintenance;
    private final DiskReserve reserve;
    private final IdleLogCloser rest;
    private final Scrub scrub;
    private final ConflictCounter conflicts;
    private final StorageEnvironment doors;
    private final List<Consumer<List<LoggedVersion>>> hooks = new CopyOnWriteArrayList<>();
    private final StoreHealth problems;
    private final HighWatermarks highWatermarks;
    private final UnreadableKeys unreadableKeys = new UnreadableKeys();
    private final long recovered;
    private final long recoveredOwn;
    private final boolean damaged;
    private final VersionReader reader;
    private Optional<Thread> thread = Optional.empty();
    private volatile boolean closing;

    private Store(Closeable lock, Recovery.RecoveredLog found, StorageEnvironment doors,
            StorageSettings settings) throws IOException {
        this.lock = lock;
        this.journal = found.journal();
        this.owners = found.owners();
        this.doors = doors;
        this.codec = new DocumentCodec(settings.compression());
        LogState state = found.snapshot();
        this.recovered = state.head().seq();
        this.highWatermarks = found.reach();
        this.recoveredOwn = state.head().own();
        this.conflicts = new ConflictCounter(doors.log());
        SegmentUsage usage = new SegmentUsage();
        usage.count(state.root().tree());
        this.damaged = !found.problems().isEmpty();
        this.reserve = new DiskReserve(doors, settings.keep().reserveBytes(),
                2L * settings.preallocateBytes());
        journal.scarce(reserve::scarce);
        LogHead head = state.head().boot(journal.boot(state.head().seq()));
        reserve.note(journal);
        LogState from = new LogState(state.root(), state.segment(), state.end(), head, state.notes(),
                state.layout());
        this.writer = new Writer(journal, owners, from,
                new Writer.Dependencies(settings.fsync(), settings.keep().history(), doors, codec,
                        found.reach(), unreadableKeys, usage, conflicts, reserve, this::published));
        this.reader = new VersionReader(journal, codec, unreadableKeys, doors, writer::snapshot);
        this.checkpointer = new CheckpointWriter(writer, journal, owners, found.reach(), doors);
        this.maintenance = new Maintenance(writer, journal, doors,
                new Maintenance.SpaceAccounting(usage, reserve), checkpointer);
        this.scrub = new Scrub(this, doors);
        this.rest = new IdleLogCloser(writer, journal, doors.clock(), this::submit);
        this.problems = new StoreHealth(found.problems(), writer, reader,
                new StoreHealth.BackgroundTasks(reserve, checkpointer, maintenance));
        reserve.begin(maintenance.use().bytes());
    }

    /**
     * Opens the directory behind {@code doors}; an empty one becomes a store. Writes are done once
     * {@link #start} was called, or by {@link #step}.
     *
     * @throws UnusableDirectoryException when it is in use or cannot be opened as it is
     */
    public static Store open(StorageEnvironment doors, StorageSettings settings)
            throws IOException, UnusableDirectoryException {
        DataDirectoryCheck.checkManifest(doors.disk());
        Closeable lock = DiskReserve.lock(doors.disk())
                .orElseThrow(() -> new UnusableDirectoryException("another process uses "
                        + doors.disk().where() + ": stop it first, or give this node a data_dir of its own"));
        Optional<Recovery.RecoveredLog> found = Optional.empty();
        try {
            found = Optional.of(new Recovery(doors, settings).run());
            return new Store(lock, found.get(), doors, settings);
        } catch (IOException | UnusableDirectoryException | RuntimeException e) {
            if (found.isPresent()) {
                found.get().journal().close();
            }
            lock.close();
            throw e;
        }
    }

    /** Whether a process has the directory open at this moment. */
    public static boolean inUse(Disk disk) throws IOException {
        if (!disk.list().contains(FileNames.LOCK)) {
            return false;
        }
        Optional<Closeable> free = DiskReserve.lock(disk);
        if (free.isPresent()) {
            free.get().close();
        }
        return free.isEmpty();
    }

    /** Gives the writer a thread of its own. Call once. */
    public void start(Threads threads) {
        thread = Optional.of(threads.thread("kvs-writer", false, this::loop));
        thread.get().start();
    }

    /** The present state; it never changes. */
    public StoreView root() {
        return new ReadView(writer.snapshot().root(), this);
    }

    /** The number of the last record in the log. */
    public long head() {
        return writer.snapshot().head().seq();
    }

    /** The number of the last record in the log when it was opened, 0 for none. */
    public long recovered() {
        return recovered;
    }

    /** The number of the last version of this directory in the log when it was opened, 0 for none. */
    public long recoveredOwn() {
        return recoveredOwn;
    }

    /** Whether a number was assigned here: by a known boot, and not behind its last number. */
    public boolean gave(long seq) {
        return journal.manifest().gave(seq, head());
    }

    /** The losses of the log. */
    public LogLosses losses() {
        return new LogLosses(writer.snapshot().root().damage().spots().size(), damaged);
    }

    /**
     * The losses of a log.
     *
     * @param spots number of unreadable records
     * @param stretches whether further records of unknown keys are lost
     */
    public record LogLosses(int spots, boolean stretches) { }

    /** The highest number of each origin that was ever in the log, or a higher one. */
    public Coverage highWatermarks() {
        return highWatermarks.coverage();
    }

    /**
     * The keys whose present record was found unreadable since the start; each until it is rewritten, or
     * restored by {@link Transaction#merge}.
     */
    public List<Key> unreadableKeys() {
        return unreadableKeys.list();
    }

    /** The notes of the directory. */
    public StoreNotes notes() {
        return writer.snapshot().notes();
    }

    /** The coverage as of the last write. */
    public Coverage covered() {
        return writer.covered();
    }

    /** The coverage as of the last fsync, which other nodes may receive. */
    public Coverage durable() {
        return writer.durable();
    }

    /** The number of the last record as of the last fsync. */
    public long durableHead() {
        return writer.durableHead();
    }

    /** The number of the last version that was written here under the present id, 0 for none. */
    public long own() {
        return writer.snapshot().head().own();
    }

    /** The id of the life of this directory. */
    public UUID origin() {
        return journal.manifest().origin();
    }

    /** The first start of this directory, Unix ms. */
    public long joined() {
        return journal.manifest().joined();
    }

    /**
     * The version of an entry, its document inflated.
     *
     * @throws Refusal {@code DAMAGED} when it is unreadable; never another version
     */
    public Version read(Entry entry) {
        return reader.read(entry);
    }

    /**
     * An older version of a key.
     *
     * @param version the version, its document inflated; empty when it is unreadable
     * @param conflict whether it lost a conflict that is not resolved
     */
    public record OlderVersion(Optional<Version> version, boolean conflict) { }

    /**
     * The older versions of an entry's key, in the order in which they stopped being the present version on
     * this node; each is read when it is accessed.
     */
    public List<OlderVersion> olderVersions(Entry entry) {
        return reader.past(entry);
    }

    /** Whether the past of an entry has a version that lost a conflict which is not resolved. */
    public static boolean disputed(Entry entry) {
        return VersionChain.disputed(entry.past());
    }

    /**
     * The version of an entry as it is in the log.
     *
     * @param seq number in this log
     * @param version the version, its document as it is stored
     * @param frame encoded form for other nodes, see {@link kvs.log.ReplicatedVersion}
     */
    public record StoredVersion(long seq, Version version, byte[] frame) { }

    /** The version of an entry as it is in the log; empty when it is unreadable. */
    public Optional<StoredVersion> held(Entry entry) {
        return reader.held(entry);
    }

    /** The owner of an entry's key. */
    public UUID owner(Entry entry) {
        return owners.id(entry.owner());
    }

    /** The codec that prepares documents for the log. */
    public DocumentCodec codec() {
        return codec;
    }

    /** Queues a write; the write is notified of its result in any case. */
    public void submit(Write write) {
        if (closing) {
            write.refused(stopping());
        } else {
            writer.submit(write);
        }
    }

    /**
     * Registers a hook that is called on the writer's thread after each change, before its writes complete,
     * with the versions that entered the log. It must be quick.
     */
    public void onPublish(Consumer<List<LoggedVersion>> hook) {
        hooks.add(hook);
    }

    /** The reason why no more writes are accepted. */
    public Optional<Refusal> failure() {
        return writer.failure();
    }

    /** The problems for an operator; empty when all is well. */
    public List<HealthProblem> problems() {
        return problems.list();
    }

    /** The one of {@link #tasks} that keeps restarts short and the log small. */
    public Task maintenance() {
        return maintenance;
    }

    /**
     * Requests a compaction of every segment that has some garbage, whatever its share; {@link #counts}
     * reports the progress.
     */
    public void compact() {
        maintenance.compact();
    }

    /** Requests a read and check of every version, at a bounded rate, unless one is running. */
    public void scrub() {
        scrub.begin();
    }

    /** The progress of the scrub. */
    public ScrubProgress scrubbed() {
        return scrub.state();
    }

    /** The parts of this store that a backup of its present state is made of. */
    public BackupSource backupSource() {
        return new BackupSource(doors, journal, writer::snapshot, highWatermarks, maintenance.use()
                .liveBytes(), unreadableKeys::add);
    }

    /** The counts since the start, and the present state. */
    public StoreCounts counts() {
        LogState now = writer.snapshot();
        return new StoreCounts(journal.counts(now.segment(), now.end()), writer.counts(),
                checkpointer.counts(now), reader.unreadable(), conflicts.count(), maintenance.use());
    }

    /** The background tasks by name, for a scheduler. */
    public Map<String, Task> tasks() {
        return Map.of("upkeep", maintenance, "scrub", scrub, "flushes", FlushWrite.duty(writer, this::submit),
                "rest", rest);
    }

    /** Does the work of one group, for a store without a thread; whether there was any. */
    public boolean step() {
        return writer.step(0);
    }

    /** Refuses new writes, finishes those in the queue, writes a checkpoint, releases the directory. */
    @Override
    public void close() throws IOException {
        closing = true;
        if (thread.isPresent()) {
            Threads.join(thread.get());
        } else {
            drain();
        }
        boolean sound = writer.failure().isEmpty();
        try {
            if (sound) {
                settle();
            }
        } finally {
            journal.close();
            codec.close();
            lock.close();
        }
    }

    /** Does the steps that make the next start short; a full disk may refuse them. */
    private void settle() throws IOException {
        try {
            maintenance.settle(this::drain);
            writer.fail(stopping());
            journal.settle();
            if (maintenance.settled() && checkpointer.save(checkpointer.present())) {
                journal.install(writer.snapshot().layout());
                checkpointer.clean(1);
            }
        } catch (FileSync.FailedSync e) {
            throw e;
        } catch (IOException e) {
            doors.log().warn("the disk refused the last steps of the stop:"
                    + " the next start reads more of the log", "why", FailureText.text(e));
        }
    }

    private void published(List<LoggedVersion> entered) {
        hooks.forEach(hook -> hook.accept(entered));
    }

    private void loop() {
        while (!closing) {
            writer.step(STEP_WAIT_MS);
        }
        drain();
    }

    private void drain() {
        boolean more = true;
        while (more) {
            more = writer.step(0);
        }
    }

    private static Refusal stopping() {
        return new Refusal(Reason.BUSY,
                "this node is stopping; try another one, or this one again in a few seconds");
    }
}
