package kvs.api;

import java.util.List;
import java.util.concurrent.CompletionStage;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Key;
import kvs.proof.ProofMaker;
import kvs.routes.AdminRoutes;
import kvs.routes.ResponseDescription;

/** The proofs of documents that this node signs, for administrators: {@code /admin/proofs}. */
public final class ProofsResource {

    private static final int BODY_MAX = 8 << 10;

    private final ProofMaker proofs;

    /** Serves the proofs of a node. */
    public ProofsResource(ProofMaker proofs) {
        this.proofs = proofs;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(AdminRoutes.PROVE, BODY_MAX, this::make));
    }

    private CompletionStage<Response> make(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", AdminRoutes.PROVE.bodyNames());
        Key key = Key.of(body.string("path")).storable();
        return request.offload(() -> Response.file(ResponseDescription.BYTES, proofs.make(key)));
    }
}
