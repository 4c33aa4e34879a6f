package kvs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import kvs.auth.AdminToken;
import kvs.auth.Auth;
import kvs.auth.ClusterSecret;
import kvs.config.Settings;
import kvs.data.Aggregate;
import kvs.data.Bulk;
import kvs.data.Changes;
import kvs.data.Documents;
import kvs.data.Modes;
import kvs.data.Purger;
import kvs.data.StampedAhead;
import kvs.data.Watches;
import kvs.engine.Limits;
import kvs.http.BackupResource;
import kvs.http.BatchResource;
import kvs.http.ChangesResource;
import kvs.http.CopiesHandler;
import kvs.http.Engine;
import kvs.http.HealthResource;
import kvs.http.HistoryResource;
import kvs.http.JdkEngine;
import kvs.http.KeyResource;
import kvs.http.Listener;
import kvs.http.ListingResource;
import kvs.http.MerkleResource;
import kvs.http.MetricsResource;
import kvs.http.ModeResource;
import kvs.http.NioEngine;
import kvs.http.Pipeline;
import kvs.http.PositionHandler;
import kvs.http.PositionWait;
import kvs.http.ProblemResource;
import kvs.http.Proxies;
import kvs.http.RangeResource;
import kvs.http.Route;
import kvs.http.Router;
import kvs.http.TamperResource;
import kvs.http.Tls;
import kvs.http.TouchResource;
import kvs.http.UpkeepResource;
import kvs.model.Mode;
import kvs.model.Problem;
import kvs.ops.Backups;
import kvs.ops.Exposure;
import kvs.ops.FreeSpace;
import kvs.ops.Health;
import kvs.ops.Metrics;
import kvs.ops.TamperLog;
import kvs.ops.TamperMemory;
import kvs.store.Doors;
import kvs.store.Store;
import kvs.store.StoreException;
import kvs.store.StoreSettings;
import kvs.world.Disk;
import kvs.world.Failures;
import kvs.world.Footprint;
import kvs.world.Log;
import kvs.world.Threads;
import kvs.world.TimedScheduler;

/**
 * One running node: the only place that knows all parts. They are started in order and closed in reverse; those who wait are woken first, so
 * that the server need not wait for them.
 */
final class Node implements AutoCloseable {

    /** The file in the data directory that says where the node listens, for the command line on the same machine. */
    static final String URL_FILE = "node.url";
    private static final byte[] EVERYTHING = {};
    private static final int TASK_THREADS = 2;
    /** Files that are no connections of clients: segments, checkpoints, connections to other nodes. */
    private static final int FILES_RESERVED = 1_024;
    /** Threads for what may take a while beside the requests: deletes of subtrees, answers of watches. */
    private static final int ASIDE_THREADS = 64;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Settings settings;
    private final World world;
    private final Log log;
    private final ClusterSecret.Found secret;
    private final Optional<Tls> tls;
    private final Listener server;
    private long keys;

    /** Starts a node; when a part fails, those before it are closed again. */
    Node(Settings settings, World world, boolean forceDegraded) throws IOException, StoreException, Tls.TlsException {
        this.settings = settings;
        this.world = world;
        this.log = world.log();
        world.refuseForeign(settings);
        this.secret = world.secret(settings);
        this.tls = tls();
        try {
            this.server = start(forceDegraded);
            tellUrl();
        } catch (IOException | StoreException | Tls.TlsException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** For the command line on this machine; without room for it, the commands want the URL. */
    private void tellUrl() {
        try {
            if (tls.isPresent()) {
                String certificate = world.files().absolute(settings.text("tls_cert"));
                world.files().replace(world.data().where() + "/" + LocalNodes.CERTIFICATE_FILE, certificate + "\n");
            }
            world.files().replace(world.data().where() + "/" + URL_FILE, url() + "\n");
            new LocalNodes(world.files(), world.machine().home()).note(world.data().where());
        } catch (IOException e) {
            log.warn(URL_FILE + " cannot be written: commands on this machine want the URL", "reason", Failures.text(e));
        }
    }

    /** Where it listens, for a client on this machine. */
    String url() {
        InetAddress bound = server.address().getAddress();
        String host = bound.isAnyLocalAddress() ? "127.0.0.1" : bound.getHostAddress();
        return (tls.isPresent() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.address().getPort();
    }

    /** How many keys of users it had when it began. */
    long keys() {
        return keys;
    }

    /** Where the secret of the cluster came from. */
    String secretFrom() {
        return secret.from();
    }

    private Listener start(boolean forceDegraded) throws IOException, StoreException, Tls.TlsException {
        Threads threads = new Threads(log);
        Store store = store(forceDegraded);
        Entrance entrance = new Entrance(settings, world);
        Optional<TamperMemory> memory = tamper(entrance, store);
        Optional<TamperLog> tamper = memory.map(TamperMemory::log);
        store.start(threads);
        TimedScheduler scheduler = scheduler(threads, store);
        memory.ifPresent(kept -> kept.start(part(new TimedScheduler(threads, log, 1))));
        Metrics metrics = new Metrics();
        Modes modes = new Modes(settings.flag("read_only") ? Mode.READ_ONLY : Mode.NORMAL);
        Documents documents = new Documents(store, world.clock(), modes,
                new Documents.Settings((int) settings.number("max_json_size"), settings.durationMs("default_ttl")));
        Watches watches = new Watches(store, world.clock(), scheduler);
        ExecutorService aside = threads.pool("kvs-aside", ASIDE_THREADS);
        parts.push(aside::shutdown);
        Listener.Doors doors = new Listener.Doors(world.clock(), log, threads, scheduler);
        Listener listening = part(new Listener(engine(doors), doors));
        Cluster cluster = part(new Cluster(settings, world, new Cluster.Ground(listening.address(), store, modes, secret, memory),
                part(new TimedScheduler(threads, log, TASK_THREADS))));
        Optional<Auth> auth = entrance.auth(store, secret.secrets(), cluster.readers());
        Changes changes = new Changes(store, world.clock(), world.dice(), cluster::shown);
        var here = new PositionWait(cluster::shown, cluster::lost, changes::now, watches, aside);
        ChangesResource streams = new ChangesResource(new ChangesResource.Doors(changes, documents, here, world.clock()));
        List<Route> routes = routes(documents, new Bulk(documents, aside), watches, aside);
        routes.addAll(streams.routes());
        routes.addAll(cluster.routes());
        routes.addAll(Entrance.routes(auth, cluster));
        Backups backups = backups(threads, store, cluster);
        routes.addAll(new BackupResource(backups, aside).routes());
        List.of(new TamperResource(tamper).routes(), new ModeResource(modes).routes(), new UpkeepResource(store).routes(),
                new MerkleResource(store).routes(), new MetricsResource(metrics, settings.flag("metrics_open")).routes()).forEach(routes::addAll);
        FreeSpace space = freeSpace(scheduler);
        Health health = health(space, tamper, cluster, backups, store);
        health.add(entrance::problems);
        health.add(exposure(scheduler)::problems);
        var node = new HealthResource.Node(settings.text("node_id"), world.machine().version(), cluster::whole, cluster::left, cluster::count);
        routes.addAll(new HealthResource(node, new HealthResource.Parts(store, modes, health, space), world.clock()).routes());
        Pipeline pipeline = new Pipeline(router(routes, cluster, here), identity(changes), entrance.gates(auth, tamper, modes, cluster, metrics),
                world.dice(), log);
        Purger purger = new Purger(store, world.clock(), log, cluster::windowMs, cluster.others());
        scheduler.start("purger", purger, 0);
        Instruments instruments = new Instruments(metrics);
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

    private Store store(boolean forceDegraded) throws IOException, StoreException {
        if (!Store.inUse(world.data())) {
            forgetUrl(world.data());
        }
        Store store = Store.open(new Doors(world.data(), world.clock(), world.dice(), log), storeSettings(settings, forceDegraded));
        parts.push(store);
        parts.push(() -> forgetUrl(world.data()));
        keys = Aggregate.below(store.root(), EVERYTHING, world.clock().wallMs()).map(Aggregate::count).orElse(store.root().tree().summary().count());
        return store;
    }

    /** The tamper log and the store's memory of it, which is written down before the log says that it stops. */
    private Optional<TamperMemory> tamper(Entrance entrance, Store store) throws IOException {
        Optional<TamperLog> tamper = entrance.tamper(secret.secrets(), store);
        tamper.ifPresent(kept -> parts.push(() -> kept.close(store.head())));
        return tamper.map(kept -> part(new TamperMemory(store, kept, settings.text("node_id"), log)));
    }

    /** Https is spoken by the JDK's engine in any case. */
    private Engine engine(Listener.Doors doors) throws IOException {
        InetSocketAddress address = new InetSocketAddress(settings.text("bind_address"), (int) settings.number("port"));
        if (tls.isPresent() || settings.text("http_engine").equals("jdk")) {
            return new JdkEngine(address, tls, doors, JdkEngine.STALL_MS);
        }
        Proxies proxies = new Proxies(settings.list("trusted_proxies"));
        return new NioEngine(address, new Limits(connections(), (int) settings.number("max_connections_per_address"),
                proxies::exempt, Limits.HEAD_BYTES, Limits.FIELDS, Limits.Times.DEFAULT), doors);
    }

    /** Each connection is an open file; the store must always be able to open its own. */
    private int connections() {
        int wanted = (int) settings.number("max_connections");
        int room = connections(wanted, Footprint.real().maxFiles());
        if (room < wanted) {
            log.warn("fewer connections than max_connections: raise the limit of open files (ulimit -n)", "connections", room);
        }
        return room;
    }

    /** How many of the wanted connections there is room for among {@code filesMax} open files, which is NaN where nobody knows. */
    static int connections(int wanted, double filesMax) {
        return Double.isNaN(filesMax) ? wanted : (int) Math.min(wanted, filesMax - Math.min(FILES_RESERVED, filesMax / 2));
    }

    /** On a thread of its own: it waits for the disk more than the others. */
    private Backups backups(Threads threads, Store store, Cluster cluster) {
        Backups backups = part(BackupDuty.of(settings, world, store, cluster::whole));
        part(new TimedScheduler(threads, log, 1)).start("backups", backups, 0);
        return backups;
    }

    /** What drives the small duties, those of the store begun. */
    private TimedScheduler scheduler(Threads threads, Store store) {
        TimedScheduler scheduler = part(new TimedScheduler(threads, log, TASK_THREADS));
        store.duties().forEach((name, duty) -> scheduler.start(name, duty, 0));
        tls.ifPresent(used -> scheduler.start("tls-watch", used::watch, Tls.WATCH_MS));
        return scheduler;
    }

    /** Where a node listened before, somebody else may listen now: while nobody has the directory open, the file must not be there. */
    static void forgetUrl(Disk data) throws IOException {
        for (String name : List.of(URL_FILE, LocalNodes.CERTIFICATE_FILE)) {
            if (data.list().contains(name)) {
                data.delete(name);
            }
        }
    }

    /** What is said of copies and positions holds for all that the nodes replicate. */
    private static Router router(List<Route> routes, Cluster cluster, PositionWait here) {
        return new Router(PositionHandler.on(CopiesHandler.on(routes, cluster.nodes()), here));
    }

    private static List<Route> routes(Documents documents, Bulk bulk, Watches watches, ExecutorService aside) {
        List<Route> routes = new ArrayList<>(new KeyResource(documents, watches, aside).routes());
        routes.addAll(new ListingResource(documents, bulk, watches, aside).routes());
        routes.addAll(new HistoryResource(documents, bulk).routes());
        routes.addAll(new RangeResource(documents).routes());
        routes.addAll(new BatchResource(documents).routes());
        routes.addAll(new TouchResource(bulk).routes());
        routes.addAll(new ProblemResource().routes());
        return routes;
    }

    /** Speaks https when a certificate is set; a pair that cannot be used stops the start, because there is none before it. */
    private Optional<Tls> tls() throws IOException, Tls.TlsException {
        String certificate = settings.text("tls_cert");
        String key = settings.text("tls_key");
        return certificate.isEmpty() ? Optional.empty() : Optional.of(new Tls(
                () -> there(certificate, "tls_cert", world.files().text(certificate)), () -> there(key, "tls_key", world.files().secret(key)),
                world.clock(), log));
    }

    private static String there(String path, String setting, Optional<String> text) throws IOException {
        return text.orElseThrow(() -> new IOException(setting + ": there is no file " + path));
    }

    /** The problems of all parts; each is added here and nowhere else. */
    private Health health(FreeSpace space, Optional<TamperLog> tamper, Cluster cluster, Backups backups, Store store) {
        Health health = new Health();
        health.add(() -> settings.warnings().stream().map(what -> new Problem(Problem.Kind.SETTING, what)).toList());
        health.add(() -> secret.from().equals(ClusterSecret.MEMORY) ? List.of(new Problem(Problem.Kind.SETTING, "the cluster secret is in"
                + " memory only, the disk has no room for it: tokens that are made now end with this process")) : List.of());
        tamper.ifPresent(kept -> health.add(kept::problems));
        tls.ifPresent(used -> health.add(used::problems));
        health.add(cluster::problems);
        health.add(store::problems);
        health.add(() -> StampedAhead.problem(store.root().tree(), world.clock().wallMs())
                .map(what -> new Problem(Problem.Kind.STAMPED_AHEAD, what)).stream().toList());
        health.add(backups::problems);
        health.add(space::problems);
        return health;
    }

    /** The files that nobody else shall read, looked at once before anybody is served. */
    private Exposure exposure(TimedScheduler scheduler) {
        String data = world.data().where();
        List<Exposure.Place> places = new ArrayList<>(List.of(new Exposure.Place(data, "the data"), new Exposure.Place(data + "/tamper",
                "the tamper log"), new Exposure.Place(data + "/" + AdminToken.NAME, "the admin token"),
                new Exposure.Place(settings.text("backup_path"), "backups")));
        settings.fileWith("cluster_secret").ifPresent(file -> places.add(new Exposure.Place(file, "the cluster secret")));
        if (secret.from().startsWith("/")) {
            places.add(new Exposure.Place(secret.from(), "the cluster secret"));
        }
        if (!settings.text("tls_key").isEmpty()) {
            places.add(new Exposure.Place(settings.text("tls_key"), "the key of the TLS certificate"));
        }
        Exposure exposure = new Exposure(world.files(), places, log);
        scheduler.start("exposure", exposure, exposure.step());
        return exposure;
    }

    private FreeSpace freeSpace(TimedScheduler scheduler) {
        FreeSpace space = new FreeSpace(world.data());
        scheduler.start("free-space", space, 0);
        return space;
    }

    static StoreSettings storeSettings(Settings settings, boolean forceDegraded) {
        int level = settings.flag("compression_enabled") ? (int) settings.number("compression_level") : 0;
        int segment = (int) settings.bytes("segment_size");
        return new StoreSettings(segment, Math.min(segment, StoreSettings.DEFAULT.preallocateBytes()),
                settings.text("durability").equals("fsync"), level, forceDegraded, keep(settings));
    }

    private static StoreSettings.Keep keep(Settings settings) {
        int history = settings.flag("revision_history_enabled") ? (int) settings.number("revision_history_max") : 0;
        return new StoreSettings.Keep(history, (int) settings.number("compaction_garbage_percent"), (int) settings.bytes("disk_reserve"));
    }

    private Pipeline.Identity identity(Changes changes) {
        List<String> hosts = new ArrayList<>(settings.list("allowed_hosts"));
        hosts.addAll(List.of(world.machine().name(), settings.text("node_id")));
        String advertised = settings.text("advertise_address");
        if (!advertised.isEmpty()) {
            hosts.add(advertised.substring(0, advertised.lastIndexOf(':')));
        }
        return new Pipeline.Identity(settings.text("node_id"), hosts, settings.list("cors_origins"), changes::told);
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    /** Finishes what is in flight, writes a checkpoint, releases the directory. */
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
