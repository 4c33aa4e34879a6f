package kvs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import kvs.config.Settings;
import kvs.data.Bulk;
import kvs.data.Documents;
import kvs.data.Modes;
import kvs.data.Purger;
import kvs.data.Watches;
import kvs.http.BatchResource;
import kvs.http.HealthResource;
import kvs.http.JdkServer;
import kvs.http.KeyResource;
import kvs.http.ListingResource;
import kvs.http.MerkleResource;
import kvs.http.Pipeline;
import kvs.http.ProblemResource;
import kvs.http.RangeResource;
import kvs.http.Route;
import kvs.http.Router;
import kvs.http.TouchResource;
import kvs.model.Mode;
import kvs.store.Doors;
import kvs.store.Store;
import kvs.store.StoreException;
import kvs.store.StoreSettings;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.Log;
import kvs.world.Threads;
import kvs.world.TimedScheduler;

/**
 * One running node: the only place that knows all parts. They are started in order and closed in reverse; those who wait are woken first, so
 * that the server need not wait for them.
 */
final class Node implements AutoCloseable {

    private static final int TASK_THREADS = 2;
    /** Threads for what may take a while beside the requests: deletes of subtrees, answers of watches. */
    private static final int ASIDE_THREADS = 64;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Log log;
    private final JdkServer server;

    /** What a node is made of beside its settings. */
    record World(Disk disk, Clock clock, Dice dice, Log log, String machine, String version) { }

    /** Starts a node; when a part fails, those before it are closed again. */
    Node(Settings settings, World world, boolean forceDegraded) throws IOException, StoreException {
        this.log = world.log;
        try {
            this.server = start(settings, world, forceDegraded);
        } catch (IOException | StoreException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return server.address();
    }

    private JdkServer start(Settings settings, World world, boolean forceDegraded) throws IOException, StoreException {
        Threads threads = new Threads(log);
        Store store = Store.open(new Doors(world.disk, world.clock, world.dice, log), storeSettings(settings, forceDegraded));
        parts.push(store);
        store.start(threads);
        TimedScheduler scheduler = part(new TimedScheduler(threads, log, TASK_THREADS));
        scheduler.start("checkpoints", store.checkpoints(), 0);
        scheduler.start("purger", new Purger(store, world.clock, log, TimeUnit.HOURS.toMillis(settings.number("bootstrap_max_age_hours"))), 0);
        Modes modes = new Modes(settings.flag("read_only") ? Mode.READ_ONLY : Mode.NORMAL);
        Documents documents = new Documents(store, world.clock, modes,
                new Documents.Settings((int) settings.number("max_json_size"), settings.durationMs("default_ttl")));
        Watches watches = new Watches(store, world.clock, scheduler);
        ExecutorService aside = threads.pool("kvs-aside", ASIDE_THREADS);
        parts.push(aside::shutdown);
        List<Route> routes = routes(documents, new Bulk(documents, aside), watches, aside);
        var node = new HealthResource.Node(settings.text("node_id"), world.version, settings.warnings(), () -> 1);
        routes.addAll(new HealthResource(node, store, modes, world.disk, world.clock).routes());
        routes.addAll(new MerkleResource(store).routes());
        Pipeline pipeline = new Pipeline(new Router(routes), identity(settings, world.machine), Pipeline.Gates.OPEN, world.dice, log);
        InetSocketAddress address = new InetSocketAddress(settings.text("bind_address"), (int) settings.number("port"));
        JdkServer listening = part(new JdkServer(address, pipeline, new JdkServer.Doors(world.clock, log, threads, scheduler),
                JdkServer.STALL_MS));
        parts.push(watches);
        return listening;
    }

    private static List<Route> routes(Documents documents, Bulk bulk, Watches watches, ExecutorService aside) {
        List<Route> routes = new ArrayList<>(new KeyResource(documents, watches, aside).routes());
        routes.addAll(new ListingResource(documents, bulk, watches, aside).routes());
        routes.addAll(new RangeResource(documents).routes());
        routes.addAll(new BatchResource(documents).routes());
        routes.addAll(new TouchResource(bulk).routes());
        routes.addAll(new ProblemResource().routes());
        return routes;
    }

    private static StoreSettings storeSettings(Settings settings, boolean forceDegraded) {
        int level = settings.flag("compression_enabled") ? (int) settings.number("compression_level") : 0;
        int segment = (int) settings.bytes("segment_size");
        return new StoreSettings(segment, Math.min(segment, StoreSettings.DEFAULT.preallocateBytes()),
                settings.text("durability").equals("fsync"), level, forceDegraded);
    }

    private static Pipeline.Identity identity(Settings settings, String machine) {
        List<String> hosts = new ArrayList<>(settings.list("allowed_hosts"));
        hosts.addAll(List.of(machine, settings.text("node_id")));
        String advertised = settings.text("advertise_address");
        if (!advertised.isEmpty()) {
            hosts.add(advertised.substring(0, advertised.lastIndexOf(':')));
        }
        return new Pipeline.Identity(settings.text("node_id"), hosts, settings.list("cors_origins"));
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
