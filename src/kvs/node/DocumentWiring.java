package kvs.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import kvs.api.BatchResource;
import kvs.api.ChangesResource;
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
import kvs.documents.Watches;
import kvs.http.PositionWait;
import kvs.http.Route;
import kvs.store.Store;
import kvs.world.Scheduler;
import kvs.world.Threads;

/**
 * The wiring of the operations on documents: their resources, the watches and the changes. Closing it ends
 * the threads for slow work beside the requests.
 */
final class DocumentWiring implements AutoCloseable {

    /** Number of threads for slow work beside the requests: deletes of subtrees, responses of watches. */
    private static final int ASIDE_THREADS = 64;

    private final Environment world;
    private final Store store;
    private final Documents documents;
    private final Watches watches;
    private final ExecutorService aside;

    /** The data, the mode, and the doors to threads and time. */
    record Dependencies(Store store, ModeSwitch modes, Threads threads, Scheduler scheduler) { }

    /**
     * The changes as far as the cluster lets clients see them.
     *
     * @param here holds requests until this node covers their position
     * @param streams the resource of the changes
     */
    record VisibleChanges(Changes changes, PositionWait here, ChangesResource streams) { }

    /** The operations on the documents in the store of {@code ground}. */
    DocumentWiring(Settings settings, Environment world, Dependencies ground) {
        this.world = world;
        this.store = ground.store;
        this.documents = new Documents(store, world.clock(), ground.modes, new Documents.Settings(
                (int) settings.number("max_json_size"), settings.durationMs("default_ttl")));
        this.watches = new Watches(store, world.clock(), ground.scheduler);
        this.aside = ground.threads.pool("kvs-aside", ASIDE_THREADS);
    }

    /** The changes, which depend on the coverage of the cluster. */
    VisibleChanges changes(ClusterWiring cluster) {
        Changes changes = new Changes(store, world.clock(), world.dice(), cluster::shown);
        var here = new PositionWait(cluster::shown, cluster::lost, changes::now, watches, aside);
        return new VisibleChanges(changes, here, new ChangesResource(
                new ChangesResource.Dependencies(changes, documents, here, world.clock())));
    }

    /** The routes of documents. */
    List<Route> routes() {
        BulkOperations bulk = new BulkOperations(documents, aside);
        List<Route> routes = new ArrayList<>(new DocumentResource(documents, watches, aside).routes());
        routes.addAll(new ListingResource(documents, bulk, watches, aside).routes());
        routes.addAll(new RestoreResource(documents, bulk).routes());
        routes.addAll(new RangeResource(documents).routes());
        routes.addAll(new BatchResource(documents).routes());
        routes.addAll(new TouchResource(bulk).routes());
        routes.addAll(new ProblemResource().routes());
        routes.addAll(new ManualResource().routes());
        return routes;
    }

    /** The requests that wait for a change. */
    Watches watches() {
        return watches;
    }

    /** The threads for slow work beside the requests. */
    ExecutorService aside() {
        return aside;
    }

    @Override
    public void close() {
        aside.shutdown();
    }
}
