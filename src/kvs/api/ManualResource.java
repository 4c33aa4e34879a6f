package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.documents.EntityTag;
import kvs.http.ConditionalHeaders;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.NodeRoutes;

/**
 * The manual, on the node itself, off-line: {@code /docs/} is the index, {@code /docs/{page}} a page, in
 * Markdown. A tag of the content saves a reader to fetch a page again that has not changed.
 */
public final class ManualResource {

    private static final String ROOT = "/docs/";

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(NodeRoutes.MANUAL, request -> answer(request, Manual.INDEX)),
                Route.of(NodeRoutes.MANUAL_PAGE,
                        request -> answer(request, request.path().substring(ROOT.length()))));
    }

    private static CompletionStage<Response> answer(Request request, String name) {
        byte[] page = Manual.page(name).orElseThrow(() -> new Refusal(Reason.NOT_FOUND,
                "the manual has no such page; GET /docs/ lists its pages"));
        Optional<EntityTag> tag = Optional.of(EntityTag.of(UUID.nameUUIDFromBytes(page)));
        Response response = ConditionalHeaders.conditions(request.headers()).unchanged(tag)
                ? Response.empty(304) : Response.markdown(200, page);
        return CompletableFuture.completedFuture(ConditionalHeaders.tagged(response, tag));
    }
}
