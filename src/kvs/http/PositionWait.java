package kvs.http;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import kvs.documents.ClientPosition;
import kvs.documents.EntityTag;
import kvs.documents.Preconditions;
import kvs.documents.Watches;
import kvs.model.Coverage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.StoreView;

/**
 * The wait of a request until this node covers a position.
 *
 * @param covered the coverage of this node; empty while it is not reliable
 * @param lost whether no node can supply some part of a coverage any more
 * @param position the position of this node now; empty likewise
 * @param offloadExecutor runs the continuations of waiting requests
 */
public record PositionWait(Supplier<Optional<Coverage>> covered, Predicate<Coverage> lost,
        Supplier<Optional<ClientPosition>> position, Watches watches, Executor offloadExecutor) {

    /** Default bound of the wait for a position. */
    public static final long WAIT_MS = 2_000;
    private static final EntityTag BEHIND = new EntityTag(true, "behind");
    private static final EntityTag THERE = new EntityTag(true, "there");
    private static final Preconditions WHILE_BEHIND = new Preconditions(Optional.empty(),
            Optional.of(Preconditions.Match.header(BEHIND.text())));

    /**
     * The response made by {@code answer} once this node covers {@code wanted}; {@code BEHIND} when it does
     * not within {@code waitMs}, {@code POSITION_GONE} when no node that may return has it.
     */
    public CompletionStage<Response> await(Request request, Coverage wanted, long waitMs,
            Supplier<CompletionStage<Response>> answer) {
        if (wanted.equals(Coverage.NONE)) {
            return answer.get();
        }
        refuseLost(wanted);
        if (there(wanted)) {
            return answer.get();
        }
        var woken = request.timer().parked(() -> watches.park(request.requester().name(), WHILE_BEHIND,
                new PositionReached(this, wanted), waitMs));
        return ContinuationExecutor.staged(woken, offloadExecutor, () -> {
            if (!there(wanted)) {
                refuseLost(wanted);
                throw new Refusal(Reason.BEHIND, "this node did not receive all writes before this"
                        + " position within " + waitMs + " ms; use another node, or try again");
            }
            return answer.get();
        });
    }

    private void refuseLost(Coverage wanted) {
        if (lost.test(wanted)) {
            throw new Refusal(Reason.POSITION_GONE, "writes before this position are lost:"
                    + " a disk failed, or an older state was restored. List again,"
                    + " and continue from the KVS-Position of the listing");
        }
    }

    private boolean there(Coverage wanted) {
        return covered.get().filter(here -> here.covers(wanted)).isPresent();
    }

    /** A target that changes its tag when the node has reached a coverage. */
    private record PositionReached(PositionWait here, Coverage wanted) implements Watches.Target {

        @Override
        public Optional<EntityTag> tag(StoreView root, long wallMs) {
            return Optional.of(here.there(wanted) ? THERE : BEHIND);
        }

        @Override
        public long changesAt(StoreView root, long wallMs) {
            return wallMs + 1;
        }
    }
}
