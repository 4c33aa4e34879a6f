package kvs.documents;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import kvs.log.EncodedDocument;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.CommitRule;
import kvs.store.DeadlineWrite;
import kvs.store.Store;
import kvs.store.StoredDocument;
import kvs.store.StoreView;
import kvs.store.Write;
import kvs.store.WriteReceipt;
import kvs.tree.Entry;
import kvs.world.Clock;

/**
 * The documents of this node, with the operations on them. Thread-safe.
 *
 * <p>Reads return at once, from one root. Stages of writes complete on the store's writer thread, when the
 * write is durable: continuations there must be quick. They complete exceptionally only with a
 * {@link Refusal}, bare or as the cause of a {@code CompletionException}.
 */
public final class Documents {

    private final Store store;
    private final Clock clock;
    private final ModeSwitch modes;
    private final Settings settings;
    private final HistoryReader history;

    /**
     * The settings of documents.
     *
     * @param documentBytesMax {@code max_json_size}
     * @param defaultTtlMs {@code default_ttl}, 0 for none
     */
    public record Settings(int documentBytesMax, long defaultTtlMs) { }

    /** The documents in {@code store}. */
    public Documents(Store store, Clock clock, ModeSwitch modes, Settings settings) {
        this.store = store;
        this.clock = clock;
        this.modes = modes;
        this.settings = settings;
        this.history = new HistoryReader(store, clock);
    }

    /** The present state; keep it no longer than a page of work. */
    public StoreView root() {
        return store.root();
    }

    /** The time of a read, Unix ms: a version that is dead then is absent. */
    public long now() {
        return clock.wallMs();
    }

    /** The older versions. */
    public HistoryReader history() {
        return history;
    }

    /** Maximum bytes of a document. */
    public int documentBytesMax() {
        return settings.documentBytesMax;
    }

    /** The expiry of a document without a ttl of its own. */
    public ExpiryPolicy.TimeToLive defaultExpiry() {
        return new ExpiryPolicy.TimeToLive(settings.defaultTtlMs);
    }

    /** The expiry of a write without one. */
    public ExpiryPolicy unnamedExpiry() {
        return new ExpiryPolicy.DefaultTtl(defaultExpiry());
    }

    /**
     * Encodes a document for storage; it deflates, so it is called before anything is queued.
     *
     * @param json valid JSON; kept
     * @throws Refusal {@code TOO_LARGE}
     */
    public EncodedDocument document(byte[] json) {
        if (json.length > settings.documentBytesMax) {
            throw new Refusal(Reason.TOO_LARGE, "the document has " + json.length
                    + " bytes, max_json_size is " + settings.documentBytesMax)
                    .with("max_json_size", settings.documentBytesMax);
        }
        return store.codec().pack(json);
    }

    /** Encodes a document that was stored before, whatever {@code max_json_size} was then. */
    public EncodedDocument repacked(byte[] json) {
        return store.codec().pack(json);
    }

    /**
     * The entry that the caller sees under a key.
     *
     * @throws Refusal {@code FORBIDDEN}; {@code DAMAGED} when its newest version is unreadable
     */
    public Optional<Entry> find(Key key, AccessContext access) {
        StoreView root = store.root();
        return find(root, key, clock.wallMs(), access.on(root));
    }

    /**
     * The entry that the caller sees under a key in {@code root} at {@code now}; damage is reported only to
     * those who may read it.
     */
    public static Optional<Entry> find(StoreView root, Key key, long now, AccessContext.Grants grants) {
        if (key.reserved()) {
            return Optional.empty();
        }
        try {
            return grants.see(key, root.find(key).filter(entry -> !entry.deadAt(now)));
        } catch (Refusal refusal) {
            Optional<Entry> older = root.tree().get(key.bytes()).filter(entry -> !entry.deadAt(now));
            if (refusal.reason() == Reason.DAMAGED && grants.see(key, older).isEmpty() && older.isPresent()) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    /**
     * The version of an entry with its document, read from the disk.
     *
     * @throws Refusal {@code DAMAGED} when it is unreadable
     */
    public Version read(Entry entry) {
        return store.read(entry);
    }

    /**
     * The document of an entry in the form in which it is stored, read from the disk.
     *
     * @throws Refusal {@code DAMAGED} when it is unreadable
     */
    public StoredDocument readStored(Entry entry) {
        return store.readStored(entry);
    }

    /**
     * The same as {@link #read} for an entry of a page. A page reads the index alone, so a damaged newer
     * record of the key is noticed only here.
     *
     * @throws Refusal {@code DAMAGED} when the version or a newer one is unreadable
     */
    public Version readListed(Entry entry) {
        store.root().find(Key.ofBytes(entry.key()));
        return store.read(entry);
    }

    /** The tag of an entry. */
    public static EntityTag tag(Entry entry) {
        return EntityTag.of(new UUID(entry.uuidHigh(), entry.uuidLow()));
    }

    /** The time of the write of the present version; 0 for none. */
    static long writtenMs(Optional<Entry> living) {
        return living.map(Entry::timestamp).orElse(0L);
    }

    /**
     * A write that is not submitted yet.
     *
     * @param write to be committed or submitted, once
     * @param done its outcome, completed by the thread that does its group; fails only with a {@link Refusal}
     */
    public record PreparedWrite(Write write, CompletableFuture<List<OperationOutcome>> done) { }

    /** A write of one document, for {@link #commit} or {@link #submit}. */
    public PreparedWrite prepare(Operation op, AccessContext access) {
        return prepare(List.of(op), false, access);
    }

    /** See {@link Store#commit}. */
    public boolean commit(List<Write> writes, CommitRule rule) {
        return store.commit(writes, rule);
    }

    /** See {@link Store#submit(List)}. */
    public void submit(List<Write> writes) {
        store.submit(writes);
    }

    /** See {@link Store#onComplete}. */
    public void onComplete(Runnable hook) {
        store.onComplete(hook);
    }

    /** Stores a document. */
    public CompletionStage<WriteReceipt> put(Operation.Put put, AccessContext access) {
        return one(put, access, outcome -> ((OperationOutcome.Stored) outcome).receipt());
    }

    /** Writes a tombstone. */
    public CompletionStage<WriteReceipt> delete(Operation.Delete delete, AccessContext access) {
        return one(delete, access, outcome -> ((OperationOutcome.Deleted) outcome).receipt());
    }

    /**
     * Executes operations in order and returns the outcome of each. Atomic: all of them or none, also across
     * a crash. Otherwise each is checked alone, and sees the effects of those before it. A batch of reads
     * alone sees one root and does not wait for the writer.
     *
     * @throws Refusal {@code BAD_REQUEST} for too many, or for two of one path in an atomic batch
     */
    public CompletionStage<List<OperationOutcome>> batch(List<Operation> ops, boolean atomic,
            AccessContext access) {
        if (ops.size() > DocumentLimits.OPS_MAX) {
            throw new Refusal(Reason.BAD_REQUEST, "a batch has at most " + DocumentLimits.OPS_MAX
                    + " operations, this one has " + ops.size());
        }
        if (ops.stream().noneMatch(Operation::writes)) {
            List<OperationOutcome> looked = BatchReads.all(store.root(), clock.wallMs(), ops, access);
            for (int i = 0; i < ops.size(); i++) {
                access.observe(ops.get(i), looked.get(i));
            }
            return CompletableFuture.completedFuture(atomic && OperationOutcome.anyRefused(looked)
                    ? OperationOutcome.undone(looked) : looked);
        }
        List<List<Operation>> runs = runs(ops);
        if (atomic && runs.size() > 1) {
            String path = runs.get(1).get(0).key().text();
            throw new Refusal(Reason.BAD_REQUEST, "an atomic batch has one operation per path,"
                    + " this one has two for: " + path).with("path", path);
        }
        List<CompletableFuture<List<OperationOutcome>>> stages = new ArrayList<>();
        for (List<Operation> run : runs) {
            stages.add(run(run, atomic, access));
        }
        return CompletableFuture.allOf(stages.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> stages.stream().flatMap(stage -> stage.join().stream()).toList());
    }

    /** Executes an atomic batch of writes of different keys, if {@code check} passes in the writer's step. */
    CompletableFuture<List<OperationOutcome>> batch(List<Operation> ops, Consumer<StoreView> check,
            AccessContext access) {
        DocumentWrite transaction = new DocumentWrite(ops, true, access, modes, check);
        store.submit(new DeadlineWrite(transaction, clock));
        return transaction.done();
    }

    /** The write that restores an old version: the same document, and the former owner of an absent key. */
    public static Operation.Put again(EncodedDocument document, Version old, ExpiryPolicy expiry,
            Preconditions conditions) {
        return new Operation.Put(old.key(), document, expiry, conditions, Optional.of(old.owner()));
    }

    /** Refuses a client's write unless this node accepts writes. */
    public void checkWrite() {
        modes.checkWrite();
    }

    /** The same for a write of a key, {@code FORBIDDEN} without the right. The write checks again. */
    public void checkWrite(Key key, AccessContext access) {
        modes.checkWrite();
        StoreView root = store.root();
        long now = clock.wallMs();
        access.on(root).write(key, root.tree().get(key.bytes()).filter(entry -> !entry.deadAt(now)));
    }

    /**
     * Executes one run; in a batch that is not atomic, a refusal of the store becomes that of each of its
     * operations.
     */
    private CompletableFuture<List<OperationOutcome>> run(List<Operation> run, boolean atomic,
            AccessContext access) {
        CompletableFuture<List<OperationOutcome>> done = submit(run, atomic, access);
        if (atomic) {
            return done;
        }
        return done.exceptionally(error -> {
            if (error instanceof Refusal refusal) {
                return run.stream()
                        .map(op -> (OperationOutcome) new OperationOutcome.Refused(refusal)).toList();
            }
            throw new AssertionError("a write can fail with a Refusal only", error);
        });
    }

    /**
     * Splits operations into runs without two of one path: a transaction does not see its own writes, the
     * next one does.
     */
    private static List<List<Operation>> runs(List<Operation> ops) {
        List<List<Operation>> runs = new ArrayList<>();
        Set<Key> keys = new HashSet<>();
        int from = 0;
        for (int i = 0; i < ops.size(); i++) {
            if (!keys.add(ops.get(i).key())) {
                runs.add(ops.subList(from, i));
                from = i;
                keys.clear();
                keys.add(ops.get(i).key());
            }
        }
        runs.add(ops.subList(from, ops.size()));
        return runs;
    }

    private CompletionStage<WriteReceipt> one(Operation op, AccessContext access,
            Function<OperationOutcome, WriteReceipt> done) {
        return submit(List.of(op), false, access).thenApply(outcomes -> {
            if (outcomes.get(0) instanceof OperationOutcome.Refused refused) {
                throw refused.refusal();
            }
            return done.apply(outcomes.get(0));
        });
    }

    private CompletableFuture<List<OperationOutcome>> submit(List<Operation> ops, boolean atomic,
            AccessContext access) {
        PreparedWrite prepared = prepare(ops, atomic, access);
        store.submit(prepared.write);
        return prepared.done;
    }

    private PreparedWrite prepare(List<Operation> ops, boolean atomic, AccessContext access) {
        DocumentWrite transaction = new DocumentWrite(ops, atomic, access, modes, view -> { });
        return new PreparedWrite(new DeadlineWrite(transaction, clock), transaction.done());
    }
}
