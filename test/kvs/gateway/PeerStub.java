package kvs.gateway;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.api.MembersResource;
import kvs.api.PeerResource;
import kvs.cluster.CoverageTracker;
import kvs.cluster.Feed;
import kvs.cluster.Membership;
import kvs.cluster.NodeStatus;
import kvs.cluster.Replication;
import kvs.documents.LocalDocuments;
import kvs.model.Coverage;
import kvs.model.Member;
import kvs.model.NodeMode;
import kvs.peer.Keyring;
import kvs.peer.PeerAuthenticator;
import kvs.peer.PeerClient;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimScheduler;
import kvs.world.Logger;
import kvs.world.Network;
import kvs.world.Scheduler;

/**
 * The cluster of the API of a node in memory: the node itself, and every node that sends it a request. It
 * sends no requests.
 */
public final class PeerStub {

    final Keyring ring = new Keyring(List.of(InMemoryApi.SECRET), "kvs");
    final PeerSignature.NodeRun life = new PeerSignature.NodeRun(new UUID(1, 1), 7);
    public final Membership membership;
    final PeerResource resource;
    final MembersResource.MemberRemoval leaving;

    PeerStub(LocalDocuments node) {
        Network silent = new Network() {
            @Override
            public CompletableFuture<Reply> send(Call call, Bounds bounds) {
                return CompletableFuture.completedFuture(new NoResponse("nobody is there"));
            }

            @Override
            public void close() {
                // Nothing to close.
            }
        };
        membership = membership(node, new Member(InMemoryApi.NODE, "127.0.0.1:8080", life.origin(), 1, 1,
                false), silent, new SimScheduler(new SimClock()));
        Map<String, PeerRequestHandler> services = new TreeMap<>(membership.services());
        CoverageTracker coverageTracker = new CoverageTracker(node.store, InMemoryApi.NODE, false,
                new SimDice(8), Logger.none());
        Feed feed = new Feed(node.store, node);
        Replication replication = new Replication(new Replication.Dependencies(node.store, coverageTracker,
                feed, node.clock, node, Logger.none()), new Replication.Settings(0, 0, 0, 0, 0, stage -> { }),
                membership, new PeerClient(silent, ring, () -> life, node.clock, new SimDice(7)));
        services.putAll(replication.services());
        leaving = new MembersResource.MemberRemoval() {
            @Override
            public boolean remove(String id) {
                return replication.remove(id);
            }

            @Override
            public CompletionStage<Integer> leave(long waitMs) {
                return replication.leave(waitMs);
            }
        };
        resource = new PeerResource(new PeerAuthenticator(ring, () -> life, node.clock), services,
                (address, key) -> { });
    }

    /** The membership of a node that sends through {@code network} and has this one as its seed. */
    public Membership membership(LocalDocuments node, Member self, Network network, Scheduler scheduler) {
        return new Membership(self, new Membership.Settings(List.of("127.0.0.1:8080"), List.of(),
                1_000, 3_000, 60_000, 120_000), new PeerClient(network, ring,
                        () -> new PeerSignature.NodeRun(self.origin(), 1), node.clock, new SimDice(5)),
                () -> new NodeStatus(0, NodeMode.NORMAL, true, node.clock.wallMs(), 0, 0, 0, 0, Coverage.NONE,
                        new NodeStatus.Digests(new byte[32], new byte[32]), Map.of()),
                new Membership.Dependencies(node.clock, new SimDice(6), scheduler, Logger.none()));
    }
}
