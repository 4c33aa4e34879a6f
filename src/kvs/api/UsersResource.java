package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.auth.Auth;
import kvs.auth.Principal;
import kvs.auth.User;
import kvs.auth.Users;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.UserRoutes;

/** Users: {@code /auth/users}. */
public final class UsersResource {

    private static final String ROOT = "/auth/users";

    private final Auth auth;

    /** Serves the users of {@code auth}. */
    public UsersResource(Auth auth) {
        this.auth = auth;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(UserRoutes.CREATE_USER, AccountFields.BODY_MAX, this::post),
                Route.of(UserRoutes.LIST_USERS, this::list),
                Route.of(UserRoutes.SHOW_USER, this::get),
                new Route(UserRoutes.CHANGE_USER, AccountFields.BODY_MAX, this::put),
                Route.of(UserRoutes.DELETE_USER, this::delete));
    }

    private CompletionStage<Response> post(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", UserRoutes.CREATE_USER.bodyNames());
        String nickname = AccountFields.name(body, "nickname");
        Principal caller = request.principal();
        CompletionStage<User> issued = caller.kind() == Principal.Kind.ANONYMOUS
                ? auth.bootstrap().user(nickname) : auth.users().create(nickname, body.flag("admin"), caller);
        return issued.thenApply(user -> AccountFields.created(ROOT, user.id(),
                new JsonWriter().object().field("uuid", user.id().toString())));
    }

    private CompletionStage<Response> list(Request request) {
        int limit = Pagination.limit(request);
        Optional<String> nickname = request.query().value(UserRoutes.NICKNAME);
        List<User> users = nickname.map(name -> auth.users().named(name, limit))
                .orElseGet(() -> auth.users().list(AccountFields.after(request), limit));
        JsonWriter json = new JsonWriter().object().name("users").array();
        users.forEach(user -> user(json, user));
        json.end();
        Optional<String> next = users.size() == limit && nickname.isEmpty()
                ? Optional.of(users.get(limit - 1).id().toString()) : Optional.empty();
        next.ifPresent(last -> json.field("next", last));
        return CompletableFuture.completedFuture(Pagination.linked(Response.json(200, json.end()),
                request, next));
    }

    private CompletionStage<Response> get(Request request) {
        UUID id = AccountFields.id(request, ROOT);
        User user = auth.users().find(id)
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no user " + id));
        return CompletableFuture.completedFuture(shown(user));
    }

    private CompletionStage<Response> put(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", UserRoutes.CHANGE_USER.bodyNames());
        body.some(UserRoutes.CHANGE_USER.bodyNames());
        Optional<String> nickname = body.has("nickname") ? Optional.of(AccountFields.name(body, "nickname"))
                : Optional.empty();
        Optional<Boolean> admin = body.has("admin") ? Optional.of(body.flag("admin")) : Optional.empty();
        Users accounts = auth.users();
        return accounts.change(AccountFields.id(request, ROOT), nickname, admin, request.principal())
                .thenApply(UsersResource::shown);
    }

    private CompletionStage<Response> delete(Request request) {
        return auth.users().remove(AccountFields.id(request, ROOT), request.principal())
                .thenApply(gone -> Response.empty(204));
    }

    private static Response shown(User user) {
        JsonWriter json = new JsonWriter();
        user(json, user);
        return Response.json(200, json);
    }

    private static void user(JsonWriter json, User user) {
        json.object().field("uuid", user.id().toString()).field("nickname", user.nickname())
                .field("admin", user.admin()).field("created_at", user.createdAt()).end();
    }
}
