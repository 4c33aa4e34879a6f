package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.Arrival;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Clock;

/**
 * Versions of another node as one transaction of the store. They are of different keys. What was asked for too long ago is not taken: a process
 * that was frozen in between must not bring back what others have forgotten.
 */
final class Merge implements Write {

    static final long AGE_MS_MAX = 60_000;
    private static final int FIXED_BYTES = 300;

    private final List<Arrival> arrivals;
    private final Clock clock;
    private final long askedNanos;
    private final List<Transaction.Merged> merged = new ArrayList<>();
    private final CompletableFuture<List<Transaction.Merged>> done = new CompletableFuture<>();

    /** A merge of what was asked for at {@code askedNanos} of that clock. */
    Merge(List<Arrival> arrivals, Clock clock, long askedNanos) {
        this.arrivals = arrivals;
        this.clock = clock;
        this.askedNanos = askedNanos;
    }

    /** What became of each, on the writer's thread; exceptionally only with a {@link Refusal}. */
    CompletableFuture<List<Transaction.Merged>> done() {
        return done;
    }

    @Override
    public void decide(Transaction transaction) {
        if (TimeUnit.NANOSECONDS.toMillis(clock.nanos() - askedNanos) > AGE_MS_MAX) {
            throw new Refusal(Reason.BUSY, "the answer of a peer came too late to be taken");
        }
        for (Arrival arrival : arrivals) {
            merged.add(transaction.merge(arrival));
        }
    }

    @Override
    public void written() {
        done.complete(merged);
    }

    @Override
    public void refused(Refusal why) {
        done.completeExceptionally(why);
    }

    @Override
    public int bytes() {
        return arrivals.stream().mapToInt(arrival -> FIXED_BYTES + arrival.version().key().bytes().length + arrival.document().stored().length
                + arrival.document().raw().length).sum();
    }
}
