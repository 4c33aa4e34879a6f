package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import kvs.bundle.BundleHead;
import kvs.cluster.SimCluster.Node;
import kvs.model.Coverage;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.sim.Depth;
import kvs.sim.PowerCut;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A member of a cluster that loses its power at some call of its disk while it merges a bundle: what was
 * merged stays, nothing is claimed that is not there, and the same file ends the merge at the other member.
 */
@Tag(Depth.DEEP)
class ClusterSiteCrashTest {

    private static final int SEEDS = Depth.of(1, 100);
    private static final int CALLS_MAX = 36;
    private static final List<Zone> ZONES = List.of(Zone.of(List.of("x")), Zone.of(List.of("y")));

    private int cuts;
    private int claimed;

    @Test
    void anotherMemberEndsAMergeThatWasCutOff() throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            campaign(seed);
        }
        System.out.println("merges on members cut off: " + cuts + " of " + SEEDS + ", " + claimed
                + " after the claim");
        assertTrue(cuts > SEEDS / 2, cuts + " cuts");
    }

    private void campaign(long seed) throws Exception {
        Random random = new Random(seed);
        SimSite one = new SimSite(1, new SimCluster(seed).smallSegments()).begin(1);
        SimSite two = new SimSite(2, new SimCluster(seed + 1_000).smallSegments()).begin(2);
        one.cluster.run(6_000);
        two.cluster.run(6_000);
        SimSite.link(one, two, ZONES, true);
        two.cluster.run(3_000);
        Map<String, Version> expected = new TreeMap<>();
        for (int i = 0; i < 30; i++) {
            String key = (random.nextBoolean() ? "x/" : "y/") + random.nextInt(20);
            String text = "\"" + "long".repeat(random.nextInt(300)) + "\"";
            expected.put(key, one.write(one.node("a"), key, text, 0));
        }
        byte[] file = one.make(one.node("a"), BundleHead.Kind.BUNDLE, two, false);
        BundleHead head = two.verify(two.node("a"), file).file().head();
        two.cluster.live("a").cutAt(1 + random.nextInt(CALLS_MAX));
        boolean ended = false;
        try {
            two.merge(two.node("a"), file);
            ended = true;
        } catch (PowerCut cut) {
            cuts++;
        }
        String where = "seed " + seed;
        Node again = two.cluster.restart("a");
        check(again, head, expected, where);
        assertTrue(!ended || covers(again, head), where + ": a merge that ended is forgotten");
        claimed += !ended && covers(again, head) ? 1 : 0;
        two.cluster.run(15_000);
        Node other = two.node("b");
        check(other, head, expected, where);
        two.merge(other, file);
        two.cluster.run(20_000);
        assertTrue(two.cluster.equal(), where);
        for (Node node : two.cluster.nodes.values()) {
            assertTrue(covers(node, head), where + " " + node.start.id());
            check(node, head, expected, where);
        }
    }

    private static boolean covers(Node node, BundleHead head) {
        return head.zones().stream().allMatch(state -> covers(node, state));
    }

    private static boolean covers(Node node, BundleHead.ZoneState state) {
        Coverage here = node.store.notes().zones().coverage(node.store.durable(), state.zone());
        return here.covers(state.coverage());
    }

    /** Each covered zone of the file is here. */
    private static void check(Node node, BundleHead head, Map<String, Version> expected, String where) {
        for (BundleHead.ZoneState state : head.zones()) {
            expected.forEach((key, version) -> {
                boolean here = node.version(key)
                        .filter(held -> held.rank().compareTo(version.rank()) >= 0).isPresent();
                assertTrue(here || !state.zone().contains(version.key().bytes()) || !covers(node, state),
                        where + ": " + node.start.id() + " claims " + key);
            });
        }
    }
}
