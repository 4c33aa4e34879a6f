package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clusters that meet only by a file, with all that can happen on the way and in each of them. */
@Tag(Depth.DEEP)
class ClusterSiteStormTest {

    private static final int SEEDS = Integer.getInteger("kvs.seeds", Depth.of(1, 5));
    private static final int FIRST = Integer.getInteger("kvs.first", 0);

    /** The parts of each half: its classes run at the same time. */
    static final int PARTS = Depth.of(1, 30);

    static IntStream parts() {
        return IntStream.range(0, PARTS);
    }

    /** The first part. */
    int begin() {
        return 0;
    }

    /** In parts: each of them ends in a fraction of the time that a test may take, on a slow machine too. */
    @ParameterizedTest
    @MethodSource("parts")
    void keepsItsPromises(int part) throws Exception {
        Map<String, Integer> counts = new TreeMap<>();
        List<String> bad = new ArrayList<>();
        int from = FIRST + SEEDS * (begin() + part);
        for (long seed = from; seed < from + SEEDS; seed++) {
            ClusterSiteStorm storm = new ClusterSiteStorm(seed);
            List<String> failures = storm.run();
            storm.counts.forEach((what, count) -> counts.merge(what, count, Integer::sum));
            failures.stream().findFirst().ifPresent(first -> bad.add("seed " + storm.seed + " " + storm.shape
                    + ": " + first));
        }
        System.out.println("storms of clusters: " + counts);
        assertEquals("", String.join("\n", bad));
    }
}
