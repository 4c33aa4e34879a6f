package kvs.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import kvs.api.AuditLogResource;
import kvs.api.BackupResource;
import kvs.api.BatchResource;
import kvs.api.ChangesResource;
import kvs.api.DocumentResource;
import kvs.api.HealthResource;
import kvs.api.ListingResource;
import kvs.api.MaintenanceResource;
import kvs.api.MerkleResource;
import kvs.api.MetricsResource;
import kvs.api.ModeResource;
import kvs.api.ProblemResource;
import kvs.api.RangeResource;
import kvs.api.RestoreResource;
import kvs.api.TouchResource;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditLog;
import kvs.auth.AdminTokenFile;
import kvs.auth.Auth;
import kvs.backup.BackupScheduler;
import kvs.cluster.ClusterSecretLoader;
import kvs.config.Settings;
import kvs.documents.BulkOperations;
import kvs.documents.Changes;
import kvs.documents.Documents;
import kvs.documents.FutureVersionsProblem;
import kvs.documents.ModeSwitch;
import kvs.documents.PrefixTotals;
import kvs.documents.Purger;
import kvs.documents.Watches;
import kvs.gateway.CopiesHandler;
import kvs.gateway.HttpEngine;
import kvs.gateway.HttpFrontend;
import kvs.gateway.JdkEngine;
import kvs.gateway.NioEngine;
import kvs.gateway.Pipeline;
import kvs.gateway.PositionHandler;
import kvs.gateway.Router;
import kvs.gateway.TrustedProxies;
import kvs.health.FilePermissionCheck;
import kvs.health.FreeSpaceProbe;
import kvs.health.HealthRegistry;
import kvs.http.PositionWait;
import kvs.http.Route;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.metrics.Metrics;
import kvs.model.HealthProblem;
import kvs.model.NodeMode;
import kvs.server.ServerLimits;
import kvs.server.TlsContexts;
import kvs.store.Store;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.ThreadedScheduler;
import kvs.world.Threads;

/**
 * One running node: the only place that knows all parts. They are started in order and closed in reverse;
 * waiting requests are woken first, so that the server need not wait for them.
 */
public final class Node implements AutoCloseable {

    /** The file in the data directory with the URL of the node, for the command line on the same machine. */
    public static final String URL_FILE = "node.url";
    private static final byte[] EVERYTHING = {};
    private static final int TASK_THREADS = 2;
    /**
     * Number of open files that are no connections of clients: segments, checkpoints, connections to other
     * nodes.
     */
    private static final int FILES_RESERVED = 1_024;
    /** Number of threads for slow work beside the requests: deletes of subtrees, responses of watches. */
    private static final int ASIDE_THREADS = 64;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Settings settings;
    private final Environment world;
    private final Logger log;
    private final ClusterSecretLoader.LoadedSecrets secret;
    private final Optional<TlsContexts> tls;
    private final HttpFrontend server;
    private long keys;

    /** Starts a node; if a part fails, the earlier parts are closed again. */
    public Node(Settings settings, Environment world, boolean forceDegraded)
            throws IOException, UnusableDirectoryException, TlsContexts.TlsException {
        this.settings = settings;
        this.world = world;
        this.log = world.log();
        world.refuseForeign(settings);
        this.secret = world.secret(settings);
        this.tls = tls();
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
            if (tls.isPresent()) {
                String certificate = world.files().absolute(settings.text("tls_cert"));
                world.files().replace(world.data().where() + "/" + LocalNodes.CERTIFICATE_FILE,
                        certificate + "\n");
            }
            world.files().replace(world.data().where() + "/" + URL_FILE, url() + "\n");
            new LocalNodes(world.files(), world.machine().home()).note(world.data().where());
        } catch (IOException e) {
            log.warn(URL_FILE + " cannot be written: commands on this machine want the URL",
                    "reason", FailureText.text(e));
        }
    }

    /** The URL for a client on this machine. */
    public String url() {
        InetAddress bound = server.address().getAddress();
        String host = bound.isAnyLocalAddress() ? "127.0.0.1" : bound.getHostAddress();
        return (tls.isPresent() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host)
                + ":" + server.address().getPort();
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
        Threads threads = new Threads(log);
        Store store = store(forceDegraded);
        AccessWiring entrance = new AccessWiring(settings, world);
        Optional<AuditAnchorKeeper> memory = tamper(entrance, store);
        Optional<AuditLog> tamper = memory.map(AuditAnchorKeeper::log);
        store.start(threads);
        ThreadedScheduler scheduler = scheduler(threads, store);
        memory.ifPresent(kept -> kept.start(part(new ThreadedScheduler(threads, log, 1))));
        Metrics metrics = new Metrics();
        ModeSwitch modes = new ModeSwitch(settings.flag("read_only") ? NodeMode.READ_ONLY : NodeMode.NORMAL);
        Documents documents = new Documents(store, world.clock(), modes, new Documents.Settings(
                (int) settings.number("max_json_size"), settings.durationMs("default_ttl")));
        Watches watches = new Watches(store, world.clock(), scheduler);
        ExecutorService aside = threads.pool("kvs-aside", ASIDE_THREADS);
        parts.push(aside::shutdown);
        HttpFrontend.Dependencies doors = new HttpFrontend.Dependencies(world.clock(), log,
                threads, scheduler);
        HttpFrontend listening = part(new HttpFrontend(engine(doors), doors));
        ClusterWiring cluster = part(new ClusterWiring(settings,
                world, new ClusterWiring.Dependencies(listening.address(), store, modes, secret, memory),
                part(new ThreadedScheduler(threads, log, TASK_THREADS))));
        Optional<Auth> auth = entrance.auth(store, secret.secrets(), cluster.readers());
        Changes changes = new Changes(store, world.clock(), world.dice(), cluster::shown);
        var here = new PositionWait(cluster::shown, cluster::lost, changes::now, watches, aside);
        ChangesResource streams = new ChangesResource(new ChangesResource.Dependencies(changes, documents,
                here, world.clock()));
        List<Route> routes = routes(documents, new BulkOperations(documents, aside), watches, aside);
        routes.addAll(streams.routes());
        routes.addAll(cluster.routes());
        routes.addAll(AccessWiring.routes(auth, cluster));
        BackupScheduler backups = backups(threads, store, cluster);
        routes.addAll(new BackupResource(backups, aside).routes());
        List.of(new AuditLogResource(tamper).routes(), new ModeResource(modes)
                .routes(), new MaintenanceResource(store).routes(), new MerkleResource(store).routes(),
                new MetricsResource(metrics, settings.flag("metrics_open")).routes()).forEach(routes::addAll);
        FreeSpaceProbe space = freeSpace(scheduler);
        HealthRegistry health = health(space, tamper, cluster, backups, store);
        health.add(entrance::problems);
        health.add(exposure(scheduler)::problems);
        var node = new HealthResource.NodeDescription(settings.text("node_id"), world.machine().version(),
                cluster::whole, cluster::left, cluster::count);
        routes.addAll(new HealthResource(node, new HealthResource.Dependencies(store, modes, health, space),
                world.clock()).routes());
        Pipeline pipeline = new Pipeline(router(routes, cluster, here), identity(changes),
                entrance.gates(auth, tamper, modes, cluster, metrics), world.dice(), log);
        Purger purger = new Purger(store, world.clock(), log, cluster::windowMs, cluster.others());
        scheduler.start("purger", purger, 0);
        NodeMetrics instruments = new NodeMetrics(metrics);
        instruments.node(world, modes, health);
        instruments.store(store, purger, world);
        instruments.requests(listening, watches, streams);
        instruments.backups(backups);
        cluster.measure(metrics);
        listening.start(pipeline);
        cluster.start();
        parts.push(watches);
        parts.push(streams);
        parts.push(backups::stop);
        return listening;
    }

    private Store store(boolean forceDegraded) throws IOException, UnusableDirectoryException {
        if (!Store.inUse(world.data())) {
            forgetUrl(world.data());
        }
        Store store = Store.open(new StorageEnvironment(world.data(), world.clock(), world.dice(), log),
                storeSettings(settings, forceDegraded));
        parts.push(store);
        parts.push(() -> forgetUrl(world.data()));
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

    /** The HTTP engine of the settings; https always uses the engine of the JDK. */
    private HttpEngine engine(HttpFrontend.Dependencies doors) throws IOException {
        InetSocketAddress address = new InetSocketAddress(settings.text("bind_address"),
                (int) settings.number("port"));
        if (tls.isPresent() || settings.text("http_engine").equals("jdk")) {
            return new JdkEngine(address, tls, doors, JdkEngine.STALL_MS);
        }
        TrustedProxies proxies = new TrustedProxies(settings.list("trusted_proxies"));
        return new NioEngine(address, new ServerLimits(connections(),
                (int) settings.number("max_connections_per_address"), proxies::exempt,
                ServerLimits.HEAD_BYTES, ServerLimits.FIELDS, ServerLimits.Timeouts.DEFAULT), doors);
    }

    /**
     * The maximal number of connections: each is an open file, and the store must always be able to open its
     * own.
     */
    private int connections() {
        int wanted = (int) settings.number("max_connections");
        int room = connections(wanted, ProcessUsage.real().maxFiles());
        if (room < wanted) {
            log.warn("fewer connections than max_connections: raise the limit of open files (ulimit -n)",
                    "connections", room);
        }
        return room;
    }

    /**
     * The number of connections, at most {@code wanted}, that {@code filesMax} open files allow; NaN stands
     * for an unknown limit.
     */
    static int connections(int wanted, double filesMax) {
        return Double.isNaN(filesMax) ? wanted
                : (int) Math.min(wanted, filesMax - Math.min(FILES_RESERVED, filesMax / 2));
    }

    /** The scheduler of backups, on a thread of its own: it waits for the disk more than the other tasks. */
    private BackupScheduler backups(Threads threads, Store store, ClusterWiring cluster) {
        BackupScheduler backups = part(BackupWiring.of(settings, world, store, cluster::whole));
        part(new ThreadedScheduler(threads, log, 1)).start("backups", backups, 0);
        return backups;
    }

    /** The scheduler of small tasks, with those of the store started. */
    private ThreadedScheduler scheduler(Threads threads, Store store) {
        ThreadedScheduler scheduler = part(new ThreadedScheduler(threads, log, TASK_THREADS));
        store.tasks().forEach((name, duty) -> scheduler.start(name, duty, 0));
        tls.ifPresent(used -> scheduler.start("tls-watch", used::watch, TlsContexts.WATCH_MS));
        return scheduler;
    }

    /**
     * Deletes the notes of a former run: another process may listen at that address now, so while no node has
     * the directory open, the files must not exist.
     */
    public static void forgetUrl(Disk data) throws IOException {
        for (String name : List.of(URL_FILE, LocalNodes.CERTIFICATE_FILE)) {
            if (data.list().contains(name)) {
                data.delete(name);
            }
        }
    }

    /** The router; the rules for copies and positions hold for all replicated routes. */
    private static Router router(List<Route> routes, ClusterWiring cluster, PositionWait here) {
        return new Router(PositionHandler.on(CopiesHandler.on(routes, cluster.nodes()), here));
    }

    private static List<Route> routes(Documents documents, BulkOperations bulk, Watches watches,
            ExecutorService aside) {
        List<Route> routes = new ArrayList<>(new DocumentResource(documents, watches, aside).routes());
        routes.addAll(new ListingResource(documents, bulk, watches, aside).routes());
        routes.addAll(new RestoreResource(documents, bulk).routes());
        routes.addAll(new RangeResource(documents).routes());
        routes.addAll(new BatchResource(documents).routes());
        routes.addAll(new TouchResource(bulk).routes());
        routes.addAll(new ProblemResource().routes());
        return routes;
    }

    /**
     * Loads the certificate if one is set; an unusable pair stops the start, because no earlier pair can
     * serve.
     */
    private Optional<TlsContexts> tls() throws IOException, TlsContexts.TlsException {
        String certificate = settings.text("tls_cert");
        String key = settings.text("tls_key");
        return certificate.isEmpty() ? Optional.empty() : Optional.of(
                new TlsContexts(() -> there(certificate, "tls_cert", world.files().text(certificate)),
                        () -> there(key, "tls_key", world.files().secret(key)), world.clock(), log));
    }

    private static String there(String path, String setting, Optional<String> text) throws IOException {
        return text.orElseThrow(() -> new IOException(setting + ": there is no file " + path));
    }

    /** The problems of all parts; each is added here and nowhere else. */
    private HealthRegistry health(FreeSpaceProbe space, Optional<AuditLog> tamper, ClusterWiring cluster,
            BackupScheduler backups, Store store) {
        HealthRegistry health = new HealthRegistry();
        health.add(() -> settings.warnings().stream()
                .map(what -> new HealthProblem(HealthProblem.Kind.SETTING, what)).toList());
        health.add(() -> secret.from().equals(ClusterSecretLoader.MEMORY) ? List.of(new HealthProblem(
                HealthProblem.Kind.SETTING, "the cluster secret is in memory only, the disk has no room for"
                        + " it: tokens that are made now end with this process")) : List.of());
        tamper.ifPresent(kept -> health.add(kept::problems));
        tls.ifPresent(used -> health.add(used::problems));
        health.add(cluster::problems);
        health.add(store::problems);
        health.add(() -> FutureVersionsProblem.problem(store.root().tree(), world.clock().wallMs())
                .map(what -> new HealthProblem(HealthProblem.Kind.STAMPED_AHEAD, what)).stream().toList());
        health.add(backups::problems);
        health.add(space::problems);
        return health;
    }

    /** Checks the files that nobody else may read, for the first time before the first request is served. */
    private FilePermissionCheck exposure(ThreadedScheduler scheduler) {
        String data = world.data().where();
        List<FilePermissionCheck.ProtectedFile> places = new ArrayList<>(List.of(
                new FilePermissionCheck.ProtectedFile(data, "the data"),
                new FilePermissionCheck.ProtectedFile(data + "/tamper", "the tamper log"),
                new FilePermissionCheck.ProtectedFile(data + "/" + AdminTokenFile.NAME, "the admin token"),
                new FilePermissionCheck.ProtectedFile(settings.text("backup_path"), "backups")));
        settings.fileWith("cluster_secret").ifPresent(file ->
                places.add(new FilePermissionCheck.ProtectedFile(file, "the cluster secret")));
        if (secret.from().startsWith("/")) {
            places.add(new FilePermissionCheck.ProtectedFile(secret.from(), "the cluster secret"));
        }
        if (!settings.text("tls_key").isEmpty()) {
            places.add(new FilePermissionCheck.ProtectedFile(settings.text("tls_key"),
                    "the key of the TLS certificate"));
        }
        FilePermissionCheck exposure = new FilePermissionCheck(world.files(), places, log);
        scheduler.start("exposure", exposure, exposure.step());
        return exposure;
    }

    private FreeSpaceProbe freeSpace(ThreadedScheduler scheduler) {
        FreeSpaceProbe space = new FreeSpaceProbe(world.data());
        scheduler.start("free-space", space, 0);
        return space;
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
