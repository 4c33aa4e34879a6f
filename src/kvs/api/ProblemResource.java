package kvs.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.http.ProblemHelp;
import kvs.http.Problems;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.NodeRoutes;

/** The documentation of a reason, with advice, on the node itself, off-line: {@code /problems/{reason}}. */
public final class ProblemResource {

    private static final String ROOT = "/problems/";

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(NodeRoutes.PROBLEMS, request -> all()),
                Route.of(NodeRoutes.PROBLEM, ProblemResource::page));
    }

    private static CompletionStage<Response> page(Request request) {
        String name = request.path().substring(ROOT.length());
        Reason reason = Problems.reason(name)
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no problem with this name"));
        JsonWriter json = new JsonWriter();
        write(json, reason);
        return CompletableFuture.completedFuture(Response.json(200, json));
    }

    private static CompletionStage<Response> all() {
        JsonWriter json = new JsonWriter().object().name("problems").array();
        for (Reason reason : Reason.values()) {
            write(json, reason);
        }
        return CompletableFuture.completedFuture(Response.json(200, json.end().end()));
    }

    private static void write(JsonWriter json, Reason reason) {
        json.object().field("reason", reason.text()).field("status", Problems.status(reason))
                .field("meaning", ProblemHelp.text(reason)).end();
    }
}
