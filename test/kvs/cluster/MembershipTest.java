package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.cluster.SimCluster.Start;
import kvs.model.HealthProblem;
import kvs.model.Reason;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MembershipTest {

    private static final String ALL = "a alive, b alive, c alive";
    private static final long MINUTE_MS = 60_000;

    private final SimCluster cluster = new SimCluster(1);

    private void three() {
        cluster.start(new Start("a"));
        cluster.start(new Start("b", "a"));
        cluster.start(new Start("c", "a", "b"));
        cluster.run(1_000);
    }

    private void assertSeen(String what) {
        cluster.nodes.forEach((id, node) -> {
            if (node.up) {
                assertEquals(what, node.seen(), "as seen by " + id);
            }
        });
    }

    private List<String> problems(String id) {
        return cluster.nodes.get(id).membership.problems().stream().map(HealthProblem::detail).toList();
    }

    @Test
    void threeNodesKnowEachOtherWithinASecond() {
        three();
        assertSeen(ALL);
        assertEquals(3, cluster.nodes.get("a").membership.count());
        assertEquals(List.of(), problems("c"));
        for (String id : List.of("a", "b", "c")) {
            assertEquals(Optional.of(id), cluster.nodes.get("a").membership.nodeOf(
                    cluster.nodes.get(id).store.origin()));
        }
        assertEquals(Optional.empty(), cluster.nodes.get("a").membership.nodeOf(new UUID(1, 2)));
    }

    @Test
    void inWhateverOrderTheyStart() {
        cluster.start(new Start("c", "a", "b"));
        cluster.run(20_000);
        assertEquals(List.of("no seed has responded yet: a:1, b:1"), problems("c"));
        cluster.start(new Start("b", "a"));
        cluster.run(20_000);
        cluster.start(new Start("a"));
        cluster.run(4_000);
        assertSeen(ALL);
    }

    @Test
    void aChainOfSeedsIsEnough() {
        cluster.start(new Start("a"));
        for (int i = 1; i < 20; i++) {
            cluster.start(new Start(Character.toString('a' + i), Character.toString('a' + i - 1)));
        }
        cluster.run(2_000);
        cluster.nodes.forEach((id, node) -> assertEquals(20, node.membership.count(), id));
    }

    @Test
    void aSilentMemberIsSuspectThenFailedThenRemoved() {
        three();
        cluster.kill("b");
        cluster.run(2_000);
        assertSeen(ALL);
        cluster.run(2_500);
        assertSeen("a alive, b suspect, c alive");
        assertEquals(3, cluster.nodes.get("a").membership.count());
        cluster.run(5 * MINUTE_MS);
        assertSeen("a alive, b failed, c alive");
        assertEquals(2, cluster.nodes.get("a").membership.count());
        assertTrue(problems("a").get(0).contains("member b at b:1 has been silent"),
                problems("a").toString());
        cluster.run(5 * MINUTE_MS);
        assertSeen("a alive, c alive");
        cluster.restart("b");
        cluster.run(6_000);
        assertSeen(ALL);
    }

    /** In a minute, three pairs would exchange 180 with one a second, and 360 with one each way. */
    @Test
    void oneHeartbeatTellsBothOfAPair() {
        three();
        cluster.run(10_000);
        cluster.heartbeats.clear();
        cluster.run(MINUTE_MS);
        int all = cluster.heartbeats.values().stream().mapToInt(Integer::intValue).sum();
        assertTrue(all >= 170 && all <= 225, cluster.heartbeats.toString());
        assertSeen(ALL);
        assertEquals(6, cluster.heartbeats.size());
        assertTrue(cluster.heartbeats.values().stream().allMatch(count -> count >= 10),
                "each tries the way itself: " + cluster.heartbeats);
    }

    @Test
    void aShortPauseIsOneSuspicionAtMost() {
        three();
        cluster.cut("b", "a");
        cluster.cut("b", "c");
        cluster.run(30_000);
        assertEquals("a alive, b suspect, c alive", cluster.nodes.get("a").seen());
        assertEquals("a suspect, b alive, c suspect", cluster.nodes.get("b").seen());
        cluster.mend("b", "a");
        cluster.mend("b", "c");
        cluster.run(3_000);
        assertSeen(ALL);
    }

    /** Each half has removed the other from its list, and finds it again all the same. */
    @Test
    void aLongPartitionHealsByItself() {
        three();
        cluster.cut("a", "b");
        cluster.cut("a", "c");
        cluster.run(11 * MINUTE_MS);
        assertEquals("a alive", cluster.nodes.get("a").seen());
        assertEquals("b alive, c alive", cluster.nodes.get("b").seen());
        cluster.mend("a", "b");
        cluster.mend("a", "c");
        cluster.run(6_000);
        assertSeen(ALL);
    }

    /** Who cannot be reached is not a member, whatever others say; who can be is, though one link is cut. */
    @Test
    void eachJudgesByItsOwnEars() {
        three();
        cluster.cut("a", "c");
        cluster.run(10_000);
        assertEquals("a alive, b alive, c suspect", cluster.nodes.get("a").seen());
        assertEquals(ALL, cluster.nodes.get("b").seen());
        cluster.start(new Start("d", "b"));
        cluster.cut("d", "a");
        cluster.run(5 * MINUTE_MS);
        assertEquals("a alive, b alive, c failed", cluster.nodes.get("a").seen());
        assertEquals("a alive, b alive, c alive, d alive", cluster.nodes.get("b").seen());
    }

    @Test
    void aNodeIdBelongsToTheFirstWhileItAnswers() {
        three();
        cluster.start(new Start("b", "a").at("other:1"));
        cluster.run(5_000);
        assertEquals(ALL, cluster.nodes.get("a").seen());
        assertEquals("b alive", cluster.nodes.get("b").seen());
        assertTrue(problems("b").toString().contains("another node has the node_id b already"),
                problems("b").toString());
        assertTrue(problems("a").toString().contains("peer other:1: the node there calls itself b"),
                problems("a").toString());
    }

    @Test
    void aNewDirectoryTakesTheIdOfADeadNode() {
        three();
        cluster.kill("b");
        cluster.run(5_000);
        cluster.start(new Start("b", "a").at("other:1"));
        cluster.run(8_000);
        assertSeen(ALL);
    }

    @Test
    void whoHasAnotherSecretIsAStrangerAndLearnsNothing() {
        three();
        cluster.start(new Start("d", "a").secret("another secret of another cluster"));
        cluster.run(10_000);
        assertEquals("d alive", cluster.nodes.get("d").seen());
        assertEquals(ALL, cluster.nodes.get("a").seen());
        assertTrue(problems("d").get(0).contains("it does not know our cluster secret"),
                problems("d").toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {600_000, -600_000, 86_400_000})
    void aWrongClockIsToldAndCutsNobodyOff(long aheadMs) {
        cluster.start(new Start("a"));
        cluster.start(new Start("b", "a"));
        cluster.start(new Start("c", "a", "b").ahead(aheadMs));
        cluster.run(2_000);
        assertSeen(ALL);
        String told = "the clock of c is [0-9]+ s " + (aheadMs > 0 ? "ahead of" : "behind")
                + " this node's: set the wrong clock";
        assertTrue(problems("a").get(0).matches(told), problems("a").toString());
        assertEquals(3, problems("c").size(), problems("c").toString());
        assertTrue(problems("c").get(2).contains("of this node is"), problems("c").toString());
        assertEquals(Reason.CLOCK_WRONG,
                cluster.nodes.get("c").membership.clockRefusal().orElseThrow().reason());
        assertTrue(cluster.nodes.get("a").membership.clockRefusal().isEmpty());
    }

    @Test
    void whoIsRemovedAndDeadStaysAway() {
        three();
        cluster.kill("b");
        cluster.run(5_000);
        assertTrue(cluster.nodes.get("a").replication.remove("b"));
        assertFalse(cluster.nodes.get("a").replication.remove("nobody"));
        cluster.run(1_000);
        assertSeen("a alive, b left, c alive");
        cluster.run(11 * MINUTE_MS);
        assertSeen("a alive, c alive");
    }

    @Test
    void whoIsRemovedAndAliveSaysSo() {
        three();
        assertTrue(cluster.nodes.get("a").replication.remove("b"));
        cluster.run(5_000);
        assertSeen(ALL);
    }

    @Test
    void aRestartIsANewIncarnation() {
        three();
        cluster.kill("b");
        cluster.run(500);
        cluster.restart("b");
        cluster.run(4_000);
        assertSeen(ALL);
    }

    @Tag(Depth.DEEP)
    @Test
    void lossAndDelayAreOrdinary() {
        for (int seed = 0; seed < Depth.of(5, 20); seed++) {
            SimCluster lossy = new SimCluster(seed);
            lossy.network.faults(20, 100);
            lossy.start(new Start("a"));
            lossy.start(new Start("b", "a"));
            lossy.start(new Start("c", "a", "b"));
            lossy.run(MINUTE_MS);
            lossy.network.faults(0, 5);
            lossy.run(3_000);
            lossy.nodes.forEach((id, node) -> assertEquals(ALL, node.seen(), id));
        }
    }

    /**
     * A running node's clock jumps away from the others' and comes back: it refuses writes meanwhile, and
     * takes them again at once.
     */
    @ParameterizedTest
    @ValueSource(longs = {61_500, -61_500, 31_536_000_000L})
    void aClockThatJumpsIsRefusedWhileItIsWrong(long wrongMs) {
        cluster.start(new Start("a"));
        cluster.start(new Start("b", "a"));
        cluster.start(new Start("c", "a"));
        cluster.run(3_000);
        for (long wrong : new long[] {58_000, wrongMs, 0}) {
            cluster.wrongMs.put("c", wrong);
            cluster.run(3_000);
            for (String id : List.of("a", "b", "c")) {
                Membership membership = cluster.nodes.get(id).membership;
                assertEquals(wrong == wrongMs && id.equals("c"), membership.clockRefusal().isPresent(),
                        id + " with c wrong by " + wrong);
                assertEquals(wrong != wrongMs, membership.clocksAgree(), id + " with c wrong by " + wrong);
            }
        }
    }
}
