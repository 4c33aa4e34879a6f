package kvs.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.http.Request;
import kvs.routes.RequiredAccess;
import kvs.http.Response;
import kvs.http.Route;
import kvs.metrics.Metrics;
import kvs.routes.NodeRoutes;

/**
 * The metrics of this node, for programs that collect them: {@code /metrics}. No label holds a key, a user or
 * a prefix.
 */
public final class MetricsResource {

    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Metrics metrics;
    private final boolean open;

    /** Serves {@code metrics}, to everybody if {@code open}. */
    public MetricsResource(Metrics metrics, boolean open) {
        this.metrics = metrics;
        this.open = open;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(open ? NodeRoutes.METRICS.open(RequiredAccess.OPEN)
                : NodeRoutes.METRICS, this::get));
    }

    private CompletionStage<Response> get(Request request) {
        return CompletableFuture.completedFuture(new Response(200, Map.of("Content-Type", TYPE),
                new Response.FullBody(metrics.text().getBytes(StandardCharsets.UTF_8))));
    }
}
