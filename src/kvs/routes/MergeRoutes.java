package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.model.Reason;

/** The files of partners that a node takes: {@code /admin/merges}. */
public final class MergeRoutes {

    /** The place of a part. */
    public static final Parameter<Long> OFFSET = Parameter.number("offset",
            "The place of the part in the file, bytes").required("'offset' must be the place of the part in"
                    + " the file, in bytes from 0");

    private static final String MERGES = "/admin/merges";
    private static final String NAMED = MERGES + "/{id}";
    private static final String SHOWN = MERGES + "/" + Example.MERGE;
    private static final Schema ZONE = Schema.object().with("paths", Schema.list(Schema.text()))
            .with("form", Schema.words("full", "delta", "statement"))
            .with("versions", Schema.count("in the file")).with("keys", Schema.count("at the maker"))
            .with("digest", Schemas.DIGEST).with("equal", Schema.bool())
            .with("verdict", Schema.text("what it brings, for people"));
    private static final Schema MERGE = new Schema.Component("Merge", Schema.object().with("id", Schemas.UUID)
            .with("state", Schema.words("receiving", "checking", "checked", "merging", "done"))
            .with("bytes", Schema.count("bytes that are here"))
            .with("done_bytes", Schema.count("of all_bytes"))
            .with("all_bytes", Schema.count("work on the file, in bytes that are read"))
            .maybe("verdict", Schema.words("merged", "nothing_new", "receipt_taken", "sound", "incomplete",
                    "interrupted", "unable", "missing", "late", "put_back", "foreign", "damaged", "newer",
                    "clock_ahead"))
            .maybe("exit_status", Schema.count("that of kvs merge"))
            .maybe("sentence", Schema.text("what was done or not, why, and what to do next"))
            .maybe("partner", Schema.text("the maker")).maybe("zones", Schema.list(ZONE)));
    private static final String RECEIVED = "{\"id\":\"" + Example.MERGE + "\",\"state\":\"receiving\","
            + "\"bytes\":10,\"done_bytes\":0,\"all_bytes\":20}";

    /** Begins a file. */
    public static final RouteDescription BEGIN = describe("POST", MERGES, RequiredAccess.ADMIN,
            "Begins to bring a bundle or a receipt of a partner.")
            .about("At most four files are here at once. A file that nobody touches for an hour is removed,"
                    + " and so is every file by a restart; one of which no part has come for five minutes"
                    + " gives its place to a new one. `bytes` is its size: the disk must have twice"
                    + " that.")
            .body(Schema.object().with("bytes", Schema.count("size of the file")))
            .answer(ResponseDescription.json(201, "Its id", MERGE, "Location"))
            .refuses(Reason.LIMIT_REACHED, Reason.DISK_FULL)
            .examples(Example.of(MERGES, "{\"bytes\":10}", 201, "{\"id\":\"" + Example.MERGE
                    + "\",\"state\":\"receiving\",\"bytes\":0,\"done_bytes\":0,\"all_bytes\":0}"))
            .build();

    /** Takes a part. */
    public static final RouteDescription PART = describe("PUT", NAMED, RequiredAccess.ADMIN,
            "Brings a part of the file, of at most 8 MiB.")
            .about("The answer comes when it is durable. The same part may come again; after a lost"
                    + " connection go on at the `bytes` of `GET`.")
            .query(OFFSET)
            .body(Schemas.BYTES)
            .answer(ResponseDescription.json(200, "The part is durable", MERGE))
            .refuses(Reason.IN_PROGRESS, Reason.DISK_FULL)
            .examples(Example.of(SHOWN + "?offset=0", "\"KVSBND 1\"", 200, RECEIVED))
            .build();

    /** Starts the work. */
    public static final RouteDescription START = describe("POST", NAMED, RequiredAccess.ADMIN,
            "Verifies the file, or verifies and merges it, in the background.")
            .about("One at a time. The whole file is checked before anything changes.")
            .body(Schema.object().with("verify", Schema.bool()))
            .answer(ResponseDescription.json(202, "It has begun", MERGE))
            .refuses(Reason.IN_PROGRESS, Reason.READ_ONLY, Reason.CLOCK_WRONG)
            .examples(Example.of(SHOWN, "{\"verify\":true}", 202, RECEIVED.replace("receiving", "checking")))
            .build();

    /** Shows the state of a file. */
    public static final RouteDescription SHOW = describe("GET", NAMED, RequiredAccess.ADMIN,
            "Shows how far a file is, and the result.")
            .answer(ResponseDescription.json(200, "The file", MERGE))
            .examples(Example.of(SHOWN, 200, "{\"id\":\"" + Example.MERGE + "\",\"state\":\"checked\","
                    + "\"bytes\":10,\"done_bytes\":0,\"all_bytes\":20,\"verdict\":\"damaged\","
                    + "\"exit_status\":7,\"sentence\":\"nothing was changed: it ends too soon; carry the file"
                    + " again\",\"zones\":[]}"))
            .build();

    /** Removes a file. */
    public static final RouteDescription REMOVE = describe("DELETE", NAMED, RequiredAccess.ADMIN,
            "Removes a file that is not wanted any more.")
            .answer(ResponseDescription.empty(204, "The file is removed"))
            .refuses(Reason.IN_PROGRESS)
            .examples(Example.of(SHOWN, 204, ""))
            .build();

    /** All of them. */
    public static final List<RouteDescription> ALL = List.of(BEGIN, PART, START, SHOW, REMOVE);

    private MergeRoutes() { }
}
