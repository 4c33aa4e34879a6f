package kvs.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.cluster.Feed;
import kvs.cluster.Keyring;
import kvs.cluster.Knowledge;
import kvs.cluster.Membership;
import kvs.cluster.PeerGuard;
import kvs.cluster.PeerLine;
import kvs.cluster.PeerService;
import kvs.cluster.Replication;
import kvs.cluster.Stamp;
import kvs.cluster.Vital;
import kvs.data.Local;
import kvs.model.Coverage;
import kvs.model.Member;
import kvs.model.Mode;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimScheduler;
import kvs.world.Log;
import kvs.world.Network;
import kvs.world.Scheduler;

/** What the API of a node in memory knows of a cluster: itself alone, and whoever speaks to it. It speaks to nobody. */
final class Neighbour {

    final Keyring ring = new Keyring(List.of(Api.SECRET), "kvs");
    final Stamp.Life life = new Stamp.Life(new UUID(1, 1), 7);
    final Membership membership;
    final PeerResource resource;
    final MembersResource.Leaving leaving;

    Neighbour(Local node) {
        Network silent = new Network() {
            @Override
            public CompletableFuture<Reply> send(Call call, Bounds bounds) {
                return CompletableFuture.completedFuture(new Silence("nobody is there"));
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        membership = membership(node, new Member(Api.NODE, "127.0.0.1:8080", life.origin(), 1, 1, false), silent,
                new SimScheduler(new SimClock()));
        Map<String, PeerService> services = new TreeMap<>(membership.services());
        Knowledge knowledge = new Knowledge(node.store, Api.NODE, false, new SimDice(8), Log.none());
        Feed feed = new Feed(node.store, node);
        Replication replication = new Replication(new Replication.Doors(node.store, knowledge, feed, node.clock, node, Log.none()),
                new Replication.Settings(0, 0, 0, 0, 0, stage -> { }), membership, new PeerLine(silent, ring, () -> life, node.clock,
                new SimDice(7)));
        services.putAll(replication.services());
        leaving = new MembersResource.Leaving() {
            @Override
            public boolean remove(String id) {
                return replication.remove(id);
            }

            @Override
            public CompletionStage<Integer> leave(long waitMs) {
                return replication.leave(waitMs);
            }
        };
        resource = new PeerResource(new PeerGuard(ring, () -> life, node.clock), services, (address, key) -> { });
    }

    /** The membership of some node that speaks through {@code network} and has this one as its seed. */
    Membership membership(Local node, Member self, Network network, Scheduler scheduler) {
        return new Membership(self, new Membership.Settings(List.of("127.0.0.1:8080"), List.of(), 1_000, 3_000, 60_000, 120_000),
                new PeerLine(network, ring, () -> new Stamp.Life(self.origin(), 1), node.clock, new SimDice(5)),
                () -> new Vital(0, Mode.NORMAL, true, node.clock.wallMs(), 0, 0, 0, 0, Coverage.NONE,
                new Vital.Digests(new byte[32], new byte[32]), Map.of()),
                new Membership.Doors(node.clock, new SimDice(6), scheduler, Log.none()));
    }
}
