package kvs.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.documents.ModeSwitch;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.routes.AdminRoutes;

/** The mode of a node, changed by an administrator until its next start: {@code /admin/mode}. */
public final class ModeResource {

    private static final int BODY_MAX = 1_024;
    private static final String READ_ONLY = "read_only";

    private final ModeSwitch modes;

    /** Changes the mode of this node. */
    public ModeResource(ModeSwitch modes) {
        this.modes = modes;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(AdminRoutes.MODE, BODY_MAX, this::put));
    }

    private CompletionStage<Response> put(Request request) {
        modes.readOnly(JsonBody.of(JsonBody.parse(request.body()), "", AdminRoutes.MODE.bodyNames())
                .decision(READ_ONLY));
        return CompletableFuture.completedFuture(Response.json(200,
                new JsonWriter().object().field("mode", modes.mode().text()).end()));
    }
}
