package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sites that meet only by a file, with all that can happen on the way. */
@Tag(Depth.DEEP)
class SiteStormTest {

    private static final int SEEDS = Depth.of(1, 10);

    static IntStream parts() {
        return IntStream.rangeClosed(1, Depth.of(3, 20));
    }

    /** In parts: each of them ends in a fraction of the time that a test may take, on a slow machine too. */
    @ParameterizedTest
    @MethodSource("parts")
    void keepsItsPromises(int part) throws Exception {
        int end = SEEDS * part;
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
