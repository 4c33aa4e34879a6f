package kvs.cluster;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kvs.world.Clock;

/**
 * Decides when a follower compares everything with its member, and when it polls. A poll continues at the
 * cursor ({@link FeedCursor}); a member of which nothing is covered, or which has forgotten the next events,
 * is compared first.
 *
 * <pre>
 *                   begin
 *   UNKNOWN ─────────────────────▶ FIRST_COMPARISON ◀────────┐
 *    ▲   ▲                          │          │             │
 *    │   └── member not reached ────┘  reached │             │ events forgotten
 *    │                                         ▼   begin     │
 *    └──────── events forgotten ────────── FOLLOWING ───▶ COMPARING
 *                                              ▲  reached, or  │
 *                                              └──── not ──────┘
 * </pre>
 * Another comparison is due when the two have been different for a while although nothing moves, when the
 * member has for a while had versions that this node gets from no other, and while this node is not whole
 * ({@link DivergenceTimer}); after one that moved nothing it is repeated only after 2, 4, 8 … s, as long as
 * neither root changes. A feed that stops at a version that cannot be taken brings nothing after it, so then
 * the roots need not rest. Thread-safe: everything is guarded by {@code lock}.
 */
final class FollowerSchedule {

    private static final long QUIET_MS_MIN = 2_000;
    /** Time for which the member may have versions that this node lacks, before it is compared. */
    private static final long AHEAD_MS = 2_500;
    private static final long RETRY_MS = 1_000;

    private final Clock clock;
    private final long quietMsMax;
    private final long unequalMsMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final DivergenceTimer divergence;
    private final FeedCursor feed;
    private State state;
    /** Whether the last comparison left out no version. */
    private boolean complete = true;
    /** Whether a comparison with the member, while it was whole, left out no version. */
    private boolean sure;
    private long quietMs = QUIET_MS_MIN;
    private long comparedNanos;

    /** The state of the comparisons. */
    private enum State {
        /** The cursor is no number of the member. */
        UNKNOWN,
        FIRST_COMPARISON,
        FOLLOWING,
        /** The feed is followed meanwhile. */
        COMPARING;

        boolean isCompared() {
            return this == FOLLOWING || this == COMPARING;
        }

        State begun() {
            return isCompared() ? COMPARING : FIRST_COMPARISON;
        }

        State ended(boolean reached) {
            return reached || isCompared() ? FOLLOWING : UNKNOWN;
        }

        /** The same without a cursor. */
        State forgotten() {
            return this == COMPARING || this == FIRST_COMPARISON ? FIRST_COMPARISON : UNKNOWN;
        }
    }

    /**
     * The state that a follower observes.
     *
     * @param theirs last status of the member
     * @param mine this node's own root
     * @param ahead whether the member covers writes of a third node that this node can only get from it
     * @param lacking whether this node is not whole, and the member is
     * @param purging whether this is the minute in which nodes purge, each for itself: a difference then is
     * no reason to compare
     */
    record Observation(NodeStatus theirs, byte[] mine, boolean ahead, boolean lacking, boolean purging) { }

    /**
     * The result of a comparison.
     *
     * @param reached whether the member responded to the end
     * @param complete whether no version was left out
     * @param whole whether the member was whole, so that its coverage holds here
     * @param moved number of versions that were taken
     * @param head number of the member's last own write when it began
     * @param log number at which its feed continues
     */
    record ComparisonResult(boolean reached, boolean complete, boolean whole, int moved,
            long head, long log) { }

    /**
     * A schedule that repeats comparisons that move nothing after {@code quietMsMax} at most, and compares
     * nodes that never become equal, although they exchange versions all the time, after
     * {@code unequalMsMax}.
     *
     * @param covered number up to which the member's writes are here, according to the log; empty if unknown
     */
    FollowerSchedule(Clock clock, long quietMsMax, long unequalMsMax, OptionalLong covered) {
        this.clock = clock;
        this.quietMsMax = Math.max(QUIET_MS_MIN, quietMsMax);
        this.unequalMsMax = Math.max(QUIET_MS_MIN, unequalMsMax);
        this.state = covered.isPresent() ? State.FOLLOWING : State.UNKNOWN;
        this.sure = covered.isPresent();
        this.feed = new FeedCursor(clock, covered.orElse(0));
        this.divergence = new DivergenceTimer(clock);
        this.comparedNanos = clock.nanos() - TimeUnit.MILLISECONDS.toNanos(RETRY_MS);
    }

    /** Records an observation; true if everything is to be compared now, which counts as begun. */
    boolean beginComparison(Observation observation) {
        return locked(() -> {
            if (divergence.look(observation)) {
                quietMs = QUIET_MS_MIN;
            }
            feed.look(observation.theirs.head(), state.isCompared());
            boolean begins = state != State.COMPARING && state != State.FIRST_COMPARISON
                    && wanted(observation)
                    && sinceComparisonMs() >= (state.isCompared() ? quietMs : RETRY_MS);
            state = begins ? state.begun() : state;
            return begins;
        });
    }

    private boolean wanted(Observation observation) {
        return !state.isCompared() || observation.lacking || !sure && observation.theirs.whole()
                || divergence.aheadMs() >= AHEAD_MS || differs() && !observation.purging;
    }

    /**
     * Whether the two hold different data, and nothing that moves would change that; or that has lasted long,
     * whatever moves.
     */
    private boolean differs() {
        boolean still = feed.isStuck() || divergence.unchangedMs() >= QUIET_MS_MIN;
        return divergence.differentMs() >= QUIET_MS_MIN && still || divergence.differentMs() >= unequalMsMax;
    }

    private long sinceComparisonMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - comparedNanos);
    }

    /** Records the end of a comparison. */
    void endComparison(ComparisonResult end) {
        locked(() -> {
            comparedNanos = clock.nanos();
            if (end.reached) {
                if (!state.isCompared()) {
                    feed.place(end.head, end.log);
                }
                quietMs = end.moved > 0 ? QUIET_MS_MIN : Math.min(quietMsMax, 2 * quietMs);
                complete = end.complete;
                sure |= end.complete && end.whole;
            }
            state = state.ended(end.reached);
            return null;
        });
    }

    /** Whether everything of the member up to the cursor is in this node's log. */
    boolean whole() {
        return locked(() -> state.isCompared() && complete);
    }

    /** Whether that is certain enough to be claimed. */
    boolean sure() {
        return locked(() -> sure);
    }

    /** Whether the last comparison left out no version. */
    boolean complete() {
        return locked(() -> complete);
    }

    /** The number to poll after, if a poll is due; it counts as begun. */
    OptionalLong beginPoll() {
        return locked(() -> state.isCompared() ? feed.begin() : OptionalLong.empty());
    }

    /** The number up to which all of the member's own writes are in this node's log, if {@link #whole}. */
    long held() {
        return locked(feed::held);
    }

    /** Records a poll with a page; {@code whole}: all of it was taken. */
    void endPoll(boolean whole, long mark, long all) {
        locked(() -> {
            feed.end(whole, mark, all);
            return null;
        });
    }

    /**
     * Records a poll without a page; {@code gone}: the member has forgotten the events after the cursor, so
     * everything is compared first.
     */
    void losePoll(boolean gone) {
        locked(() -> {
            feed.lose();
            state = gone ? state.forgotten() : state;
            sure &= !gone;
            return null;
        });
    }

    /**
     * The time for which this node may have missed writes of the member, ms; 0 if it has all that the member
     * last reported.
     */
    long lagMs() {
        return locked(feed::lagMs);
    }

    private <T> T locked(Supplier<T> step) {
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }
}
