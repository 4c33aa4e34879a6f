package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.UUID;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.documents.AccessContext;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.model.Coverage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** Positions from before a purge, on nodes that took over what they cover from those who purged. */
class PurgedWatermarksTest {

    private static final long HOUR_MS = 3_600_000;
    private static final Changes.Query ALL = new Changes.Query(new byte[0], 100);

    private final SimCluster cluster = new SimCluster(1);

    private void two(boolean first) {
        cluster.windowMs = HOUR_MS;
        cluster.idleMs = 200;
        cluster.heartbeatMs = 10_000;
        cluster.restMs = 10_000;
        cluster.start(first ? new Start("a").first() : new Start("a"));
        cluster.start(first ? new Start("b", "a").first() : new Start("b", "a"));
        cluster.run(60_000);
    }

    private Node node(String id) {
        return cluster.nodes.get(id);
    }

    private ClientPosition position() {
        cluster.run(10_000);
        return ClientPosition.parse(node("b").changes.page(Changes.start(), ALL, AccessContext.ALL).next()
                .text()).orElseThrow();
    }

    private void assertGone(String id, ClientPosition position) {
        Refusal refusal = assertThrows(Refusal.class,
                () -> node(id).changes.page(position, ALL, AccessContext.ALL));
        assertEquals(Reason.POSITION_GONE, refusal.reason());
    }

    /**
     * A document and one with an end are gone without a trace: for a joiner, and for a directory that was put
     * back.
     */
    @Test
    void whoTakesOverCoverageKnowsWhatWasPurged() {
        two(false);
        node("a").write("deleted", "1", 0);
        node("a").write("other", "1", 0);
        cluster.run(10_000);
        SimDisk copy = cluster.disk("b");
        ClientPosition before = position();
        node("a").write("deleted", "", 0);
        node("a").write("expired", "1", 60_000);
        ClientPosition between = position();
        cluster.run(HOUR_MS * 3 / 2);
        assertEquals(1, node("a").store.root().tree().summary().count(), "both are purged");
        cluster.start(new Start("c", "a"));
        cluster.replace("b", copy);
        cluster.run(60_000);
        for (String id : new String[] {"a", "b", "c"}) {
            assertEquals("1", node(id).value("other"));
            assertGone(id, before);
            assertGone(id, between);
        }
        cluster.restart("c");
        cluster.run(60_000);
        assertGone("c", before);
    }

    /** The first release tells no floor: whoever joins by such a node may have missed all that it covers. */
    @Test
    void aFloorThatIsNotToldIsAllThatIsCovered() {
        two(true);
        ClientPosition before = position();
        node("a").write("k", "1", 0);
        cluster.run(10_000);
        cluster.start(new Start("c", "a"));
        cluster.run(60_000);
        assertGone("c", before);
        assertEquals(1, node("c").changes.page(Changes.start(), ALL, AccessContext.ALL).changes().size());
    }

    @Test
    void aFloorComesBackFromItsBytes() {
        Coverage numbers = Coverage.NONE.with(origin(), 7);
        assertEquals(Optional.of(new PurgedWatermarks(numbers, 9)),
                PurgedWatermarks.decode(new PurgedWatermarks(numbers, 9).encode()));
        assertEquals(Optional.empty(), PurgedWatermarks.decode(new byte[7]));
        assertEquals(Optional.empty(), PurgedWatermarks.decode(new byte[9]));
    }

    private static UUID origin() {
        return new UUID(1, 2);
    }
}
