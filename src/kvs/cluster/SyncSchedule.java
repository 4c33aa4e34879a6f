package kvs.cluster;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kvs.world.Clock;

/**
 * Decides when a follower compares everything with its member, and when it polls. A poll continues at the
 * cursor; a member of which nothing is covered, or which has forgotten the next events, is compared first.
 * Another comparison is due when the two have been different for a while although nothing moves, when the
 * member has for a while had versions that this node gets from no other, and while this node is not whole;
 * after one that moved nothing it is repeated only after 2, 4, 8 … s, as long as neither root changes. A feed
 * that stops at a version that cannot be taken brings nothing after it, so then the roots need not rest.
 * Thread-safe: everything is guarded by {@code lock}.
 */
final class SyncSchedule {

    private static final long QUIET_MS_MIN = 2_000;
    /** Time for which the member may have versions that this node lacks, before it is compared. */
    private static final long AHEAD_MS = 2_500;
    /** Time after which versions of the feed that could not be taken are requested again. */
    private static final long EARLY_MS = 5_000;
    private static final long RETRY_MS = 1_000;

    private final Clock clock;
    private final long quietMsMax;
    private final long unequalMsMax;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean comparing;
    private boolean feeding;
    /**
     * True if the last page of the feed could not be taken completely: later versions come by comparison
     * alone.
     */
    private boolean stuck;
    private boolean compared;
    private boolean sure;
    private boolean behind = true;
    private boolean complete = true;
    private long cursor;
    /**
     * The number up to which all of the member's own writes are here; between this and the cursor, versions
     * that the feed skipped may be missing.
     */
    private long held;
    private long quietMs = QUIET_MS_MIN;
    private long comparedNanos;
    private long feedNanos;
    private long caughtUpNanos;
    private long equalNanos;
    private long stillNanos;
    private long aheadNanos;
    private byte[] theirRoot = {};
    private byte[] myRoot = {};

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
    SyncSchedule(Clock clock, long quietMsMax, long unequalMsMax, OptionalLong covered) {
        this.clock = clock;
        this.quietMsMax = Math.max(QUIET_MS_MIN, quietMsMax);
        this.unequalMsMax = Math.max(QUIET_MS_MIN, unequalMsMax);
        this.compared = covered.isPresent();
        this.sure = compared;
        this.cursor = covered.orElse(0);
        this.held = cursor;
        long now = clock.nanos();
        this.comparedNanos = now - TimeUnit.MILLISECONDS.toNanos(RETRY_MS);
        this.feedNanos = now;
        this.caughtUpNanos = now;
        this.equalNanos = now;
        this.stillNanos = now;
        this.aheadNanos = now;
    }

    /** Records an observation; true if everything is to be compared now, which counts as begun. */
    boolean beginComparison(Observation observation) {
        return locked(() -> {
            look(observation);
            boolean wanted = !compared || observation.lacking || !sure && observation.theirs.whole()
                    || since(aheadNanos) >= AHEAD_MS || differs() && !observation.purging;
            boolean begins = wanted && !comparing && since(comparedNanos) >= (compared ? quietMs : RETRY_MS);
            comparing |= begins;
            return begins;
        });
    }

    private void look(Observation observation) {
        long now = clock.nanos();
        if (Arrays.equals(observation.theirs.root(), observation.mine)) {
            equalNanos = now;
        }
        if (!Arrays.equals(observation.theirs.root(), theirRoot)
                || !Arrays.equals(observation.mine, myRoot)) {
            stillNanos = now;
            quietMs = QUIET_MS_MIN;
        }
        aheadNanos = observation.ahead ? aheadNanos : now;
        theirRoot = observation.theirs.root();
        myRoot = observation.mine;
        behind = !compared || held < observation.theirs.head();
        caughtUpNanos = behind ? caughtUpNanos : now;
    }

    /**
     * Whether the two hold different data, and nothing that moves would change that; or that has lasted long,
     * whatever moves.
     */
    private boolean differs() {
        boolean still = stuck || since(stillNanos) >= QUIET_MS_MIN;
        return since(equalNanos) >= QUIET_MS_MIN && still || since(equalNanos) >= unequalMsMax;
    }

    /** Records the end of a comparison. */
    void endComparison(ComparisonResult end) {
        locked(() -> {
            comparing = false;
            comparedNanos = clock.nanos();
            if (end.reached) {
                held = compared ? held : end.head;
                cursor = compared ? cursor : end.log;
                quietMs = end.moved > 0 ? QUIET_MS_MIN : Math.min(quietMsMax, 2 * quietMs);
                compared = true;
                complete = end.complete;
                sure |= end.complete && end.whole;
            }
            return null;
        });
    }

    /** Whether everything of the member up to the cursor is in this node's log. */
    boolean whole() {
        return locked(() -> compared && complete);
    }

    /** Whether that is certain enough to be claimed. */
    boolean sure() {
        return locked(() -> sure);
    }

    /** The number to poll after, if a poll is due; it counts as begun. */
    OptionalLong beginPoll() {
        return locked(() -> {
            if (feeding || !compared || clock.nanos() - feedNanos < 0) {
                return OptionalLong.empty();
            }
            feeding = true;
            return OptionalLong.of(cursor);
        });
    }

    /** The number up to which all of the member's own writes are in this node's log, if {@link #whole}. */
    long held() {
        return locked(() -> held);
    }

    /**
     * Records a poll with a page; versions that could not be taken are requested again, and the cursor stays
     * before them.
     */
    void endPoll(boolean whole, long mark, long all) {
        locked(() -> {
            feeding = false;
            stuck = !whole;
            cursor = whole ? mark : cursor;
            held = whole ? all : held;
            feedNanos = later(whole ? 0 : EARLY_MS);
            return null;
        });
    }

    /**
     * Records a poll without a page; {@code gone}: the member has forgotten the events after the cursor, so
     * everything is compared first.
     */
    void losePoll(boolean gone) {
        locked(() -> {
            feeding = false;
            compared &= !gone;
            sure &= !gone;
            feedNanos = later(RETRY_MS);
            return null;
        });
    }

    /**
     * The time for which this node may have missed writes of the member, ms; 0 if it has all that the member
     * last reported.
     */
    long lagMs() {
        return locked(() -> behind ? since(caughtUpNanos) : 0);
    }

    /** Whether the last comparison left out no version. */
    boolean complete() {
        return locked(() -> complete);
    }

    private long since(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - nanos);
    }

    private long later(long ms) {
        return clock.nanos() + TimeUnit.MILLISECONDS.toNanos(ms);
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
