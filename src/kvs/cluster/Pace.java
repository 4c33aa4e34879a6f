package kvs.cluster;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kvs.world.Clock;

/**
 * When a follower compares everything with its member, and when it polls. First one comparison; then polls, one after the other. Another
 * comparison when the two have been different for a while although nothing moves; again only after 2, 4, 8 … s while it moved nothing and neither
 * root changes. Thread-safe: everything is guarded by {@code lock}.
 */
final class Pace {

    private static final long QUIET_MS_MIN = 2_000;
    /** Two nodes that were never equal for so long are compared even while writes go on. */
    private static final long UNEQUAL_MS_MAX = 60_000;
    /** What could not be taken from the feed is asked for again after this. */
    private static final long EARLY_MS = 5_000;
    private static final long RETRY_MS = 1_000;

    private final Clock clock;
    private final long quietMsMax;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean comparing;
    private boolean feeding;
    private boolean compared;
    private boolean behind = true;
    private boolean complete = true;
    private long cursor;
    private long quietMs = QUIET_MS_MIN;
    private long comparedNanos;
    private long feedNanos;
    private long caughtUpNanos;
    private long equalNanos;
    private long stillNanos;
    private byte[] theirRoot = {};
    private byte[] myRoot = {};

    /** A pace at which what moves nothing is repeated after {@code quietMsMax} at the most. */
    Pace(Clock clock, long quietMsMax) {
        this.clock = clock;
        this.quietMsMax = Math.max(QUIET_MS_MIN, quietMsMax);
        long now = clock.nanos();
        this.comparedNanos = now - TimeUnit.MILLISECONDS.toNanos(RETRY_MS);
        this.feedNanos = now;
        this.caughtUpNanos = now;
        this.equalNanos = now;
        this.stillNanos = now;
    }

    /** Looks at what the member said last; whether everything is to be compared now, which counts as begun. */
    boolean beginComparison(Vital theirs, byte[] mine) {
        return locked(() -> {
            look(theirs, mine);
            boolean due = since(comparedNanos) >= (compared ? quietMs : RETRY_MS) && (!compared || differs());
            boolean begins = due && !comparing;
            comparing |= begins;
            return begins;
        });
    }

    private void look(Vital theirs, byte[] mine) {
        long now = clock.nanos();
        if (Arrays.equals(theirs.root(), mine)) {
            equalNanos = now;
        }
        if (!Arrays.equals(theirs.root(), theirRoot) || !Arrays.equals(mine, myRoot)) {
            stillNanos = now;
            quietMs = QUIET_MS_MIN;
        }
        theirRoot = theirs.root();
        myRoot = mine;
        behind = !compared || cursor < theirs.head();
        caughtUpNanos = behind ? caughtUpNanos : now;
    }

    /** The two hold different things, and nothing moves that would change it; or that has been so for long, whatever moves. */
    private boolean differs() {
        return since(equalNanos) >= QUIET_MS_MIN && since(stillNanos) >= QUIET_MS_MIN || since(equalNanos) >= UNEQUAL_MS_MAX;
    }

    /**
     * A comparison is over.
     *
     * @param reached whether the member answered to the end
     * @param whole whether nothing was left out
     * @param moved versions that were taken
     * @param head from where the member's writes are to be followed
     */
    void endComparison(boolean reached, boolean whole, int moved, long head) {
        locked(() -> {
            comparing = false;
            comparedNanos = clock.nanos();
            if (reached) {
                cursor = compared ? cursor : head;
                quietMs = moved > 0 ? QUIET_MS_MIN : Math.min(quietMsMax, 2 * quietMs);
                compared = true;
                complete = whole;
            }
            return null;
        });
    }

    /** Whether everything of the member up to the cursor is in this node's log. */
    boolean whole() {
        return locked(() -> compared && complete);
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

    /** A poll brought something; what could not be taken is asked for again, and the cursor stays before it. */
    void endPoll(boolean whole, long mark) {
        locked(() -> {
            feeding = false;
            cursor = whole ? mark : cursor;
            feedNanos = later(whole ? 0 : EARLY_MS);
            return null;
        });
    }

    /** A poll brought nothing; {@code gone}: the member has forgotten what comes behind the cursor, so everything is compared first. */
    void losePoll(boolean gone) {
        locked(() -> {
            feeding = false;
            compared &= !gone;
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
