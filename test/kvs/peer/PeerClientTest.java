package kvs.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import kvs.peer.PeerAuthenticator.Verdict;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimNetwork;
import kvs.sim.SimScheduler;
import kvs.world.Network;
import org.junit.jupiter.api.Test;

/** A line to a node that is started again. */
class PeerClientTest {

    private static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(
            StandardCharsets.US_ASCII);
    private final SimClock clock = new SimClock();
    private final SimDice dice = new SimDice(1);
    private final SimScheduler scheduler = new SimScheduler(clock);
    private final SimNetwork network = new SimNetwork(scheduler, dice);
    private final Keyring ring = new Keyring(List.of(SECRET), "kvs");

    /** Responds at an address as that run of a node. */
    private void serve(String address, PeerSignature.NodeRun run) {
        PeerAuthenticator authenticator = new PeerAuthenticator(ring, () -> run, clock);
        network.serve(address, call -> answer(authenticator, call));
    }

    private static CompletionStage<Network.NetworkResponse> answer(PeerAuthenticator authenticator,
            Network.Call call) {
        PeerSignature signature = authenticator.known(List.of(call.headers().get(PeerSignature.HEADER)),
                call.method(), call.target()).orElseThrow();
        boolean admitted = authenticator.admit(signature, call.body()) == Verdict.ADMITTED;
        int status = admitted ? 200 : 401;
        byte[] body = admitted ? new byte[0] : authenticator.hint();
        return CompletableFuture.completedFuture(new Network.NetworkResponse(status,
                Map.of("kvs-peer", authenticator.sign(signature, status, body)), body));
    }

    /**
     * An answer of another run may be that of an old copy: what was asked of one run is not asked of the
     * next.
     */
    @Test
    void aCallForOneRunIsNotMadeToAnother() {
        PeerSignature.NodeRun before = new PeerSignature.NodeRun(new UUID(2, 2), 1);
        PeerSignature.NodeRun asker = new PeerSignature.NodeRun(new UUID(1, 1), 1);
        PeerClient line = new PeerClient(network.door("x:1"), ring, () -> asker, clock, dice);
        serve("a:1", before);
        assertInstanceOf(PeerClient.Response.class, send(line, life -> true));
        assertInstanceOf(PeerClient.Response.class, send(line, before::equals));
        serve("a:1", new PeerSignature.NodeRun(new UUID(2, 2), 2));
        assertInstanceOf(PeerClient.Response.class, send(line, life -> true), "whoever is there");
        assertEquals("it was restarted meanwhile",
                ((PeerClient.NoResponse) send(line, before::equals)).why());
    }

    private PeerClient.Reply send(PeerClient line, Predicate<PeerSignature.NodeRun> to) {
        List<PeerClient.Reply> replies = new ArrayList<>();
        line.send(new PeerClient.Call("a:1", "/sync/diff", new byte[0], new Network.Bounds(1_000, 1_000), to))
                .thenAccept(replies::add);
        scheduler.run(2_000);
        return replies.get(0);
    }
}
