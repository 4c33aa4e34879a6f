package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import kvs.sim.Seeds;
import org.junit.jupiter.api.Test;

class ClockStormTest {

    /** Two sizes; in the last all clocks jump together. {@code make sim} runs more. */
    private static final long[] SEEDS = {0, 7};

    @Test
    void nothingIsLostWhenClocksJump() {
        ClockStorm.Sum sum = Seeds.sum(LongStream.of(SEEDS), seed -> new ClockStorm(seed).run(),
                ClockStorm.Sum::plus);
        System.out.println("clock storms of " + SEEDS.length + " seeds: " + sum);
        assertTrue(sum.acknowledged() > 0 && sum.jumps() > 0 && sum.stamped() > 0, sum.toString());
    }

    @Test
    void oneSeedIsOneRun() {
        assertEquals(new ClockStorm(1).run(), new ClockStorm(1).run());
    }
}
