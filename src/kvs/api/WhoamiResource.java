package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.auth.AccessExplanation;
import kvs.auth.Auth;
import kvs.auth.Principal;
import kvs.auth.Right;
import kvs.auth.Token;
import kvs.auth.User;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.routes.TokenRoutes;

/** The identity of a token and its rights: {@code /auth/whoami}, {@code /auth/can}. */
public final class WhoamiResource {

    private final Auth auth;

    /** Serves identities and rights of {@code auth}. */
    public WhoamiResource(Auth auth) {
        this.auth = auth;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(TokenRoutes.WHOAMI, this::whoami),
                Route.of(TokenRoutes.CAN, this::can));
    }

    private CompletionStage<Response> whoami(Request request) {
        Principal caller = request.principal();
        Optional<User> user = auth.users().find(caller.user());
        JsonWriter json = new JsonWriter().object().field("user_uuid", caller.user().toString())
                .field("nickname", user.map(User::nickname).orElse("admin.token of this node"))
                .field("admin", caller.admin());
        caller.token().ifPresent(id -> json.field("token_id", id.toString()));
        json.name("scopes").array();
        Token.texts(caller.scopes()).forEach(json::value);
        json.end().name("groups").array();
        auth.groups().of(caller.user()).forEach(group -> json.object().field("uuid", group.id().toString())
                .field("name", group.name()).end());
        json.end();
        if (caller.expires() != Version.FOREVER) {
            json.field("expires_at", caller.expires());
        }
        return CompletableFuture.completedFuture(Response.json(200, json.end()));
    }

    private CompletionStage<Response> can(Request request) {
        String path = request.query().required(TokenRoutes.PATH);
        String op = request.query().required(TokenRoutes.OP);
        Right right = List.of(Right.values()).stream().filter(r -> r.text().equals(op)).findFirst()
                .orElseThrow();
        AccessExplanation why = explanation(request, right, Key.of(path));
        JsonWriter json = new JsonWriter().object().field("allowed", why.allowed()).field("path", path)
                .field("op", right.text()).field("standing", why.decidingMetadata().permissionClass().text())
                .field("permissions", why.decidingMetadata().bits().word())
                .field("permissions_text", why.decidingMetadata().bits().text())
                .field("applies_to", why.decidingMetadata().appliesTo().text());
        why.decidingMetadata().ceiling()
                .ifPresent(ceiling -> json.field("subtree_permissions_text", ceiling.text()));
        why.decidingMetadata().from().ifPresent(from -> json.field("inherited_from", from));
        return CompletableFuture.completedFuture(Response.json(200,
                json.field("scope", why.scoped()).field("why", why.why()).end()));
    }

    /** The decision for the caller, or for the user that an administrator asks about. */
    private AccessExplanation explanation(Request request, Right right, Key key) {
        Optional<String> user = request.query().value(TokenRoutes.FOR_USER);
        if (user.isEmpty()) {
            return auth.explain(right, key, request.principal());
        }
        if (!request.principal().admin()) {
            throw new Refusal(Reason.ADMIN_SCOPE_NEEDED, "only an administrator may ask about others");
        }
        return auth.explain(right, key, AsciiParsers.uuid(user.get())
                .orElseThrow(() -> new Refusal(Reason.BAD_REQUEST, "'user_uuid' is not a UUID")));
    }
}
