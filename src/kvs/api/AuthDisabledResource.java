package kvs.api;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import kvs.http.Request;
import kvs.http.RequiredAccess;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;

/** The refusal of all requests about accounts while {@code auth_enabled} is false. */
public final class AuthDisabledResource {

    /** The routes, all with a refusal that names the reason. */
    public List<Route> routes() {
        return Stream.of("GET", "PUT", "POST", "DELETE").flatMap(method -> Stream.of("/auth/{path}",
                "/kv/{path}/metadata", "/kv/_metadata").map(pattern -> new Route(method, pattern,
                        RequiredAccess.OPEN, AccountJson.BODY_MAX, AuthDisabledResource::refuse))).toList();
    }

    private static CompletionStage<Response> refuse(Request request) {
        throw new Refusal(Reason.AUTH_DISABLED,
                "auth_enabled is false: this node has no users, tokens and permissions");
    }
}
