package kvs.cluster;

import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The second half of the seeds of {@code make sim}. */
@Tag(Depth.DEEP)
@EnabledIfSystemProperty(named = "kvs.deep", matches = "true", disabledReason = "in make sim")
class ClusterSiteStormSecondHalfTest extends ClusterSiteStormTest {

    @Override
    int begin() {
        return PARTS;
    }
}
