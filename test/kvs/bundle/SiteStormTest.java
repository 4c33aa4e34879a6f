package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.sim.Depth;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;

/** Sites that meet only by a file, with all that can happen on the way. */
@Tag(Depth.DEEP)
class SiteStormTest {

    private static final int PARTS = 5;
    private static final int SEEDS = Depth.of(1, 40);

    /** In parts, each within the time that a test may take. */
    @RepeatedTest(PARTS)
    void keepsItsPromises(RepetitionInfo part) throws Exception {
        int end = SEEDS * part.getCurrentRepetition();
        Map<String, Integer> counts = new TreeMap<>();
        List<String> bad = new ArrayList<>();
        for (long seed = end - SEEDS; seed < end; seed++) {
            SiteStorm storm = new SiteStorm(seed, Optional.empty());
            List<String> failures = storm.run();
            storm.counts.forEach((what, count) -> counts.merge(what, count, Integer::sum));
            failures.stream().findFirst().ifPresent(first -> bad.add("seed " + storm.seed + " " + storm.shape
                    + ": " + first));
        }
        System.out.println("storms of sites: " + counts);
        assertEquals("", String.join("\n", bad));
    }
}
