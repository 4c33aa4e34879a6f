package kvs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import kvs.auth.ClusterSecret;
import kvs.auth.Readers;
import kvs.cluster.Feed;
import kvs.cluster.Keyring;
import kvs.cluster.Knowledge;
import kvs.cluster.Membership;
import kvs.cluster.PeerGuard;
import kvs.cluster.PeerLine;
import kvs.cluster.PeerService;
import kvs.cluster.Replication;
import kvs.cluster.Stamp;
import kvs.cluster.Strangers;
import kvs.cluster.Vital;
import kvs.cluster.Witnesses;
import kvs.config.Settings;
import kvs.data.Modes;
import kvs.data.Purger;
import kvs.http.CopiesHandler;
import kvs.http.MembersResource;
import kvs.http.PeerResource;
import kvs.http.Request;
import kvs.http.Route;
import kvs.http.Tls;
import kvs.http.WitnessResource;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Member;
import kvs.model.Mode;
import kvs.model.Problem;
import kvs.model.Protocol;
import kvs.model.Sequence;
import kvs.ops.Metrics;
import kvs.ops.TamperMemory;
import kvs.store.Store;
import kvs.store.View;
import kvs.tree.Summary;
import kvs.world.Failures;
import kvs.world.HttpNetwork;
import kvs.world.Scheduler;
import kvs.world.Task;

/** The cluster as this node takes part in it, put together from the settings. Closing it ends what is under way with others. */
final class Cluster implements AutoCloseable {

    private static final long CONNECT_MS = 2_000;

    /** The file in the data directory that says where members were, so that a restart finds them again. */
    private static final String MEMBERS_FILE = "members";
    private static final long SAVE_MS = 1_000;
    private static final double MILLIS = 1e3;
    /** Heartbeats, which carry what a node knows of accounts, come each second. */
    private static final long AGREEMENT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long AGREEMENT_LOOK_MS = 20;
    /** Requests that wait for an agreement at once. */
    private static final int AGREEING_MAX = 64;

    private final World world;
    private final boolean enabled;
    private final Feed feed;
    private final HttpNetwork network;
    private final Membership membership;
    private final Replication replication;
    private final Knowledge knowledge;
    private final Witnesses witnesses;
    private final long boot;
    private final String id;
    private final Ground ground;
    private final long windowMs;
    private final boolean alone;
    private final Scheduler scheduler;
    private volatile List<String> saved;
    private final Strangers strangers;
    private final AtomicInteger agreeing = new AtomicInteger();
    private final Optional<PeerResource> peers;

    /** What it is about: the address that the node listens at, its data, what it takes, the secret, and its tamper log. */
    record Ground(InetSocketAddress address, Store store, Modes modes, ClusterSecret.Found secret, Optional<TamperMemory> tamper) { }

    /** The part of a node in its cluster; with {@code clustering_enabled: false} it is alone and hears nobody. */
    Cluster(Settings settings, World world, Ground ground, Scheduler scheduler) throws IOException, Tls.TlsException {
        this.world = world;
        this.ground = ground;
        this.scheduler = scheduler;
        this.enabled = settings.flag("clustering_enabled");
        this.saved = known();
        Store store = ground.store;
        id = settings.text("node_id");
        boot = Sequence.bootOf(store.head());
        Supplier<Stamp.Life> life = () -> new Stamp.Life(store.origin(), boot);
        Keyring ring = new Keyring(ground.secret, settings.text("cluster_name"));
        network = new HttpNetwork(CONNECT_MS, trust(settings, world));
        Member self = new Member(settings.text("node_id"), advertised(settings, ground.address), store.origin(), store.joined(),
                Member.incarnation(boot), false);
        List<String> seeds = enabled ? settings.list("seed_nodes") : List.of();
        var timing = new Membership.Settings(seeds, enabled ? saved : List.of(), settings.number("heartbeat_interval_ms"),
                settings.number("suspect_after_ms"), TimeUnit.SECONDS.toMillis(settings.number("gossip_interval_min")),
                TimeUnit.SECONDS.toMillis(settings.number("gossip_interval_max")));
        PeerLine line = new PeerLine(network, ring, life, world.clock(), world.dice());
        knowledge = new Knowledge(store, self.id(), !seeds.isEmpty(), world.dice(), world.log());
        feed = new Feed(store, scheduler);
        membership = new Membership(self, timing, line, () -> vital(ground),
                new Membership.Doors(world.clock(), world.dice(), scheduler, world.log()));
        witnesses = new Witnesses(store, membership, ground.tamper, new Witnesses.Doors(world.clock(), world.log()));
        windowMs = TimeUnit.HOURS.toMillis(settings.number("bootstrap_max_age_hours"));
        alone = seeds.isEmpty();
        var bulk = new Replication.Settings(settings.number("throttle_delay_ms"), settings.number("fetch_delay_ms"),
                TimeUnit.SECONDS.toMillis(settings.number("catchup_interval")), TimeUnit.SECONDS.toMillis(settings.number("sync_interval")),
                windowMs, stage -> enter(ground.modes, stage));
        replication = new Replication(new Replication.Doors(store, knowledge, feed, world.clock(), scheduler, world.log()), bulk, membership,
                line);
        ground.modes.veto(() -> knowledge.refusal().or(membership::clockRefusal));
        strangers = new Strangers(ring, world.clock(), world.log());
        Map<String, PeerService> services = new TreeMap<>(membership.services());
        services.putAll(replication.services());
        peers = enabled ? Optional.of(new PeerResource(new PeerGuard(ring, life, world.clock()), services,
                strangers::knock)) : Optional.empty();
    }

    private List<String> known() throws IOException {
        return world.files().text(file()).map(text -> text.lines().filter(line -> !line.isBlank()).toList()).orElse(List.of());
    }

    private String file() {
        return world.data().where() + "/" + MEMBERS_FILE;
    }

    /** Remembers where members are, before anything is lost by a restart. */
    private long save() {
        List<String> now = membership.addresses();
        try {
            if (!now.equals(saved)) {
                world.files().replace(file(), String.join("\n", now) + "\n");
                saved = now;
            }
        } catch (IOException e) {
            world.log().warn("the addresses of members could not be saved", "why", Failures.text(e));
        }
        return SAVE_MS;
    }

    private static void enter(Modes modes, Replication.Stage stage) {
        switch (stage) {
            case EMPTY -> modes.change(Mode.SYNCING);
            case ACCOUNTS -> modes.admitReaders();
            case JOINED -> modes.synced();
        }
    }

    /** Whom purges wait for. */
    Purger.Others others() {
        return enabled ? new Purger.Others() {
            @Override
            public boolean ready() {
                return knowledge.whole() && membership.clocksAgree();
            }

            @Override
            public boolean have(Dot dot) {
                return replication.everywhere(dot);
            }
        } : Purger.Others.NONE;
    }

    /** The largest window of all nodes, ms. */
    long windowMs() {
        return enabled ? replication.windowMs() : windowMs;
    }

    /** What all members can read who may come back; of a node that takes part in no cluster what it reads itself. */
    Protocol protocol() {
        return enabled ? replication.protocol() : Protocol.ALONE;
    }

    /** Who must be able to read metadata records before they are written. */
    Readers readers() {
        return !enabled ? Readers.ALONE : new Readers() {
            @Override
            public boolean all() {
                return protocol().all(Protocol.METADATA);
            }

            @Override
            public List<String> older() {
                return replication.older(Protocol.METADATA);
            }
        };
    }

    /** Whether writes that a position stands for are lost for good. */
    boolean lost(Coverage wanted) {
        return enabled ? replication.lost(wanted) : shown().filter(here -> !here.covers(wanted)).isPresent();
    }

    /** What clients may be told of what it covers. */
    Optional<Coverage> shown() {
        return knowledge.shown();
    }

    /** Whether the node has what the others have. */
    boolean whole() {
        return knowledge.shown().isPresent();
    }

    /** Whether there is nobody to ask who the users are, or {@code known} holds and all who are there say the same. */
    private boolean agrees(BooleanSupplier known) {
        return ground.modes.mode() == Mode.NORMAL && (alone && membership.count() == 1 || known.getAsBoolean() && replication.agrees());
    }

    /** Whether that is so, at once or within a short while. */
    CompletionStage<Boolean> agreement(BooleanSupplier known) {
        CompletableFuture<Boolean> reached = new CompletableFuture<>();
        if (agrees(known) || agreeing.get() >= AGREEING_MAX) {
            return CompletableFuture.completedFuture(agrees(known));
        }
        agreeing.incrementAndGet();
        long began = world.clock().nanos();
        scheduler.start("agreement", () -> {
            boolean agrees = agrees(known);
            if (!agrees && world.clock().nanos() - began < AGREEMENT_NANOS) {
                return AGREEMENT_LOOK_MS;
            }
            agreeing.decrementAndGet();
            reached.complete(agrees);
            return Task.DONE;
        }, AGREEMENT_LOOK_MS);
        return reached;
    }

    /** Whether this node has left its cluster. */
    boolean left() {
        return membership.left();
    }

    private Vital vital(Ground ground) {
        Store store = ground.store;
        View root = store.root();
        Summary all = root.tree().summary();
        return new Vital(boot, ground.modes.mode(), knowledge.whole(), world.clock().wallMs(), windowMs, all.count(), feed.last(),
                store.durableHead(), knowledge.told(), Replication.digests(root.tree()), replication.known())
                .with(witnesses.fields()).with(replication.fields());
    }

    /** With https the peers speak it too, and are believed by {@code tls_ca}, or else by whom the JDK believes. */
    private static Optional<SSLContext> trust(Settings settings, World world) throws IOException, Tls.TlsException {
        if (settings.text("tls_cert").isEmpty()) {
            return Optional.empty();
        }
        String path = settings.text("tls_ca");
        if (path.isEmpty()) {
            return Optional.of(Tls.usual());
        }
        return Optional.of(Tls.trusting(world.files().text(path).orElseThrow(() -> new IOException("tls_ca: there is no file " + path))));
    }

    /** What others are told; on a node that listens everywhere the machine's own idea of its address. */
    private static String advertised(Settings settings, InetSocketAddress address) throws IOException {
        String given = settings.text("advertise_address");
        if (!given.isEmpty()) {
            return given;
        }
        InetAddress host = address.getAddress().isAnyLocalAddress() ? InetAddress.getLocalHost() : address.getAddress();
        String text = host.getHostAddress();
        return (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort();
    }

    /** The other nodes, as those see them who want copies. */
    CopiesHandler.Nodes nodes() {
        return new CopiesHandler.Nodes() {
            @Override
            public int count() {
                return membership.members().size();
            }

            @Override
            public CompletionStage<Integer> await(int wanted, long waitMs) {
                return feed.copies(wanted, waitMs);
            }
        };
    }

    /** What is served of it. */
    List<Route> routes() {
        List<Route> routes = new ArrayList<>(new MembersResource(membership::members, replication::lagMs, leaving(ground.modes)).routes());
        routes.addAll(new WitnessResource(() -> witnesses.testimonies(id)).routes());
        peers.ifPresent(resource -> routes.addAll(resource.routes()));
        return routes;
    }

    private MembersResource.Leaving leaving(Modes modes) {
        return new MembersResource.Leaving() {
            @Override
            public boolean remove(String id) {
                return replication.remove(id);
            }

            @Override
            public CompletionStage<Integer> leave(long waitMs) {
                modes.leave();
                return replication.leave(waitMs);
            }
        };
    }

    /** Whether a request is for a node and by one of the cluster. */
    Predicate<Request> signed() {
        return request -> peers.isPresent() && peers.get().signed(request);
    }

    /** Members that are alive or suspect, this one included. */
    int count() {
        return membership.count();
    }

    /** Tells in figures who is there, and how far this node is behind each. */
    void measure(Metrics metrics) {
        metrics.gauge("kvs_cluster_members", "Nodes of the cluster by how they stand, this one included.", "status", this::byStatus);
        metrics.gauge("kvs_replication_lag_seconds", "For how long writes of a member may not have reached this node.", "member", this::lags);
        metrics.counter("kvs_replication_dropped_versions_total", "Living versions that were dropped: all others had had and forgotten them.",
                replication::dropped);
    }

    private Map<String, Long> byStatus() {
        Map<String, Long> counts = new TreeMap<>();
        List.of(Member.Status.values()).forEach(status -> counts.put(status.text(), 0L));
        membership.members().forEach(seen -> counts.merge(seen.status().text(), 1L, Long::sum));
        return counts;
    }

    private Map<String, Double> lags() {
        Map<String, Double> lags = new TreeMap<>();
        membership.members().forEach(seen -> replication.lagMs(seen.member().origin()).ifPresent(ms -> lags.merge(seen.member().id(), ms / MILLIS,
                Math::max)));
        return lags;
    }

    /** What an operator should know. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(membership.problems());
        problems.addAll(replication.problems());
        problems.addAll(strangers.problems());
        problems.addAll(witnesses.problems());
        return problems;
    }

    /** Looks for others from now on. */
    void start() {
        if (peers.isPresent()) {
            membership.start();
            replication.start();
            scheduler.start("witnesses", witnesses, 0);
            scheduler.start("members-file", this::save, SAVE_MS);
        } else {
            knowledge.settle(true);
        }
    }

    @Override
    public void close() {
        replication.remember();
        feed.close();
        network.close();
    }
}
