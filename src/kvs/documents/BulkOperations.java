package kvs.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * Changes of many keys as one atomic batch: a subtree that is deleted or restored, keys that get a new
 * expiry. Thread-safe; stages complete on the store's writer thread, exceptionally only with a
 * {@link Refusal}.
 */
public final class BulkOperations {

    private final Documents documents;
    private final Executor offloadExecutor;

    /**
     * The result of one call.
     *
     * @param count keys that were changed
     * @param next the last of them, when more are left: the next call continues after it
     */
    public record BulkResult(int count, Optional<String> next) { }

    /**
     * Bulk changes of {@code documents}; {@code offloadExecutor} runs repeated reads of the disk, which are
     * no work for the writer's thread.
     */
    public BulkOperations(Documents documents, Executor offloadExecutor) {
        this.documents = documents;
        this.offloadExecutor = offloadExecutor;
    }

    /** Deletes the living keys below a prefix, after {@code after}, at most as many as a batch holds. */
    public CompletionStage<BulkResult> delete(byte[] prefix, Optional<String> after, AccessContext access) {
        documents.checkWrite();
        RangePage page = below(prefix, after, access);
        if (page.entries().isEmpty()) {
            return CompletableFuture.completedFuture(new BulkResult(0, Optional.empty()));
        }
        List<Operation> ops = new ArrayList<>();
        for (Entry entry : page.entries()) {
            // Forced: a key that another caller deletes meanwhile is no reason to keep the others.
            ops.add(new Operation.Delete(Key.ofBytes(entry.key()), true, Preconditions.NONE));
        }
        return documents.batch(ops, true, access).thenApply(outcomes -> {
            outcomes.forEach(BulkOperations::refuse);
            return new BulkResult((int) outcomes.stream().filter(BulkOperations::ended).count(),
                    page.next());
        });
    }

    /**
     * Gives keys a new expiry: their documents are rewritten unchanged.
     *
     * @throws Refusal {@code NOT_FOUND} with the name of an absent key, {@code TOO_LARGE}, {@code BUSY} when
     *     they change all the time
     */
    public CompletionStage<BulkResult> touch(List<Key> keys, ExpiryPolicy.TimeToLive expiry,
            AccessContext access) {
        return touch(() -> present(keys, access), expiry, access);
    }

    /**
     * The same for the living keys below a prefix, after {@code after}, at most as many keys and bytes as a
     * batch holds.
     */
    public CompletionStage<BulkResult> touchBelow(byte[] prefix, Optional<String> after,
            ExpiryPolicy.TimeToLive expiry, AccessContext access) {
        return touch(() -> below(prefix, after, access), expiry, access);
    }

    /** The keys to touch, selected again when some changed meanwhile. */
    private interface KeySelection {
        RangePage choose();
    }

    private CompletionStage<BulkResult> touch(KeySelection choice, ExpiryPolicy.TimeToLive expiry,
            AccessContext access) {
        documents.checkWrite();
        return OptimisticRetry.of(() -> {
            RangePage page = choice.choose();
            List<Operation> ops = new ArrayList<>();
            page.entries().forEach(entry -> ops.add(again(entry, expiry)));
            return documents.batch(ops, true, access).thenApply(outcomes -> {
                outcomes.forEach(BulkOperations::refuse);
                return new BulkResult(ops.size(), page.next());
            });
        }, offloadExecutor);
    }

    private Operation again(Entry entry, ExpiryPolicy.TimeToLive expiry) {
        Version version = documents.read(entry);
        Preconditions same = new Preconditions(
                Optional.of(new Preconditions.Match(false, List.of(Documents.tag(entry)))), Optional.empty());
        return new Operation.Put(version.key(), documents.repacked(version.data()), expiry, same);
    }

    /**
     * Restores a subtree to its state at a moment.
     *
     * @throws Refusal {@code BAD_REQUEST} for a moment in the future, or when too much has changed since;
     *     {@code HISTORY_TOO_SHORT}; {@code TOO_LARGE}; {@code BUSY} when it changes all the time
     */
    public CompletionStage<SubtreeRestore.SubtreeRestoreResult> rewind(
            SubtreeRestore.SubtreeRestoreOptions options, AccessContext access) {
        if (!options.dryRun()) {
            documents.checkWrite();
        }
        return OptimisticRetry.of(
                () -> HistoryReader.steady(() -> new SubtreeRestore(documents, options, access).run()),
                offloadExecutor);
    }

    private RangePage below(byte[] prefix, Optional<String> after, AccessContext access) {
        StoreView root = documents.root();
        return RangePage.page(root, RangePage.RangeQuery.below(prefix, after, DocumentLimits.OPS_MAX),
                documents.now(), access.on(root));
    }

    private RangePage present(List<Key> keys, AccessContext access) {
        List<Entry> entries = new ArrayList<>(keys.size());
        long bytes = 0;
        for (Key key : keys) {
            Entry entry = documents.find(key, access).orElseThrow(() -> Refusal.absent(key));
            bytes += entry.dataBytes();
            entries.add(entry);
        }
        if (bytes > DocumentLimits.BATCH_BYTES_MAX) {
            throw new Refusal(Reason.TOO_LARGE, "the documents have " + bytes
                    + " bytes together, the limit of a batch is " + DocumentLimits.BATCH_BYTES_MAX);
        }
        return new RangePage(entries, Optional.empty());
    }

    private static boolean ended(OperationOutcome outcome) {
        return outcome instanceof OperationOutcome.Deleted deleted && !deleted.receipt().created();
    }

    /** Throws the refusal of an operation of an atomic batch. */
    static void refuse(OperationOutcome outcome) {
        if (outcome instanceof OperationOutcome.Refused refused) {
            throw refused.refusal();
        }
    }
}
