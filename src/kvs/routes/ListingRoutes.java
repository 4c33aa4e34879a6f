package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import kvs.model.Reason;

/** Many documents: the keys below a path, a range, those with a conflict. */
public final class ListingRoutes {

    /** All descendants. */
    public static final Parameter<Boolean> RECURSE = Parameter.flag("recurse",
            "All keys below, not only the children");
    /** The documents too. */
    public static final Parameter<Boolean> VALUES = Parameter.flag("values", "The documents too, as `items`");
    /** A subtree and not one document. */
    public static final Parameter<Boolean> RECURSE_DELETE = Parameter.flag("recurse", "Must be there")
            .required("a path that ends with a slash is a subtree: add ?recurse to delete it");
    /** The moment to restore. */
    public static final Parameter<Long> RESTORE_TO = Parameter.number("restore_to", "The moment, Unix ms")
            .required("a path that ends with a slash is a subtree: ?restore_to=<ms> restores it, without a"
                    + " body");
    /** A restore that writes nothing. */
    public static final Parameter<Boolean> DRY_RUN = Parameter.flag("dry_run",
            "Writes nothing, and lists the `changes` that it would make");
    /** A restore in spite of gaps. */
    public static final Parameter<Boolean> FORCE = Parameter.flag("force",
            "Leaves keys alone whose history does not reach back so far");
    /** The beginning of a range. */
    public static final Parameter<String> START_KEY = Parameter.key("start_key", "The first key");
    /** The end of a range. */
    public static final Parameter<String> END_KEY = Parameter.key("end_key", "The key behind the last one");
    /** The beginning of a span. */
    public static final Parameter<Long> START_TIME = Parameter.number("start_time",
            "Only versions written then or later, Unix ms");
    /** The end of a span. */
    public static final Parameter<Long> END_TIME = Parameter.number("end_time",
            "Only versions written before, Unix ms");

    private static final String PATTERN = "/kv/{path}/";

    /** Lists the keys below a path. */
    public static final RouteDescription GET = describe("GET", PATTERN, RequiredAccess.READ,
            "Lists the keys below a path; `/kv/` is everything.")
            .about("`count` and `bytes` are those of all keys below, for those who may read all of them.")
            .rights("only keys with read are shown")
            .query(RECURSE, VALUES, SharedParameters.LIMIT, SharedParameters.AFTER, DocumentRoutes.WATCH)
            .conditions("If-Match", "If-None-Match")
            .answer(ResponseDescription.json(200, "The keys, and the prefixes below which there are more",
                    Schema.object().with("keys", Schema.list(Schemas.PATH))
                            .with("prefixes", Schema.list(Schemas.PATH))
                            .maybe("items", Schema.list(Schemas.ITEM)).maybe("next", Schemas.NEXT)
                            .maybe("count", Schema.count("keys")).maybe("bytes", Schema.count("bytes")),
                    "ETag", "Link"))
            .answer(ResponseDescription.empty(304, "`If-None-Match` has the present tag", "ETag"))
            .examples(Example.of("/kv/users/", 200,
                    "{\"keys\":[\"users/jane\",\"users/john\"],\"prefixes\":[],\"count\":2,\"bytes\":20}"))
            .build();

    /** Deletes a subtree. */
    public static final RouteDescription DELETE = describe("DELETE", PATTERN, RequiredAccess.DELETE,
            "Deletes a subtree as one atomic batch, up to 10,000 keys a call.")
            .rights("delete on every key that one may read; otherwise nothing is deleted")
            .query(RECURSE_DELETE, SharedParameters.AFTER)
            .answer(ResponseDescription.json(200, "The number of deleted keys; with `next` there are more",
                    Schema.object().with("deleted", Schema.count("keys")).maybe("next", Schemas.NEXT),
                            "Link"))
            .examples(Example.of("/kv/old/?recurse", 200, "{\"deleted\":0}"))
            .build();

    /** Puts a subtree back to a moment. */
    public static final RouteDescription RESTORE = describe("POST", PATTERN, RequiredAccess.WRITE,
            "Puts a subtree back to a moment as one atomic batch.")
            .rights("read on the keys, and what each write needs")
            .query(RESTORE_TO, DRY_RUN, FORCE, SharedParameters.TTL)
            .answer(ResponseDescription.json(200, "The numbers of keys, and those whose past is `unknown`",
                    Schema.object().with("restored", Schema.count("keys"))
                            .with("deleted", Schema.count("keys")).with("unchanged", Schema.count("keys"))
                            .with("unknown", Schema.list(Schemas.PATH))
                            .maybe("unknown_count", Schema.count("keys"))
                            .maybe("changes", Schema.list(Schema.object().with("path", Schemas.PATH)
                                    .with("op", Schema.words("put", "delete"))))))
            .refuses(Reason.HISTORY_TOO_SHORT, Reason.BAD_JSON, Reason.TOO_LARGE, Reason.UNSUPPORTED_TYPE,
                    Reason.LENGTH_REQUIRED)
            .examples(Example.of("/kv/users/?restore_to=" + Example.TIME + "&dry_run", 200,
                    "{\"restored\":0,\"deleted\":2,\"unchanged\":0,\"unknown\":[],\"changes\":["
                            + "{\"path\":\"users/jane\",\"op\":\"delete\"},"
                            + "{\"path\":\"users/john\",\"op\":\"delete\"}]}"))
            .build();

    /** Reads a range of keys or a span of time. */
    public static final RouteDescription RANGE = describe("GET", "/kv/_range", RequiredAccess.READ,
            "Reads the documents of a range of keys or of a span of time.")
            .about("With `Accept: application/x-ndjson` the complete range as lines, without `limit`.")
            .rights("only keys with read are shown")
            .query(START_KEY, END_KEY, START_TIME, END_TIME, SharedParameters.LIMIT, SharedParameters.AFTER)
            .answer(ResponseDescription.json(200, "A page", Schemas.page("items", Schemas.ITEM), "Link"))
            .answer(ResponseDescription.stream(ResponseDescription.LINES,
                    "The complete range, an item a line", Schemas.ITEM))
            .examples(Example.of("/kv/_range?start_key=users/john&end_key=users0", 200,
                    "{\"items\":[{\"path\":\"users/john\",\"uuid\":\"" + Example.VERSION + "\",\"timestamp\":"
                            + Example.TIME + ",\"expires_at\":" + Example.TIME + ",\"author\":\""
                            + Example.AUTHOR + "\",\"data\":{\"age\":30}}]}"))
            .build();

    /** Lists the keys with a conflict. */
    public static final RouteDescription CONFLICTS = describe("GET", "/kv/_conflicts", RequiredAccess.READ,
            "Lists the keys with a version that lost a conflict which nobody has resolved.")
            .about("A write by somebody who has seen the versions resolves it. See"
                    + " [History and conflicts](history.md).")
            .rights("only keys with read are shown")
            .query(SharedParameters.PREFIX, SharedParameters.LIMIT, SharedParameters.AFTER)
            .answer(ResponseDescription.json(200, "A page", Schemas.page("conflicts", Schema.object()
                    .with("path", Schemas.PATH).with("winner", Schemas.UUID)
                    .with("losers", Schema.list(Schemas.UUID))), "Link"))
            .refuses(Reason.BUSY)
            .examples(Example.of("/kv/_conflicts", 200, "{\"conflicts\":[]}"))
            .build();

    private ListingRoutes() { }
}
