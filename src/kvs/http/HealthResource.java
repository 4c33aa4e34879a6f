package kvs.http;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import kvs.data.Aggregate;
import kvs.data.Modes;
import kvs.json.JsonWriter;
import kvs.model.Mode;
import kvs.ops.FreeSpace;
import kvs.ops.Health;
import kvs.store.Store;
import kvs.world.Clock;

/** Whether this node is well: {@code /health}, and {@code /health/live}, {@code /health/ready} for probes. */
public final class HealthResource {

    private static final byte[] EVERYTHING = {};

    private final Node node;
    private final Store store;
    private final Modes modes;
    private final Health health;
    private final FreeSpace space;
    private final Clock clock;
    private final long startNanos;

    /**
     * Who this node is.
     *
     * @param id node id
     * @param version of the program
     * @param ready whether it has what the others have
     * @param members members that are alive or suspect, this one included
     */
    public record Node(String id, String version, BooleanSupplier ready, IntSupplier members) { }

    /** The parts that are asked. */
    public record Parts(Store store, Modes modes, Health health, FreeSpace space) { }

    /** Health of a node that has just started. */
    public HealthResource(Node node, Parts parts, Clock clock) {
        this.node = node;
        this.store = parts.store;
        this.modes = parts.modes;
        this.health = parts.health;
        this.space = parts.space;
        this.clock = clock;
        this.startNanos = clock.nanos();
    }

    /** What is served. */
    public List<Route> routes() {
        return List.of(Route.of("GET", "/health", Need.OPEN, this::health),
                Route.of("GET", "/health/live", Need.OPEN, request -> probe(request, true)),
                Route.of("GET", "/health/ready", Need.OPEN, request -> probe(request, ready())));
    }

    /** A node whose store has failed still reads, but only a restart makes it whole: balancers should leave it. */
    private CompletionStage<Response> health(Request request) {
        request.query().only();
        boolean more = request.local() || request.caller().proven();
        if (more && !request.home().patient()) {
            // A disk that hangs must not take the loops with it when it is asked for its room.
            throw new Home.Elsewhere();
        }
        boolean serves = store.failure().isEmpty();
        JsonWriter json = new JsonWriter().object().field("status", serves ? "ok" : "failed").field("mode", modes.mode().text())
                .field("member_count", node.members.getAsInt()).field("node_id", node.id);
        if (more) {
            details(json);
        }
        return CompletableFuture.completedFuture(Response.json(serves ? 200 : 503, json.end()));
    }

    private void details(JsonWriter json) {
        json.field("version", node.version).field("uptime_ms", TimeUnit.NANOSECONDS.toMillis(clock.nanos() - startNanos));
        Aggregate.below(store.root(), EVERYTHING, clock.wallMs()).ifPresent(all -> json.field("keys", all.count()));
        json.field("root", HexFormat.of().formatHex(store.root().tree().summary().digest()));
        space.bytes().ifPresent(bytes -> json.field("disk_free_bytes", bytes));
        json.name("problems").array();
        health.problems().forEach(problem -> json.value(problem.detail()));
        json.end();
    }

    private boolean ready() {
        return store.failure().isEmpty() && modes.mode() != Mode.SYNCING && node.ready.getAsBoolean();
    }

    private static CompletionStage<Response> probe(Request request, boolean good) {
        request.query().only();
        JsonWriter json = new JsonWriter().object().field("status", good ? "ok" : "unavailable").end();
        return CompletableFuture.completedFuture(Response.json(good ? 200 : 503, json));
    }
}
