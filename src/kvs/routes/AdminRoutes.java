package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.model.Reason;

/** The operation of a node, for administrators: {@code /admin/…}. */
public final class AdminRoutes {

    /** The wait for a backup. */
    public static final Parameter<Long> BACKUP_WAIT = Parameter.duration("wait", 60_000,
            "The longest wait for its end").standard("10s");
    /** The number of a line. */
    public static final Parameter<Long> AFTER_LINE = Parameter.number("after", "The number of a line")
            .standard("0");

    /** The position among the events. */
    public static final Parameter<Long> EVENTS_SINCE = Parameter.number("since",
            "The `next` of a page, or a time, Unix ms").standard("0");

    private static final String COMPACT_PATH = "/admin/compact";
    private static final String VERIFY_PATH = "/admin/verify";
    private static final Schema NAME = Schema.text("the name of the file");
    private static final Schema RUNNING = Schema.object().with("running", Schema.yes())
            .with("created_at", Schemas.TIME).with("bytes", Schema.count("bytes so far")).maybe("name", NAME);
    private static final Schema SPACE = new Schema.Component("Space", Schema.object()
            .with("running", Schema.bool()).with("log_bytes", Schema.count("bytes of the log"))
            .with("live_bytes", Schema.count("bytes of it that are needed"))
            .with("segments", Schema.count("files")).with("compactions", Schema.count("since the start"))
            .with("freed_bytes", Schema.count("since the start")));
    private static final Schema SCRUB = new Schema.Component("Scrub", Schema.object()
            .with("running", Schema.bool()).with("keys", Schema.count("keys"))
            .with("checked_keys", Schema.count("keys")).with("checked_bytes", Schema.count("bytes"))
            .with("unreadable", Schema.count("versions")).maybe("started_at", Schemas.TIME)
            .maybe("finished_at", Schemas.TIME));
    private static final String SPACE_SHOWN = "{\"running\":false,\"log_bytes\":5120,\"live_bytes\":4096,"
            + "\"segments\":1,\"compactions\":0,\"freed_bytes\":0}";
    private static final String SPACE_BUSY = SPACE_SHOWN.replace("false", "true");
    private static final String SCRUB_BUSY = "{\"running\":true,\"keys\":17,\"checked_keys\":0,"
            + "\"checked_bytes\":0,\"unreadable\":0,\"started_at\":" + Example.TIME + "}";
    private static final String SCRUB_SHOWN = "{\"running\":false,\"keys\":0,\"checked_keys\":0,"
            + "\"checked_bytes\":0,\"unreadable\":0}";

    /** Makes a backup. */
    public static final RouteDescription BACKUP = describe("POST", "/admin/backup", RequiredAccess.ADMIN,
            "Makes a backup of now.")
            .query(BACKUP_WAIT)
            .answer(ResponseDescription.json(201, "The backup is complete", Schema.object().with("name", NAME)
                    .with("bytes", Schema.count("bytes")).with("keys", Schema.count("keys"))
                    .with("root", Schemas.DIGEST).with("created_at", Schemas.TIME)))
            .answer(ResponseDescription.json(202, "It is being made still, or another one is", RUNNING))
            .refuses(Reason.DISK_FULL, Reason.BEHIND, Reason.DAMAGED, Reason.STORE_FAILED)
            .examples(Example.of("/admin/backup", 201, "{\"name\":\"node1-2026-11-30T09-20-00Z.kvsb\","
                    + "\"bytes\":2048,\"keys\":2,\"root\":\"" + Example.DIGEST + "\",\"created_at\":"
                    + Example.TIME + "}"))
            .build();

    /** Lists backups. */
    public static final RouteDescription BACKUPS = describe("GET", "/admin/backups", RequiredAccess.ADMIN,
            "Lists the backups, the newest first.")
            .about("A file without `keys` is not a complete backup.")
            .answer(ResponseDescription.json(200, "The backups", Schema.object()
                    .with("backups", Schema.list(Schema.object().with("name", NAME)
                            .with("bytes", Schema.count("bytes")).with("created_at", Schemas.TIME)
                            .maybe("keys", Schema.count("keys"))))
                    .maybe("running", RUNNING).maybe("error", Schema.text("why the last one failed"))))
            .refuses(Reason.DISK_FULL)
            .examples(Example.of("/admin/backups", 200, "{\"backups\":[{\"name\":\"node1-2026-11-30T09-20-00Z"
                    + ".kvsb\",\"bytes\":2048,\"created_at\":" + Example.TIME + ",\"keys\":2}]}"))
            .build();

    /** Starts a compaction. */
    public static final RouteDescription COMPACT = describe("POST", COMPACT_PATH, RequiredAccess.ADMIN,
            "Starts a compaction, which removes what nobody can see any more.")
            .answer(ResponseDescription.json(202, "It has begun; the use of the log", SPACE))
            .examples(Example.of(COMPACT_PATH, 202, SPACE_BUSY))
            .build();

    /** Shows the use of the log. */
    public static final RouteDescription SHOW_COMPACT = describe("GET", COMPACT_PATH, RequiredAccess.ADMIN,
            "Shows how much of the log is in use.")
            .answer(ResponseDescription.json(200, "The use of the log", SPACE))
            .examples(Example.of(COMPACT_PATH, 200, SPACE_SHOWN))
            .build();

    /** Starts a scrub. */
    public static final RouteDescription VERIFY = describe("POST", VERIFY_PATH, RequiredAccess.ADMIN,
            "Reads and checks every version, at a bounded rate.")
            .answer(ResponseDescription.json(202, "It has begun; the progress", SCRUB))
            .examples(Example.of(VERIFY_PATH, 202, SCRUB_BUSY))
            .build();

    /** Shows the progress of a scrub. */
    public static final RouteDescription SHOW_VERIFY = describe("GET", VERIFY_PATH, RequiredAccess.ADMIN,
            "Shows the progress of the check.")
            .answer(ResponseDescription.json(200, "The progress", SCRUB))
            .examples(Example.of(VERIFY_PATH, 200, SCRUB_SHOWN))
            .build();

    /** Sets the mode. */
    public static final RouteDescription MODE = describe("PUT", "/admin/mode", RequiredAccess.ADMIN,
            "Makes the node read-only or not, until its next start.")
            .body(Schema.object().with("read_only", Schema.bool()))
            .answer(ResponseDescription.json(200, "The mode",
                    Schema.object().with("mode", ClusterRoutes.MODE)))
            .examples(Example.of("/admin/mode", "{\"read_only\":false}", 200, "{\"mode\":\"normal\"}"))
            .build();

    /** Reads the events. */
    public static final RouteDescription EVENTS = describe("GET", "/admin/events", RequiredAccess.ADMIN,
            "Reads the events of the cluster as this node saw them, the oldest first.")
            .about("See [Monitoring](monitoring.md#events). `next` is always there:"
                    + " a reader who comes back with it misses nothing.")
            .query(EVENTS_SINCE, SharedParameters.LIMIT)
            .answer(ResponseDescription.json(200, "A page", Schema.object().with("events",
                    Schema.list(Schema.object().with("id", Schema.count("its position")).with("at",
                            Schemas.TIME).with("level", Schema.words("debug", "info", "warn", "error"))
                            .with("message", Schema.text()).with("event", Schema.text("its kind")).opened()))
                    .with("next", Schema.count("the position to go on from")), "Link"))
            .examples(Example.of("/admin/events?limit=1", 200, "{\"events\":[{\"id\":" + Example.TIME
                    + ",\"at\":" + Example.TIME + ",\"level\":\"info\",\"message\":\"an administrator started"
                    + " a compaction\",\"event\":\"compaction_forced\"}],\"next\":" + Example.TIME + "}"))
            .build();

    /** Reads the tamper log. */
    public static final RouteDescription TAMPER_LOG = describe("GET", "/admin/tamper-log",
            RequiredAccess.ADMIN, "Reads the lines of the tamper log.")
            .about("See [Monitoring](monitoring.md).")
            .query(AFTER_LINE, SharedParameters.LIMIT)
            .answer(ResponseDescription.json(200, "The lines, and number and hash of the last one",
                    Schema.object().with("lines", Schema.list(Schema.any("a line, as it stands in the log")))
                            .maybe("next", Schema.count("the value of after for the next page"))
                            .with("head", Schema.text()), "Link"))
            .examples(Example.of("/admin/tamper-log?limit=1", 200, "{\"lines\":[{\"n\":1,\"at\":"
                    + Example.TIME + ",\"store\":0,\"act\":\"start\",\"hash\":\"" + Example.DIGEST
                    + "\",\"seal\":\"5e884898da28047151d0e56f8dc62927\"}],\"head\":\"1:"
                    + Example.DIGEST + "\"}"))
            .build();

    /** Lists the witnesses. */
    public static final RouteDescription WITNESSES = describe("GET", "/admin/witnesses", RequiredAccess.ADMIN,
            "Lists the last lines of the members' tamper logs that this node and its members remember.")
            .answer(ResponseDescription.json(200, "The lines", Schema.object()
                    .with("witnesses", Schema.list(Schema.object()
                    .with("origin", Schemas.UUID).maybe("node_id", Schema.text()).with("head", Schema.text())
                    .with("by", Schema.text("the id of the member that remembers"))))))
            .examples(Example.of("/admin/witnesses", 200, "{\"witnesses\":[]}"))
            .build();

    /** Proves a document. */
    public static final RouteDescription PROVE = describe("POST", "/admin/proofs", RequiredAccess.ADMIN,
            "Makes a file that proves what a document is, signed by this node.")
            .about("The file holds the present version, also one that deletes the document, the line of this"
                    + " node's tamper log about its write, and the heads that it knows of tamper logs."
                    + " Administrators may read every document and the tamper log, others not both. The whole"
                    + " log is read, for one request at a time. See [Proofs](proof.md).")
            .body(Schema.object().with("path", Schema.text("the key of the document")))
            .answer(ResponseDescription.other(ResponseDescription.BYTES, "The file"))
            .refuses(Reason.IN_PROGRESS, Reason.DAMAGED)
            .examples(Example.of("/admin/proofs", "{\"path\":\"users/john\"}", 200, "kvs-proof 1"))
            .build();

    /** All of them. */
    public static final List<RouteDescription> ALL = List.of(BACKUP, BACKUPS, SHOW_COMPACT, COMPACT,
            SHOW_VERIFY,
            VERIFY, MODE, EVENTS, TAMPER_LOG, WITNESSES, PROVE);

    private AdminRoutes() { }
}
