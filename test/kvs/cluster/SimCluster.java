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
import kvs.bundle.PurgeGuard;
import kvs.documents.Changes;
import kvs.documents.Purger;
import kvs.log.EncodedDocument;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Member;
import kvs.model.NodeMode;
import kvs.model.ProtocolGate;
import kvs.model.Refusal;
import kvs.model.SequenceNumbers;
import kvs.model.Version;
import kvs.peer.Keyring;
import kvs.peer.PeerAuthenticator;
import kvs.peer.PeerClient;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.sim.SimNetwork;
import kvs.sim.SimScheduler;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Network;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * A cluster of whole nodes but for their HTTP, on simulated disks and a simulated network, in one thread and
 * virtual time.
 */
final class SimCluster {

    static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};
    private static final long THAW_MS = 20;

    final SimClock clock = new SimClock();
    final SimDice dice;
    private static final long UPKEEP_MS = 700;
    private static final long LOOK_MS = 200;
    /** The interval at which an idle writer looks for work while little happens. */
    private static final long PASS_IDLE_MS = 50;
    private int segmentBytes = 1 << 20;
    final SimScheduler scheduler = new SimScheduler(clock);
    final SimNetwork network;
    final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, SimDisk> disks = new TreeMap<>();
    /**
     * {@code bootstrap_max_age_hours}, {@code heartbeat_interval_ms}, and the intervals at which an idle
     * writer looks for work; for nodes started from now on.
     */
    long windowMs = 720 * 3_600_000L;
    long heartbeatMs = 1_000;
    long idleMs = 1;
    long restMs = LOOK_MS;
    /** The least wait between two steps of a task that waits anyhow: see {@link #pass}. */
    private long paceMs;
    /** The present error of the clock of each node; it may change while the node runs. */
    final Map<String, Long> wrongMs = new TreeMap<>();
    /** Bytes of bodies between nodes, and the number of exchanges. */
    long carried;
    long exchanges;
    /** The number of heartbeats that were answered, by their sender and receiver. */
    final Map<String, Integer> heartbeats = new TreeMap<>();

    /**
     * The settings with which a node starts; its directory is that of its address, if a node ran there
     * before.
     */
    record Start(String id, String address, byte[] secret, long aheadMs, List<String> seeds, int protocol) {

        Start(String id, String... seeds) {
            this(id, id + ":1", SECRET, 0, List.of(seeds).stream().map(seed -> seed + ":1").toList(),
                    ProtocolGate.PRESENT);
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

        /** A node that speaks the protocol of the first release. */
        Start first() {
            return new Start(id, address, secret, aheadMs, seeds, ProtocolGate.FIRST);
        }
    }

    /** A running node. */
    final class Node {

        final Start start;
        final Store store;
        final Membership membership;
        Replication replication;
        final CoverageTracker coverageTracker;
        final Changes changes;
        final Clock clock;
        final Feed feed;
        final PeerAuthenticator authenticator;
        final Map<String, PeerRequestHandler> services = new TreeMap<>();
        /** Additional fields of its gossip messages, by tag. */
        Map<Integer, byte[]> fields = Map.of();
        NodeMode mode = NodeMode.NORMAL;
        /** The number of reserved keys in the store when each stage was reached. */
        final Map<JoinStage, Long> stages = new EnumMap<>(JoinStage.class);
        boolean up = true;
        /** Lines of its log about the cluster. */
        final ByteArrayOutputStream logged = new ByteArrayOutputStream();
        /** The process stands still, and later continues as if nothing had happened. */
        boolean frozen;

        Node(Start start) throws IOException, UnusableDirectoryException {
            this.start = start;
            Clock skewed = new Clock() {
                @Override
                public long wallMs() {
                    return SimCluster.this.clock.wallMs() + start.aheadMs
                            + wrongMs.getOrDefault(start.id, 0L);
                }

                @Override
                public long nanos() {
                    return SimCluster.this.clock.nanos();
                }
            };
            clock = skewed;
            SimDisk disk = disks.compute(start.address,
                    (address, old) -> old == null ? new SimDisk(dice) : old.restart());
            store = Store.open(new StorageEnvironment(disk, skewed, dice, Logger.none()),
                    new StorageSettings(segmentBytes, segmentBytes / 16, true, 0, false));
            long boot = SequenceNumbers.bootOf(store.head());
            Supplier<PeerSignature.NodeRun> life = () -> new PeerSignature.NodeRun(store.origin(), boot);
            Keyring ring = new Keyring(List.of(start.secret), "kvs");
            Member self = new Member(start.id, start.address, store.origin(), store.joined(),
                    Member.incarnation(boot), false);
            Scheduler mine = new Scheduler() {
                @Override
                public void start(String name, Task task, long delayMs) {
                    scheduler.start(name, () -> !up ? Task.DONE : frozen ? THAW_MS : paced(task.step()),
                            delayMs);
                }

                @Override
                public void close() {
                    up = false;
                }
            };
            mine.start("writer", () -> store.step() ? 1 : paceMs > 0 ? Math.max(idleMs, PASS_IDLE_MS)
                    : idleMs, 0);
            mine.start("upkeep", () -> rested(store.maintenance().step()), UPKEEP_MS);
            mine.start("scrub", () -> rested(store.tasks().get("scrub").step()), UPKEEP_MS);
            coverageTracker = new CoverageTracker(store, start.id, !start.seeds.isEmpty(), dice,
                    Logger.none());
            feed = new Feed(store, mine);
            changes = new Changes(store, skewed, dice, coverageTracker::shown);
            PeerClient line = new PeerClient(network.door(start.address), ring, life, skewed, dice);
            membership = new Membership(self, new Membership.Settings(start.seeds, List.of(), heartbeatMs,
                    3 * heartbeatMs, 60_000, 120_000), line, () -> {
                var tree = store.root().tree();
                return new NodeStatus(boot, mode, coverageTracker.whole(), skewed.wallMs(), windowMs,
                        tree.summary().count(), feed.last(), store.durableHead(), coverageTracker.reported(),
                        Replication.digests(tree), replication.known(),
                        new NodeStatus.Extensions(start.protocol, told()));
            }, new Membership.Dependencies(skewed, dice, mine, new Logger(
                    new PrintStream(logged, true, StandardCharsets.UTF_8), Logger.Level.INFO, skewed)));
            replication = new Replication(
                    new Replication.Dependencies(store, coverageTracker, feed, skewed, mine, Logger.none()),
                    new Replication.Settings(100, 50, 120_000, 300_000, windowMs, stage -> {
                        mode = stage == JoinStage.JOINED ? NodeMode.NORMAL : NodeMode.SYNCING;
                        stages.put(stage, store.root().tree().summary(Replication.RESERVED).count());
                    }), membership, line);
            if (start.protocol == ProtocolGate.FIRST) {
                coverageTracker.note(MemberProtocolGate.NOTE, NOTHING, () -> { });
            }
            PurgeGuard partners = new PurgeGuard(store, skewed, replication::windowMs);
            mine.start("zones", partners, 0);
            mine.start("purger", new Purger(store, skewed, Logger.none(), replication::windowMs,
                    new Purger.PurgeConstraints() {
                @Override
                public boolean ready() {
                    return partners.ready() && coverageTracker.whole() && membership.clocksAgree();
                }

                @Override
                public boolean have(Version version) {
                    return partners.allows(version) && replication.everywhere(version);
                }
            }), 0);
            services.putAll(membership.services());
            services.putAll(replication.services());
            authenticator = new PeerAuthenticator(ring, life, skewed);
            network.serve(start.address, call -> up && !frozen ? answer(call) : new CompletableFuture<>());
            mine.start("members", membership.task(), 0);
            mine.start("replication", replication.task(), 0);
        }

        private CompletionStage<Network.NetworkResponse> answer(Network.Call call) {
            Optional<PeerSignature> stamp = authenticator.known(List.of(call.headers()
                    .getOrDefault(PeerSignature.HEADER, "")), call.method(), call.target());
            if (stamp.isEmpty()) {
                return CompletableFuture.completedFuture(new Network.NetworkResponse(401, Map.of(), NOTHING));
            }
            CompletionStage<PeerRequestHandler.Response> answer = switch (authenticator.admit(stamp.get(),
                    call.body())) {
                case ADMITTED -> understood(call) ? services.get(call.target()).answer(stamp.get().from(),
                        call.body()) : CompletableFuture.completedFuture(PeerRequestHandler.Response.of(400));
                case MISADDRESSED -> CompletableFuture.completedFuture(new PeerRequestHandler.Response(401,
                        authenticator.hint()));
                case REFUSED -> CompletableFuture.completedFuture(PeerRequestHandler.Response.of(403));
                case BUSY -> CompletableFuture.completedFuture(PeerRequestHandler.Response.of(503));
            };
            carried += call.body().length;
            return answer.thenApply(said -> {
                carried += said.body().length;
                exchanges++;
                if (call.target().equals(GossipExchange.ExchangeKind.HEARTBEAT.target())) {
                    heartbeats.merge(stamp.get().from().origin() + ">" + start.id, 1, Integer::sum);
                }
                return new Network.NetworkResponse(said.status(),
                        Map.of("kvs-peer", authenticator.sign(stamp.get(), said.status(), said.body())),
                        said.body());
            });
        }

        private Map<Integer, byte[]> told() {
            Map<Integer, byte[]> told = new TreeMap<>(start.protocol > ProtocolGate.FIRST
                    ? replication.fields() : Map.of());
            told.putAll(fields);
            return told;
        }

        /** The first release accepts no gossip message with fields. */
        private boolean understood(Network.Call call) {
            return start.protocol > ProtocolGate.FIRST || !call.target().startsWith("/members/")
                    || GossipMessage.decode(call.body())
                            .filter(message -> !message.status().more().fields().isEmpty()).isEmpty();
        }

        /**
         * Writes a document, or a tombstone when {@code json} is empty; completes when it is acknowledged.
         */
        CompletableFuture<Version> write(String path, String json, long ttlMs) {
            CompletableFuture<Version> done = new CompletableFuture<>();
            Key key = Key.ofBytes(path.getBytes(StandardCharsets.UTF_8));
            store.submit(new Write() {
                @Override
                public void decide(Transaction tx) {
                    Optional<EncodedDocument> document = json.isEmpty() ? Optional.empty()
                            : Optional.of(EncodedDocument.plain(json.getBytes(StandardCharsets.UTF_8)));
                    tx.put(new UnstampedVersion(key, document, ttlMs == 0 ? Version.FOREVER
                            : tx.wallMs() + ttlMs, Version.NOBODY));
                }

                @Override
                public void written() {
                    done.complete(store.read(store.root().tree().get(key.bytes()).orElseThrow()));
                }

                @Override
                public void refused(Refusal refusal) {
                    done.completeExceptionally(refusal);
                }

                @Override
                public int bytes() {
                    return 100;
                }
            });
            return done;
        }

        /** The version of a key, dead or alive. */
        Optional<Version> version(String path) {
            return store.root().tree().get(path.getBytes(StandardCharsets.UTF_8)).map(store::read);
        }

        String value(String path) {
            return version(path).filter(v -> !v.deadAt(SimCluster.this.clock.wallMs()))
                    .map(v -> new String(v.data(), StandardCharsets.UTF_8)).orElse("");
        }

        String root() {
            return HexFormat.of().formatHex(store.root().tree().summary().digest());
        }

        /** Ids and statuses of all members in its view, itself included. */
        String seen() {
            List<String> seen = new ArrayList<>();
            membership.members().forEach(one -> seen.add(one.member().id() + " " + one.status().text()));
            return String.join(", ", seen);
        }
    }

    /** An idle component looks less often: otherwise simulated hours would be nothing but looking. */
    private long rested(long waitMs) {
        return waitMs >= LOOK_MS ? Math.max(waitMs, restMs) : waitMs;
    }

    /** Makes segments so small that they are compacted during the run. */
    SimCluster smallSegments() {
        segmentBytes = 1 << 13;
        return this;
    }

    SimCluster(long seed) {
        dice = new SimDice(seed);
        network = new SimNetwork(scheduler, dice);
    }

    /** Starts a node, in place of a running one with the same id. */
    Node start(Start start) {
        try {
            Node node = new Node(start);
            nodes.put(start.id, node);
            return node;
        } catch (IOException | UnusableDirectoryException e) {
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

    /** A node continues at another address with its directory. */
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

    /** The disk of a node in its present state. */
    SimDisk disk(String id) {
        return disks.get(nodes.get(id).start.address).copy();
    }

    /** Whether all running nodes hold the same versions. */
    boolean equal() {
        return nodes.values().stream().filter(node -> node.up).map(Node::root).distinct().count() == 1;
    }

    void run(long ms) {
        scheduler.run(ms);
    }

    /** Lets time pass in which all processes stand still. */
    void freeze(long ms) {
        clock.advance(ms);
    }

    /**
     * Lets time pass in which little happens: all tasks look seldom, but before a silence is suspicious,
     * which is after three heartbeats. Otherwise simulated hours would be nothing but looking.
     */
    void pass(long ms) {
        paceMs = heartbeatMs * 5 / 2;
        run(ms);
        paceMs = 0;
    }

    private long paced(long waitMs) {
        return waitMs > 1 ? Math.max(waitMs, paceMs) : waitMs;
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
