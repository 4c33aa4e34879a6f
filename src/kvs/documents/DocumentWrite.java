package kvs.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import kvs.tree.Entry;

/**
 * Operations on different keys as one transaction of the store: each is checked against the present state,
 * and carried out when its check succeeds. Atomic: the first refusal undoes all. Confined to the writer's
 * thread from {@code submit} on.
 */
final class DocumentWrite implements Write {

    /** Approximate bytes of an operation beside key and document. */
    private static final int OP_BYTES = 200;

    private final List<Operation> ops;
    private final boolean atomic;
    private final AccessContext access;
    private final ModeSwitch modes;
    private final Consumer<StoreView> check;
    private final List<OperationOutcome> outcomes;
    private final BatchReads batchReads = new BatchReads();
    private final CompletableFuture<List<OperationOutcome>> done = new CompletableFuture<>();
    private boolean failed;

    /** A transaction; {@code check} refuses it when the state is not the one that was read before. */
    DocumentWrite(List<Operation> ops, boolean atomic, AccessContext access, ModeSwitch modes,
            Consumer<StoreView> check) {
        this.ops = ops;
        this.atomic = atomic;
        this.access = access;
        this.modes = modes;
        this.check = check;
        this.outcomes = new ArrayList<>(ops.size());
    }

    /**
     * The outcomes in order; completes on the writer's thread, exceptionally only with a {@link Refusal}
     * of the store.
     */
    CompletableFuture<List<OperationOutcome>> done() {
        return done;
    }

    @Override
    public void decide(Transaction tx) {
        check.accept(tx);
        AccessContext.Grants grants = access.on(tx);
        for (Operation op : ops) {
            outcomes.add(judge(tx, op, grants));
        }
        failed = atomic && OperationOutcome.anyRefused(outcomes);
        if (failed) {
            throw new Refusal(Reason.BATCH_FAILED, "an operation of an atomic batch was refused");
        }
    }

    @Override
    public void written() {
        tell(outcomes);
        done.complete(outcomes);
    }

    @Override
    public void refused(Refusal refusal) {
        if (failed && refusal.reason() == Reason.BATCH_FAILED) {
            List<OperationOutcome> undone = OperationOutcome.undone(outcomes);
            tell(undone);
            done.complete(undone);
        } else {
            done.completeExceptionally(refusal);
        }
    }

    @Override
    public int bytes() {
        long bytes = 0;
        for (Operation op : ops) {
            bytes += OP_BYTES + op.key().bytes().length
                    + (op instanceof Operation.Put put ? put.document().stored().length : 0);
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    private void tell(List<OperationOutcome> all) {
        for (int i = 0; i < all.size(); i++) {
            access.observe(ops.get(i), all.get(i));
        }
    }

    private OperationOutcome judge(Transaction tx, Operation op, AccessContext.Grants grants) {
        try {
            if (op instanceof Operation.Put put) {
                return put(tx, put, grants);
            } else if (op instanceof Operation.Delete delete) {
                return delete(tx, delete, grants);
            }
            return batchReads.judge(op, Documents.find(tx, op.key(), tx.wallMs(), grants));
        } catch (Refusal refusal) {
            return new OperationOutcome.Refused(refusal);
        }
    }

    private OperationOutcome put(Transaction tx, Operation.Put put, AccessContext.Grants grants) {
        modes.checkWrite();
        Optional<Entry> indexed = indexed(tx, put.key());
        grants.write(put.key(), indexed);
        Optional<UUID> owner = indexed.isPresent() ? Optional.empty()
                : put.former().map(former -> grants.heir(put.key(), former));
        long ends = ends(tx, put, indexed, grants);
        boolean blind = put.conditions().equals(Preconditions.NONE)
                && !(put.expiry() instanceof ExpiryPolicy.KeepExisting);
        Optional<Entry> living = blind ? indexed : sound(tx, put.key(), indexed);
        boolean reader = living.filter(grants::shows).isPresent();
        put.conditions().check(living.map(Documents::tag), Documents.writtenMs(living), reader);
        return new OperationOutcome.Stored(tx.put(new UnstampedVersion(put.key(), Optional.of(put.document()),
                ends, access.author(), owner)));
    }

    /**
     * The expiry of a document. A caller who may not delete the living version may not shorten its life; a
     * write without an expiry keeps the later one.
     */
    private static long ends(Transaction tx, Operation.Put put, Optional<Entry> living,
            AccessContext.Grants grants) {
        OptionalLong present = living.map(entry -> OptionalLong.of(entry.expires()))
                .orElse(OptionalLong.empty());
        long ends = put.expiry().at(tx.wallMs(), present);
        if (living.isEmpty() || grants.ends(living.get(), ends)) {
            return ends;
        }
        if (put.expiry() instanceof ExpiryPolicy.DefaultTtl) {
            return present.getAsLong();
        }
        throw grants.shortened(put.key());
    }

    private OperationOutcome delete(Transaction tx, Operation.Delete delete, AccessContext.Grants grants) {
        modes.checkWrite();
        Optional<Entry> indexed = indexed(tx, delete.key());
        grants.delete(delete.key(), indexed);
        boolean blind = delete.force() && delete.conditions().equals(Preconditions.NONE);
        Optional<Entry> living = blind ? indexed : sound(tx, delete.key(), indexed);
        if (living.isEmpty() && !delete.force()) {
            grants.see(delete.key(), living);
            throw Refusal.absent(delete.key());
        }
        boolean reader = living.filter(grants::shows).isPresent();
        delete.conditions().check(living.map(Documents::tag), Documents.writtenMs(living), reader);
        return new OperationOutcome.Deleted(tx.put(new UnstampedVersion(delete.key(), Optional.empty(),
                Version.FOREVER, access.author())));
    }

    /**
     * The living entry in the index, perhaps in the place of a newer unreadable version: enough for an
     * unconditional write, which repairs the key.
     */
    private static Optional<Entry> indexed(Transaction tx, Key key) {
        long now = tx.wallMs();
        return tx.tree().get(key.bytes()).filter(entry -> !entry.deadAt(now));
    }

    /** The same for an operation that compares with it: {@code DAMAGED} when it is not the newest. */
    private static Optional<Entry> sound(Transaction tx, Key key, Optional<Entry> indexed) {
        tx.find(key);
        return indexed;
    }
}
