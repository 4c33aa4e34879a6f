package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.auth.Auth;
import kvs.auth.Metadata;
import kvs.auth.MetadataAdmin;
import kvs.auth.MetadataList;
import kvs.auth.MetadataScope;
import kvs.auth.PermissionBits;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.routes.MetadataRoutes;
import kvs.routes.SharedParameters;

/**
 * Owner, group and permissions of a path: {@code /kv/{path}/metadata}, and {@code /kv/metadata} for the root;
 * {@code /kv/_metadata} lists all metadata.
 */
public final class MetadataResource {

    private static final String ROOT = "/kv/";
    private static final String END = "metadata";
    private static final String APPLIES_TO = "applies_to";

    private final MetadataAdmin metadataAdmin;

    /** Serves the metadata of {@code auth}. */
    public MetadataResource(Auth auth) {
        this.metadataAdmin = auth.metadata();
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(MetadataRoutes.GET, this::get),
                new Route(MetadataRoutes.PUT, AccountFields.BODY_MAX, this::put),
                Route.of(MetadataRoutes.DELETE, this::delete),
                Route.of(MetadataRoutes.LIST, this::list));
    }

    /** The path of the metadata, empty for the root. */
    static String path(Request request) {
        String path = request.path().substring(ROOT.length());
        String parent = path.equals(END) ? "" : path.substring(0, path.length() - END.length() - 1);
        if (!parent.isEmpty() && Key.of(parent).reserved()) {
            throw new Refusal(Reason.BAD_KEY, "names that start with '_' are reserved");
        }
        return parent;
    }

    private CompletionStage<Response> get(Request request) {
        String path = path(request);
        return CompletableFuture.completedFuture(shown(metadataAdmin.show(path, asked(request),
                request.principal())));
    }

    private CompletionStage<Response> list(Request request) {
        MetadataList.Page page = metadataAdmin.list().page(request.query().value(SharedParameters.PREFIX)
                .orElse(""),
                request.query().value(SharedParameters.AFTER), Pagination.limit(request));
        JsonWriter json = new JsonWriter().object().name("items").array();
        page.set().forEach(placed -> placed(json, placed));
        json.end();
        page.next().ifPresent(next -> json.field("next", next));
        return CompletableFuture.completedFuture(Pagination.linked(Response.json(200, json.end()), request,
                page.next()));
    }

    private static void placed(JsonWriter json, MetadataList.ListedMetadata placed) {
        members(json.object().field("path", placed.path()), placed.metadata());
        AccountFields.idOrNull(json.field(APPLIES_TO, placed.appliesTo().text()), "user_uuid", placed.user());
        if (placed.older()) {
            json.field("older_version", true);
        }
        times(json, placed.metadata()).end();
    }

    private CompletionStage<Response> put(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", MetadataRoutes.PUT.bodyNames());
        MetadataAdmin.MetadataUpdate update = new MetadataAdmin.MetadataUpdate(id(body, "owner_uuid"),
                id(body, "group_uuid"), bits(body));
        if (update.owner().isEmpty() && update.group().isEmpty() && update.bits().isEmpty()) {
            throw body.wrong("permissions", "metadata needs at least one of owner_uuid, group_uuid and"
                    + " permissions");
        }
        Optional<MetadataScope> requested = body.text(APPLIES_TO).map(text -> MetadataScope.parse(text)
                .orElseThrow(() -> body.wrong(APPLIES_TO, "applies_to must be subtree or own_keys")));
        return metadataAdmin.set(path(request), requested, update, request.principal())
                .thenApply(MetadataResource::shown);
    }

    private CompletionStage<Response> delete(Request request) {
        return metadataAdmin.remove(path(request), asked(request), request.principal())
                .thenApply(done -> Response.empty(204));
    }

    private static Optional<MetadataScope> asked(Request request) {
        return request.query().value(MetadataRoutes.APPLIES_TO).flatMap(MetadataScope::parse);
    }

    private static Response shown(MetadataAdmin.EffectiveMetadata shown) {
        Metadata metadata = shown.metadata();
        JsonWriter json = new JsonWriter().object();
        members(json, metadata);
        AccountFields.idOrNull(json.field(APPLIES_TO, shown.appliesTo().text()), "subtree_owner_uuid",
                shown.subtreeOwner());
        shown.ceiling().ifPresent(ceiling -> json.field("subtree_permissions_text", ceiling.text()));
        if (!shown.from().here()) {
            json.field("inherited_from", shown.from().path().map(path -> "/" + path)
                    .orElse("default_permissions"));
        }
        return Response.json(200, times(json, metadata).end());
    }

    private static void members(JsonWriter json, Metadata metadata) {
        AccountFields.idOrNull(json, "owner_uuid", metadata.owner());
        AccountFields.idOrNull(json, "group_uuid", metadata.group());
        json.field("permissions", metadata.bits().word()).field("permissions_text", metadata.bits().text());
    }

    private static JsonWriter times(JsonWriter json, Metadata metadata) {
        return json.field("created_at", metadata.createdAt()).field("updated_at", metadata.updatedAt());
    }

    /** A member that is an id, or null for none. */
    private static Optional<UUID> id(JsonBody body, String name) {
        if (!body.has(name)) {
            return Optional.empty();
        }
        return Optional.of(body.any(name).kind() == JsonValue.Kind.NULL ? Version.NOBODY
                : AccountFields.id(body, name));
    }

    /** Permissions as number, text or both; a client that changes one of two must not get a success. */
    private static Optional<PermissionBits> bits(JsonBody body) {
        Optional<PermissionBits> text = body.text("permissions_text")
                .map(bits -> PermissionBits.parse(bits).orElseThrow(() -> body.wrong("permissions_text",
                        "permissions must look like cdwr,c-wr,c--r: owner, group, others")));
        Optional<PermissionBits> word = body.has("permissions") ? Optional.of(word(body)) : Optional.empty();
        if (text.isPresent() && word.isPresent() && !text.equals(word)) {
            throw body.wrong("permissions", "permissions and permissions_text differ: send one of them");
        }
        return text.or(() -> word);
    }

    private static PermissionBits word(JsonBody body) {
        try {
            long word = body.any("permissions").asLong();
            if (word >= 0 && word <= PermissionBits.MAX) {
                return new PermissionBits((int) word);
            }
        } catch (JsonException no) {
            throw body.wrong("permissions", "not a whole number");
        }
        throw body.wrong("permissions", "permissions must be twelve bits, 0 to " + PermissionBits.MAX);
    }
}
