package kvs.cluster;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kvs.world.Clock;

/**
 * When a follower compares everything with its member, and when it polls. It polls from where it stands; a member of which nothing is covered, or
 * which has forgotten what comes next, is compared first. Another comparison when the two have been different for a while although nothing moves,
 * when the member has for a while had what this node gets from nobody, and while this node is not whole; again only after 2, 4, 8 … s while it
 * moved nothing and neither root changes. A feed that stands before what cannot be taken brings nothing behind it, so then the roots need not
 * rest. Thread-safe: everything is guarded by {@code lock}.
 */
final class SyncSchedule {

    private static final long QUIET_MS_MIN = 2_000;
    /** For so long the member may have what this node does not, before it is asked. */
    private static final long AHEAD_MS = 2_500;
    /** What could not be taken from the feed is asked for again after this. */
    private static final long EARLY_MS = 5_000;
    private static final long RETRY_MS = 1_000;

    private final Clock clock;
    private final long quietMsMax;
    private final long unequalMsMax;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean comparing;
    private boolean feeding;
    /** Whether the last page of the feed could not be taken as a whole: what is behind it comes by comparison alone. */
    private boolean stuck;
    private boolean compared;
    private boolean sure;
    private boolean behind = true;
    private boolean complete = true;
    private long cursor;
    /** Up to where all of the member's own writes are here; what the feed passed over may be missing between this and the cursor. */
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
     * What a follower sees when it looks.
     *
     * @param theirs what the member said last
     * @param mine this node's own root
     * @param ahead whether the member covers something of a third one that this node can only get from it
     * @param lacking whether this node is not whole, and the member is
     * @param purging whether this is the minute in which nodes purge, each for itself: that they differ then is no reason to talk
     */
    record Observation(NodeStatus theirs, byte[] mine, boolean ahead, boolean lacking, boolean purging) { }

    /**
     * What came of a comparison.
     *
     * @param reached whether the member answered to the end
     * @param complete whether nothing was left out
     * @param whole whether the member lacked nothing, so that what it covered is covered here
     * @param moved versions that were taken
     * @param head where the member's own writes stood when it began
     * @param log where its feed goes on from there
     */
    record ComparisonResult(boolean reached, boolean complete, boolean whole, int moved, long head, long log) { }

    /**
     * A pace at which what moves nothing is repeated after {@code quietMsMax} at the most, and nodes that are never equal although they
     * talk all the time are compared after {@code unequalMsMax}.
     *
     * @param covered up to where the member's writes are here, as the log remembers; empty when nobody knows
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

    /** Looks; whether everything is to be compared now, which counts as begun. */
    boolean beginComparison(Observation look) {
        return locked(() -> {
            look(look);
            boolean wanted = !compared || look.lacking || !sure && look.theirs.whole() || since(aheadNanos) >= AHEAD_MS
                    || differs() && !look.purging;
            boolean begins = wanted && !comparing && since(comparedNanos) >= (compared ? quietMs : RETRY_MS);
            comparing |= begins;
            return begins;
        });
    }

    private void look(Observation look) {
        long now = clock.nanos();
        if (Arrays.equals(look.theirs.root(), look.mine)) {
            equalNanos = now;
        }
        if (!Arrays.equals(look.theirs.root(), theirRoot) || !Arrays.equals(look.mine, myRoot)) {
            stillNanos = now;
            quietMs = QUIET_MS_MIN;
        }
        aheadNanos = look.ahead ? aheadNanos : now;
        theirRoot = look.theirs.root();
        myRoot = look.mine;
        behind = !compared || held < look.theirs.head();
        caughtUpNanos = behind ? caughtUpNanos : now;
    }

    /** The two hold different things, and nothing that moves would change it; or that has been so for long, whatever moves. */
    private boolean differs() {
        boolean still = stuck || since(stillNanos) >= QUIET_MS_MIN;
        return since(equalNanos) >= QUIET_MS_MIN && still || since(equalNanos) >= unequalMsMax;
    }

    /** A comparison is over. */
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

    /** Whether it is so certain that it may be claimed. */
    boolean sure() {
        return locked(() -> sure);
    }

    /** The number behind which to poll, if it is time; that counts as begun. */
    OptionalLong beginPoll() {
        return locked(() -> {
            if (feeding || !compared || clock.nanos() - feedNanos < 0) {
                return OptionalLong.empty();
            }
            feeding = true;
            return OptionalLong.of(cursor);
        });
    }

    /** Up to where all of the member's own writes are in this node's log, if {@link #whole}. */
    long held() {
        return locked(() -> held);
    }

    /** A poll brought something; what could not be taken is asked for again, and the cursor stays before it. */
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

    /** A poll brought nothing; {@code gone}: the member has forgotten what comes behind the cursor, so everything is compared first. */
    void losePoll(boolean gone) {
        locked(() -> {
            feeding = false;
            compared &= !gone;
            sure &= !gone;
            feedNanos = later(RETRY_MS);
            return null;
        });
    }

    /** For how long this node may have missed writes of the member, ms; 0 when it has all that the member spoke of last. */
    long lagMs() {
        return locked(() -> behind ? since(caughtUpNanos) : 0);
    }

    /** Whether the last comparison left out nothing. */
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
