package kvs.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.model.Member;
import kvs.model.Mode;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimNetwork;
import kvs.sim.SimScheduler;
import kvs.world.Clock;
import kvs.world.Log;
import kvs.world.Network;
import kvs.world.Scheduler;
import kvs.world.Task;

/** Nodes that know who is there, in one thread and virtual time. */
final class SimCluster {

    static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    final SimClock clock = new SimClock();
    final SimDice dice;
    final SimScheduler scheduler = new SimScheduler(clock);
    final SimNetwork network;
    final Map<String, Node> nodes = new TreeMap<>();

    /** How a node is started. */
    record Start(String id, String address, long boot, byte[] secret, long aheadMs, List<String> seeds) {

        Start(String id, String... seeds) {
            this(id, id + ":1", 1, SECRET, 0, List.of(seeds).stream().map(seed -> seed + ":1").toList());
        }

        Start boot(long number) {
            return new Start(id, address, number, secret, aheadMs, seeds);
        }

        Start ahead(long ms) {
            return new Start(id, address, boot, secret, ms, seeds);
        }

        Start secret(String text) {
            return new Start(id, address, boot, text.getBytes(StandardCharsets.US_ASCII), aheadMs, seeds);
        }

        Start at(String place) {
            return new Start(id, place, boot, secret, aheadMs, seeds);
        }
    }

    /** A running node. */
    final class Node {

        final Membership membership;
        final PeerGuard guard;
        boolean up = true;

        Node(Start start) {
            Clock skewed = new Clock() {
                @Override
                public long wallMs() {
                    return clock.wallMs() + start.aheadMs;
                }

                @Override
                public long nanos() {
                    return clock.nanos();
                }
            };
            UUID origin = new UUID(start.address.hashCode(), start.id.hashCode());
            Stamp.Life life = new Stamp.Life(origin, start.boot);
            Keyring ring = new Keyring(List.of(start.secret), "kvs");
            Member self = new Member(start.id, start.address, origin, 1_000, Member.incarnation(start.boot), false);
            Network door = network.door(start.address);
            Scheduler mine = new Scheduler() {
                @Override
                public void start(String name, Task task, long delayMs) {
                    scheduler.start(name, () -> up ? task.step() : Task.DONE, delayMs);
                }

                @Override
                public void close() {
                    up = false;
                }
            };
            membership = new Membership(self, new Membership.Settings(start.seeds, 1_000, 3_000, 60_000, 120_000),
                    new PeerLine(door, ring, life, skewed, dice), () -> new Vital(Mode.NORMAL, skewed.wallMs(), 0, 0, new byte[32]),
                    new Membership.Doors(skewed, dice, mine, Log.none()));
            guard = new PeerGuard(ring, life, skewed);
            network.serve(start.address, call -> up ? answer(call) : new CompletableFuture<>());
            membership.start();
        }

        private CompletionStage<Network.Answer> answer(Network.Call call) {
            Optional<Stamp> stamp = guard.known(List.of(call.headers().getOrDefault(Stamp.HEADER, "")), call.method(), call.target());
            if (stamp.isEmpty()) {
                return CompletableFuture.completedFuture(new Network.Answer(401, Map.of(), NOTHING));
            }
            Membership.Kind kind = List.of(Membership.Kind.values()).stream().filter(k -> k.target().equals(call.target())).findFirst().orElseThrow();
            Membership.Answer answer = switch (guard.admit(stamp.get(), call.body())) {
                case ADMITTED -> membership.answer(kind, call.body());
                case MISADDRESSED -> new Membership.Answer(401, guard.hint());
                case REFUSED -> new Membership.Answer(403, NOTHING);
                case BUSY -> new Membership.Answer(503, NOTHING);
            };
            String sign = guard.sign(stamp.get(), answer.status(), answer.body());
            return CompletableFuture.completedFuture(new Network.Answer(answer.status(), Map.of("kvs-peer", sign), answer.body()));
        }

        /** Ids and statuses of all that it sees, itself too. */
        String seen() {
            List<String> seen = new ArrayList<>();
            membership.members().forEach(one -> seen.add(one.member().id() + " " + one.status().text()));
            return String.join(", ", seen);
        }
    }

    SimCluster(long seed) {
        dice = new SimDice(seed);
        network = new SimNetwork(scheduler, dice);
    }

    /** Starts a node, in the place of one that ran under that id. */
    Node start(Start start) {
        Node node = new Node(start);
        nodes.put(start.id, node);
        return node;
    }

    /** Lets a node die without a word. */
    void kill(String id) {
        nodes.get(id).up = false;
    }

    void run(long ms) {
        scheduler.run(ms);
    }

    void cut(String one, String other) {
        network.cut(one + ":1", other + ":1");
        network.cut(other + ":1", one + ":1");
    }

    void mend(String one, String other) {
        network.mend(one + ":1", other + ":1");
        network.mend(other + ":1", one + ":1");
    }
}
