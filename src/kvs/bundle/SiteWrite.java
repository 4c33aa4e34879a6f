package kvs.bundle;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import kvs.model.Refusal;
import kvs.store.Transaction;
import kvs.store.Write;

/**
 * A decision about the {@link SiteRecords} in one transaction of the store, and its result. Confined to the
 * writer's thread once submitted.
 *
 * @param <T> the result
 */
public final class SiteWrite<T> implements Write {

    /** Estimated size of two records about partners. */
    static final int BYTES = 8_192;

    private final Function<Transaction, T> decision;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private final int bytes;
    private T result;

    /** A write of records about partners that this function decides. */
    public SiteWrite(Function<Transaction, T> decision) {
        this(BYTES, decision);
    }

    /** A write of about that many bytes. */
    SiteWrite(int bytes, Function<Transaction, T> decision) {
        this.bytes = bytes;
        this.decision = decision;
    }

    /** Completes on the writer's thread when it is durable. */
    public CompletableFuture<T> done() {
        return done;
    }

    @Override
    public void decide(Transaction tx) {
        result = decision.apply(tx);
    }

    @Override
    public void written() {
        done.complete(result);
    }

    @Override
    public void refused(Refusal refusal) {
        done.completeExceptionally(refusal);
    }

    @Override
    public int bytes() {
        return bytes;
    }
}
