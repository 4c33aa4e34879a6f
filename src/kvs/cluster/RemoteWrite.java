package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kvs.log.ReplicatedVersion;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Clock;

/**
 * The versions of another node as one transaction of the store. They have different keys. Versions after a
 * lock or account that cannot be taken are not taken either. A response to a request that is too old is not
 * taken: a process that was frozen in between must not bring back versions that others have forgotten.
 */
final class RemoteWrite implements Write {

    static final long AGE_MS_MAX = 60_000;
    private static final int FIXED_BYTES = 300;

    private final List<ReplicatedVersion> arrivals;
    private final FetchContext context;
    private final List<Transaction.MergeResult> merged = new ArrayList<>();
    private final CompletableFuture<List<Transaction.MergeResult>> done = new CompletableFuture<>();

    /**
     * The circumstances under which the versions were fetched.
     *
     * @param nanos time of the request, by that clock
     * @param mends see {@link Transaction#merge}
     * @param covers coverage that is reached when all of them are taken or superseded
     */
    record FetchContext(Clock clock, long nanos, boolean mends, Optional<Dot> covers) {

        /** The same without coverage, because something was missing. */
        FetchContext uncovered() {
            return new FetchContext(clock, nanos, mends, Optional.empty());
        }
    }

    /** A merge of versions that were fetched under these circumstances. */
    RemoteWrite(List<ReplicatedVersion> arrivals, FetchContext context) {
        this.arrivals = arrivals;
        this.context = context;
    }

    /** The result for each version, on the writer's thread; fails only with a {@link Refusal}. */
    CompletableFuture<List<Transaction.MergeResult>> done() {
        return done;
    }

    /** Whether no version was left out. */
    static boolean complete(List<Transaction.MergeResult> merged) {
        return merged.stream().noneMatch(one -> one == Transaction.MergeResult.EARLY
                || one == Transaction.MergeResult.UNREADABLE);
    }

    @Override
    public void decide(Transaction transaction) {
        if (TimeUnit.NANOSECONDS.toMillis(context.clock.nanos() - context.nanos) > AGE_MS_MAX) {
            throw new Refusal(Reason.BUSY, "the response of a peer arrived too late");
        }
        merged.clear();
        for (ReplicatedVersion arrival : arrivals) {
            Transaction.MergeResult one = transaction.merge(arrival, context.mends);
            merged.add(one);
            if (arrival.version().key().bytes()[0] == 0 && !complete(List.of(one))) {
                break;
            }
        }
        if (complete(merged)) {
            context.covers.ifPresent(dot -> transaction.cover(Coverage.NONE.with(dot.origin(), dot.seq())));
        }
    }

    @Override
    public void written() {
        done.complete(merged);
    }

    @Override
    public void refused(Refusal refusal) {
        done.completeExceptionally(refusal);
    }

    @Override
    public int bytes() {
        return arrivals.stream().mapToInt(arrival -> FIXED_BYTES + arrival.version().key()
                .bytes().length + arrival.document().stored().length + arrival.document().raw().length).sum();
    }
}
