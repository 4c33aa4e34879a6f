package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import kvs.documents.EntityTag;
import kvs.http.ConditionalHeaders;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.routes.NodeRoutes;

/**
 * The OpenAPI document, on the node itself: {@code /openapi.json}. It is made for each request, because it is
 * rarely wanted: kept, it would take memory for nothing.
 */
public final class OpenApiResource {

    private final String version;

    /** Serves the document of a program of that version. */
    public OpenApiResource(String version) {
        this.version = version;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(NodeRoutes.OPENAPI, this::get));
    }

    private CompletionStage<Response> get(Request request) {
        return request.offload(() -> {
            byte[] document = OpenApiDocument.of(version).toLine();
            Optional<EntityTag> tag = Optional.of(EntityTag.of(UUID.nameUUIDFromBytes(document)));
            Response response = ConditionalHeaders.conditions(request.headers()).unchanged(tag)
                    ? Response.empty(304) : Response.file(Response.JSON, document);
            return ConditionalHeaders.tagged(response, tag);
        });
    }
}
