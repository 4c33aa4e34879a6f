package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sites that meet only by a file, with all that can happen on the way. */
@Tag(Depth.DEEP)
class SiteStormTest {

    @Test
    void keepsItsPromises() throws Exception {
        Map<String, Integer> counts = new TreeMap<>();
        List<String> bad = new ArrayList<>();
        for (long seed = 0; seed < Depth.of(2, 200); seed++) {
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
