package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import kvs.cluster.SimCluster.Start;
import kvs.model.SequenceNumber;
import kvs.world.Network;
import org.junit.jupiter.api.Test;

/** A line to a node that is started again. */
class PeerClientTest {

    private final SimCluster cluster = new SimCluster(1);

    /**
     * An answer of another run may be that of an old copy: what was asked of one run is not asked of the
     * next.
     */
    @Test
    void aCallForOneRunIsNotMadeToAnother() {
        var first = cluster.start(new Start("a"));
        cluster.run(200);
        PeerSignature.NodeRun asker = new PeerSignature.NodeRun(new UUID(1, 1), 1);
        PeerClient line = new PeerClient(cluster.network.door("x:1"),
                new Keyring(List.of(SimCluster.SECRET), "kvs"), () -> asker, cluster.clock, cluster.dice);
        PeerSignature.NodeRun before = new PeerSignature.NodeRun(first.store.origin(),
                SequenceNumber.bootOf(first.store.head()));
        assertInstanceOf(PeerClient.Response.class, send(line, life -> true));
        assertInstanceOf(PeerClient.Response.class, send(line, before::equals));
        cluster.run(2_000);
        cluster.restart("a");
        cluster.run(200);
        assertInstanceOf(PeerClient.Response.class, send(line, life -> true), "whoever is there");
        assertEquals("another run of it is there now",
                ((PeerClient.NoResponse) send(line, before::equals)).why());
    }

    private PeerClient.Reply send(PeerClient line, Predicate<PeerSignature.NodeRun> to) {
        List<PeerClient.Reply> replies = new ArrayList<>();
        line.send(new PeerClient.Call("a:1", "/sync/diff", new byte[0], new Network.Bounds(1_000, 1_000), to))
                .thenAccept(replies::add);
        cluster.run(2_000);
        return replies.get(0);
    }
}
