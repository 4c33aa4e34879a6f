package kvs.sim;

import java.io.IOException;
import kvs.cluster.LockStorm;
import kvs.cluster.ClockStorm;
import kvs.cluster.Storm;
import kvs.http.AccessCampaign;
import kvs.store.CrashTest;
import kvs.store.RotCampaign;
import kvs.store.StoreException;

/**
 * {@code make sim SEED=7 SEEDS=100}: the crash campaigns of the store, with rot and without, the storms of the cluster, and ten rounds of
 * locks and secrets for each seed, over more seeds; stops at the first failure, which names its seed.
 */
public final class Campaign {

    private static final int LOCK_ROUNDS = 10;

    private Campaign() { }

    /** Runs seeds {@code args[0]} to {@code args[0] + args[1] - 1}. */
    public static void main(String[] args) throws IOException, StoreException {
        long first = Long.parseLong(args[0]);
        long count = Long.parseLong(args[1]);
        long points = 0;
        System.out.println(AccessCampaign.run(first));
        RotCampaign.Sum rot = RotCampaign.Sum.NOTHING;
        long looks = 0;
        Storm.Sum storms = Storm.Sum.NOTHING;
        ClockStorm.Sum clocks = ClockStorm.Sum.NOTHING;
        for (long seed = first; seed < first + count; seed++) {
            points += CrashTest.campaign(seed);
            rot = rot.plus(RotCampaign.run(seed));
            storms = storms.plus(new Storm(seed).run());
            clocks = clocks.plus(new ClockStorm(seed).run());
            for (long round = seed * LOCK_ROUNDS; round < (seed + 1) * LOCK_ROUNDS; round++) {
                looks += new LockStorm(round, true).run();
            }
            if ((seed - first + 1) % 20 == 0 || seed == first + count - 1) {
                System.out.println("seeds " + first + " to " + seed + ": " + points + " crash points, 0 acknowledged lost, 0 opens refused; rot: "
                        + rot + "; storms: " + storms + "; " + looks + " looks, 0 secrets before their lock; clocks: " + clocks);
            }
        }
    }
}
