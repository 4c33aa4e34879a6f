package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LockStormTest {

    private static final int SEEDS = 8;
    private static final int STORMS = Depth.of(3, SEEDS);

    /** A secret that is written after its lock is nowhere shown before it. */
    @Tag(Depth.DEEP)
    @Test
    void noSecretArrivesBeforeItsLock() {
        long looks = LongStream.range(0, STORMS).map(seed -> new LockStorm(seed, true).run()).sum();
        assertTrue(looks > 50L * STORMS, looks + " looks");
    }

    /** The order of the first release is the planted fault. */
    @Test
    void theStormFindsTheOlderOrder() {
        assertTrue(LongStream.range(0, SEEDS).anyMatch(LockStormTest::leaks));
    }

    private static boolean leaks(long seed) {
        try {
            new LockStorm(seed, false).run();
            return false;
        } catch (AssertionError found) {
            return found.getMessage().contains("shows secret");
        }
    }
}
