package kvs.api;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import kvs.documents.ModeSwitch;
import kvs.documents.PrefixTotals;
import kvs.health.FreeSpaceProbe;
import kvs.health.HealthRegistry;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.NodeRoutes;
import kvs.store.Store;
import kvs.world.Clock;

/** The health of this node: {@code /health}, and {@code /health/live}, {@code /health/ready} for probes. */
public final class HealthResource {

    private static final byte[] EVERYTHING = {};

    private final NodeDescription node;
    private final Store store;
    private final ModeSwitch modes;
    private final HealthRegistry health;
    private final FreeSpaceProbe space;
    private final HealthReport report;
    private final Clock clock;
    private final long startNanos;

    /**
     * The description of this node.
     *
     * @param id node id
     * @param version version of the program
     * @param ready whether it has the data of the others
     * @param left whether it has left its cluster
     * @param members number of members that are alive or suspect, this one included
     * @param draining whether it is about to stop
     */
    public record NodeDescription(String id, String version, BooleanSupplier ready, BooleanSupplier left,
            IntSupplier members, BooleanSupplier draining) { }

    /** The parts that are checked. */
    public record Dependencies(Store store, ModeSwitch modes, HealthRegistry health, FreeSpaceProbe space,
            HealthReport.ClusterFacts cluster) { }

    /** The health of a node that has just started. */
    public HealthResource(NodeDescription node, Dependencies parts, Clock clock) {
        this.node = node;
        this.store = parts.store;
        this.modes = parts.modes;
        this.health = parts.health;
        this.space = parts.space;
        this.report = new HealthReport(parts.cluster, parts.health, node.id);
        this.clock = clock;
        this.startNanos = clock.nanos();
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(NodeRoutes.HEALTH, this::health),
                Route.of(NodeRoutes.LIVE, request -> probe(Optional.empty())),
                Route.of(NodeRoutes.READY, request -> probe(unready())));
    }

    /**
     * A node that does not serve reads and writes of clients returns 503, whatever else it still does: load
     * balancers should avoid it.
     */
    private CompletionStage<Response> health(Request request) {
        boolean verbose = request.query().flag(NodeRoutes.VERBOSE);
        if (!request.local() && !request.principal().proven()) {
            if (verbose) {
                throw new Refusal(Reason.UNAUTHORIZED,
                        "the verbose report needs a token; GET /health without it needs none");
            }
            return CompletableFuture.completedFuture(report(false, false));
        }
        boolean table = verbose && request.headers().get("Accept")
                .filter(accept -> accept.contains("text/plain")).isPresent();
        // A disk that hangs when its free space is read must not block the loops.
        return request.offload(() -> table ? table() : report(true, verbose));
    }

    private Response table() {
        Optional<String> unserved = unserved();
        return Response.text(unserved.isEmpty() ? 200 : 503, report.text(status(unserved), clock.wallMs()));
    }

    private String status(Optional<String> unserved) {
        return unserved.orElseGet(() -> health.problems().isEmpty() ? "ok" : "degraded");
    }

    private Response report(boolean more, boolean verbose) {
        Optional<String> unserved = unserved();
        String status = status(unserved);
        JsonWriter json = new JsonWriter().object().field("status", status).field("mode", modes.mode().text())
                .field("member_count", node.members.getAsInt()).field("node_id", node.id);
        if (more) {
            details(json);
        }
        if (verbose) {
            report.write(json);
        }
        return Response.json(unserved.isEmpty() ? 200 : 503, json.end());
    }

    private void details(JsonWriter json) {
        json.field("version", node.version)
                .field("uptime_ms", TimeUnit.NANOSECONDS.toMillis(clock.nanos() - startNanos));
        PrefixTotals.below(store.root(), EVERYTHING, clock.wallMs())
                .ifPresent(all -> json.field("keys", all.count()));
        json.field("root", HexFormat.of().formatHex(store.root().tree().summary().digest()));
        space.bytes().ifPresent(bytes -> json.field("disk_free_bytes", bytes));
        json.name("problems").array();
        health.problems().forEach(problem -> json.value(problem.detail()));
        json.end();
    }

    /** The reason in a word why reads and writes of clients are not served; the first one that holds. */
    private Optional<String> unserved() {
        if (store.failure().isPresent()) {
            return store.failure().map(refusal -> refusal.reason().text());
        }
        if (node.left.getAsBoolean()) {
            return Optional.of("left");
        }
        return modes.refusal()
                .map(refusal -> refusal.reason() == Reason.BUSY ? "starting" : refusal.reason().text());
    }

    /** The same; or that it is about to stop, or lacks data of the others. */
    private Optional<String> unready() {
        if (node.draining.getAsBoolean()) {
            return Optional.of("draining");
        }
        return unserved()
                .or(() -> node.ready.getAsBoolean() ? Optional.empty() : Optional.of(Reason.BEHIND.text()));
    }

    private static CompletionStage<Response> probe(Optional<String> why) {
        JsonWriter json = new JsonWriter().object().field("status", why.orElse("ok")).end();
        return CompletableFuture.completedFuture(Response.json(why.isEmpty() ? 200 : 503, json));
    }
}
