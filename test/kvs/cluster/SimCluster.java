package kvs.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import kvs.data.Changes;
import kvs.data.Purger;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Member;
import kvs.model.Mode;
import kvs.model.Protocol;
import kvs.model.Refusal;
import kvs.model.Sequence;
import kvs.model.Version;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.sim.SimNetwork;
import kvs.sim.SimScheduler;
import kvs.store.Document;
import kvs.store.Doors;
import kvs.store.Draft;
import kvs.store.Store;
import kvs.store.StoreException;
import kvs.store.StoreSettings;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Clock;
import kvs.world.Log;
import kvs.world.Network;
import kvs.world.Scheduler;
import kvs.world.Task;

/** Whole nodes but for their HTTP, on simulated disks and a simulated network, in one thread and virtual time. */
final class SimCluster {

    static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};
    private static final long THAW_MS = 20;

    final SimClock clock = new SimClock();
    final SimDice dice;
    private static final long UPKEEP_MS = 700;
    private static final long LOOK_MS = 200;
    private int segmentBytes = 1 << 20;
    final SimScheduler scheduler = new SimScheduler(clock);
    final SimNetwork network;
    final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, SimDisk> disks = new TreeMap<>();
    /** {@code bootstrap_max_age_hours}, {@code heartbeat_interval_ms}, and how often an idle writer looks for work; for nodes started from now on. */
    long windowMs = 720 * 3_600_000L;
    long heartbeatMs = 1_000;
    long idleMs = 1;
    long restMs = LOOK_MS;
    /** By how much the clock of a node is wrong now; it may change while the node runs. */
    final Map<String, Long> wrongMs = new TreeMap<>();
    /** Bytes of bodies between nodes, and exchanges. */
    long carried;
    long exchanges;

    /** How a node is started; the directory is that of its address, if one ran there before. */
    record Start(String id, String address, byte[] secret, long aheadMs, List<String> seeds, int protocol) {

        Start(String id, String... seeds) {
            this(id, id + ":1", SECRET, 0, List.of(seeds).stream().map(seed -> seed + ":1").toList(), Protocol.PRESENT);
        }

        Start ahead(long ms) {
            return new Start(id, address, secret, ms, seeds, protocol);
        }

        Start secret(String text) {
            return new Start(id, address, text.getBytes(StandardCharsets.US_ASCII), aheadMs, seeds, protocol);
        }

        Start at(String place) {
            return new Start(id, place, secret, aheadMs, seeds, protocol);
        }

        /** A node that tells and takes what the first release does. */
        Start first() {
            return new Start(id, address, secret, aheadMs, seeds, Protocol.FIRST);
        }
    }

    /** A running node. */
    final class Node {

        final Start start;
        final Store store;
        final Membership membership;
        Replication replication;
        final Knowledge knowledge;
        final Changes changes;
        final Clock clock;
        final Feed feed;
        final PeerGuard guard;
        final Map<String, PeerService> services = new TreeMap<>();
        /** What is told beside, by tag. */
        Map<Integer, byte[]> fields = Map.of();
        Mode mode = Mode.NORMAL;
        /** How many reserved keys were there when each stage was reached. */
        final Map<Replication.Stage, Long> stages = new EnumMap<>(Replication.Stage.class);
        boolean up = true;
        /** Lines of its log about the cluster. */
        final ByteArrayOutputStream logged = new ByteArrayOutputStream();
        /** The process stands still, and goes on later as if nothing had been. */
        boolean frozen;

        Node(Start start) throws IOException, StoreException {
            this.start = start;
            Clock skewed = new Clock() {
                @Override
                public long wallMs() {
                    return SimCluster.this.clock.wallMs() + start.aheadMs + wrongMs.getOrDefault(start.id, 0L);
                }

                @Override
                public long nanos() {
                    return SimCluster.this.clock.nanos();
                }
            };
            clock = skewed;
            SimDisk disk = disks.compute(start.address, (address, old) -> old == null ? new SimDisk(dice) : old.restart());
            store = Store.open(new Doors(disk, skewed, dice, Log.none()), new StoreSettings(segmentBytes, segmentBytes / 16, true, 0, false));
            long boot = Sequence.bootOf(store.head());
            Supplier<Stamp.Life> life = () -> new Stamp.Life(store.origin(), boot);
            Keyring ring = new Keyring(List.of(start.secret), "kvs");
            Member self = new Member(start.id, start.address, store.origin(), store.joined(), Member.incarnation(boot), false);
            Scheduler mine = new Scheduler() {
                @Override
                public void start(String name, Task task, long delayMs) {
                    scheduler.start(name, () -> !up ? Task.DONE : frozen ? THAW_MS : task.step(), delayMs);
                }

                @Override
                public void close() {
                    up = false;
                }
            };
            mine.start("writer", () -> store.step() ? 1 : idleMs, 0);
            mine.start("upkeep", () -> rested(store.upkeep().step()), UPKEEP_MS);
            mine.start("scrub", () -> rested(store.duties().get("scrub").step()), UPKEEP_MS);
            knowledge = new Knowledge(store, start.id, !start.seeds.isEmpty(), dice, Log.none());
            feed = new Feed(store, mine);
            changes = new Changes(store, skewed, dice, knowledge::shown);
            PeerLine line = new PeerLine(network.door(start.address), ring, life, skewed, dice);
            membership = new Membership(self, new Membership.Settings(start.seeds, List.of(), heartbeatMs,
                    3 * heartbeatMs, 60_000, 120_000), line, () -> {
                var tree = store.root().tree();
                return new Vital(boot, mode, knowledge.whole(), skewed.wallMs(), windowMs, tree.summary().count(), feed.last(),
                        store.durableHead(), knowledge.told(),
                        Replication.digests(tree), replication.known(), new Vital.More(start.protocol, told()));
            }, new Membership.Doors(skewed, dice, mine, new Log(new PrintStream(logged, true, StandardCharsets.UTF_8),
                    Log.Level.INFO, skewed)));
            replication = new Replication(new Replication.Doors(store, knowledge, feed, skewed, mine, Log.none()),
                    new Replication.Settings(100, 50, 120_000, 300_000, windowMs, stage -> {
                        mode = stage == Replication.Stage.JOINED ? Mode.NORMAL : Mode.SYNCING;
                        stages.put(stage, store.root().tree().summary(Replication.RESERVED).count());
                    }), membership, line);
            if (start.protocol == Protocol.FIRST) {
                knowledge.note(Agreement.NOTE, NOTHING, () -> { });
            }
            mine.start("purger", new Purger(store, skewed, Log.none(), replication::windowMs, new Purger.Others() {
                @Override
                public boolean ready() {
                    return knowledge.whole() && membership.clocksAgree();
                }

                @Override
                public boolean have(Dot dot) {
                    return replication.everywhere(dot);
                }
            }), 0);
            services.putAll(membership.services());
            services.putAll(replication.services());
            guard = new PeerGuard(ring, life, skewed);
            network.serve(start.address, call -> up && !frozen ? answer(call) : new CompletableFuture<>());
            membership.start();
            replication.start();
        }

        private CompletionStage<Network.Answer> answer(Network.Call call) {
            Optional<Stamp> stamp = guard.known(List.of(call.headers().getOrDefault(Stamp.HEADER, "")), call.method(), call.target());
            if (stamp.isEmpty()) {
                return CompletableFuture.completedFuture(new Network.Answer(401, Map.of(), NOTHING));
            }
            CompletionStage<PeerService.Answer> answer = switch (guard.admit(stamp.get(), call.body())) {
                case ADMITTED -> understood(call) ? services.get(call.target()).answer(stamp.get().from(), call.body())
                        : CompletableFuture.completedFuture(PeerService.Answer.of(400));
                case MISADDRESSED -> CompletableFuture.completedFuture(new PeerService.Answer(401, guard.hint()));
                case REFUSED -> CompletableFuture.completedFuture(PeerService.Answer.of(403));
                case BUSY -> CompletableFuture.completedFuture(PeerService.Answer.of(503));
            };
            carried += call.body().length;
            return answer.thenApply(said -> {
                carried += said.body().length;
                exchanges++;
                return new Network.Answer(said.status(), Map.of("kvs-peer", guard.sign(stamp.get(), said.status(), said.body())), said.body());
            });
        }

        private Map<Integer, byte[]> told() {
            Map<Integer, byte[]> told = new TreeMap<>(start.protocol > Protocol.FIRST ? replication.fields() : Map.of());
            told.putAll(fields);
            return told;
        }

        /** The first release takes no greeting with fields. */
        private boolean understood(Network.Call call) {
            return start.protocol > Protocol.FIRST || !call.target().startsWith("/members/")
                    || Greeting.decode(call.body()).filter(greeting -> !greeting.vital().more().fields().isEmpty()).isEmpty();
        }

        /** Writes a document, or a tombstone when {@code json} is empty; completes when it is acknowledged. */
        CompletableFuture<Version> write(String path, String json, long ttlMs) {
            CompletableFuture<Version> done = new CompletableFuture<>();
            Key key = Key.ofBytes(path.getBytes(StandardCharsets.UTF_8));
            store.submit(new Write() {
                @Override
                public void decide(Transaction tx) {
                    Optional<Document> document = json.isEmpty() ? Optional.empty()
                            : Optional.of(Document.plain(json.getBytes(StandardCharsets.UTF_8)));
                    tx.put(new Draft(key, document, ttlMs == 0 ? Version.FOREVER : tx.wallMs() + ttlMs, Version.NOBODY));
                }

                @Override
                public void written() {
                    done.complete(store.read(store.root().tree().get(key.bytes()).orElseThrow()));
                }

                @Override
                public void refused(Refusal why) {
                    done.completeExceptionally(why);
                }

                @Override
                public int bytes() {
                    return 100;
                }
            });
            return done;
        }

        /** What it holds of a key, dead or alive. */
        Optional<Version> version(String path) {
            return store.root().tree().get(path.getBytes(StandardCharsets.UTF_8)).map(store::read);
        }

        String value(String path) {
            return version(path).filter(v -> !v.deadAt(SimCluster.this.clock.wallMs())).map(v -> new String(v.data(), StandardCharsets.UTF_8))
                    .orElse("");
        }

        String root() {
            return HexFormat.of().formatHex(store.root().tree().summary().digest());
        }

        /** Ids and statuses of all that it sees, itself too. */
        String seen() {
            List<String> seen = new ArrayList<>();
            membership.members().forEach(one -> seen.add(one.member().id() + " " + one.status().text()));
            return String.join(", ", seen);
        }
    }

    /** What has nothing to do looks less often: hours would be nothing but looking. */
    private long rested(long waitMs) {
        return waitMs >= LOOK_MS ? Math.max(waitMs, restMs) : waitMs;
    }

    /** Segments so small that they are compacted in the middle of what happens. */
    SimCluster smallSegments() {
        segmentBytes = 1 << 13;
        return this;
    }

    SimCluster(long seed) {
        dice = new SimDice(seed);
        network = new SimNetwork(scheduler, dice);
    }

    /** Starts a node, in the place of one that ran under that id. */
    Node start(Start start) {
        try {
            Node node = new Node(start);
            nodes.put(start.id, node);
            return node;
        } catch (IOException | StoreException e) {
            throw new AssertionError(e);
        }
    }

    /** The power of a node goes. */
    void kill(String id) {
        nodes.get(id).up = false;
    }

    /** The power comes back. */
    Node restart(String id) {
        kill(id);
        return start(nodes.get(id).start);
    }

    /** A node goes on at another address with its directory. */
    Node move(String id, String address) {
        kill(id);
        disks.put(address, disks.get(nodes.get(id).start.address));
        return start(nodes.get(id).start.at(address));
    }

    /** The disk of a running node. */
    SimDisk live(String id) {
        return disks.get(nodes.get(id).start.address);
    }

    /** The power of a node goes, and it comes back with another disk. */
    Node replace(String id, SimDisk disk) {
        kill(id);
        disks.put(nodes.get(id).start.address, disk);
        return start(nodes.get(id).start);
    }

    /** The directory of a node as it is now. */
    SimDisk disk(String id) {
        return disks.get(nodes.get(id).start.address).copy();
    }

    /** Whether all that run hold the same. */
    boolean equal() {
        return nodes.values().stream().filter(node -> node.up).map(Node::root).distinct().count() == 1;
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
