package kvs.documents;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * One attempt to restore a subtree to its state at a moment. A key that lived then gets its document again if
 * it has another one now, a key that did not is deleted, and an unchanged key is not touched: of such keys
 * only the index is read. Documents are read before; the batch is executed only if, in the writer's step, the
 * digest of the subtree is the one that was read, so nothing slips between.
 *
 * <p>It works on what the caller sees: a key that they may not read is neither touched nor reported, nor is a
 * dead one that last belonged to another owner.
 */
public final class SubtreeRestore {

    /** Maximum names of keys in a response. */
    private static final int NAMES_MAX = 1_000;

    /**
     * The options of a restore.
     *
     * @param prefix empty, or a path with a slash at its end
     * @param at the moment, Unix ms
     * @param expiry expiry of restored documents
     * @param force whether keys whose state then is unknown are left unchanged; else they cause a refusal
     * @param dryRun whether nothing is changed
     */
    public record SubtreeRestoreOptions(byte[] prefix, long at, ExpiryPolicy expiry, boolean force,
            boolean dryRun) { }

    /**
     * The result of a restore, or of its dry run.
     *
     * @param restored number of keys that got their document again
     * @param deleted number of keys that did not live then
     * @param unchanged number of living keys that are unchanged
     * @param unknown the keys whose state then is unknown
     * @param changes the first of the keys that were restored or deleted
     */
    public record SubtreeRestoreResult(int restored, int deleted, long unchanged, UnknownKeys unknown,
            List<KeyChange> changes) { }

    /**
     * The keys whose state then is unknown.
     *
     * @param count their number
     * @param first the first of them
     */
    public record UnknownKeys(int count, List<String> first) { }

    /**
     * The change of one key.
     *
     * @param deleted whether it is deleted, else it is restored
     */
    public record KeyChange(String path, boolean deleted) { }

    private final Documents documents;
    private final SubtreeRestoreOptions options;
    private final AccessContext access;
    private final StoreView root;
    private final KeyRange range;
    private final AccessContext.Grants grants;
    private final long now;
    private final List<Operation> ops = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private long unchanged;
    private int restored;
    private int changed;
    private long bytes;

    SubtreeRestore(Documents documents, SubtreeRestoreOptions options, AccessContext access) {
        this.documents = documents;
        this.options = options;
        this.access = access;
        this.root = documents.root();
        this.range = Listing.users(KeyRange.prefix(options.prefix));
        this.grants = access.on(root);
        this.now = documents.now();
        if (options.at > now) {
            throw new Refusal(Reason.BAD_REQUEST, "this time is in the future: it is now " + now);
        }
    }

    /** Executes the attempt; it ends with {@code CONDITION_FAILED} when the subtree changes meanwhile. */
    CompletionStage<SubtreeRestoreResult> run() {
        byte[] seen = digest(root);
        TreeCursor scan = root.tree().scan(range);
        while (scan.next()) {
            look(scan.entry());
        }
        SubtreeRestoreResult done = new SubtreeRestoreResult(restored, ops.size() - restored, unchanged,
                new UnknownKeys(unknown.size(), first(unknown)), first(ops).stream()
                        .map(op -> new KeyChange(op.key().text(), op instanceof Operation.Delete)).toList());
        if (options.dryRun) {
            ops.forEach(this::check);
            return CompletableFuture.completedFuture(done);
        }
        if (!unknown.isEmpty() && !options.force) {
            throw new Refusal(Reason.HISTORY_TOO_SHORT, "the history of " + unknown.size() + " keys has no"
                    + " state at that time; ?force leaves them unchanged").with("unknown", first(unknown));
        }
        if (ops.isEmpty()) {
            return CompletableFuture.completedFuture(done);
        }
        return documents.batch(ops, view -> {
            if (!Arrays.equals(digest(view), seen)) {
                throw new Refusal(Reason.CONDITION_FAILED, "a key of the subtree has changed");
            }
        }, access).thenApply(outcomes -> {
            outcomes.forEach(BulkOperations::refuse);
            return done;
        });
    }

    private byte[] digest(StoreView view) {
        return view.tree().summary(range).digest();
    }

    /** Checks the present rights for a dry run; the batch checks again. */
    private void check(Operation op) {
        Optional<Entry> living = root.tree().get(op.key().bytes()).filter(entry -> !entry.deadAt(now));
        if (op instanceof Operation.Delete) {
            grants.delete(op.key(), living);
        } else {
            grants.write(op.key(), living);
            if (living.isEmpty()) {
                ((Operation.Put) op).former().ifPresent(former -> grants.heir(op.key(), former));
            }
        }
    }

    private void look(Entry entry) {
        boolean living = !entry.deadAt(now);
        if (living ? !grants.shows(entry) : !theirs(entry)) {
            return;
        }
        boolean same = entry.timestamp() <= options.at && entry.deadAt(options.at) == !living;
        if (same && sound(entry)) {
            unchanged += living ? 1 : 0;
            return;
        }
        if (++changed > DocumentLimits.OPS_MAX) {
            throw new Refusal(Reason.BAD_REQUEST, "more than " + DocumentLimits.OPS_MAX
                    + " keys have changed since: choose a longer prefix, or a later time");
        }
        Optional<KeyHistory> timeline = sound(entry) ? documents.history().of(root, entry, now, grants)
                : Optional.empty();
        KeyHistory.PastState moment = timeline.map(known -> known.at(options.at))
                .orElse(new KeyHistory.Unknown());
        if (moment instanceof KeyHistory.Live lived) {
            lived(timeline.get(), lived.revision(), living);
        } else if (moment instanceof KeyHistory.Unknown) {
            unknown.add(RangePage.path(entry));
        } else if (living) {
            // Forced: a key that expires meanwhile is no reason to keep the others.
            ops.add(new Operation.Delete(Key.ofBytes(entry.key()), true, Preconditions.NONE));
        }
    }

    /**
     * Whether a dead key last belonged to the caller, and they may know that it is absent: so the dead keys
     * of others cost nothing.
     */
    private boolean theirs(Entry dead) {
        return grants.showsOld(Optional.of(root.owner(dead)), Optional.empty())
                && HistoryReader.open(dead, grants);
    }

    /** Whether the index has the newest version of a key. */
    private boolean sound(Entry entry) {
        try {
            return root.find(Key.ofBytes(entry.key())).isPresent();
        } catch (Refusal damaged) {
            return false;
        }
    }

    private void lived(KeyHistory timeline, KeyHistory.Revision then, boolean living) {
        Entry entry = timeline.entry();
        Version old = documents.history().read(timeline, then);
        boolean equal = living && (then.current() || entry.dataBytes() == then.bytes()
                && Arrays.equals(documents.read(entry).data(), old.data()));
        if (equal) {
            unchanged++;
            return;
        }
        bytes += old.data().length;
        if (bytes > DocumentLimits.BATCH_BYTES_MAX) {
            throw new Refusal(Reason.TOO_LARGE, "the restored documents have more than "
                    + DocumentLimits.BATCH_BYTES_MAX + " bytes together, the limit of a batch:"
                    + " choose a longer prefix, or a later time");
        }
        restored++;
        ops.add(Documents.again(documents.repacked(old.data()), old, options.expiry, Preconditions.NONE));
    }

    private static <T> List<T> first(List<T> all) {
        return List.copyOf(all.subList(0, Math.min(all.size(), NAMES_MAX)));
    }
}
