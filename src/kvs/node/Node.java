package kvs.node;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import kvs.api.AuditLogResource;
import kvs.api.BackupResource;
import kvs.api.MaintenanceResource;
import kvs.api.MerkleResource;
import kvs.api.MetricsResource;
import kvs.api.ModeResource;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditLog;
import kvs.auth.Auth;
import kvs.backup.BackupScheduler;
import kvs.cluster.ClusterSecretLoader;
import kvs.config.Settings;
import kvs.documents.Changes;
import kvs.documents.ModeSwitch;
import kvs.documents.PrefixTotals;
import kvs.documents.Purger;
import kvs.gateway.CopiesHandler;
import kvs.gateway.HttpFrontend;
import kvs.gateway.Pipeline;
import kvs.gateway.PositionHandler;
import kvs.gateway.Router;
import kvs.http.Route;
import kvs.log.DataDirectoryCheck;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.metrics.Metrics;
import kvs.model.NodeMode;
import kvs.server.TlsContexts;
import kvs.store.Store;
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

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Settings settings;
    private final Environment world;
    private final Logger log;
    private final ClusterSecretLoader.LoadedSecrets secret;
    private final ServerWiring http;
    private final HttpFrontend server;
    private long keys;

    /** The parts of the first phase: the data, and what works with them alone. */
    private record Foundation(Threads threads, Store store, AccessWiring entrance,
            Optional<AuditAnchorKeeper> anchors, ThreadedScheduler scheduler, Metrics metrics,
            ModeSwitch modes) {

        Optional<AuditLog> tamper() {
            return anchors.map(AuditAnchorKeeper::log);
        }
    }

    /** The parts of the second phase, which serve clients, members and operators. */
    private record Services(DocumentWiring documents, HttpFrontend listening, ClusterWiring cluster,
            Optional<Auth> auth, DocumentWiring.VisibleChanges changes, BackupScheduler backups,
            HealthWiring health) { }

    /** Starts a node; if a part fails, the earlier parts are closed again. */
    public Node(Settings settings, Environment world, boolean forceDegraded)
            throws IOException, UnusableDirectoryException, TlsContexts.TlsException {
        this.settings = settings;
        this.world = world;
        this.log = world.log();
        world.refuseForeign(settings);
        this.secret = world.secret(settings);
        this.http = new ServerWiring(settings, world);
        try {
            this.server = start(forceDegraded);
            tellUrl();
        } catch (IOException | UnusableDirectoryException | TlsContexts.TlsException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Writes the URL for the command line on this machine; without space for the file, commands need the URL
     * as an option.
     */
    private void tellUrl() {
        try {
            Optional<String> certificate = http.tls().isPresent()
                    ? Optional.of(world.files().absolute(settings.text("tls_cert"))) : Optional.empty();
            new LocalNodes(world.files(), world.machine().home())
                    .tell(world.data().where(), url(), certificate);
        } catch (IOException e) {
            log.warn(LocalNodes.URL_FILE + " cannot be written: commands on this machine want the URL",
                    "reason", FailureText.text(e));
        }
    }

    /** The URL for a client on this machine. */
    public String url() {
        return http.url(server.address());
    }

    /** The number of keys of users at the start. */
    public long keys() {
        return keys;
    }

    /** The source of the secret of the cluster. */
    public String secretFrom() {
        return secret.from();
    }

    private HttpFrontend start(boolean forceDegraded)
            throws IOException, UnusableDirectoryException, TlsContexts.TlsException {
        Foundation ground = openData(forceDegraded);
        Services services = connect(ground);
        Pipeline pipeline = pipeline(ground, services);
        Purger purger = purge(ground, services);
        measure(ground, services, purger);
        services.listening.start(pipeline);
        services.cluster.start();
        parts.push(services.documents.watches());
        parts.push(services.changes.streams());
        parts.push(services.backups::stop);
        return services.listening;
    }

    /** The first phase: opens the store and the tamper log, and starts what needs nothing else. */
    private Foundation openData(boolean forceDegraded) throws IOException, UnusableDirectoryException {
        Threads threads = new Threads(log);
        Store store = store(forceDegraded);
        AccessWiring entrance = new AccessWiring(settings, world);
        Optional<AuditAnchorKeeper> anchors = tamper(entrance, store);
        store.start(threads);
        ThreadedScheduler scheduler = scheduler(threads, store);
        anchors.ifPresent(kept -> kept.start(part(new ThreadedScheduler(threads, log, 1))));
        ModeSwitch modes = new ModeSwitch(settings.flag("read_only") ? NodeMode.READ_ONLY : NodeMode.NORMAL);
        return new Foundation(threads, store, entrance, anchors, scheduler, new Metrics(), modes);
    }

    /** The second phase: binds the port and puts together all that serves requests; none is read yet. */
    private Services connect(Foundation ground) throws IOException, TlsContexts.TlsException {
        Threads threads = ground.threads;
        DocumentWiring documents = part(new DocumentWiring(settings, world,
                new DocumentWiring.Dependencies(ground.store, ground.modes, threads, ground.scheduler)));
        HttpFrontend listening = part(http.listen(
                new HttpFrontend.Dependencies(world.clock(), log, threads, ground.scheduler)));
        ClusterWiring cluster = part(new ClusterWiring(settings, world, new ClusterWiring.Dependencies(
                http, listening.address(), ground.store, ground.modes, secret, ground.anchors),
                part(new ThreadedScheduler(threads, log, TASK_THREADS))));
        Optional<Auth> auth = ground.entrance.auth(ground.store, secret.secrets(), cluster.readers());
        DocumentWiring.VisibleChanges changes = documents.changes(cluster);
        BackupScheduler backups = backups(ground, cluster);
        HealthWiring health = new HealthWiring(settings, world, new HealthWiring.Dependencies(secret,
                ground.tamper(), http.tls(), cluster, ground.store, backups, ground.entrance),
                ground.scheduler);
        return new Services(documents, listening, cluster, auth, changes, backups, health);
    }

    /** The third phase: the stages of a request, in front of all routes. */
    private Pipeline pipeline(Foundation ground, Services services) {
        return new Pipeline(router(routes(ground, services), services), identity(services.changes.changes()),
                ground.entrance.gates(services.auth, ground.tamper(), ground.modes, services.cluster,
                        ground.metrics), world.dice(), log);
    }

    /** The router; the rules for copies and positions hold for all replicated routes. */
    private static Router router(List<Route> routes, Services services) {
        return new Router(PositionHandler.on(CopiesHandler.on(routes, services.cluster.nodes()),
                services.changes.here()));
    }

    private List<Route> routes(Foundation ground, Services services) {
        List<Route> routes = new ArrayList<>(services.documents.routes());
        routes.addAll(services.changes.streams().routes());
        routes.addAll(services.cluster.routes());
        routes.addAll(AccessWiring.routes(services.auth, services.cluster));
        routes.addAll(new BackupResource(services.backups, services.documents.aside()).routes());
        routes.addAll(new AuditLogResource(ground.tamper()).routes());
        routes.addAll(new ModeResource(ground.modes).routes());
        routes.addAll(new MaintenanceResource(ground.store).routes());
        routes.addAll(new MerkleResource(ground.store).routes());
        routes.addAll(new MetricsResource(ground.metrics, settings.flag("metrics_open")).routes());
        routes.addAll(services.health.routes(ground.modes));
        return routes;
    }

    private Purger purge(Foundation ground, Services services) {
        ClusterWiring cluster = services.cluster;
        Purger purger = new Purger(ground.store, world.clock(), log, cluster::windowMs, cluster.others());
        ground.scheduler.start("purger", purger, 0);
        return purger;
    }

    private void measure(Foundation ground, Services services, Purger purger) {
        NodeMetrics instruments = new NodeMetrics(ground.metrics);
        instruments.node(world, ground.modes, services.health.registry());
        instruments.store(ground.store, purger, world);
        instruments.requests(services.listening, services.documents.watches(), services.changes.streams());
        instruments.backups(services.backups);
        services.cluster.measure(ground.metrics);
    }

    private Store store(boolean forceDegraded) throws IOException, UnusableDirectoryException {
        if (!DataDirectoryCheck.inUse(world.data())) {
            LocalNodes.forgetUrl(world.data());
        }
        Store store = Store.open(new StorageEnvironment(world.data(), world.clock(), world.dice(), log),
                storeSettings(settings, forceDegraded));
        parts.push(store);
        parts.push(() -> LocalNodes.forgetUrl(world.data()));
        keys = PrefixTotals.below(store.root(), EVERYTHING, world.clock().wallMs()).map(PrefixTotals::count)
                .orElse(store.root().tree().summary().count());
        return store;
    }

    /**
     * The tamper log, and the store's note of its last line, which is written before the log records the
     * stop.
     */
    private Optional<AuditAnchorKeeper> tamper(AccessWiring entrance, Store store) throws IOException {
        Optional<AuditLog> tamper = entrance.tamper(secret.secrets(), store);
        tamper.ifPresent(kept -> parts.push(() -> kept.close(store.head())));
        return tamper.map(kept -> part(new AuditAnchorKeeper(store, kept, settings.text("node_id"), log)));
    }

    /** The scheduler of backups, on a thread of its own: it waits for the disk more than the other tasks. */
    private BackupScheduler backups(Foundation ground, ClusterWiring cluster) {
        BackupScheduler backups = part(BackupWiring.of(settings, world, ground.store, cluster::whole));
        part(new ThreadedScheduler(ground.threads, log, 1)).start("backups", backups, 0);
        return backups;
    }

    /** The scheduler of small tasks, with those of the store started. */
    private ThreadedScheduler scheduler(Threads threads, Store store) {
        ThreadedScheduler scheduler = part(new ThreadedScheduler(threads, log, TASK_THREADS));
        store.tasks().forEach((name, duty) -> scheduler.start(name, duty, 0));
        http.tls().ifPresent(used -> scheduler.start("tls-watch", used::watch, TlsContexts.WATCH_MS));
        return scheduler;
    }

    /** The settings of the store of a node. */
    public static StorageSettings storeSettings(Settings settings, boolean forceDegraded) {
        int level = settings.flag("compression_enabled") ? (int) settings.number("compression_level") : 0;
        int segment = (int) settings.bytes("segment_size");
        return new StorageSettings(segment, Math.min(segment, StorageSettings.DEFAULT.preallocateBytes()),
                settings.text("durability").equals("fsync"), level, forceDegraded, keep(settings));
    }

    private static StorageSettings.Retention keep(Settings settings) {
        int history = settings.flag("revision_history_enabled")
                ? (int) settings.number("revision_history_max") : 0;
        return new StorageSettings.Retention(history, (int) settings.number("compaction_garbage_percent"),
                (int) settings.bytes("disk_reserve"));
    }

    private Pipeline.NodeIdentity identity(Changes changes) {
        List<String> hosts = new ArrayList<>(settings.list("allowed_hosts"));
        hosts.addAll(List.of(world.machine().name(), settings.text("node_id")));
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

    /** Finishes requests in flight, writes a checkpoint, releases the directory. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.error("a part does not close", e, "part", part.getClass().getSimpleName());
            }
        }
    }
}
