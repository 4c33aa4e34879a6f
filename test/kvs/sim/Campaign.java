package kvs.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import kvs.RunTests;
import kvs.auth.AccessCampaign;
import kvs.cluster.ClockStorm;
import kvs.cluster.LockStorm;
import kvs.cluster.Storm;
import kvs.log.UnusableDirectoryException;
import kvs.store.CrashTest;
import kvs.store.RotCampaign;

/**
 * The long campaigns, {@code make sim SEED=7 SEEDS=100}: the crash campaigns of the store, with rot and
 * without, the storms of the cluster, those of its clocks, and ten rounds of locks and secrets for each seed,
 * over more seeds than the tests have time for; and, of more than one seed, once all that three users can do
 * in a few steps and the tests that try a part of many cases, now with all of them. Uses all processors.
 * Stops at a failure, which names its seed; the last line counts in the form of the tests.
 */
public final class Campaign {

    private static final int LOCK_ROUNDS = 10;
    /** Seeds between two lines of progress. */
    private static final int STEP = 10;

    private Campaign() { }

    /** The totals of some seeds. */
    private record Sum(long points, RotCampaign.Sum rot, Storm.Sum storms,
            ClockStorm.Sum clocks, long looks) {

        static final Sum NOTHING = new Sum(0, RotCampaign.Sum.NOTHING, Storm.Sum.NOTHING,
                ClockStorm.Sum.NOTHING, 0);

        Sum plus(Sum more) {
            return new Sum(points + more.points, rot.plus(more.rot), storms.plus(more.storms),
                    clocks.plus(more.clocks), looks + more.looks);
        }
    }

    private static Sum run(long seed) {
        try {
            long looks = 0;
            for (long round = seed * LOCK_ROUNDS; round < (seed + 1) * LOCK_ROUNDS; round++) {
                looks += new LockStorm(round, true).run();
            }
            return new Sum(CrashTest.campaign(seed), RotCampaign.run(seed), storm(seed),
                    new ClockStorm(seed).run(), looks);
        } catch (IOException | UnusableDirectoryException | RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": make sim SEED=" + seed + " repeats it", e);
        }
    }

    /** The storm of a seed; when hours pass in it, it runs twice: a failing run can be repeated exactly. */
    private static Storm.Sum storm(long seed) {
        Storm.Sum once = new Storm(seed).run();
        assertTrue(!Storm.ages(seed) || once.equals(new Storm(seed).run()), "two runs differ");
        return once;
    }

    /** Runs seeds {@code args[0]} to {@code args[0] + args[1] - 1}. */
    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        long end = first + Long.parseLong(args[1]);
        long start = System.nanoTime();
        long passed = end - first;
        try {
            if (end - first > 1) {
                passed += RunTests.deep();
            }
            System.out.println(AccessCampaign.run(first));
            Sum sum = Sum.NOTHING;
            for (long seed = first; seed < end; seed += STEP) {
                long next = Math.min(end, seed + STEP);
                sum = sum.plus(Seeds.sum(LongStream.range(seed, next), Campaign::run, Sum::plus));
                System.out.println("seeds " + first + " to " + (next - 1) + " in "
                        + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)
                        + " s: " + sum.points + " crash points, 0 acknowledged lost, 0 opens refused; rot: "
                        + sum.rot + "; storms: " + sum.storms
                        + "; " + sum.looks + " looks, 0 secrets before their lock; clocks: " + sum.clocks);
            }
        } catch (AssertionError failed) {
            failed.printStackTrace();
            System.out.println("0 passed, 1 failed");
            System.exit(1);
        }
        System.out.println(passed + " passed, 0 failed");
        System.exit(0);
    }
}
