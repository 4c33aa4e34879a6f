package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import kvs.cluster.SimCluster.Start;
import kvs.model.Coverage;
import kvs.model.Member;
import kvs.model.NodeMode;
import kvs.peer.PeerSignature.NodeRun;
import org.junit.jupiter.api.Test;

class ShortHeartbeatTest {

    private static final Member SELF = new Member("a", "a.example:8080", new UUID(1, 2), 17, 18, false);
    private static final UUID THIRD = new UUID(5, 6);

    private static NodeStatus status(long head, long silentMs) {
        return new NodeStatus(9, NodeMode.NORMAL, true, 1_000, 2, 3, head, 5, Coverage.NONE,
                new NodeStatus.Digests(new byte[32], new byte[32]),
                Map.of(THIRD, new NodeStatus.PeerReport(silentMs, 8)));
    }

    @Test
    void isWrittenAsDrawn() {
        ShortHeartbeat sent = new ShortHeartbeat(new NodeRun(new UUID(1, 2), 9), 0x1890c8b8e80L, 0xaa, 0xbb);
        assertEquals("030000000000000001000000000000000200000000000000090000" + "01890c8b8e80"
                + "00000000000000aa00000000000000bb", HexFormat.of().formatHex(sent.encode()));
        assertEquals(Optional.of(sent), ShortHeartbeat.decode(sent.encode()));
        assertTrue(GossipMessage.decode(sent.encode()).isEmpty(), "no older node takes it for another");
    }

    @Test
    void refusesWhatNoNodeSends() {
        byte[] good = new ShortHeartbeat(new NodeRun(new UUID(1, 2), 9), 5, 0xaa, 0xbb).encode();
        assertTrue(ShortHeartbeat.decode(Arrays.copyOf(good, good.length - 1)).isEmpty());
        assertTrue(ShortHeartbeat.decode(Arrays.copyOf(good, good.length + 1)).isEmpty());
        assertTrue(ShortHeartbeat.decode(new byte[good.length]).isEmpty());
        assertTrue(ShortHeartbeat.decode(new ShortHeartbeat(new NodeRun(new UUID(1, 2), 9), -1, 1, 1)
                .encode()).isEmpty(), "a clock before 1970");
        assertTrue(ShortHeartbeat.decode(new ShortHeartbeat(new NodeRun(new UUID(1, 2), 9), 1, 0, 1)
                .encode()).isEmpty(), "no status");
    }

    /** All but the clock, what only people read, and how long exactly a third node is silent. */
    @Test
    void aDigestStandsForWhatANodeDecidesBy() {
        long digest = ShortHeartbeat.digest(SELF, status(4, 100));
        assertEquals(digest, ShortHeartbeat.digest(SELF, status(4, 29_999).at(77)
                .with(new NodeFacts("1", 5, OptionalLong.of(6), OptionalLong.empty()).fields())));
        NodeStatus full = status(4, 100).with(ShortHeartbeat.field(digest));
        assertEquals(digest, ShortHeartbeat.digest(SELF, full), "not for itself");
        assertEquals(OptionalLong.of(digest), ShortHeartbeat.reported(full));
        assertNotEquals(digest, ShortHeartbeat.digest(SELF, status(5, 100)));
        assertNotEquals(digest, ShortHeartbeat.digest(SELF, status(4, 30_000)));
        assertNotEquals(digest, ShortHeartbeat.digest(SELF.refuting(18), status(4, 100)));
        assertNotEquals(digest, ShortHeartbeat.digest(SELF, status(4, 100).with(Map.of(1, new byte[1]))));
    }

    @Test
    void fitsOneRunAndOneStatus() {
        NodeStatus full = status(4, 100).with(ShortHeartbeat.field(7));
        assertTrue(new ShortHeartbeat(new NodeRun(SELF.origin(), 9), 5, 7, 0).isOf(SELF, full));
        for (ShortHeartbeat other : List.of(new ShortHeartbeat(new NodeRun(THIRD, 9), 5, 7, 0),
                new ShortHeartbeat(new NodeRun(SELF.origin(), 8), 5, 7, 0),
                new ShortHeartbeat(new NodeRun(SELF.origin(), 9), 5, 8, 0))) {
            assertTrue(!other.isOf(SELF, full));
        }
        assertTrue(!new ShortHeartbeat(new NodeRun(SELF.origin(), 9), 5, 7, 0).isOf(SELF, status(4, 100)));
    }

    private static SimCluster three(Start... starts) {
        SimCluster cluster = new SimCluster(5);
        List.of(starts).forEach(cluster::start);
        cluster.run(30_000);
        cluster.carried = 0;
        cluster.heartbeats = 0;
        cluster.run(60_000);
        return cluster;
    }

    /** Two messages of 49 bytes each second, a full status of 300 each ten. */
    @Test
    void membersAtRestSendLittle() {
        SimCluster cluster = three(new Start("a"), new Start("b", "a"), new Start("c", "a"));
        assertTrue(cluster.carried < cluster.heartbeats * 250, cluster.carried + " bytes in "
                + cluster.heartbeats + " heartbeats");
        cluster.nodes.forEach((id, node) -> assertEquals("a alive, b alive, c alive", node.seen()));
    }

    @Test
    void aMemberOfTheFirstReleaseReceivesFullOnes() {
        SimCluster cluster = three(new Start("a"), new Start("b", "a").first(), new Start("c", "a"));
        cluster.nodes.forEach((id, node) -> assertEquals("a alive, b alive, c alive", node.seen()));
        assertTrue(cluster.carried > cluster.heartbeats * 250, cluster.carried + " bytes");
    }

    /** A restart, a write and a clock that changes: each is seen after the next heartbeat. */
    @Test
    void nothingThatChangesIsLate() {
        SimCluster cluster = three(new Start("a"), new Start("b", "a"), new Start("c", "a"));
        cluster.nodes.get("b").write("k", "1", 0);
        cluster.run(1_400);
        assertEquals(cluster.nodes.get("b").feed.last(), seen(cluster, "a", "b").nodeStatus().head());
        cluster.wrongMs.put("b", 50_000L);
        cluster.run(1_400);
        MemberView view = seen(cluster, "c", "b");
        assertTrue(view.nodeStatus().wallMs() - view.heardMs() > 49_000);
        long boot = view.nodeStatus().boot();
        cluster.wrongMs.clear();
        cluster.kill("b");
        cluster.run(2_000);
        cluster.restart("b");
        cluster.run(3_000);
        assertTrue(seen(cluster, "c", "b").nodeStatus().boot() > boot);
        assertEquals("a alive, b alive, c alive", cluster.nodes.get("c").seen());
    }

    private static MemberView seen(SimCluster cluster, String by, String id) {
        return cluster.nodes.get(by).membership.seen().stream()
                .filter(member -> member.member().id().equals(id)).findFirst().orElseThrow();
    }
}
