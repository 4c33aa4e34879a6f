package kvs.node;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import kvs.api.AuditLogResource;
import kvs.api.BackupResource;
import kvs.api.EventsResource;
import kvs.api.MaintenanceResource;
import kvs.api.MerkleResource;
import kvs.api.MetricsResource;
import kvs.api.ModeResource;
import kvs.api.OpenApiResource;
import kvs.api.RootResource;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditLog;
import kvs.auth.Auth;
import kvs.backup.BackupScheduler;
import kvs.client.LocalNodes;
import kvs.bundle.PurgeGuard;
import kvs.config.Settings;
import kvs.documents.Changes;
import kvs.documents.ModeSwitch;
import kvs.documents.PrefixTotals;
import kvs.documents.Purger;
import kvs.events.EventLog;
import kvs.gateway.HttpFrontend;
import kvs.gateway.Pipeline;
import kvs.gateway.PositionHandler;
import kvs.gateway.ReplicationWaitHandler;
import kvs.gateway.Router;
import kvs.health.FreeSpaceProbe;
import kvs.http.Route;
import kvs.log.DataDirectoryCheck;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.metrics.Metrics;
import kvs.model.NodeMode;
import kvs.peer.ClusterSecretLoader;
import kvs.tls.TlsContexts;
import kvs.routes.RouteTable;
import kvs.store.Store;
import kvs.world.EventKind;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.ThreadedScheduler;
import kvs.world.Threads;

/**
 * One running node: the only place that knows all parts. They are started in order and closed in reverse;
 * waiting requests are woken first, so that the server need not wait for them.
 */
public final class Node implements AutoCloseable {

    private static final byte[] EVERYTHING = {};
    private static final int TASK_THREADS = 2;
    private static final double MILLIS = 1e3;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Settings settings;
    private final Environment environment;
    private final Logger log;
    private final EventLog events;
    private final ClusterSecretLoader.LoadedSecrets secret;
    private final ServerWiring http;
    private final Drain drain;
    private final HttpFrontend server;
    private long keys;

    /** The parts of the first phase: the data, and what works with them alone. */
    private record Foundation(Threads threads, Store store, AccessWiring access,
            Optional<AuditAnchorKeeper> anchors, ThreadedScheduler scheduler,
            AccessWiring.NodeCounters counters, ModeSwitch modes, FreeSpaceProbe space) {

        Optional<AuditLog> tamper() {
            return anchors.map(AuditAnchorKeeper::log);
        }
    }

    /** The parts of the second phase, which serve clients, members and operators. */
    private record Services(DocumentWiring documents, HttpFrontend listening, ClusterWiring cluster,
            Optional<Auth> auth, DocumentWiring.VisibleChanges changes, BackupScheduler backups,
            HealthWiring health, SiteWiring site) { }

    /** Starts a node; if a part fails, the earlier parts are closed again. */
    public Node(Settings settings, Environment environment, boolean forceDegraded)
            throws IOException, UnusableDirectoryException, TlsContexts.TlsException {
        this.settings = settings;
        this.events = new EventLog(environment.log());
        this.log = environment.log().recording(events);
        this.environment = environment.with(log);
        environment.refuseForeign(settings);
        this.secret = this.environment.secret(settings);
        this.http = new ServerWiring(settings, this.environment);
        this.drain = new Drain(TimeUnit.SECONDS.toMillis(settings.number("drain_seconds")),
                ms -> new Threads(log).pause(ms), log);
        try {
            this.server = start(forceDegraded);
            publishUrl();
            announce();
        } catch (IOException | UnusableDirectoryException | TlsContexts.TlsException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Writes the URL for the command line on this machine; without space for the file, commands need the URL
     * as an option.
     */
    private void publishUrl() {
        try {
            Optional<String> certificate = http.tls().isPresent()
                    ? Optional.of(environment.files().absolute(settings.text("tls_cert"))) : Optional.empty();
            new LocalNodes(environment.files(), environment.machine().home())
                    .publishUrl(environment.data().where(), url(), certificate);
        } catch (IOException e) {
            log.warn(LocalNodes.URL_FILE + " cannot be written: commands on this machine need the URL",
                    "reason", FailureText.text(e));
        }
    }

    /** Logs the start; of the settings those that differ from the defaults, of secrets only the names. */
    private void announce() {
        double seconds = Math.max(0, Math.round(environment.clock().wallMs()
                - environment.processUsage().startSeconds() * MILLIS) / MILLIS);
        log.always(EventKind.NODE_STARTED, "version", environment.machine().version(), "node",
                settings.text("node_id"), "address", url(), "directory", environment.data().where(),
                "cluster_secret_from", secret.from(), "settings", settings.changed(), "keys", keys, "seconds",
                seconds);
    }

    /** The URL for a client on this machine. */
    public String url() {
        return http.url(server.address());
    }

    /** The source of the secret of the cluster. */
    public String secretFrom() {
        return secret.from();
    }

    private HttpFrontend start(boolean forceDegraded)
            throws IOException, UnusableDirectoryException, TlsContexts.TlsException {
        // Two cores share the classes of a start; most of a table of routes are texts that nobody reads here.
        new Threads(log).thread("kvs-routes", true, RouteTable::all).start();
        Foundation foundation = openData(forceDegraded);
        Services services = connect(foundation);
        Pipeline pipeline = pipeline(foundation, services);
        Purger purger = purge(foundation, services);
        foundation.counters.metrics().whenRead(() -> measure(foundation, services, purger));
        services.listening.start(pipeline, services.documents.documents());
        services.cluster.start();
        parts.push(services.listening);
        parts.push(services.cluster::wakeFollowers);
        parts.push(services.documents.watches());
        parts.push(services.changes.streams());
        parts.push(services.backups::stop);
        parts.push(services.site::endBundles);
        parts.push(services.listening::endConnections);
        parts.push(() -> log.event(EventKind.NODE_STOPPING));
        return services.listening;
    }

    /** The first phase: opens the store and the tamper log, and starts what needs nothing else. */
    private Foundation openData(boolean forceDegraded) throws IOException, UnusableDirectoryException {
        Threads threads = new Threads(log);
        Store store = store(forceDegraded);
        AccessWiring access = new AccessWiring(settings, environment);
        Optional<AuditAnchorKeeper> anchors = auditLog(access, store);
        store.start(threads);
        events.open(environment.data());
        part(events);
        ThreadedScheduler scheduler = scheduler(threads, store);
        scheduler.start("events", events, 0);
        anchors.ifPresent(kept -> kept.start(part(new ThreadedScheduler(threads, log, 1))));
        FreeSpaceProbe space = new FreeSpaceProbe(environment.data());
        scheduler.start("free-space", space, 0);
        ModeSwitch modes = new ModeSwitch(settings.flag("read_only") ? NodeMode.READ_ONLY : NodeMode.NORMAL);
        modes.onChange((before, now) -> log.event(EventKind.NODE_MODE, "from", before.text(), "to",
                now.text()));
        Metrics metrics = new Metrics();
        return new Foundation(threads, store, access, anchors, scheduler,
                new AccessWiring.NodeCounters(metrics, access.requestMetrics(metrics)), modes, space);
    }

    /** The second phase: binds the port and puts together all that serves requests; none is read yet. */
    private Services connect(Foundation foundation) throws IOException, TlsContexts.TlsException {
        Threads threads = foundation.threads;
        DocumentWiring documents = part(new DocumentWiring(settings, environment,
                new DocumentWiring.Dependencies(foundation.store, foundation.modes, threads,
                        foundation.scheduler)));
        HttpFrontend listening = part(http.listen(
                new HttpFrontend.Dependencies(environment.clock(), log, threads, foundation.scheduler,
                        environment.processUsage())));
        ClusterWiring cluster = part(new ClusterWiring(settings, environment, new ClusterWiring.Dependencies(
                http, listening.address(), foundation.store, foundation.modes, secret, foundation.anchors,
                foundation.space),
                part(new ThreadedScheduler(threads, log, TASK_THREADS))));
        Optional<Auth> auth = foundation.access.auth(foundation.store, secret.secrets(), cluster.readers());
        DocumentWiring.VisibleChanges changes = documents.changes(cluster);
        BackupScheduler backups = backups(foundation, cluster);
        SiteWiring site = part(new SiteWiring(environment, new SiteWiring.Dependencies(foundation.store,
                foundation.modes, cluster, threads, foundation.counters.requests()::count),
                foundation.scheduler));
        HealthWiring health = new HealthWiring(settings, environment, new HealthWiring.Dependencies(secret,
                foundation.tamper(), http.tls(), cluster, foundation.store, backups, foundation.access,
                foundation.space, site), foundation.scheduler);
        return new Services(documents, listening, cluster, auth, changes, backups, health, site);
    }

    /** The third phase: the stages of a request, in front of all routes. */
    private Pipeline pipeline(Foundation foundation, Services services) {
        return new Pipeline(router(routes(foundation, services), services),
                identity(services.changes.changes()),
                foundation.access.gates(services.auth, foundation.tamper(), foundation.modes,
                        services.cluster, foundation.counters), environment.dice(), log);
    }

    /** The router; the rules for copies and positions hold for all replicated routes. */
    private static Router router(List<Route> routes, Services services) {
        return new Router(PositionHandler.on(ReplicationWaitHandler.on(routes, services.cluster.nodes()),
                services.changes.here()));
    }

    private List<Route> routes(Foundation foundation, Services services) {
        List<Route> routes = new ArrayList<>(services.documents.routes());
        routes.addAll(services.changes.streams().routes());
        routes.addAll(services.cluster.routes());
        routes.addAll(services.site.routes(services.documents.aside()));
        routes.addAll(AccessWiring.routes(services.auth, services.cluster));
        routes.addAll(new BackupResource(services.backups, services.documents.aside()).routes());
        routes.addAll(new AuditLogResource(foundation.tamper()).routes());
        routes.addAll(foundation.access.proofs(foundation.store, secret.secrets(), foundation.tamper(),
                services.cluster::rememberedHeads));
        routes.addAll(new EventsResource(events).routes());
        routes.addAll(new ModeResource(foundation.modes).routes());
        routes.addAll(new MaintenanceResource(foundation.store, log).routes());
        routes.addAll(new MerkleResource(foundation.store).routes());
        routes.addAll(new MetricsResource(foundation.counters.metrics(), settings.flag("metrics_open"))
                .routes());
        routes.addAll(services.health.routes(foundation.modes, drain::begun));
        String version = environment.machine().version();
        routes.addAll(new RootResource(settings.text("node_id"), version, settings.flag("console_enabled"))
                .routes());
        routes.addAll(new OpenApiResource(version).routes());
        return routes;
    }

    private Purger purge(Foundation foundation, Services services) {
        ClusterWiring cluster = services.cluster;
        PurgeGuard partners = services.site.guard();
        Purger purger = new Purger(foundation.store, environment.clock(), log, cluster::windowMs,
                cluster.purgePeers(partners));
        foundation.scheduler.start("purger", purger, 0);
        foundation.scheduler.start("zones", partners, 0);
        return purger;
    }

    private void measure(Foundation foundation, Services services, Purger purger) {
        NodeMetrics nodeMetrics = new NodeMetrics(foundation.counters.metrics());
        nodeMetrics.node(environment, foundation.modes, services.health.registry());
        nodeMetrics.certificate(http.tls());
        nodeMetrics.store(foundation.store, purger, environment);
        nodeMetrics.requests(services.listening, services.documents.waits());
        nodeMetrics.backups(services.backups);
        services.site.measure(foundation.counters.metrics());
        services.cluster.measure(foundation.counters.metrics());
    }

    private Store store(boolean forceDegraded) throws IOException, UnusableDirectoryException {
        if (!DataDirectoryCheck.inUse(environment.data())) {
            LocalNodes.withdrawUrl(environment.data());
        }
        Store store = Store.open(
                new StorageEnvironment(environment.data(), environment.clock(), environment.dice(), log),
                StorageSettingsFactory.settings(settings, forceDegraded));
        parts.push(store);
        parts.push(() -> LocalNodes.withdrawUrl(environment.data()));
        keys = PrefixTotals.below(store.root(), EVERYTHING, environment.clock().wallMs())
                .map(PrefixTotals::count).orElse(store.root().tree().summary().count());
        return store;
    }

    /**
     * The tamper log, and the store's note of its last line, which is written before the log records the
     * stop.
     */
    private Optional<AuditAnchorKeeper> auditLog(AccessWiring access, Store store) throws IOException {
        Optional<AuditLog> auditLog = access.auditLog(secret.secrets(), store);
        auditLog.ifPresent(kept -> parts.push(() -> kept.close(store.head())));
        return auditLog.map(kept -> part(new AuditAnchorKeeper(store, kept, settings.text("node_id"), log)));
    }

    /** The scheduler of backups, on a thread of its own: it waits for the disk more than the other tasks. */
    private BackupScheduler backups(Foundation foundation, ClusterWiring cluster) {
        BackupScheduler backups = part(BackupWiring.of(settings, environment, foundation.store,
                cluster::whole));
        part(new ThreadedScheduler(foundation.threads, log, 1)).start("backups", backups, 0);
        return backups;
    }

    /** The scheduler of small tasks, with those of the store started. */
    private ThreadedScheduler scheduler(Threads threads, Store store) {
        ThreadedScheduler scheduler = part(new ThreadedScheduler(threads, log, TASK_THREADS));
        store.tasks().forEach((name, task) -> scheduler.start(name, task, 0));
        http.tls().ifPresent(used -> scheduler.start("tls-watch", used::watch, TlsContexts.WATCH_MS));
        return scheduler;
    }

    private Pipeline.NodeIdentity identity(Changes changes) {
        List<String> hosts = new ArrayList<>(settings.list("allowed_hosts"));
        hosts.addAll(List.of(environment.machine().name(), settings.text("node_id")));
        String advertised = settings.text("advertise_address");
        if (!advertised.isEmpty()) {
            hosts.add(advertised.substring(0, advertised.lastIndexOf(':')));
        }
        return new Pipeline.NodeIdentity(settings.text("node_id"), hosts, settings.list("cors_origins"),
                changes::positionText);
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    /** Says that it is about to stop, and serves for {@code drain_seconds}; precedes the close. */
    public void drain() {
        drain.run(server::endConnections);
    }

    /** Finishes requests in flight, writes a checkpoint, releases the directory. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.error("a component failed to close", e, "part", part.getClass().getSimpleName());
            }
        }
    }
}
