package kvs.cluster;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import kvs.world.Clock;

/**
 * The time for which this node and a member have held different data. Guarded by the lock of its
 * {@link FollowerSchedule}.
 */
final class DivergenceTimer {

    private final Clock clock;
    private byte[] theirRoot = {};
    private byte[] ownRoot = {};
    private long equalNanos;
    private long changedNanos;
    private long aheadNanos;

    /** No divergence before now. */
    DivergenceTimer(Clock clock) {
        this.clock = clock;
        this.equalNanos = clock.nanos();
        this.changedNanos = equalNanos;
        this.aheadNanos = equalNanos;
    }

    /** Records the present roots; true if one of them has changed. */
    boolean look(FollowerSchedule.Observation observation) {
        long now = clock.nanos();
        byte[] theirs = observation.theirs().root();
        boolean changed = !Arrays.equals(theirs, theirRoot) || !Arrays.equals(observation.mine(), ownRoot);
        equalNanos = Arrays.equals(theirs, observation.mine()) ? now : equalNanos;
        changedNanos = changed ? now : changedNanos;
        aheadNanos = observation.ahead() ? aheadNanos : now;
        theirRoot = theirs;
        ownRoot = observation.mine();
        return changed;
    }

    /** The time since both held the same, ms. */
    long differentMs() {
        return since(equalNanos);
    }

    /** The time since a root changed, ms. */
    long unchangedMs() {
        return since(changedNanos);
    }

    /** The time for which the member has had writes of third nodes that come from no other, ms. */
    long aheadMs() {
        return since(aheadNanos);
    }

    private long since(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - nanos);
    }
}
