package kvs.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import kvs.log.DataDirectoryCheck;
import kvs.log.DiskReserve;
import kvs.log.DocumentCodec;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.LogHead;
import kvs.log.OwnerNumbers;
import kvs.log.SegmentUsage;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnreadableKeys;
import kvs.log.UnusableDirectoryException;
import kvs.model.Coverage;
import kvs.model.HealthProblem;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.recovery.LogState;
import kvs.recovery.Recovery;
import kvs.recovery.StoreNotes;
import kvs.tree.Entry;
import kvs.world.Task;
import kvs.world.Threads;

/**
 * The append-only store of one data directory. Readers never lock: they get an {@code IndexSnapshot}, find an
 * entry, and read its record at its position. All writes go through one {@link Writer}. Acknowledged means
 * fsynced.
 *
 * <p>Thread-safe but for {@link #step} and {@link #close}.
 */
public final class Store implements AutoCloseable {

    private final Closeable lock;
    private final Journal journal;
    private final OwnerNumbers owners;
    private final DocumentCodec codec;
    private final Writer writer;
    private final WriterThread writerThread;
    private final BackgroundTasks tasks;
    private final ConflictCounter conflicts;
    private final StorageEnvironment environment;
    private final StoreHooks hooks = new StoreHooks();
    private final StoreHealth problems;
    private final HighWatermarks highWatermarks;
    private final UnreadableKeys unreadableKeys = new UnreadableKeys();
    /** The head of the log when it was opened. */
    private final LogHead recovered;
    private final boolean damaged;
    private final VersionReader reader;

    private Store(Closeable lock, Recovery.RecoveredLog found, StorageEnvironment environment,
            StorageSettings settings) throws IOException {
        this.lock = lock;
        this.journal = found.journal();
        this.owners = found.owners();
        this.environment = environment;
        this.codec = new DocumentCodec(settings.compression());
        LogState state = found.snapshot();
        this.recovered = state.head();
        this.highWatermarks = found.watermarks();
        this.conflicts = new ConflictCounter(environment.log(), environment.clock());
        SegmentUsage usage = SegmentUsage.of(state.root().tree());
        this.damaged = !found.problems().isEmpty();
        DiskReserve reserve = new DiskReserve(environment, settings.keep().reserveBytes(),
                2L * settings.preallocateBytes());
        journal.scarce(reserve::scarce);
        LogState from = state.withHead(state.head().boot(journal.boot(state.head().seq())));
        reserve.note(journal);
        this.writer = new Writer(journal, owners, from,
                new Writer.Dependencies(settings.fsync(), settings.keep().history(), environment, codec,
                        highWatermarks, unreadableKeys, usage, conflicts, reserve, hooks));
        this.reader = new VersionReader(journal, codec, unreadableKeys, environment, writer::snapshot);
        this.writerThread = new WriterThread(writer);
        this.tasks = new BackgroundTasks(this, environment, writer, journal,
                new BackgroundTasks.LogAccounting(owners, highWatermarks, usage, reserve,
                        found.checkpoint()));
        this.problems = new StoreHealth(found.problems(), writer, reader, tasks);
        reserve.begin(tasks.use().bytes());
    }

    /**
     * Opens the directory behind {@code environment}; an empty one becomes a store. Writes are done once
     * {@link #start} was called, or by {@link #step}.
     *
     * @throws UnusableDirectoryException when it is in use or cannot be opened as it is
     */
    public static Store open(StorageEnvironment environment, StorageSettings settings)
            throws IOException, UnusableDirectoryException {
        DataDirectoryCheck.checkManifest(environment.disk());
        Closeable lock = DiskReserve.lock(environment.disk())
                .orElseThrow(() -> new UnusableDirectoryException("another process uses " + environment.disk()
                        .where() + ": stop it first, or give this node a data_dir of its own"));
        Optional<Recovery.RecoveredLog> found = Optional.empty();
        try {
            found = Optional.of(new Recovery(environment, settings).run());
            return new Store(lock, found.get(), environment, settings);
        } catch (IOException | UnusableDirectoryException | RuntimeException e) {
            if (found.isPresent()) {
                found.get().journal().close();
            }
            lock.close();
            throw e;
        }
    }

    /** Gives the writer a thread of its own. Call once. */
    public void start(Threads threads) {
        writerThread.start(threads);
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
        return recovered.seq();
    }

    /** The number of the last version of this directory in the log when it was opened, 0 for none. */
    public long recoveredOwn() {
        return recovered.own();
    }

    /** Whether a number was assigned here: by a known boot, and not behind its last number. */
    public boolean hasAssigned(long seq) {
        return journal.manifest().hasAssigned(seq, head());
    }

    /** The losses of the log. */
    public LogDamageCounts losses() {
        return new LogDamageCounts(writer.snapshot().root().damage().damagedRecords().size(), damaged);
    }

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
     * The document of an entry in the form in which it is stored.
     *
     * @throws Refusal {@code DAMAGED} when it is unreadable; never another version
     */
    public StoredDocument readStored(Entry entry) {
        return reader.readStored(entry);
    }

    /**
     * The older versions of an entry's key, in the order in which they stopped being the present version on
     * this node; each is read when it is accessed.
     */
    public List<VersionReader.OlderVersion> olderVersions(Entry entry) {
        return reader.past(entry);
    }

    /** The version of an entry as it is in the log; empty when it is unreadable. */
    public Optional<VersionReader.StoredVersion> held(Entry entry) {
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
        writerThread.submit(List.of(write));
    }

    /** Queues writes, which wake the writer once. */
    public void submit(List<Write> writes) {
        writerThread.submit(writes);
    }

    /**
     * Does these writes, which must be few and small, on the thread of the caller if {@code rule} says so and
     * the writer is idle. Whether it did; {@code false}: nothing happened.
     */
    public boolean commit(List<Write> writes, CommitRule rule) {
        return writer.commit(writes, rule);
    }

    /**
     * Registers a hook that is called on the thread of a group after each change, before its writes complete,
     * with the versions that entered the log. It must be quick.
     */
    public void onPublish(Consumer<List<LoggedVersion>> hook) {
        hooks.onPublish(hook);
    }

    /** Registers a quick hook that is called on its thread when all writes of a group were notified. */
    public void onComplete(Runnable hook) {
        hooks.onComplete(hook);
    }

    /** The zones in which nothing is purged for the time being. */
    public PurgeRest purgeRest() {
        return writer.rest();
    }

    /** The reason why no more writes are accepted. */
    public Optional<Refusal> failure() {
        return writer.errors().failure();
    }

    /** The problems for an operator; empty when all is well. */
    public List<HealthProblem> problems() {
        return problems.list();
    }

    /** The one of {@link #tasks} that keeps restarts short and the log small. */
    public Task maintenance() {
        return tasks.maintenance();
    }

    /** Requests a compaction of every segment with garbage; {@link #counts} reports the progress. */
    public void compact() {
        tasks.maintenance().compact();
    }

    /** Requests a read and check of every version, at a bounded rate, unless one is running. */
    public void scrub() {
        tasks.scrub().begin();
    }

    /** The progress of the scrub. */
    public ScrubProgress scrubbed() {
        return tasks.scrub().state();
    }

    /** The parts of this store that a backup of its present state is made of. */
    public BackupDependencies backupSource() {
        return new BackupDependencies(environment, journal, writer::snapshot, highWatermarks,
                tasks.use().liveBytes(), unreadableKeys::add);
    }

    /** The counts since the start, and the present state. */
    public StoreCounts counts() {
        LogState now = writer.snapshot();
        return new StoreCounts(journal.counts(now.segment(), now.end()), writer.counts(),
                tasks.checkpointer().counts(now), reader.unreadable(), conflicts.count(), tasks.use());
    }

    /** The background tasks by name, for a scheduler. */
    public Map<String, Task> tasks() {
        return tasks.byName();
    }

    /** Does the work of one group, for a store without a thread; whether there was any. */
    public boolean step() {
        return writerThread.step();
    }

    /** Refuses new writes, and finishes those in the queue; the directory stays locked. */
    public void endWrites() {
        writerThread.close();
    }

    /** Refuses new writes, finishes those in the queue, writes a checkpoint, releases the directory. */
    @Override
    public void close() throws IOException {
        endWrites();
        boolean sound = writer.errors().failure().isEmpty();
        try {
            if (sound) {
                tasks.settle(writerThread::drain, WriterThread.stopping());
            }
        } finally {
            journal.close();
            codec.close();
            lock.close();
        }
    }
}
