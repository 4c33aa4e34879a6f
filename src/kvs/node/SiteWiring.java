package kvs.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import kvs.api.sites.BundlesResource;
import kvs.api.sites.MergesResource;
import kvs.api.sites.PartnersResource;
import kvs.bundle.BundleExports;
import kvs.bundle.Site;
import kvs.bundle.SiteMerges;
import kvs.cluster.RememberedPeers;
import kvs.documents.ModeSwitch;
import kvs.http.Route;
import kvs.store.Store;
import kvs.world.FileDisk;
import kvs.world.PathCheck;
import kvs.world.Scheduler;
import kvs.world.Threads;

/**
 * The wiring of the exchange of files with other sites. Closing it ends a merge at its next batch; the store
 * must be open still.
 */
final class SiteWiring implements AutoCloseable {

    /** The directory below that of the data in which files of partners arrive. */
    private static final String INCOMING = "incoming";

    private final Environment environment;
    private final Site site;
    private final BundleExports exports;
    private final SiteMerges merges;

    /** The data, the mode, the cluster, and the door to threads. */
    record Dependencies(Store store, ModeSwitch modes, ClusterWiring cluster, Threads threads) { }

    /** The exchange of a node; what an earlier process had received is removed. */
    SiteWiring(Environment environment, Dependencies parts, Scheduler scheduler) {
        this.environment = environment;
        Store store = parts.store;
        this.site = new Site(new Site.Dependencies(store, parts.modes, new Site.ClusterState(
                parts.cluster::whole, () -> new RememberedPeers(store.notes()).any(),
                parts.cluster::coveredMs), environment.clock(), environment.dice(), environment.log()));
        this.exports = new BundleExports(site);
        Path incoming = Path.of(environment.data().where()).resolve(INCOMING);
        this.merges = new SiteMerges(site, () -> FileDisk.open(incoming),
                work -> parts.threads.thread("kvs-merge", true, work).start());
        if (PathCheck.isDirectory(incoming)) {
            merges.removeLeftovers();
        }
        scheduler.start("incoming-files", merges, 0);
    }

    /** The routes; delayed responses are made on {@code aside}. */
    List<Route> routes(Executor aside) {
        List<Route> routes = new ArrayList<>(new PartnersResource(site, environment.clock()).routes());
        routes.addAll(new BundlesResource(exports, aside).routes());
        routes.addAll(new MergesResource(merges).routes());
        return routes;
    }

    /** Ends a bundle that is being sent, so that the server need not wait for it. */
    void endBundles() {
        exports.close();
    }

    @Override
    public void close() throws IOException {
        merges.close();
    }
}
