package kvs.auth;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import kvs.model.Refusal;
import kvs.store.Transaction;
import kvs.store.Write;

/**
 * A decision about reserved keys in one transaction of the store, and its result. Confined to the writer's
 * thread once submitted.
 */
final class AccountWrite<T> implements Write {

    /** Estimated size: an account record is a few hundred bytes; ten of them. */
    private static final int BYTES = 4_096;

    private final Function<Transaction, T> decision;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private T result;

    AccountWrite(Function<Transaction, T> decision) {
        this.decision = decision;
    }

    /** Completes on the writer's thread when it is durable; exceptionally only with a {@link Refusal}. */
    CompletableFuture<T> done() {
        return done;
    }

    @Override
    public void decide(Transaction transaction) {
        result = decision.apply(transaction);
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
        return BYTES;
    }
}
