package kvs.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Draft;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.tree.Entry;

/**
 * Operations on different keys as one transaction of the store: each is judged against what is here at that moment, and carried out when it
 * holds. Atomic: the first refused one undoes all. Confined to the writer's thread from {@code submit} on.
 */
final class Work implements Write {

    /** About what an operation holds beside key and document. */
    private static final int OP_BYTES = 200;

    private final List<Op> ops;
    private final boolean atomic;
    private final UUID author;
    private final Modes modes;
    private final List<Outcome> outcomes;
    private final Looks looks = new Looks();
    private final CompletableFuture<List<Outcome>> done = new CompletableFuture<>();
    private boolean failed;

    Work(List<Op> ops, boolean atomic, UUID author, Modes modes) {
        this.ops = ops;
        this.atomic = atomic;
        this.author = author;
        this.modes = modes;
        this.outcomes = new ArrayList<>(ops.size());
    }

    /** The outcomes in order; completes on the writer's thread, exceptionally only with the store's own {@link Refusal}. */
    CompletableFuture<List<Outcome>> done() {
        return done;
    }

    @Override
    public void decide(Transaction tx) {
        for (Op op : ops) {
            outcomes.add(judge(tx, op));
        }
        failed = atomic && Outcome.anyRefused(outcomes);
        if (failed) {
            throw new Refusal(Reason.BATCH_FAILED, "an operation of an atomic batch was refused");
        }
    }

    @Override
    public void written() {
        done.complete(outcomes);
    }

    @Override
    public void refused(Refusal why) {
        if (failed && why.reason() == Reason.BATCH_FAILED) {
            done.complete(Outcome.undone(outcomes));
        } else {
            done.completeExceptionally(why);
        }
    }

    @Override
    public int bytes() {
        long bytes = 0;
        for (Op op : ops) {
            bytes += OP_BYTES + op.key().bytes().length + (op instanceof Op.Put put ? put.document().stored().length : 0);
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    private Outcome judge(Transaction tx, Op op) {
        try {
            if (op instanceof Op.Put put) {
                return put(tx, put);
            } else if (op instanceof Op.Delete delete) {
                return delete(tx, delete);
            }
            return looks.judge(op, living(tx, op.key()));
        } catch (Refusal why) {
            return new Outcome.Refused(why);
        }
    }

    private Outcome put(Transaction tx, Op.Put put) {
        modes.checkWrite();
        boolean blind = put.conditions().equals(Conditions.NONE) && put.expiry() instanceof Expiry.After;
        Optional<Entry> living = blind ? Optional.empty() : living(tx, put.key());
        put.conditions().check(living.map(Documents::tag));
        OptionalLong kept = living.map(entry -> OptionalLong.of(entry.expires())).orElse(OptionalLong.empty());
        long expires = put.expiry().at(tx.wallMs(), kept);
        return new Outcome.Stored(tx.put(new Draft(put.key(), Optional.of(put.document()), expires, author)));
    }

    private Outcome delete(Transaction tx, Op.Delete delete) {
        modes.checkWrite();
        boolean blind = delete.force() && delete.conditions().equals(Conditions.NONE);
        Optional<Entry> living = blind ? Optional.empty() : living(tx, delete.key());
        if (living.isEmpty() && !delete.force()) {
            throw Looks.absent(delete.key());
        }
        delete.conditions().check(living.map(Documents::tag));
        return new Outcome.Deleted(tx.put(new Draft(delete.key(), Optional.empty(), Version.FOREVER, author)));
    }

    private static Optional<Entry> living(Transaction tx, Key key) {
        long now = tx.wallMs();
        return key.reserved() ? Optional.empty() : tx.find(key).filter(entry -> !entry.deadAt(now));
    }
}
