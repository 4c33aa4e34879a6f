package kvs.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import kvs.api.sites.BundlesResource;
import kvs.api.sites.MergesResource;
import kvs.api.sites.PartnersResource;
import kvs.bundle.BackgroundPacer;
import kvs.bundle.BundleExports;
import kvs.bundle.PartnerReport;
import kvs.bundle.PartnerReports;
import kvs.bundle.PurgeGuard;
import kvs.bundle.Site;
import kvs.bundle.SiteMerges;
import kvs.cluster.RememberedPeers;
import kvs.documents.ModeSwitch;
import kvs.http.Route;
import kvs.metrics.Metrics;
import kvs.model.ProtocolGate;
import kvs.model.Reason;
import kvs.model.Refusal;
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
    private static final double MILLIS = 1e3;

    private final Environment environment;
    private final Site site;
    private final BundleExports exports;
    private final SiteMerges merges;
    private final PurgeGuard guard;
    private final PartnerReports reports;

    /** The data, the mode, the cluster, the door to threads, and the number of requests so far. */
    record Dependencies(Store store, ModeSwitch modes, ClusterWiring cluster, Threads threads,
            LongSupplier requests) { }

    /** The exchange of a node; what an earlier process had received is removed. */
    SiteWiring(Environment environment, Dependencies parts, Scheduler scheduler) {
        this.environment = environment;
        Store store = parts.store;
        this.site = new Site(new Site.Dependencies(store, parts.modes, new Site.ClusterState(
                parts.cluster::whole, () -> new RememberedPeers(store.notes()).any(),
                parts.cluster::coveredMs, () -> partnerObstacle(parts.cluster)), environment.clock(),
                environment.dice(), environment.log(),
                () -> new BackgroundPacer(environment.clock(), parts.requests, parts.threads::pause)));
        this.exports = new BundleExports(site);
        Path incoming = Path.of(environment.data().where()).resolve(INCOMING);
        this.merges = new SiteMerges(site, () -> FileDisk.open(incoming),
                work -> parts.threads.thread("kvs-merge", true, work).start());
        this.guard = new PurgeGuard(store, environment.clock(), parts.cluster::windowMs);
        this.reports = new PartnerReports(store, guard, parts.cluster::windowMs, merges::isRunning);
        if (PathCheck.isDirectory(incoming)) {
            merges.removeLeftovers();
        }
        scheduler.start("incoming-files", merges, 0);
    }

    /** The reason why no partner can be added yet: a member would purge what it still needs. */
    private static Optional<Refusal> partnerObstacle(ClusterWiring cluster) {
        if (cluster.protocol().all(ProtocolGate.SITES)) {
            return Optional.empty();
        }
        List<String> older = cluster.older(ProtocolGate.SITES);
        return Optional.of(new Refusal(Reason.OLDER_MEMBERS, "nothing was added: " + (older.isEmpty()
                ? "this node has not heard all members yet; try again in a minute"
                : "members with an older version do not keep what partners need; upgrade them first, or"
                        + " remove them by 'kvs members rm': " + String.join(", ", older)))
                .with("members", older));
    }

    /** The routes; delayed responses are made on {@code aside}. */
    List<Route> routes(Executor aside) {
        List<Route> routes = new ArrayList<>(new PartnersResource(site, environment.clock()).routes());
        routes.addAll(new BundlesResource(exports, aside).routes());
        routes.addAll(new MergesResource(merges).routes());
        return routes;
    }

    /** The part of the purge that waits for partners. */
    PurgeGuard guard() {
        return guard;
    }

    /** The reports on the partners. */
    PartnerReports reports() {
        return reports;
    }

    /** Registers the metrics of the exchange. */
    void measure(Metrics metrics) {
        metrics.counter("kvs_bundles_total", "Bundles that were sent to their end.", exports::count);
        metrics.counter("kvs_bundle_failures_total", "Bundles that were begun and not sent to their end.",
                exports::failures);
        metrics.counter("kvs_merges_total", "Files of partners that were merged, or had nothing new.",
                merges::merged);
        metrics.counter("kvs_merge_failures_total", "Files of partners that were refused, or not merged"
                + " completely.", merges::refused);
        metrics.gauge("kvs_merge_unfinished", "Partners with a merge that was interrupted.",
                () -> reports.list().stream().filter(PartnerReport::unfinished).count());
        metrics.gauge("kvs_partner_heard_time_seconds", "Time at which a partner was last heard of, Unix"
                + " time; 0: never.", "partner", () -> byPartner(PartnerReport::heardMs, MILLIS));
        metrics.gauge("kvs_partner_waiting_versions", "Dead versions that are kept for a partner.", "partner",
                () -> byPartner(PartnerReport::waiting, 1));
    }

    private Map<String, Double> byPartner(ToLongFunction<PartnerReport> value, double unit) {
        Map<String, Double> values = new TreeMap<>();
        reports.list().forEach(report -> values.put(report.name(), value.applyAsLong(report) / unit));
        return values;
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
