package kvs.http;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.data.Modes;
import kvs.json.JsonWriter;

/** What a node takes, changed by an administrator until its next start: {@code /admin/mode}. */
public final class ModeResource {

    private static final int BODY_MAX = 1_024;
    private static final String READ_ONLY = "read_only";

    private final Modes modes;

    /** The modes of this node. */
    public ModeResource(Modes modes) {
        this.modes = modes;
    }

    /** What is served. */
    public List<Route> routes() {
        return List.of(new Route("PUT", "/admin/mode", Need.ADMIN, BODY_MAX, this::put));
    }

    private CompletionStage<Response> put(Request request) {
        request.query().only();
        modes.readOnly(Members.of(Members.parse(request.body()), "", List.of(READ_ONLY)).decision(READ_ONLY));
        return CompletableFuture.completedFuture(Response.json(200, new JsonWriter().object().field("mode", modes.mode().text()).end()));
    }
}
