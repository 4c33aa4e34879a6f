package kvs.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import kvs.cluster.AuditWitness;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.routes.AdminRoutes;

/**
 * The heads of audit logs that this node and its members have recorded, for administrators:
 * {@code /admin/witnesses}.
 */
public final class AuditWitnessResource {

    private final Supplier<List<AuditWitness.Testimony>> testimonies;

    /** Serves the present records. */
    public AuditWitnessResource(Supplier<List<AuditWitness.Testimony>> testimonies) {
        this.testimonies = testimonies;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(AdminRoutes.WITNESSES, this::get));
    }

    private CompletionStage<Response> get(Request request) {
        JsonWriter json = new JsonWriter().object().name("witnesses").array();
        for (AuditWitness.Testimony one : testimonies.get()) {
            json.object().field("origin", one.origin().toString());
            if (!one.node().isEmpty()) {
                json.field("node_id", one.node());
            }
            json.field("head", one.anchor().toString()).field("by", one.by()).end();
        }
        return CompletableFuture.completedFuture(Response.json(200, json.end().end()));
    }
}
