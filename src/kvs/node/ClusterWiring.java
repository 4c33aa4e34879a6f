package kvs.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import kvs.api.AuditWitnessResource;
import kvs.api.HealthReport;
import kvs.api.MembersResource;
import kvs.api.PeerResource;
import kvs.audit.AuditAnchorKeeper;
import kvs.auth.MetadataFormatGate;
import kvs.bundle.PartnerReport;
import kvs.bundle.PurgeGuard;
import kvs.cluster.AuditWitness;
import kvs.cluster.CoverageTracker;
import kvs.cluster.Feed;
import kvs.cluster.JoinStage;
import kvs.cluster.Membership;
import kvs.cluster.NodeFacts;
import kvs.cluster.NodeStatus;
import kvs.cluster.Replication;
import kvs.config.Settings;
import kvs.documents.ModeSwitch;
import kvs.documents.Purger;
import kvs.gateway.ReplicationWaitHandler;
import kvs.health.FreeSpaceProbe;
import kvs.http.Request;
import kvs.http.Route;
import kvs.metrics.Metrics;
import kvs.model.Coverage;
import kvs.model.HealthProblem;
import kvs.model.Member;
import kvs.model.NodeMode;
import kvs.model.ProtocolGate;
import kvs.model.SequenceNumbers;
import kvs.model.Version;
import kvs.peer.ClusterSecretLoader;
import kvs.peer.ForeignNodes;
import kvs.peer.Keyring;
import kvs.peer.PeerAuthenticator;
import kvs.peer.PeerClient;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import kvs.tls.TlsContexts;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.tree.RangeTotals;
import kvs.world.HttpNetwork;
import kvs.world.Scheduler;

/** The cluster part of a node. Closing it ends its pending requests with other nodes. */
final class ClusterWiring implements AutoCloseable {

    private static final long CONNECT_MS = 2_000;

    private final Environment environment;
    private final boolean enabled;
    private final Feed feed;
    private final HttpNetwork network;
    private final Membership membership;
    private final Replication replication;
    private final CoverageTracker coverageTracker;
    private final AuditWitness witnesses;
    private final long boot;
    private final String id;
    private final Dependencies dependencies;
    private final long windowMs;
    private final AccountAgreementWait agreement;
    private final Scheduler scheduler;
    private final MembersFile file;
    private final ForeignNodes foreignNodes;
    private final Optional<PeerResource> peers;
    private final long startNanos;

    /** The server and its listening address, the data, the mode, the secret, the tamper log, the disk. */
    record Dependencies(ServerWiring http, InetSocketAddress address, Store store, ModeSwitch modes,
            ClusterSecretLoader.LoadedSecrets secret, Optional<AuditAnchorKeeper> auditLog,
            FreeSpaceProbe space) { }

    /**
     * The part of a node in its cluster; with {@code clustering_enabled: false} it is alone and receives
     * nothing.
     */
    ClusterWiring(Settings settings, Environment environment, Dependencies dependencies, Scheduler scheduler)
            throws IOException, TlsContexts.TlsException {
        this.environment = environment;
        this.dependencies = dependencies;
        this.scheduler = scheduler;
        this.enabled = settings.flag("clustering_enabled");
        this.startNanos = environment.clock().nanos();
        this.file = new MembersFile(environment);
        Store store = dependencies.store;
        id = settings.text("node_id");
        boot = SequenceNumbers.bootOf(store.head());
        Supplier<PeerSignature.NodeRun> life = () -> new PeerSignature.NodeRun(store.origin(), boot);
        Keyring ring = new Keyring(dependencies.secret, settings.text("cluster_name"));
        network = new HttpNetwork(CONNECT_MS, dependencies.http.trust());
        Member self = new Member(settings.text("node_id"), dependencies.http.advertised(dependencies.address),
                store.origin(), store.joined(), Member.incarnation(boot), false);
        List<String> seeds = enabled ? settings.list("seed_nodes") : List.of();
        var timing = new Membership.Settings(seeds, enabled ? file.saved()
                : List.of(), settings.number("heartbeat_interval_ms"), settings.number("suspect_after_ms"),
                TimeUnit.SECONDS.toMillis(settings.number("gossip_interval_min")),
                TimeUnit.SECONDS.toMillis(settings.number("gossip_interval_max")));
        PeerClient line = new PeerClient(network, ring, life, environment.clock(), environment.dice());
        coverageTracker = new CoverageTracker(store, self.id(), !seeds.isEmpty(), environment.dice(),
                environment.log());
        feed = new Feed(store, scheduler);
        membership = new Membership(self, timing, line, () -> vital(dependencies),
                new Membership.Dependencies(environment.clock(), environment.dice(), scheduler,
                        environment.log()));
        witnesses = new AuditWitness(store, membership, dependencies.auditLog,
                new AuditWitness.Dependencies(environment.clock(), environment.log()));
        windowMs = TimeUnit.HOURS.toMillis(settings.number("bootstrap_max_age_hours"));
        var bulk = new Replication.Settings(settings.number("throttle_delay_ms"), settings.number(
                "fetch_delay_ms"), TimeUnit.SECONDS.toMillis(settings.number("catchup_interval")),
                TimeUnit.SECONDS.toMillis(settings.number("sync_interval")),
                windowMs, stage -> enter(dependencies.modes, stage));
        replication = new Replication(new Replication.Dependencies(store, coverageTracker, feed,
                environment.clock(), scheduler, environment.log()), bulk, membership, line);
        agreement = new AccountAgreementWait(new AccountAgreementWait.Dependencies(dependencies.modes,
                membership, replication, environment.clock(), scheduler), seeds.isEmpty());
        dependencies.modes.veto(() -> coverageTracker.refusal().or(membership::clockRefusal));
        foreignNodes = new ForeignNodes(ring, environment.clock(), environment.log());
        Map<String, PeerRequestHandler> services = new TreeMap<>(membership.services());
        services.putAll(replication.services());
        peers = enabled ? Optional.of(new PeerResource(new PeerAuthenticator(ring, life, environment.clock()),
                services, foreignNodes::record)) : Optional.empty();
    }

    private static void enter(ModeSwitch modes, JoinStage stage) {
        switch (stage) {
            case EMPTY -> modes.change(NodeMode.SYNCING);
            case ACCOUNTS -> modes.admitReaders();
            case JOINED -> modes.synced();
        }
    }

    /** The members and the partners that purges wait for. */
    Purger.PurgeConstraints purgePeers(PurgeGuard partners) {
        return new Purger.PurgeConstraints() {
            @Override
            public boolean ready() {
                return partners.ready()
                        && (!enabled || coverageTracker.whole() && membership.clocksAgree());
            }

            @Override
            public boolean have(Version version) {
                return partners.allows(version) && (!enabled || replication.everywhere(version));
            }
        };
    }

    /** The largest window of all nodes, ms. */
    long windowMs() {
        return enabled ? replication.windowMs() : windowMs;
    }

    /** The protocol that all members can read which may return; without a cluster that of this node. */
    ProtocolGate protocol() {
        return enabled ? replication.protocol() : ProtocolGate.ALONE;
    }

    /** The nodes that must be able to read metadata records before one is written. */
    MetadataFormatGate readers() {
        return !enabled ? MetadataFormatGate.ALONE : new MetadataFormatGate() {
            @Override
            public boolean all() {
                return protocol().all(ProtocolGate.METADATA);
            }

            @Override
            public List<String> older() {
                return replication.older(ProtocolGate.METADATA);
            }
        };
    }

    /** The ids of members that may return and cannot read that number of the protocol. */
    List<String> older(int number) {
        return replication.older(number);
    }

    /** Whether writes that a position stands for are lost for good. */
    boolean lost(Coverage wanted) {
        return enabled ? replication.lost(wanted) : shown().filter(here -> !here.covers(wanted)).isPresent();
    }

    /** The coverage of this node, as far as clients may see it. */
    Optional<Coverage> shown() {
        return coverageTracker.shown();
    }

    /** The id of the node whose writes have that origin; empty when this one has never heard of it. */
    Optional<String> nodeOf(UUID origin) {
        return membership.nodeOf(origin);
    }

    /** Whether the node has all data of the others. */
    boolean whole() {
        return coverageTracker.shown().isPresent();
    }

    /** The agreement on the accounts. */
    AccountAgreementWait agreement() {
        return agreement;
    }

    /** See {@link Replication#coveredMs}; without a cluster nobody. */
    List<Long> coveredMs() {
        return enabled ? replication.coveredMs() : List.of();
    }

    /** Whether this node has left its cluster. */
    boolean left() {
        return membership.left();
    }

    private NodeStatus vital(Dependencies dependencies) {
        Store store = dependencies.store;
        StoreView root = store.root();
        RangeTotals all = root.tree().summary();
        return new NodeStatus(boot, dependencies.modes.mode(), coverageTracker.whole(),
                environment.clock().wallMs(), windowMs, all.count(), feed.last(), store.durableHead(),
                coverageTracker.reported(), Replication.digests(root.tree()), replication.known())
                .with(witnesses.fields()).with(replication.fields()).with(facts().fields());
    }

    private NodeFacts facts() {
        return new NodeFacts(environment.machine().version(),
                TimeUnit.NANOSECONDS.toMillis(environment.clock().nanos() - startNanos),
                dependencies.space.lastBytes(), dependencies.http.tls()
                .map(tls -> OptionalLong.of(tls.endsMs())).orElse(OptionalLong.empty()));
    }

    /**
     * The cluster as the health of this node shows it; {@code backupMs} is the time of its last backup, and
     * {@code partners} are the other sites.
     */
    HealthReport.ClusterFacts report(LongSupplier backupMs, Supplier<List<PartnerReport>> partners) {
        return new HealthReport.ClusterFacts(membership::members, replication::lagMs, this::facts, backupMs,
                partners);
    }

    /** The other nodes, for requests that want copies. */
    ReplicationWaitHandler.ReplicaNodes nodes() {
        return new ReplicationWaitHandler.ReplicaNodes() {
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

    /** The last lines that this node remembers of the tamper logs of other members, by their lives. */
    Map<UUID, String> rememberedHeads() {
        return witnesses.heads();
    }

    /** The routes of the cluster. */
    List<Route> routes() {
        List<Route> routes = new ArrayList<>(new MembersResource(membership::members, replication::lagMs,
                leaving(dependencies.modes)).routes());
        routes.addAll(new AuditWitnessResource(() -> witnesses.rememberedLines(id)).routes());
        peers.ifPresent(resource -> routes.addAll(resource.routes()));
        return routes;
    }

    private MembersResource.MemberRemoval leaving(ModeSwitch modes) {
        return new MembersResource.MemberRemoval() {
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

    /** Whether a request is one between nodes and is signed by a member of this cluster. */
    Predicate<Request> signed() {
        return request -> peers.isPresent() && peers.get().signed(request);
    }

    /** Members that are alive or suspect, this one included. */
    int count() {
        return membership.count();
    }

    /** Registers the metrics of the cluster. */
    void measure(Metrics metrics) {
        new ClusterMetrics(membership, replication).register(metrics);
    }

    /** The problems for an operator. */
    List<HealthProblem> problems() {
        List<HealthProblem> problems = new ArrayList<>(membership.problems());
        problems.addAll(replication.problems());
        problems.addAll(foreignNodes.problems());
        problems.addAll(witnesses.problems());
        return problems;
    }

    /** Starts the tasks of the cluster: here is all that runs by itself; without a cluster nothing does. */
    void start() {
        if (peers.isPresent()) {
            scheduler.start("members", membership.task(), 0);
            scheduler.start("replication", replication.task(), 0);
            scheduler.start("witnesses", witnesses, 0);
            scheduler.start("members-file", () -> file.save(membership.addresses()), MembersFile.SAVE_MS);
        } else {
            coverageTracker.settle(true);
        }
    }

    /** Answers the requests of other nodes that wait for news, and lets none wait any more. */
    void wakeFollowers() {
        feed.close();
    }

    @Override
    public void close() {
        replication.remember();
        feed.close();
        network.close();
    }
}
