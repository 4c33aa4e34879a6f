package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.auth.MetadataScope;
import kvs.auth.PermissionBits;
import kvs.auth.PermissionClass;
import kvs.auth.Right;
import kvs.auth.TokenScope;
import kvs.model.Reason;

/** Tokens, and who may do what: {@code /auth/tokens}, {@code /auth/whoami} and {@code /auth/can}. */
public final class TokenRoutes {

    /** The owner of the tokens. */
    public static final Parameter<String> USER_UUID = Parameter.text("user_uuid", "id of a user",
            "For administrators: only the tokens of that user");
    /** The key that is asked about. */
    public static final Parameter<String> PATH = Parameter.text("path", "key", "The key")
            .required("'path' must be a key");
    /** The right that is asked about. */
    public static final Parameter<String> OP = Parameter.word("op",
            List.of(Right.READ.text(), Right.WRITE.text(), Right.CREATE.text(), Right.DELETE.text()),
            "The right").standard(Right.READ.text());

    /** The user who is asked about. */
    public static final Parameter<String> FOR_USER = Parameter.text("user_uuid", "id of a user",
            "For administrators: that user, whatever the scopes of a token");

    private static final String ROOT = "/auth/tokens";
    private static final Schema SCOPES = Schema.list(Schema.words(TokenScope.READ.text(),
            TokenScope.WRITE.text(), TokenScope.CREATE.text(), TokenScope.DELETE.text(),
                    TokenScope.ADMIN.text()));

    /** Makes a token. */
    public static final RouteDescription CREATE = describe("POST", ROOT, RequiredAccess.FIRST_TOKEN,
            "Makes a token, and shows it once.")
            .about("For oneself within one's own scopes, or by an administrator for anybody. `write` includes"
                    + " `create` and `delete`.")
            .body(Schema.object().maybe("user_uuid", Schemas.UUID).with("scopes", SCOPES)
                    .maybe("expires_in", Schemas.DURATION))
            .answer(ResponseDescription.json(201, "The token", Schema.object().with("token", Schema.text())
                    .with("expires_at", Schemas.TIME).with("id", Schemas.UUID), "Location"))
            .refuses(Reason.LIMIT_REACHED, Reason.ADMIN_SCOPE_NEEDED)
            .examples(Example.of(ROOT, "{\"user_uuid\":\"" + Example.USER
                    + "\",\"scopes\":[\"read\",\"write\"],"
                    + "\"expires_in\":\"24h\"}", 201, "{\"token\":\"eyJ0eXAiOiJKV1QifQ.e30.c2ln\","
                            + "\"expires_at\":" + Example.TIME + ",\"id\":\"" + Example.TOKEN + "\"}"))
            .build();

    /** Lists tokens. */
    public static final RouteDescription LIST = describe("GET", ROOT, RequiredAccess.TOKEN,
            "Lists one's own live tokens, an administrator's call those of all; never their text.")
            .query(SharedParameters.LIMIT, SharedParameters.AFTER_ID, USER_UUID)
            .answer(ResponseDescription.json(200, "A page", Schemas.page("tokens", Schema.object()
                    .with("id", Schemas.UUID).with("user_uuid", Schemas.UUID).with("scopes", SCOPES)
                    .with("issued_at", Schemas.TIME).with("expires_at", Schemas.TIME)), "Link"))
            .refuses(Reason.ADMIN_SCOPE_NEEDED)
            .examples(Example.of(ROOT + "?user_uuid=" + Example.USER, 200, "{\"tokens\":[{\"id\":\""
                    + Example.TOKEN + "\",\"user_uuid\":\"" + Example.USER
                    + "\",\"scopes\":[\"read\",\"write\"],\"issued_at\":" + Example.TIME + ",\"expires_at\":"
                    + Example.TIME + "}]}"))
            .build();

    /** Revokes a token. */
    public static final RouteDescription REVOKE = describe("DELETE", ROOT + "/{id}", RequiredAccess.TOKEN,
            "Revokes a token at once.")
            .answer(ResponseDescription.empty(204, "The token is revoked"))
            .examples(Example.of(ROOT + "/" + Example.TOKEN, 204, ""))
            .build();

    /** Shows the caller. */
    public static final RouteDescription WHOAMI = describe("GET", "/auth/whoami", RequiredAccess.TOKEN,
            "Shows user, scopes, groups and expiry of the token.")
            .answer(ResponseDescription.json(200, "The caller", Schema.object()
                    .with("user_uuid", Schemas.UUID).with("nickname", Schema.text())
                    .with("admin", Schema.bool()).maybe("token_id", Schemas.UUID)
                    .with("scopes", SCOPES).with("groups", Schema.list(Schema.object().with("uuid",
                            Schemas.UUID).with("name", Schema.text()))).maybe("expires_at", Schemas.TIME)))
            .examples(Example.of("/auth/whoami", 200, "{\"user_uuid\":\"" + Example.AUTHOR
                    + "\",\"nickname\":\"admin\",\"admin\":true,\"token_id\":\"" + Example.OWN_TOKEN
                    + "\",\"scopes\":[\"read\",\"write\",\"admin\"],\"groups\":[],\"expires_at\":"
                    + Example.TIME + "}"))
            .build();

    /** Explains a right. */
    public static final RouteDescription CAN = describe("GET", "/auth/can", RequiredAccess.TOKEN,
            "Tells whether one may do something with a key, and which permissions decide.")
            .about("Where nothing is that one may read, only creating can be allowed.")
            .query(PATH, OP, FOR_USER)
            .answer(ResponseDescription.json(200, "The decision", Schema.object()
                    .with("allowed", Schema.bool()).with("path", Schemas.PATH)
                    .with("op", new Schema.Words(((ParameterType.Words) OP.type()).words()))
                    .with("standing", Schema.words(PermissionClass.OWNER.text(), PermissionClass.GROUP.text(),
                            PermissionClass.OTHERS.text()))
                    .with("permissions", Schema.integer(0, PermissionBits.MAX))
                    .with("permissions_text", Schema.text()).with("applies_to",
                            Schema.words(MetadataScope.SUBTREE.text(), MetadataScope.OWN_KEYS.text()))
                    .maybe("subtree_permissions_text", Schema.text()).maybe("inherited_from", Schema.text())
                    .with("scope", Schema.bool()).with("why", Schema.text("the decision in a sentence"))))
            .refuses(Reason.BAD_KEY, Reason.ADMIN_SCOPE_NEEDED)
            .examples(Example.of("/auth/can?path=users/john&op=write", 200, "{\"allowed\":true,"
                    + "\"path\":\"users/john\",\"op\":\"write\",\"standing\":\"owner\",\"permissions\":4033,"
                    + "\"permissions_text\":\"cdwr,cd--,---r\",\"applies_to\":\"subtree\","
                    + "\"inherited_from\":\"users\",\"scope\":true,\"why\":\"administrators may do"
                    + " everything\"}"))
            .build();

    /** All of them. */
    public static final List<RouteDescription> ALL = List.of(CREATE, LIST, REVOKE, WHOAMI, CAN);

    private TokenRoutes() { }
}
