package kvs.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import kvs.api.BatchResource;
import kvs.api.ChangeJson;
import kvs.api.ChangesResource;
import kvs.api.ConsoleResource;
import kvs.api.DocumentResource;
import kvs.api.ListingResource;
import kvs.api.ManualResource;
import kvs.api.ProblemResource;
import kvs.api.RangeResource;
import kvs.api.RestoreResource;
import kvs.api.TouchResource;
import kvs.config.Settings;
import kvs.documents.BulkOperations;
import kvs.documents.Changes;
import kvs.documents.Documents;
import kvs.documents.ModeSwitch;
import kvs.documents.WaitLimiter;
import kvs.documents.WaitLimits;
import kvs.documents.Watches;
import kvs.gateway.JdkEngine;
import kvs.http.PositionWait;
import kvs.http.Route;
import kvs.store.Store;
import kvs.streams.ChangeStreams;
import kvs.world.Scheduler;
import kvs.world.Threads;

/**
 * The wiring of the operations on documents: their resources, the watches and the changes. Closing it ends
 * the threads for slow work beside the requests.
 */
final class DocumentWiring implements AutoCloseable {

    /** Number of threads for slow work beside the requests: deletes of subtrees, responses of watches. */
    private static final int ASIDE_THREADS = 64;

    private final Environment environment;
    private final Store store;
    private final Documents documents;
    private final Scheduler scheduler;
    private final WaitLimiter waits;
    private final Watches watches;
    private final ExecutorService offloadExecutor;
    private final boolean consoleEnabled;

    /** The data, the mode, and the doors to threads and time. */
    record Dependencies(Store store, ModeSwitch modes, Threads threads, Scheduler scheduler) { }

    /**
     * The changes as far as the cluster lets clients see them.
     *
     * @param here holds requests until this node covers their position
     * @param streams the resource of the changes
     */
    record VisibleChanges(Changes changes, PositionWait here, ChangesResource streams) { }

    /** The operations on the documents in the store of {@code dependencies}. */
    DocumentWiring(Settings settings, Environment environment, Dependencies dependencies) {
        this.environment = environment;
        this.store = dependencies.store;
        this.documents = new Documents(store, environment.clock(), dependencies.modes, new Documents.Settings(
                (int) settings.number("max_json_size"), settings.durationMs("default_ttl")));
        this.scheduler = dependencies.scheduler;
        this.waits = new WaitLimiter(waitLimits(settings));
        this.watches = new Watches(store, environment.clock(), scheduler, waits);
        this.consoleEnabled = settings.flag("console_enabled");
        this.offloadExecutor = dependencies.threads.pool("kvs-aside", ASIDE_THREADS);
    }

    private static WaitLimits waitLimits(Settings settings) {
        int caller = (int) settings.number("max_waits_per_client");
        int connections = (int) settings.number("max_connections");
        return settings.text("http_engine").equals("jdk")
                ? WaitLimits.of(caller, connections, JdkEngine.STREAMS_MAX)
                : WaitLimits.of(caller, connections);
    }

    /** The changes, which depend on the coverage of the cluster. */
    VisibleChanges changes(ClusterWiring cluster) {
        Changes changes = new Changes(store, environment.clock(), environment.dice(), cluster::shown);
        ChangeJson changeJson = new ChangeJson(documents, cluster::nodeOf);
        ChangeStreams streams = new ChangeStreams(store, new ChangeStreams.Dependencies(changes,
                changeJson, environment.clock(), scheduler, offloadExecutor));
        var here = new PositionWait(cluster::shown, cluster::lost, changes::now, watches, offloadExecutor);
        return new VisibleChanges(changes, here, new ChangesResource(
                new ChangesResource.Dependencies(changes, changeJson, here, waits, streams,
                        environment.clock())));
    }

    /** The routes of documents. */
    List<Route> routes() {
        BulkOperations bulk = new BulkOperations(documents, offloadExecutor);
        List<Route> routes = new ArrayList<>(new DocumentResource(documents, watches, offloadExecutor)
                .routes());
        routes.addAll(new ListingResource(documents, bulk, watches, offloadExecutor).routes());
        routes.addAll(new RestoreResource(documents, bulk).routes());
        routes.addAll(new RangeResource(documents).routes());
        routes.addAll(new BatchResource(documents).routes());
        routes.addAll(new TouchResource(bulk).routes());
        routes.addAll(new ProblemResource().routes());
        routes.addAll(new ManualResource().routes());
        routes.addAll(ConsoleResource.routes(consoleEnabled));
        return routes;
    }

    /** The operations on documents. */
    Documents documents() {
        return documents;
    }

    /** The requests that wait for a change. */
    Watches watches() {
        return watches;
    }

    /** The counts of requests that wait. */
    WaitLimiter waits() {
        return waits;
    }

    /** The threads for slow work beside the requests. */
    ExecutorService aside() {
        return offloadExecutor;
    }

    @Override
    public void close() {
        offloadExecutor.shutdown();
    }
}
