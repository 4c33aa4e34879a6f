package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.auth.MetadataScope;
import kvs.auth.PermissionBits;
import kvs.model.Reason;

/** Owner, group and permissions of a path: {@code /kv/{path}/metadata} and {@code /kv/_metadata}. */
public final class MetadataRoutes {

    /** The kind of metadata. */
    public static final Parameter<String> APPLIES_TO = Parameter.word("applies_to",
            List.of(MetadataScope.SUBTREE.text(), MetadataScope.OWN_KEYS.text()),
                    "The kind of metadata that is meant;"
                    + " without it that of own keys, if any is in force, otherwise that of the subtree");

    private static final String PATTERN = "/kv/{path}/metadata";
    private static final Schema BITS = Schema.integer(0, PermissionBits.MAX);
    private static final Schema BITS_TEXT = Schema.text("permissions of owner, group and others:"
            + " cdwr,c-wr,c--r");
    private static final Schema KIND = Schema.words(MetadataScope.SUBTREE.text(),
            MetadataScope.OWN_KEYS.text());
    private static final Schema ID_OR_NULL = new Schema.Maybe(Schemas.UUID);
    private static final Schema.Members OWNER = Schema.object().with("owner_uuid", ID_OR_NULL)
            .with("group_uuid", ID_OR_NULL).with("permissions", BITS).with("permissions_text", BITS_TEXT);
    private static final Schema METADATA = new Schema.Component("Metadata", OWNER.with("applies_to", KIND)
            .with("subtree_owner_uuid", ID_OR_NULL).maybe("subtree_permissions_text", BITS_TEXT)
            .maybe("inherited_from", Schema.text("the path with the metadata, or default_permissions"))
            .with("created_at", Schemas.TIME).with("updated_at", Schemas.TIME));
    private static final String SHOWN = "{\"owner_uuid\":\"" + Example.USER + "\",\"group_uuid\":null,"
            + "\"permissions\":4033,\"permissions_text\":\"cdwr,cd--,---r\",\"applies_to\":\"subtree\","
            + "\"subtree_owner_uuid\":\"" + Example.USER + "\",\"created_at\":" + Example.TIME
            + ",\"updated_at\":" + Example.TIME + "}";

    /** Shows the metadata in force. */
    public static final RouteDescription GET = describe("GET", PATTERN, RequiredAccess.READ,
            "Shows the metadata in force on a path; `/kv/metadata` is the root.")
            .rights("read on the path")
            .query(APPLIES_TO)
            .answer(ResponseDescription.json(200, "The metadata", METADATA))
            .examples(Example.of("/kv/users/metadata", 200, SHOWN))
            .build();

    /** Sets metadata. */
    public static final RouteDescription PUT = describe("PUT", PATTERN, RequiredAccess.TOKEN,
            "Sets owner, group or permissions of a path and all below.")
            .about("Any of the members; `permissions` and `permissions_text` must agree. `applies_to` chooses"
                    + " the kind. See [Locks](access.md#locks).")
            .rights("the owner of the path or an administrator; for own keys also who may create there")
            .body(Schema.object().maybe("owner_uuid", ID_OR_NULL).maybe("group_uuid", ID_OR_NULL)
                    .maybe("permissions", BITS).maybe("permissions_text", BITS_TEXT)
                            .maybe("applies_to", KIND))
            .answer(ResponseDescription.json(200, "The metadata in force", METADATA))
            .refuses(Reason.ADMIN_SCOPE_NEEDED, Reason.LIMIT_REACHED)
            .examples(Example.of("/kv/users/metadata", "{\"owner_uuid\":\"" + Example.USER
                    + "\",\"permissions_text\":\"cdwr,cd--,---r\"}", 200, SHOWN))
            .build();

    /** Removes metadata. */
    public static final RouteDescription DELETE = describe("DELETE", PATTERN, RequiredAccess.TOKEN,
            "Removes what one has set (an administrator: what is set for the subtree).")
            .about("The metadata above holds again.")
            .rights("the owner of the path or an administrator; for own keys also who may create there")
            .query(APPLIES_TO)
            .answer(ResponseDescription.empty(204, "The metadata is removed"))
            .examples(Example.of("/kv/users/metadata", 204, ""))
            .build();

    /** Lists all metadata. */
    public static final RouteDescription LIST = describe("GET", "/kv/_metadata", RequiredAccess.ADMIN,
            "Lists all metadata that is set.")
            .query(SharedParameters.PREFIX, SharedParameters.LIMIT, SharedParameters.AFTER)
            .answer(ResponseDescription.json(200, "A page", Schemas.page("items",
                    Schema.object().with("path", Schemas.PATH)
                    .and(OWNER).with("applies_to", KIND).with("user_uuid", ID_OR_NULL)
                    .maybe("older_version", Schema.yes()).with("created_at", Schemas.TIME)
                    .with("updated_at", Schemas.TIME)), "Link"))
            .examples(Example.of("/kv/_metadata", 200, "{\"items\":[{\"path\":\"users\",\"owner_uuid\":\""
                    + Example.USER + "\",\"group_uuid\":null,\"permissions\":4033,\"permissions_text\":"
                    + "\"cdwr,cd--,---r\",\"applies_to\":\"subtree\",\"user_uuid\":null,\"created_at\":"
                    + Example.TIME + ",\"updated_at\":" + Example.TIME + "}]}"))
            .build();

    /** All of them. */
    public static final List<RouteDescription> ALL = List.of(PUT, GET, DELETE, LIST);

    private MetadataRoutes() { }
}
