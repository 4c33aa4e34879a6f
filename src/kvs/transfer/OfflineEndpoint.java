package kvs.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import kvs.auth.MetadataAdmin;
import kvs.auth.MetadataList;
import kvs.auth.Principal;
import kvs.documents.AccessContext;
import kvs.documents.DocumentLimits;
import kvs.documents.Documents;
import kvs.documents.ExpiryPolicy;
import kvs.documents.Operation;
import kvs.documents.OperationOutcome;
import kvs.documents.Preconditions;
import kvs.documents.PrefixTotals;
import kvs.documents.RangePage;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.KeyRange;

/**
 * The directory of a node that does not run, opened by this process. Documents are encoded on the caller's
 * thread and written by the store's writer, which groups several batches.
 */
public final class OfflineEndpoint implements NodeEndpoint {

    /** With the bytes of a batch far below the store's queue, and enough that the writer never waits. */
    private static final int FLIGHTS_MAX = 4;
    private static final int ITEMS_MAX = 1_000;

    private final Store store;
    private final Documents documents;
    private final MetadataAdmin metadataAdmin;
    private final AccessContext access;
    private final CloseAction ending;

    /** The action that closes the node after the last batch. */
    @FunctionalInterface
    public interface CloseAction {

        /** Closes it. */
        void close() throws IOException;
    }

    /** An endpoint for an open store with a writer; {@code author} writes, {@code ending} closes the node. */
    public OfflineEndpoint(Store store, Documents documents, MetadataAdmin metadataAdmin, UUID author,
            CloseAction ending) {
        this.store = store;
        this.documents = documents;
        this.metadataAdmin = metadataAdmin;
        this.access = new AccessContext.Unrestricted(author);
        this.ending = ending;
    }

    @Override
    public Optional<String> id() {
        return Optional.of("directory " + store.origin());
    }

    @Override
    public int documentBytesMax() {
        return documents.documentBytesMax();
    }

    @Override
    public int itemsMax() {
        return ITEMS_MAX;
    }

    @Override
    public int flightsMax() {
        return FLIGHTS_MAX;
    }

    @Override
    public CompletionStage<List<PutOutcome>> put(PutBatch batch) {
        return batch.documents() ? documents(batch)
                : CompletableFuture.completedFuture(batch).thenApply(this::metadata);
    }

    private CompletionStage<List<PutOutcome>> documents(PutBatch batch) {
        List<PutOutcome> outcomes = new ArrayList<>(batch.items().size());
        List<Operation> ops = new ArrayList<>(batch.items().size());
        for (TransferItem item : batch.items()) {
            outcomes.add(prepare((TransferItem.DocumentItem) item, batch, ops));
        }
        if (ops.isEmpty() || batch.mode() == PutBatch.Mode.DRY_RUN) {
            return CompletableFuture.completedFuture(outcomes);
        }
        return documents.batch(ops, false, access).thenApply(done -> {
            done.forEach(OfflineEndpoint::check);
            return outcomes;
        });
    }

    /** Adds the operation for an item, unless it is not necessary. */
    private PutOutcome prepare(TransferItem.DocumentItem item, PutBatch batch, List<Operation> ops) {
        PutOutcome outcome = batch.compares(item) ? present(item.key())
                .map(now -> PutBatch.compared(item, now.data(), now.expires() != Version.FOREVER))
                .orElse(PutOutcome.CREATED) : PutOutcome.REPLACED;
        try {
            if (outcome.kind() != PutOutcome.Kind.UNCHANGED) {
                ops.add(new Operation.Put(item.key(), documents.document(item.json()),
                        new ExpiryPolicy.TimeToLive(item.ttlMs()), Preconditions.NONE));
            }
            return outcome;
        } catch (Refusal tooLarge) {
            return PutOutcome.refused(tooLarge.detail());
        }
    }

    /** The living version of a key; a damaged one counts as none, so it is written again. */
    private Optional<Version> present(Key key) {
        try {
            return documents.find(key, access).map(documents::read);
        } catch (Refusal damaged) {
            return Optional.empty();
        }
    }

    /** No permissions are checked: a refusal is a failure of the store, and the rest would fail alike. */
    private static void check(OperationOutcome outcome) {
        if (outcome instanceof OperationOutcome.Refused refused) {
            throw failed(refused.refusal());
        }
    }

    private static CompletionException failed(Refusal refusal) {
        return new CompletionException(new IOException(refusal.detail(), refusal));
    }

    private List<PutOutcome> metadata(PutBatch batch) {
        List<PutOutcome> outcomes = new ArrayList<>(batch.items().size());
        for (TransferItem item : batch.items()) {
            outcomes.add(batch.mode() == PutBatch.Mode.DRY_RUN ? PutOutcome.REPLACED
                    : metadata((TransferItem.MetadataItem) item));
        }
        return outcomes;
    }

    private PutOutcome metadata(TransferItem.MetadataItem item) {
        try {
            metadataAdmin.set(item.path(), item.appliesTo(), item.update(), Principal.OPERATOR)
                    .toCompletableFuture().join();
            return PutOutcome.REPLACED;
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof Refusal refusal)) {
                throw e;
            }
            return switch (refusal.reason()) {
                case BUSY, STORE_FAILED, DISK_FULL, INTERNAL -> throw failed(refusal);
                default -> PutOutcome.refused(refusal.detail());
            };
        }
    }

    @Override
    public OptionalLong count(String prefix) {
        return PrefixTotals.below(documents.root(), prefix.getBytes(StandardCharsets.UTF_8), documents.now())
                .map(totals -> OptionalLong.of(totals.count())).orElse(OptionalLong.empty());
    }

    @Override
    public Page documents(String prefix, Optional<String> after) {
        StoreView root = documents.root();
        KeyRange range = KeyRange.prefix(prefix.getBytes(StandardCharsets.UTF_8));
        long now = documents.now();
        RangePage page = RangePage.page(root, new RangePage.RangeQuery(range.from(), range.to(), after,
                RangePage.TimeSpan.ALL, DocumentLimits.PAGE_DEFAULT), now, access.on(root));
        List<TransferItem> items = new ArrayList<>(page.entries().size());
        List<String> unreadable = new ArrayList<>();
        for (Entry entry : page.entries()) {
            try {
                Version version = documents.readListed(entry);
                items.add(new TransferItem.DocumentItem(Key.ofBytes(entry.key()), version.data(),
                        version.expires() == Version.FOREVER ? 0 : version.expires() - now));
            } catch (Refusal damaged) {
                unreadable.add(RangePage.path(entry) + ": " + damaged.detail());
            }
        }
        return new Page(items, unreadable, page.next());
    }

    @Override
    public Page metadata(String prefix, Optional<String> after) {
        MetadataList.Page page = metadataAdmin.list().page(prefix, after, DocumentLimits.PAGE_DEFAULT);
        return new Page(page.set().stream().map(set -> (TransferItem) TransferItem.MetadataItem.of(set))
                .toList(), List.of(), page.next());
    }

    /** Closes the node: everything written is durable before the directory is released. */
    @Override
    public void close() throws IOException {
        ending.close();
    }
}
