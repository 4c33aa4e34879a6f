package kvs.peer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.HttpNetwork;
import kvs.world.Network;

/** A sender that has the secret of a cluster and sends signed requests of any content. */
public final class RawPeerSender implements AutoCloseable {

    private final HttpNetwork network = new HttpNetwork(5_000, Optional.empty());
    private final String address;
    private final PeerClient line;

    /** Sends to {@code address}. */
    public RawPeerSender(String address, String secret) {
        this.address = address;
        this.line = new PeerClient(network, new Keyring(List.of(secret.getBytes(StandardCharsets.UTF_8)),
                "kvs"), () -> new PeerSignature.NodeRun(new UUID(4, 2), 1), Clock.REAL, Dice.real());
    }

    /** Sends a signed request; the status of the signed response, 0 when there was none. */
    public int send(String target, byte[] body) {
        PeerClient.Reply reply = line.send(new PeerClient.Call(address, target, body,
                new Network.Bounds(20_000, 32 << 20), life -> true)).toCompletableFuture().join();
        return reply instanceof PeerClient.Response answered ? answered.status() : 0;
    }

    @Override
    public void close() {
        network.close();
    }
}
