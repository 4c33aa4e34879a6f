package kvs.documents;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.NodeMode;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.WriteReceipt;
import kvs.tree.Entry;
import kvs.world.Logger;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * The local truth over a store in memory, in one thread: time passes and the writer works when a test says
 * so.
 */
public final class LocalDocuments implements Scheduler {

    public static final UUID ANN = new UUID(1, 1);
    public static final int DOCUMENT_MAX = 4_096;
    /** Requests of one caller that can wait. */
    public static final int WAITS_PER_CALLER = 64;

    public final SimClock clock = new SimClock();
    public final ModeSwitch modes = new ModeSwitch(NodeMode.NORMAL);
    public SimDisk disk;
    public Store store;
    public Documents documents;
    public BulkOperations bulk;
    public Watches watches;
    /** With the standard limits of a node that accepts 10,000 connections. */
    public WaitLimiter waits;
    public final List<Runnable> aside = new ArrayList<>();
    /** Who asks. */
    public AccessContext access = new AccessContext.Unrestricted(ANN);
    private final StorageSettings settings;
    private final SimDice dice;
    private final long defaultTtlMs;
    private final List<Due> due = new ArrayList<>();

    private record Due(Task task, long at) { }

    public LocalDocuments() {
        this(1, 0);
    }

    public LocalDocuments(long seed, long defaultTtlMs) {
        this(seed, defaultTtlMs, true);
    }

    /**
     * A node that asks the disk for nothing when it need not be {@code durable}: where many states are looked
     * at, and no power is cut.
     */
    public LocalDocuments(long seed, long defaultTtlMs, boolean durable) {
        this.settings = new StorageSettings(1 << 20, 1 << 16, durable, 3, false);
        this.dice = new SimDice(seed);
        this.defaultTtlMs = defaultTtlMs;
        this.disk = new SimDisk(dice);
        open();
    }

    private void open() {
        try {
            store = Store.open(new StorageEnvironment(disk, clock, dice, Logger.none()), settings);
        } catch (IOException | UnusableDirectoryException e) {
            throw new AssertionError(e);
        }
        documents = new Documents(store, clock, modes, new Documents.Settings(DOCUMENT_MAX, defaultTtlMs));
        bulk = new BulkOperations(documents, aside::add);
        waits = new WaitLimiter(WaitLimits.of(WAITS_PER_CALLER, 10_000));
        watches = new Watches(store, clock, this, waits);
    }

    /** Cuts the power and opens what is left. */
    public void restart() {
        disk = disk.restart();
        open();
    }

    /** Lets the writer work until nothing waits. */
    public void work() {
        boolean more = true;
        while (more) {
            more = store.step();
            if (!more && !aside.isEmpty()) {
                aside.remove(0).run();
                more = true;
            }
        }
    }

    /** What a write comes to; throws its refusal. */
    public <T> T done(CompletionStage<T> stage) {
        work();
        try {
            return stage.toCompletableFuture().getNow(null);
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    public WriteReceipt put(String path, String json) {
        return put(path, json, documents.defaultExpiry(), Preconditions.NONE);
    }

    public WriteReceipt put(String path, String json, long ttlMs) {
        return put(path, json, new ExpiryPolicy.TimeToLive(ttlMs), Preconditions.NONE);
    }

    public WriteReceipt put(String path, String json, ExpiryPolicy expiry, Preconditions conditions) {
        return done(documents.put(putOp(path, json, expiry, conditions), access));
    }

    public Operation.Put putOp(String path, String json, ExpiryPolicy expiry, Preconditions conditions) {
        return new Operation.Put(Key.of(path), documents.document(bytes(json)), expiry, conditions);
    }

    public WriteReceipt delete(String path) {
        return done(documents.delete(new Operation.Delete(Key.of(path), false, Preconditions.NONE), access));
    }

    public Optional<String> get(String path) {
        return documents.find(Key.of(path), access).map(this::text);
    }

    public String text(Entry entry) {
        return new String(documents.read(entry).data(), StandardCharsets.UTF_8);
    }

    public Version read(String path) {
        return documents.read(documents.find(Key.of(path), access).orElseThrow());
    }

    public Listing.Page list(String prefix, boolean recurse, int limit, Optional<String> after) {
        return Listing.page(store.root(), new Listing.Query(bytes(prefix), recurse, false, limit, after),
                clock.wallMs(), access.on(store.root()));
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void start(String name, Task task, long delayMs) {
        due.add(new Due(task, clock.wallMs() + delayMs));
    }

    /** Lets time pass in steps of a millisecond and runs the tasks that become due. */
    public void pass(long ms) {
        long end = clock.wallMs() + ms;
        runDue();
        while (clock.wallMs() < end) {
            clock.advance(1);
            runDue();
        }
    }

    /** How many tasks wait. */
    public int tasks() {
        return due.size();
    }

    private void runDue() {
        for (Due next : List.copyOf(due)) {
            if (next.at <= clock.wallMs() && due.remove(next)) {
                long again = next.task.step();
                if (again != Task.DONE) {
                    start("again", next.task, Math.max(1, again));
                }
            }
        }
    }

    @Override
    public void close() {
        due.clear();
    }
}
