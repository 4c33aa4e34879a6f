package kvs.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.routes.NodeRoutes;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;

/**
 * The entrance of the node: {@code /} tells programs where to go on, and leads browsers to the console.
 */
public final class RootResource {

    private static final String HTML = "text/html";

    private final String node;
    private final String version;
    private final boolean consoleEnabled;

    /** The entrance of the node with that id, which runs a program of that version. */
    public RootResource(String node, String version, boolean consoleEnabled) {
        this.node = node;
        this.version = version;
        this.consoleEnabled = consoleEnabled;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(NodeRoutes.ROOT, this::get));
    }

    /** The version is for those who see it at {@code /health} too. */
    private CompletionStage<Response> get(Request request) {
        boolean browser = request.headers().get("Accept").filter(accept -> accept.contains(HTML)).isPresent();
        if (browser && consoleEnabled) {
            return CompletableFuture.completedFuture(
                    Response.empty(303).with("Location", ConsoleResource.ROOT));
        }
        JsonWriter json = new JsonWriter().object().field("name", "kvs").field("node", node);
        if (request.local() || request.principal().proven()) {
            json.field("version", version);
        }
        json.field("manual", "/docs/").field("openapi", "/openapi.json").field("health", "/health")
                .field("problems", "/problems/");
        if (consoleEnabled) {
            json.field("console", ConsoleResource.ROOT);
        }
        json.name("routes").array();
        RouteTable.ofClients().forEach(route -> route(json, route));
        return CompletableFuture.completedFuture(Response.json(200, json.end().end()));
    }

    private static void route(JsonWriter json, RouteDescription route) {
        json.object().field("route", route.name()).field("summary", route.text().summary()).end();
    }
}
