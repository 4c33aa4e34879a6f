package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.model.Reason;

/** Users and groups: {@code /auth/users} and {@code /auth/groups}. */
public final class UserRoutes {

    /** The name to look for. */
    public static final Parameter<String> NICKNAME = Parameter.text("nickname", "text",
            "Only the users of that name");

    private static final String USERS = "/auth/users";
    private static final String USER = USERS + "/{uuid}";
    private static final String GROUPS = "/auth/groups";
    private static final String GROUP = GROUPS + "/{uuid}";
    private static final String MEMBERS = "members";
    private static final Schema NAME = Schema.text("1 to 100 characters");
    private static final Schema CREATED = new Schema.Component("Created",
            Schema.object().with("uuid", Schemas.UUID));
    private static final Schema USER_SHAPE = new Schema.Component("User", Schema.object()
            .with("uuid", Schemas.UUID).with("nickname", NAME).with("admin", Schema.bool())
            .with("created_at", Schemas.TIME));
    private static final Schema.Members GROUP_SHAPE = Schema.object().with("uuid", Schemas.UUID)
            .with("name", NAME);
    private static final Schema GROUP_WITH_MEMBERS = new Schema.Component("Group",
            GROUP_SHAPE.with(MEMBERS, Schema.list(Schemas.UUID)).with("created_at", Schemas.TIME));
    private static final String USER_SHOWN = "{\"uuid\":\"" + Example.USER
            + "\",\"nickname\":\"john\",\"admin\":false,\"created_at\":" + Example.TIME + "}";
    private static final String GROUP_SHOWN = "{\"uuid\":\"" + Example.GROUP
            + "\",\"name\":\"staff\",\"members\":[\"" + Example.USER + "\"],\"created_at\":" + Example.TIME
                    + "}";

    /** Creates a user. */
    public static final RouteDescription CREATE_USER = describe("POST", USERS, RequiredAccess.FIRST_USER,
            "Creates a user.")
            .about("The [first one](access.md) needs no token.")
            .body(Schema.object().with("nickname", NAME).maybe("admin", Schema.bool()))
            .answer(ResponseDescription.json(201, "The user is there", CREATED, "Location"))
            .refuses(Reason.LIMIT_REACHED)
            .examples(Example.of(USERS, "{\"nickname\":\"john\"}", 201,
                    "{\"uuid\":\"" + Example.USER + "\"}"))
            .build();

    /** Lists users. */
    public static final RouteDescription LIST_USERS = describe("GET", USERS, RequiredAccess.ADMIN,
            "Lists the users.")
            .query(SharedParameters.LIMIT, SharedParameters.AFTER_ID, NICKNAME)
            .answer(ResponseDescription.json(200, "A page", Schemas.page("users", USER_SHAPE), "Link"))
            .examples(Example.of(USERS + "?nickname=john", 200, "{\"users\":[" + USER_SHOWN + "]}"))
            .build();

    /** Shows a user. */
    public static final RouteDescription SHOW_USER = describe("GET", USER, RequiredAccess.ADMIN,
            "Shows a user.")
            .answer(ResponseDescription.json(200, "The user", USER_SHAPE))
            .examples(Example.of(USERS + "/" + Example.USER, 200, USER_SHOWN))
            .build();

    /** Changes a user. */
    public static final RouteDescription CHANGE_USER = describe("PUT", USER, RequiredAccess.ADMIN,
            "Changes the name of a user, or whether the user is an administrator.")
            .body(Schema.object().maybe("nickname", NAME).maybe("admin", Schema.bool()))
            .answer(ResponseDescription.json(200, "The user", USER_SHAPE))
            .refuses(Reason.LAST_ADMIN)
            .examples(Example.of(USERS + "/" + Example.USER, "{\"admin\":false}", 200, USER_SHOWN))
            .build();

    /** Removes a user. */
    public static final RouteDescription DELETE_USER = describe("DELETE", USER, RequiredAccess.ADMIN,
            "Removes a user for good, with all tokens.")
            .about("The last administrator stays.")
            .answer(ResponseDescription.empty(204, "The user is removed"))
            .refuses(Reason.LAST_ADMIN)
            .examples(Example.of(USERS + "/" + Example.USER, 204, ""))
            .build();

    /** Creates a group. */
    public static final RouteDescription CREATE_GROUP = describe("POST", GROUPS, RequiredAccess.ADMIN,
            "Creates a group of up to 1,000 members.")
            .body(Schema.object().with("name", NAME).maybe(MEMBERS, Schema.list(Schemas.UUID)))
            .answer(ResponseDescription.json(201, "The group is there", CREATED, "Location"))
            .refuses(Reason.LIMIT_REACHED)
            .examples(Example.of(GROUPS, "{\"name\":\"staff\",\"members\":[\"" + Example.USER + "\"]}", 201,
                    "{\"uuid\":\"" + Example.GROUP + "\"}"))
            .build();

    /** Lists groups. */
    public static final RouteDescription LIST_GROUPS = describe("GET", GROUPS, RequiredAccess.ADMIN,
            "Lists the groups, without their members.")
            .query(SharedParameters.LIMIT, SharedParameters.AFTER_ID)
            .answer(ResponseDescription.json(200, "A page", Schemas.page("groups",
                    GROUP_SHAPE.with("created_at", Schemas.TIME)), "Link"))
            .examples(Example.of(GROUPS, 200, "{\"groups\":[{\"uuid\":\"" + Example.GROUP
                    + "\",\"name\":\"staff\",\"created_at\":" + Example.TIME + "}]}"))
            .build();

    /** Shows a group. */
    public static final RouteDescription SHOW_GROUP = describe("GET", GROUP, RequiredAccess.ADMIN,
            "Shows a group with its members.")
            .answer(ResponseDescription.json(200, "The group", GROUP_WITH_MEMBERS))
            .examples(Example.of(GROUPS + "/" + Example.GROUP, 200, GROUP_SHOWN))
            .build();

    /** Changes a group. */
    public static final RouteDescription CHANGE_GROUP = describe("PUT", GROUP, RequiredAccess.ADMIN,
            "Changes the name of a group, or replaces its members.")
            .body(Schema.object().maybe("name", NAME).maybe(MEMBERS, Schema.list(Schemas.UUID)))
            .answer(ResponseDescription.json(200, "The group", GROUP_WITH_MEMBERS))
            .refuses(Reason.LIMIT_REACHED)
            .examples(Example.of(GROUPS + "/" + Example.GROUP, "{\"name\":\"staff\"}", 200, GROUP_SHOWN))
            .build();

    /** Removes a group. */
    public static final RouteDescription DELETE_GROUP = describe("DELETE", GROUP, RequiredAccess.ADMIN,
            "Removes a group.")
            .answer(ResponseDescription.empty(204, "The group is removed"))
            .examples(Example.of(GROUPS + "/" + Example.GROUP, 204, ""))
            .build();

    /** All of them. */
    public static final List<RouteDescription> ALL = List.of(CREATE_USER, LIST_USERS, SHOW_USER, CHANGE_USER,
            DELETE_USER, CREATE_GROUP, LIST_GROUPS, SHOW_GROUP, CHANGE_GROUP, DELETE_GROUP);

    private UserRoutes() { }
}
