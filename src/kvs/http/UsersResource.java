package kvs.http;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.auth.Accounts;
import kvs.auth.Auth;
import kvs.auth.Caller;
import kvs.auth.User;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;

/** Users: {@code /auth/users}. */
public final class UsersResource {

    private static final String ROOT = "/auth/users";

    private final Auth auth;

    /** Users of {@code auth}. */
    public UsersResource(Auth auth) {
        this.auth = auth;
    }

    /** What is served. */
    public List<Route> routes() {
        return List.of(new Route("POST", ROOT, Need.FIRST_USER, AuthJson.BODY_MAX, this::post), Route.of("GET", ROOT, Need.ADMIN, this::list),
                Route.of("GET", ROOT + "/{uuid}", Need.ADMIN, this::get), new Route("PUT", ROOT + "/{uuid}", Need.ADMIN, AuthJson.BODY_MAX,
                        this::put), Route.of("DELETE", ROOT + "/{uuid}", Need.ADMIN, this::delete));
    }

    private CompletionStage<Response> post(Request request) {
        request.query().only();
        Members body = Members.of(Members.parse(request.body()), "", List.of("nickname", "admin"));
        String nickname = AuthJson.name(body, "nickname");
        Caller caller = request.caller();
        CompletionStage<User> made = caller.kind() == Caller.Kind.ANONYMOUS ? auth.firstAdmin().user(nickname)
                : auth.accounts().create(nickname, body.flag("admin"), caller);
        return made.thenApply(user -> AuthJson.created(ROOT, user.id(), new JsonWriter().object().field("uuid", user.id().toString())));
    }

    private CompletionStage<Response> list(Request request) {
        request.query().only("limit", "after", "nickname");
        int limit = Paging.limit(request);
        Optional<String> nickname = request.query().text("nickname");
        List<User> users = nickname.map(name -> auth.accounts().named(name, limit))
                .orElseGet(() -> auth.accounts().list(AuthJson.after(request), limit));
        JsonWriter json = new JsonWriter().object().name("users").array();
        users.forEach(user -> user(json, user));
        json.end();
        Optional<String> next = users.size() == limit && nickname.isEmpty() ? Optional.of(users.get(limit - 1).id().toString())
                : Optional.empty();
        next.ifPresent(last -> json.field("next", last));
        return CompletableFuture.completedFuture(Paging.linked(Response.json(200, json.end()), request, next));
    }

    private CompletionStage<Response> get(Request request) {
        request.query().only();
        UUID id = AuthJson.id(request, ROOT);
        User user = auth.accounts().find(id).orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no user " + id));
        return CompletableFuture.completedFuture(shown(user));
    }

    private CompletionStage<Response> put(Request request) {
        request.query().only();
        Members body = Members.of(Members.parse(request.body()), "", List.of("nickname", "admin"));
        body.some(List.of("nickname", "admin"));
        Optional<String> nickname = body.has("nickname") ? Optional.of(AuthJson.name(body, "nickname")) : Optional.empty();
        Optional<Boolean> admin = body.has("admin") ? Optional.of(body.flag("admin")) : Optional.empty();
        Accounts accounts = auth.accounts();
        return accounts.change(AuthJson.id(request, ROOT), nickname, admin, request.caller()).thenApply(UsersResource::shown);
    }

    private CompletionStage<Response> delete(Request request) {
        request.query().only();
        return auth.accounts().remove(AuthJson.id(request, ROOT), request.caller()).thenApply(gone -> Response.empty(204));
    }

    private static Response shown(User user) {
        JsonWriter json = new JsonWriter();
        user(json, user);
        return Response.json(200, json);
    }

    private static void user(JsonWriter json, User user) {
        json.object().field("uuid", user.id().toString()).field("nickname", user.nickname()).field("admin", user.admin())
                .field("created_at", user.createdAt()).end();
    }
}
