package kvs.cluster;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import kvs.store.Store;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * The bootstrap of a node that lacks data: its stages until it has all, and the conclusion that no member can
 * ever bring what is missing. All state belongs to the task of the replication.
 */
final class JoinTracker {

    /**
     * Time for which an empty node whose members are all empty waits for others before it concludes that
     * there is nothing.
     */
    private static final long EMPTY_MS = 1_500;
    /** Time for which all must be present, and none of them whole, before lost records are given up. */
    private static final long BEREFT_MS = 30_000;

    private final Store store;
    private final CoverageTracker coverageTracker;
    private final PeerHistory peerHistory;
    private final LongSupplier windowMs;
    private final Consumer<JoinStage> stages;
    private final Clock clock;
    private final Logger log;
    private boolean joined;
    private long emptyNanos;
    private boolean empty;
    private long bereftNanos;

    /**
     * The bootstrap of a node.
     *
     * @param windowMs see {@link Replication#windowMs}
     * @param stages receives the stages that this node reaches
     */
    JoinTracker(Replication.Dependencies dependencies, PeerHistory peerHistory, LongSupplier windowMs,
            Consumer<JoinStage> stages) {
        this.store = dependencies.store();
        this.coverageTracker = dependencies.coverageTracker();
        this.peerHistory = peerHistory;
        this.windowMs = windowMs;
        this.stages = stages;
        this.clock = dependencies.clock();
        this.log = dependencies.log();
        this.bereftNanos = clock.nanos();
        this.joined = !coverageTracker.joining();
        if (!joined) {
            stages.accept(JoinStage.EMPTY);
        }
    }

    /** All reserved keys of a whole member are here; called by the followers, on any thread. */
    void accounts() {
        if (coverageTracker.joining()) {
            stages.accept(JoinStage.ACCOUNTS);
        }
    }

    /** Checks whether this node has all by now, and if not, whether the living members can bring it. */
    void look(List<MemberView> alive, Followers followers) {
        if (!coverageTracker.whole()) {
            empty(alive);
            giveUpLostRecords(alive, followers);
        } else if (!joined) {
            joined = true;
            log.event(EventKind.NODE_JOINED, "versions", store.root().tree().summary().count());
            stages.accept(JoinStage.JOINED);
        }
    }

    /** Ends the joining when it is certain that no node has any data. */
    private void empty(List<MemberView> alive) {
        boolean nothing = coverageTracker.joining() && store.root().tree().summary().count() == 0
                && !alive.isEmpty() && alive.stream().allMatch(member -> member.nodeStatus().count() == 0);
        if (!nothing || !empty) {
            emptyNanos = clock.nanos();
        }
        empty = nothing;
        if (nothing && TimeUnit.NANOSECONDS.toMillis(clock.nanos() - emptyNanos) >= EMPTY_MS) {
            coverageTracker.nothing();
        }
    }

    /**
     * Gives up lost records when all that may return are present, none of them is whole, and everything was
     * compared with each: nothing more can be fetched.
     */
    private void giveUpLostRecords(List<MemberView> alive, Followers followers) {
        boolean all = !coverageTracker.joining() && peerHistory.allHeard(windowMs.getAsLong())
                && alive.stream().noneMatch(member -> member.nodeStatus().whole())
                && followers.compared(alive);
        if (!all) {
            bereftNanos = clock.nanos();
        } else if (TimeUnit.NANOSECONDS.toMillis(clock.nanos() - bereftNanos) >= BEREFT_MS) {
            log.event(EventKind.LOG_PART_LOST);
            bereftNanos = clock.nanos();
            coverageTracker.nothing();
        }
    }
}
