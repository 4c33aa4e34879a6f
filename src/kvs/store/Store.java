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
 * The append-only store of one data directory. Readers never lock: they take a {@link IndexSnapshot}, find an entry, read its record at its place.
 * All writes go through one {@link Writer}. Acknowledged means fsynced.
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

    private Store(Closeable lock, Recovery.RecoveredLog found, StorageEnvironment doors, StorageSettings settings) throws IOException {
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
        this.reserve = new DiskReserve(doors, settings.keep().reserveBytes(), 2L * settings.preallocateBytes());
        journal.scarce(reserve::scarce);
        LogHead head = state.head().boot(journal.boot(state.head().seq()));
        reserve.note(journal);
        LogState from = new LogState(state.root(), state.segment(), state.end(), head, state.notes(), state.layout());
        this.writer = new Writer(journal, owners, from, new Writer.Dependencies(settings.fsync(), settings.keep().history(), doors, codec,
                found.reach(), unreadableKeys, usage, conflicts, reserve, this::published));
        this.reader = new VersionReader(journal, codec, unreadableKeys, doors, writer::snapshot);
        this.checkpointer = new CheckpointWriter(writer, journal, owners, found.reach(), doors);
        this.maintenance = new Maintenance(writer, journal, doors, new Maintenance.SpaceAccounting(usage, reserve), checkpointer);
        this.scrub = new Scrub(this, doors);
        this.rest = new IdleLogCloser(writer, journal, doors.clock(), this::submit);
        this.problems = new StoreHealth(found.problems(), writer, reader, new StoreHealth.BackgroundTasks(reserve, checkpointer, maintenance));
        reserve.begin(maintenance.use().bytes());
    }

    /**
     * Opens the directory behind {@code doors}, which is made a store when it is empty. Writes are done once {@link #start} was called,
     * or by {@link #step}.
     *
     * @throws UnusableDirectoryException when it is in use or cannot be opened as it is
     */
    public static Store open(StorageEnvironment doors, StorageSettings settings) throws IOException, UnusableDirectoryException {
        DataDirectoryCheck.checkManifest(doors.disk());
        Closeable lock = DiskReserve.lock(doors.disk()).orElseThrow(() -> new UnusableDirectoryException("another process uses " + doors.disk().where()
                + ": stop it first, or give this node a data_dir of its own"));
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

    /** Whether some process has the directory open at this moment. */
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

    /** Number of the last record in the log. */
    public long head() {
        return writer.snapshot().head().seq();
    }

    /** Number of the last record that was in the log when it was opened, 0 for none. */
    public long recovered() {
        return recovered;
    }

    /** Number of the last version in it then that was written in this directory, 0 for none. */
    public long recoveredOwn() {
        return recoveredOwn;
    }

    /** Whether a number was given here: by a boot that is known, and not behind its last. */
    public boolean gave(long seq) {
        return journal.manifest().gave(seq, head());
    }

    /** How much of the log is unreadable, and whether stretches of it are missing altogether. */
    public LogLosses losses() {
        return new LogLosses(writer.snapshot().root().damage().spots().size(), damaged);
    }

    /**
     * What is lost of a log.
     *
     * @param spots unreadable records
     * @param stretches whether more is lost, and nobody knows what
     */
    public record LogLosses(int spots, boolean stretches) { }

    /** Of each origin the highest number that was ever in the log, or more. */
    public Coverage highWatermarks() {
        return highWatermarks.coverage();
    }

    /** Keys whose present record was found unreadable since the start; each until it is written anew, or given again by {@link Transaction#merge}. */
    public List<Key> unreadableKeys() {
        return unreadableKeys.list();
    }

    /** What is remembered beside the keys. */
    public StoreNotes notes() {
        return writer.snapshot().notes();
    }

    /** What is covered, as of the last write. */
    public Coverage covered() {
        return writer.covered();
    }

    /** The same as of the last fsync: what others may be told. */
    public Coverage durable() {
        return writer.durable();
    }

    /** Number of the last record that was in the log when it was forced last. */
    public long durableHead() {
        return writer.durableHead();
    }

    /** Number of the last version that was written here under the present id, 0 for none. */
    public long own() {
        return writer.snapshot().head().own();
    }

    /** Id of the life of this directory. */
    public UUID origin() {
        return journal.manifest().origin();
    }

    /** First start of this directory, Unix ms. */
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
     * @param version it, its document inflated; empty when it is unreadable
     * @param conflict whether it lost a conflict that nobody has resolved
     */
    public record OlderVersion(Optional<Version> version, boolean conflict) { }

    /** The older versions of an entry's key, in the order in which they left the present of this node; each is read when it is looked at. */
    public List<OlderVersion> olderVersions(Entry entry) {
        return reader.past(entry);
    }

    /** Whether the past of an entry holds a version that lost a conflict, and nobody has resolved it. */
    public static boolean disputed(Entry entry) {
        return VersionChain.disputed(entry.past());
    }

    /**
     * What the log holds of an entry.
     *
     * @param seq number in this log
     * @param version its document as it is stored
     * @param frame in which it travels, see {@link kvs.log.ReplicatedVersion}
     */
    public record StoredVersion(long seq, Version version, byte[] frame) { }

    /** What the log holds of an entry; empty when it is unreadable. */
    public Optional<StoredVersion> held(Entry entry) {
        return reader.held(entry);
    }

    /** Who owns the key of an entry. */
    public UUID owner(Entry entry) {
        return owners.id(entry.owner());
    }

    /** What makes documents ready for the log. */
    public DocumentCodec codec() {
        return codec;
    }

    /** Queues a write; whatever becomes of it, the write is told. */
    public void submit(Write write) {
        if (closing) {
            write.refused(stopping());
        } else {
            writer.submit(write);
        }
    }

    /** Has {@code hook} called on the writer's thread after each change, before it is answered, with the versions that entered. It must be quick. */
    public void onPublish(Consumer<List<LoggedVersion>> hook) {
        hooks.add(hook);
    }

    /** Why no write is taken any more. */
    public Optional<Refusal> failure() {
        return writer.failure();
    }

    /** What an operator should know; empty when all is well. */
    public List<HealthProblem> problems() {
        return problems.list();
    }

    /** The one of {@link #tasks} that keeps restarts short and the log small. */
    public Task maintenance() {
        return maintenance;
    }

    /** Has everything compacted that has some garbage, whatever its share; {@link #counts} tells how far that is. */
    public void compact() {
        maintenance.compact();
    }

    /** Has every version read and checked, at a bounded rate, unless that is under way. */
    public void scrub() {
        scrub.begin();
    }

    /** How far that is. */
    public ScrubProgress scrubbed() {
        return scrub.state();
    }

    /** The parts of this store that a backup of its present state is made of. */
    public BackupSource backupSource() {
        return new BackupSource(doors, journal, writer::snapshot, highWatermarks, maintenance.use().liveBytes(), unreadableKeys::add);
    }

    /** What was counted since the start, and how it stands now. */
    public StoreCounts counts() {
        LogState now = writer.snapshot();
        return new StoreCounts(journal.counts(now.segment(), now.end()), writer.counts(), checkpointer.counts(now), reader.unreadable(),
                conflicts.count(), maintenance.use());
    }

    /** What is to be done beside the writes, by name; give it to a scheduler. */
    public Map<String, Task> tasks() {
        return Map.of("upkeep", maintenance, "scrub", scrub, "flushes", FlushWrite.duty(writer, this::submit),
                "rest", rest);
    }

    /** For a store without a thread: does the work of one group. Whether there was any. */
    public boolean step() {
        return writer.step(0);
    }

    /** Takes no more writes, finishes those in the queue, writes a checkpoint, releases the directory. */
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

    /** What makes the next start short; a full disk may refuse it. */
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
            doors.log().warn("the disk refused the last steps of the stop: the next start reads more of the log", "why", FailureText.text(e));
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
        return new Refusal(Reason.BUSY, "this node is stopping; try another one, or this one again in a few seconds");
    }
}
