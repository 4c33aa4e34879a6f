package kvs.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import kvs.log.UnusableDirectoryException;
import org.junit.jupiter.api.Test;

/** Some seeds of the campaign that mixes rot with power cuts. */
class RotCrashTest {

    private static final int SEEDS = 4;

    @Test
    void namesWhatRotTakesOfALogThatWasCutOff() throws IOException, UnusableDirectoryException {
        RotCampaign.Sum all = RotCampaign.Sum.NOTHING;
        for (long seed = 1; seed <= SEEDS; seed++) {
            all = all.plus(RotCampaign.run(seed));
        }
        System.out.println("rot after power cuts over " + SEEDS + " seeds: " + all);
        assertTrue(all.named() > 100 && all.refused() > 20 && all.right() > 100, all.toString());
    }
}
