package kvs.api;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.MetadataRoutes;
import kvs.routes.RequiredAccess;
import kvs.routes.TokenRoutes;
import kvs.routes.UserRoutes;

/** The refusal of all requests about accounts while {@code auth_enabled} is false. */
public final class AuthDisabledResource {

    /** The routes, all with a refusal that names the reason. */
    public List<Route> routes() {
        return Stream.of(UserRoutes.ALL, TokenRoutes.ALL, MetadataRoutes.ALL).flatMap(List::stream)
                .map(route -> new Route(route.open(RequiredAccess.OPEN),
                        route.body().isPresent() ? AccountFields.BODY_MAX : 0, AuthDisabledResource::refuse))
                .toList();
    }

    private static CompletionStage<Response> refuse(Request request) {
        throw new Refusal(Reason.AUTH_DISABLED,
                "auth_enabled is false: this node has no users, tokens and permissions");
    }
}
