package kvs.api;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import kvs.auth.Auth;
import kvs.auth.Principal;
import kvs.auth.Token;
import kvs.auth.TokenScope;
import kvs.auth.Tokens;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Durations;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.SharedParameters;
import kvs.routes.TokenRoutes;
import kvs.world.FailureText;

/** Tokens: {@code /auth/tokens}. The text of a token is shown once, to its creator. */
public final class TokensResource {

    private static final String ROOT = "/auth/tokens";

    private final Auth auth;

    /** Serves the tokens of {@code auth}. */
    public TokensResource(Auth auth) {
        this.auth = auth;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(TokenRoutes.CREATE, AccountFields.BODY_MAX, this::post),
                Route.of(TokenRoutes.LIST, this::list),
                Route.of(TokenRoutes.REVOKE, this::delete));
    }

    private CompletionStage<Response> post(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", TokenRoutes.CREATE.bodyNames());
        Principal caller = request.principal();
        UUID user = body.has("user_uuid") || caller.kind() != Principal.Kind.USER
                ? AccountFields.id(body, "user_uuid") : caller.user();
        Tokens.TokenOptions options = new Tokens.TokenOptions(user, scopes(body), life(body));
        CompletionStage<Tokens.IssuedToken> issued = caller.kind() == Principal.Kind.ANONYMOUS
                ? auth.bootstrap().token(options) : auth.tokens().make(options, caller);
        return issued.thenApply(token -> AccountFields.created(ROOT, token.record().id(), new JsonWriter()
                .object().field("token", token.text()).field("expires_at", token.record().expiresAt())
                .field("id", token.record().id().toString())));
    }

    private static Set<TokenScope> scopes(JsonBody body) {
        Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
        for (String text : body.strings("scopes")) {
            scopes.add(TokenScope.parse(text).orElseThrow(() -> body.wrong("scopes",
                    "scopes must be read, write, create, delete and admin, not " + text)));
        }
        if (scopes.isEmpty()) {
            throw body.wrong("scopes", "a token needs at least one scope");
        }
        return scopes;
    }

    private static long life(JsonBody body) {
        long ms;
        try {
            ms = body.text("expires_in").map(Durations::parse).orElse(Tokens.LIFE_MS);
        } catch (IllegalArgumentException e) {
            throw body.wrong("expires_in", FailureText.text(e));
        }
        if (ms < TimeUnit.SECONDS.toMillis(1) || ms > Tokens.LIFE_MS_MAX) {
            throw body.wrong("expires_in", "the lifetime of a token must be 1s to"
                    + " " + Durations.text(Tokens.LIFE_MS_MAX));
        }
        return ms;
    }

    /** Lists the caller's tokens; for an administrator all, or those of one user. */
    private CompletionStage<Response> list(Request request) {
        Principal caller = request.principal();
        Optional<UUID> requested = request.query().value(TokenRoutes.USER_UUID)
                .map(text -> AsciiParsers.uuid(text)
                .orElseThrow(() -> new Refusal(Reason.BAD_REQUEST, "'user_uuid' is not a UUID")));
        if (!caller.admin() && requested.filter(user -> !user.equals(caller.user())).isPresent()) {
            throw new Refusal(Reason.ADMIN_SCOPE_NEEDED, "only an administrator may list the tokens of"
                    + " others");
        }
        Optional<UUID> whose = caller.admin() ? requested : Optional.of(caller.user());
        int limit = Pagination.limit(request);
        List<Token> tokens = auth.tokens().list(whose, after(request), limit);
        JsonWriter json = new JsonWriter().object().name("tokens").array();
        tokens.forEach(token -> token(json, token));
        json.end();
        Optional<String> next = tokens.size() == limit ? Optional.of(tokens.get(limit - 1).user() + "."
                + tokens.get(limit - 1).id()) : Optional.empty();
        next.ifPresent(last -> json.field("next", last));
        return CompletableFuture.completedFuture(Pagination.linked(Response.json(200, json.end()),
                request, next));
    }

    /** The cursor: user and id of the last token of the page before, with a dot between. */
    private static Optional<Tokens.TokenCursor> after(Request request) {
        return request.query().value(SharedParameters.AFTER_ID).map(text -> {
            int dot = text.indexOf('.');
            Optional<UUID> user = AsciiParsers.uuid(text.substring(0, Math.max(0, dot)));
            Optional<UUID> id = AsciiParsers.uuid(text.substring(dot + 1));
            if (user.isEmpty() || id.isEmpty()) {
                throw new Refusal(Reason.BAD_REQUEST, "'after' must be the 'next' of the previous page");
            }
            return new Tokens.TokenCursor(user.get(), id.get());
        });
    }

    private static void token(JsonWriter json, Token token) {
        json.object().field("id", token.id().toString()).field("user_uuid", token.user().toString())
                .name("scopes").array();
        Token.texts(token.scopes()).forEach(json::value);
        json.end().field("issued_at", token.issuedAt()).field("expires_at", token.expiresAt()).end();
    }

    private CompletionStage<Response> delete(Request request) {
        UUID id = AccountFields.id(request, ROOT);
        Principal caller = request.principal();
        Token token = auth.tokens().find(id, caller.admin() ? Optional.empty() : Optional.of(caller.user()))
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no valid token " + id));
        return auth.tokens().revoke(token, caller).thenApply(done -> Response.empty(204));
    }
}
