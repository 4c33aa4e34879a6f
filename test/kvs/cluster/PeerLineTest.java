package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import kvs.cluster.SimCluster.Start;
import kvs.model.Sequence;
import kvs.world.Network;
import org.junit.jupiter.api.Test;

/** A line to a node that is started again. */
class PeerLineTest {

    private final SimCluster cluster = new SimCluster(1);

    /** An answer of another run may be that of an old copy: what was asked of one run is not asked of the next. */
    @Test
    void aCallForOneRunIsNotMadeToAnother() {
        var first = cluster.start(new Start("a"));
        cluster.run(200);
        Stamp.Life asker = new Stamp.Life(new UUID(1, 1), 1);
        PeerLine line = new PeerLine(cluster.network.door("x:1"), new Keyring(List.of(SimCluster.SECRET), "kvs"), () -> asker, cluster.clock,
                cluster.dice);
        Stamp.Life before = new Stamp.Life(first.store.origin(), Sequence.bootOf(first.store.head()));
        assertInstanceOf(PeerLine.Answered.class, send(line, life -> true));
        assertInstanceOf(PeerLine.Answered.class, send(line, before::equals));
        cluster.run(2_000);
        cluster.restart("a");
        cluster.run(200);
        assertInstanceOf(PeerLine.Answered.class, send(line, life -> true), "whoever is there");
        assertEquals("another run of it is there now", ((PeerLine.Silent) send(line, before::equals)).why());
    }

    private PeerLine.Reply send(PeerLine line, Predicate<Stamp.Life> to) {
        List<PeerLine.Reply> replies = new ArrayList<>();
        line.send(new PeerLine.Call("a:1", "/sync/diff", new byte[0], new Network.Bounds(1_000, 1_000), to)).thenAccept(replies::add);
        cluster.run(2_000);
        return replies.get(0);
    }
}
