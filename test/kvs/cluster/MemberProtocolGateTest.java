package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.Member;
import kvs.model.ProtocolGate;
import org.junit.jupiter.api.Test;

/** Two releases in one cluster. */
class MemberProtocolGateTest {

    private static final int FIELD = 200;
    private final SimCluster cluster = new SimCluster(1);

    private boolean all(String id) {
        return cluster.nodes.get(id).replication.protocol().all(ProtocolGate.PRESENT);
    }

    private void start(Start... starts) {
        for (Start start : starts) {
            cluster.start(start);
        }
        cluster.run(5_000);
    }

    @Test
    void aNodeAloneAgreesWithItself() {
        start(new Start("a"));
        assertTrue(all("a")
                && !cluster.nodes.get("a").replication.protocol().all(ProtocolGate.PRESENT + 1));
    }

    @Test
    void aJoinerAsksFirst() {
        Node joiner = cluster.start(new Start("b", "a"));
        cluster.run(60_000);
        assertFalse(joiner.replication.protocol().all(ProtocolGate.PRESENT));
    }

    /** One after the other, as operators do it; a member that is down counts as what it was. */
    @Test
    void theLastOneThatIsUpgradedDecides() {
        start(new Start("a").first(), new Start("b", "a").first(), new Start("c", "a").first());
        for (String id : new String[] {"a", "b"}) {
            cluster.kill(id);
            start(id.equals("a") ? new Start("a") : new Start("b", "a"));
            assertFalse(all("a"), "after " + id);
        }
        cluster.kill("c");
        cluster.run(700_000);
        cluster.restart("a");
        cluster.run(5_000);
        assertFalse(all("a") || all("b"), "c may come back");
        start(new Start("c", "a"));
        assertTrue(all("a") && all("b") && all("c"));
    }

    @Test
    void silenceTakesNothingBackAndAnOlderReleaseIsNamed() {
        start(new Start("a"), new Start("b", "a"));
        assertTrue(all("a") && all("b"));
        cluster.kill("b");
        cluster.restart("a");
        assertTrue(all("a"), "at once");
        start(new Start("b", "a").first());
        assertTrue(all("a"));
        assertTrue(cluster.nodes.get("a").replication.problems().toString()
                .contains("member b runs an older release"));
        assertEquals("a alive, b alive", cluster.nodes.get("a").seen(), "it is not refused");
        cluster.nodes.get("b").write("k", "1", 0);
        cluster.run(1_000);
        assertEquals("1", cluster.nodes.get("a").value("k"));
        cluster.kill("b");
        start(new Start("b", "a"));
        assertFalse(cluster.nodes.get("a").replication.problems().toString().contains("older release"));
    }

    /** A member between counts for what it reads. */
    @Test
    void theLeastOfAllIsAgreedOn() {
        start(new Start("a"));
        Start between = new Start("b", "b:1", SimCluster.SECRET, 0, List.of("a:1"), ProtocolGate.METADATA);
        start(new Start("c", "a").first(), between);
        cluster.run(5_000);
        Node joiner = cluster.start(new Start("d", "b"));
        cluster.run(10_000);
        assertFalse(joiner.replication.protocol().all(ProtocolGate.METADATA), "c is older");
        assertEquals("[b, c]", joiner.replication.older(ProtocolGate.SITES).stream().sorted().toList()
                .toString());
        cluster.kill("c");
        start(new Start("c", "a"));
        cluster.run(10_000);
        assertTrue(joiner.replication.protocol().all(ProtocolGate.METADATA)
                && !joiner.replication.protocol().all(ProtocolGate.SITES));
    }

    /** It answers 400 to a greeting with fields, once. */
    @Test
    void fieldsAreToldToThoseWhoReadThem() {
        start(new Start("a"), new Start("b", "a"));
        cluster.nodes.get("a").fields = Map.of(FIELD, new byte[] {1, 2, 3});
        cluster.run(2_000);
        assertArrayEquals(new byte[] {1, 2, 3}, field("b", "a").orElseThrow());
        cluster.kill("b");
        start(new Start("b", "a").first());
        assertEquals(Member.Status.ALIVE, cluster.nodes.get("b").membership.seen().get(0).status());
        assertEquals(Optional.empty(), field("b", "a"));
        assertEquals("[]", cluster.nodes.get("a").membership.problems().toString());
    }

    private Optional<byte[]> field(String at, String of) {
        return cluster.nodes.get(at).membership.seen().stream()
                .filter(member -> member.member().id().equals(of))
                .findFirst().orElseThrow().nodeStatus().field(FIELD);
    }
}
