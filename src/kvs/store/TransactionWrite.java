package kvs.store;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import kvs.model.Refusal;

/**
 * A function of one transaction as a write, and its result. Confined to the thread of its group once
 * submitted.
 *
 * @param <T> the result
 */
public final class TransactionWrite<T> implements Write {

    private final int bytes;
    private final Function<Transaction, T> decision;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private T result;

    /** A write of about that many bytes, which this function decides. */
    public TransactionWrite(int bytes, Function<Transaction, T> decision) {
        this.bytes = bytes;
        this.decision = decision;
    }

    /** Completes on the thread of its group when it is durable; exceptionally only with a {@link Refusal}. */
    public CompletableFuture<T> done() {
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
        return bytes;
    }
}
