package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.Coverage;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** Positions of writes that are lost for good, and of such that are only late. */
class EndedOriginsTest {

    private static final long WITHIN_MS = 10_000;
    private final SimCluster cluster = new SimCluster(1);

    private void start(String... ids) {
        for (String id : ids) {
            cluster.start(id.equals("a") ? new Start("a") : new Start(id, "a"));
        }
        cluster.run(6_000);
    }

    private Node node(String id) {
        return cluster.nodes.get(id);
    }

    /** What a client is told after a write on a node that reaches nobody. */
    private Coverage alone(String id) {
        List.of("a", "b", "c").forEach(other -> cluster.cut(id, other));
        cluster.run(500);
        node(id).write("k", "1", 0);
        cluster.run(100);
        return node(id).coverageTracker.shown().orElseThrow();
    }

    private void mend(String id) {
        List.of("a", "b", "c").forEach(other -> cluster.mend(id, other));
    }

    /** A client asks again and again, as clients do. */
    private boolean lost(String id, Coverage wanted, long ms) {
        for (long waited = 0; waited < ms; waited += 500) {
            if (node(id).replication.lost(wanted)) {
                return true;
            }
            cluster.run(500);
        }
        return false;
    }

    @Test
    void aNodeWithoutOthersKnowsAtOnce() {
        start("a");
        Coverage here = node("a").coverageTracker.shown().orElseThrow();
        assertFalse(node("a").replication.lost(here));
        assertTrue(node("a").replication.lost(here.with(new UUID(1, 2), 3)), "a life that it does not know");
        assertTrue(
                node("a").replication.lost(here.with(node("a").store.origin(), node("a").store.head() + 1)),
                "a number that it has not given");
    }

    /** A life that nobody has seen is not remembered, and still the answer stays what it was. */
    @Test
    void whatIsLostStaysLost() {
        start("a", "b", "c");
        cluster.run(5_000);
        Coverage wanted = node("a").coverageTracker.shown().orElseThrow().with(new UUID(1, 2), 3);
        assertTrue(lost("a", wanted, 10_000));
        assertTrue(node("a").replication.lost(wanted), "asked again");
        cluster.run(5_000);
        assertTrue(node("a").replication.lost(wanted), "and later");
    }

    /** Nobody else is there who could tell, and new numbers are beyond the old ones. */
    @Test
    void aDirectoryThatWasPutBackNeverGaveWhatCameLater() {
        start("a");
        node("a").write("k", "1", 0);
        cluster.run(100);
        SimDisk copy = cluster.disk("a");
        node("a").write("k", "2", 0);
        cluster.run(100);
        Coverage before = node("a").coverageTracker.shown().orElseThrow();
        cluster.replace("a", copy);
        cluster.run(6_000);
        node("a").write("k", "3", 0);
        cluster.run(100);
        assertTrue(node("a").coverageTracker.shown().orElseThrow().covers(before)
                || node("a").replication.lost(before));
        assertTrue(node("a").replication.lost(before));
    }

    @Test
    void aLostDiskIsKnownOnceAllAreThere() {
        start("a", "b", "c");
        Coverage wanted = alone("c");
        UUID life = node("c").store.origin();
        cluster.kill("c");
        assertFalse(lost("a", wanted, 60_000), "c may come back");
        mend("c");
        cluster.replace("c", new SimDisk(cluster.dice));
        cluster.run(1_000);
        assertTrue(lost("a", wanted, WITHIN_MS));
        assertTrue(lost("b", wanted, WITHIN_MS));
        assertTrue(lost("c", wanted, WITHIN_MS));
        assertFalse(node("a").replication.lost(node("b").coverageTracker.shown().orElseThrow()),
                "what is there is not lost");
        cluster.kill("b");
        cluster.restart("a");
        cluster.run(6_000);
        assertTrue(lost("a", wanted, 1), "it is remembered, and b is not needed");
        assertTrue(node("a").store.notes().find(EndedOrigins.NOTE).flatMap(Coverage::decode).orElseThrow()
                .of(life) > 0);
    }

    /** A node that has just started reports no coverage: it has what it wrote all the same. */
    @Test
    void whoStartsAgainHasNotLostIt() {
        start("a", "b", "c");
        Coverage wanted = alone("c");
        cluster.kill("c");
        assertFalse(lost("a", wanted, 6_000), "c may come back");
        cluster.mend("c", "a");
        cluster.restart("c");
        for (int i = 0; i < 20; i++) {
            assertFalse(lost("a", wanted, 500), "c cannot ask b yet whether its data is up to date");
        }
        mend("c");
        cluster.run(6_000);
        assertTrue(node("a").coverageTracker.shown().orElseThrow().covers(wanted));
    }

    @Test
    void anOldCopyThatIsPutBackIsKnown() {
        start("a", "b", "c");
        SimDisk copy = cluster.disk("c");
        Coverage wanted = alone("c");
        cluster.kill("c");
        mend("c");
        cluster.replace("c", copy);
        cluster.run(3_000);
        for (String id : List.of("a", "b", "c")) {
            assertTrue(lost(id, wanted, WITHIN_MS), id);
        }
    }

    @Test
    void whoIsRemovedIsNotWaitedFor() {
        start("a", "b", "c");
        Coverage wanted = alone("c");
        cluster.kill("c");
        cluster.run(2_000);
        assertTrue(node("a").replication.remove("c"));
        assertTrue(lost("b", wanted, WITHIN_MS));
        assertTrue(lost("a", wanted, WITHIN_MS));
    }

    /** It was given up, and comes back with what it has. */
    @Test
    void whoComesBackIsStruckOff() {
        start("a", "b", "c");
        Coverage wanted = alone("c");
        cluster.kill("c");
        assertTrue(node("a").replication.remove("c"));
        assertTrue(lost("a", wanted, WITHIN_MS));
        mend("c");
        cluster.restart("c");
        cluster.run(20_000);
        assertTrue(node("a").coverageTracker.shown().orElseThrow().covers(wanted));
        assertFalse(node("a").replication.lost(wanted) || node("b").replication.lost(wanted));
        assertEquals("1", node("a").value("k"));
    }

    @Test
    void whatIsLateIsNotLost() {
        start("a", "b", "c");
        cluster.network.faults(0, 400);
        cluster.cut("a", "b");
        for (int i = 0; i < 20; i++) {
            node("a").write("k" + i, "1", 0);
            cluster.run(200);
            Coverage wanted = node("a").coverageTracker.shown().orElseThrow();
            assertFalse(lost("b", wanted, 1_000) || node("c").replication.lost(wanted), "write " + i);
        }
        cluster.cut("b", "c");
        Coverage wanted = alone("a");
        assertFalse(lost("b", wanted, 20_000));
    }

    /** It is known to one of the others only. */
    @Test
    void aMemberThatWasNeverMetIsWaitedFor() {
        start("a", "b");
        cluster.cut("b", "c");
        start("c");
        node("c").write("k", "1", 0);
        Coverage wanted = node("c").coverageTracker.shown().orElseThrow();
        cluster.cut("a", "c");
        node("c").write("k", "2", 0);
        cluster.run(100);
        wanted = wanted.and(node("c").coverageTracker.shown().orElseThrow());
        assertFalse(lost("b", wanted, 20_000));
    }
}
