package kvs.api;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.auth.Auth;
import kvs.auth.UserGroup;
import kvs.auth.UserGroups;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.UserRoutes;

/** Groups and their members: {@code /auth/groups}. */
public final class GroupsResource {

    private static final String ROOT = "/auth/groups";

    private final UserGroups groups;

    /** Serves the groups of {@code auth}. */
    public GroupsResource(Auth auth) {
        this.groups = auth.groups();
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(UserRoutes.CREATE_GROUP, AccountFields.BODY_MAX, this::post),
                Route.of(UserRoutes.LIST_GROUPS, this::list),
                Route.of(UserRoutes.SHOW_GROUP, this::get),
                new Route(UserRoutes.CHANGE_GROUP, AccountFields.BODY_MAX, this::put),
                Route.of(UserRoutes.DELETE_GROUP, this::delete));
    }

    private CompletionStage<Response> post(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", UserRoutes.CREATE_GROUP.bodyNames());
        return groups.create(AccountFields.name(body, "name"), members(body).orElse(Set.of()),
                request.principal()).thenApply(group -> AccountFields.created(ROOT, group.id(),
                        new JsonWriter().object().field("uuid", group.id().toString())));
    }

    private CompletionStage<Response> list(Request request) {
        int limit = Pagination.limit(request);
        List<UserGroup> all = groups.list(AccountFields.after(request), limit);
        JsonWriter json = new JsonWriter().object().name("groups").array();
        all.forEach(group -> json.object().field("uuid", group.id().toString()).field("name", group.name())
                .field("created_at", group.createdAt()).end());
        json.end();
        Optional<String> next = all.size() == limit ? Optional.of(all.get(limit - 1).id().toString())
                : Optional.empty();
        next.ifPresent(last -> json.field("next", last));
        return CompletableFuture.completedFuture(Pagination.linked(Response.json(200, json.end()),
                request, next));
    }

    private CompletionStage<Response> get(Request request) {
        UUID id = AccountFields.id(request, ROOT);
        UserGroup group = groups.find(id)
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no group " + id));
        return CompletableFuture.completedFuture(shown(group));
    }

    private CompletionStage<Response> put(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", UserRoutes.CHANGE_GROUP.bodyNames());
        body.some(UserRoutes.CHANGE_GROUP.bodyNames());
        Optional<String> name = body.has("name") ? Optional.of(AccountFields.name(body, "name"))
                : Optional.empty();
        return groups.change(AccountFields.id(request, ROOT), name, members(body), request.principal())
                .thenApply(this::shown);
    }

    private CompletionStage<Response> delete(Request request) {
        return groups.remove(AccountFields.id(request, ROOT), request.principal())
                .thenApply(gone -> Response.empty(204));
    }

    private Response shown(UserGroup group) {
        JsonWriter json = new JsonWriter().object().field("uuid", group.id().toString())
                .field("name", group.name()).name("members").array();
        groups.members(group.id()).forEach(user -> json.value(user.toString()));
        return Response.json(200, json.end().field("created_at", group.createdAt()).end());
    }

    private static Optional<Set<UUID>> members(JsonBody body) {
        if (!body.has("members")) {
            return Optional.empty();
        }
        Set<UUID> members = new LinkedHashSet<>();
        for (String text : body.strings("members")) {
            members.add(AsciiParsers.uuid(text)
                    .orElseThrow(() -> body.wrong("members", "is not a UUID: " + text)));
        }
        return Optional.of(members);
    }
}
