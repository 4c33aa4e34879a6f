package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import java.util.Optional;

/** The node itself and its help: health, metrics, problems, manual. */
public final class NodeRoutes {

    private static final Schema STATUS = Schema.text("ok, degraded, or the reason why it does not serve");
    private static final Schema REASON = new Schema.Component("Reason", Schema.object()
            .with("reason", Schema.text()).with("status", Schema.integer(400, 599))
            .with("meaning", Schema.text()));
    private static final Schema PROBE = Schema.object().with("status", STATUS);
    private static final String OK = "{\"status\":\"ok\"}";

    /** Asks for members and cures. */
    public static final Parameter<Boolean> VERBOSE = Parameter.flag("verbose",
            "Also `members`, `last_backup_at`, `partners`, `problem_details`; a table for `Accept:"
                    + " text/plain`. From"
                    + " other machines with a token only");

    /** Tells where to go on. */
    public static final RouteDescription ROOT = describe("GET", "/", RequiredAccess.OPEN,
            "Tells a program where to go on, and leads a browser to the console.")
            .about("`version` is there for callers on this machine and those with a token. With"
                    + " `Accept: text/html` and `console_enabled` the answer is 303.")
            .answer(ResponseDescription.json(200, "The node and its routes",
                    Schema.object().with("name", Schema.words("kvs"))
                    .with("node", Schema.text()).maybe("version", Schema.text()).with("manual", Schema.text())
                    .with("openapi", Schema.text()).with("health", Schema.text())
                            .with("problems", Schema.text())
                    .maybe("console", Schema.text())
                    .with("routes", Schema.list(Schema.object().with("route", Schema.text())
                            .with("summary", Schema.text())))))
            .answer(ResponseDescription.empty(303, "`Location` is `/console/`", "Location"))
            .examples(Example.of("/", 303, "").header("Accept: text/html"))
            .build();

    /** Shows the OpenAPI document. */
    public static final RouteDescription OPENAPI = describe("GET", "/openapi.json", RequiredAccess.OPEN,
            "Shows the description of all requests for programs, an OpenAPI document, version 3.1.")
            .conditions("If-None-Match")
            .answer(ResponseDescription.json(200, "The document",
                    Schema.object().with("openapi", Schema.text()).opened(), "ETag"))
            .answer(ResponseDescription.empty(304, "`If-None-Match` has the present tag", "ETag"))
            .build();

    /** Shows the health. */
    public static final RouteDescription HEALTH = describe("GET", "/health", RequiredAccess.OPEN,
            "Shows the health of the node.")
            .about("See [Monitoring](monitoring.md). From this machine or with a token also the members"
                    + " behind `node_id`.")
            .query(VERBOSE)
            .answer(ResponseDescription.json(200, "The node serves reads and writes of clients", health()))
            .answer(ResponseDescription.json(503, "It does not", health()))
            .answer(ResponseDescription.other("text/plain", "The table"))
            .answer(new ResponseDescription(503, "The table", "text/plain", Optional.empty(), List.of()))
            .examples(Example.of("/health", 200, "{\"status\":\"ok\",\"mode\":\"normal\",\"member_count\":1,"
                    + "\"node_id\":\"node1\",\"version\":\"0.1.0\",\"uptime_ms\":5000,\"keys\":2,\"root\":\""
                    + Example.DIGEST + "\",\"disk_free_bytes\":76000000000,\"problems\":[]}"))
            .build();

    /** Answers while the process runs. */
    public static final RouteDescription LIVE = describe("GET", "/health/live", RequiredAccess.OPEN,
            "Answers while the process runs.")
            .answer(ResponseDescription.json(200, "The process runs", PROBE))
            .examples(Example.of("/health/live", 200, OK))
            .build();

    /** Tells whether to send requests here. */
    public static final RouteDescription READY = describe("GET", "/health/ready", RequiredAccess.OPEN,
            "Tells a balancer whether to send requests here.")
            .answer(ResponseDescription.json(200, "The node serves, and has what the others have", PROBE))
            .answer(ResponseDescription.json(503, "It does not; `status` is the reason", PROBE))
            .examples(Example.of("/health/ready", 200, OK))
            .build();

    /** Shows the metrics. */
    public static final RouteDescription METRICS = describe("GET", "/metrics", RequiredAccess.LOCAL,
            "Shows the metrics in the text format of Prometheus.")
            .about("For everybody with `metrics_open: true`. Never rate limited.")
            .answer(ResponseDescription.other("text/plain", "The metrics"))
            .examples(Example.of("/metrics", 200, "# HELP"))
            .build();

    /** Explains all reasons. */
    public static final RouteDescription PROBLEMS = describe("GET", "/problems/", RequiredAccess.OPEN,
            "Explains all reasons of refusals.")
            .answer(ResponseDescription.json(200, "The explanations",
                    Schema.object().with("problems", Schema.list(REASON))))
            .build();

    /** Explains a reason. */
    public static final RouteDescription PROBLEM = describe("GET", "/problems/{reason}", RequiredAccess.OPEN,
            "Explains the reason of a refusal, and its remedy.")
            .answer(ResponseDescription.json(200, "The explanation", REASON))
            .examples(Example.of("/problems/not_found", 200, "{\"reason\":\"not_found\",\"status\":404,"
                    + "\"meaning\":\"The path does not exist, or its document has expired.\"}"))
            .build();

    /** Lists the pages of the manual. */
    public static final RouteDescription MANUAL = describe("GET", "/docs/", RequiredAccess.OPEN,
            "Shows the index of this manual.")
            .conditions("If-None-Match")
            .answer(ResponseDescription.other("text/markdown", "The page", "ETag"))
            .answer(ResponseDescription.empty(304, "`If-None-Match` has the present tag", "ETag"))
            .examples(Example.of("/docs/", 200, "# KVS: the manual"))
            .build();

    /** Shows a page of the manual. */
    public static final RouteDescription MANUAL_PAGE = describe("GET", "/docs/{page}", RequiredAccess.OPEN,
            "Shows a page of this manual: `/docs/access`, also `/docs/access.md`.")
            .conditions("If-None-Match")
            .answer(ResponseDescription.other("text/markdown", "The page", "ETag"))
            .answer(ResponseDescription.empty(304, "`If-None-Match` has the present tag", "ETag"))
            .examples(Example.of("/docs/access", 200, "# Access"))
            .build();

    /** Leads to the console. */
    public static final RouteDescription CONSOLE = describe("GET", "/console", RequiredAccess.OPEN,
            "Leads to `/console/`.")
            .answer(ResponseDescription.empty(308, "`Location` is `/console/`", "Location"))
            .examples(Example.of("/console", 308, ""))
            .build();

    /** Shows the console. */
    public static final RouteDescription CONSOLE_START = describe("GET", "/console/", RequiredAccess.OPEN,
            "Shows the console, a web page.")
            .about("See [Console](console.md). Not with `console_enabled: false`.")
            .conditions("If-None-Match")
            .answer(ResponseDescription.other("text/html", "The page", "ETag"))
            .answer(ResponseDescription.empty(304, "`If-None-Match` has the present tag", "ETag"))
            .examples(Example.of("/console/", 200, "<!doctype html>"))
            .build();

    /** Shows a file of the console. */
    public static final RouteDescription CONSOLE_FILE = describe("GET", "/console/{file}",
            RequiredAccess.OPEN,
            "Shows a file of the console.")
            .conditions("If-None-Match")
            .answer(ResponseDescription.other("*/*", "The file, of its own type", "ETag"))
            .answer(ResponseDescription.empty(304, "`If-None-Match` has the present tag", "ETag"))
            .build();

    /** All of them. */
    public static final List<RouteDescription> ALL = List.of(ROOT, OPENAPI, HEALTH, LIVE, READY, METRICS,
            PROBLEMS, PROBLEM, MANUAL,
            MANUAL_PAGE, CONSOLE, CONSOLE_START, CONSOLE_FILE);

    private NodeRoutes() { }

    private static Schema health() {
        return new Schema.Component("Health", Schema.object().with("status", STATUS)
                .with("mode", ClusterRoutes.MODE).with("member_count", Schema.count("alive or suspect"))
                .with("node_id", Schema.text()).maybe("version", Schema.text())
                .maybe("uptime_ms", Schema.count("milliseconds")).maybe("keys", Schema.count("documents"))
                .maybe("root", Schemas.DIGEST).maybe("disk_free_bytes", Schema.count("bytes"))
                .maybe("problems", Schema.list(Schema.text("a problem and its cure")))
                .maybe("members", Schema.list(member()))
                .maybe("last_backup_at", Schemas.TIME).maybe("partners", Schema.list(partner()))
                .maybe("problem_details", Schema.list(Schema.object().with("kind", Schema.text())
                        .with("detail", Schema.text()).with("cure", Schema.text("what to do next")))));
    }

    private static Schema partner() {
        return Schema.object().with("name", Schema.text()).with("sends", Schema.bool())
                .with("receives", Schema.bool()).with("last_bundle", Schema.count("its number, 0 for none"))
                .with("heard_at", Schemas.TIME).with("waiting", Schema.count("dead versions kept for it"))
                .with("waits_until", Schemas.TIME).with("unfinished", Schema.bool());
    }

    private static Schema member() {
        return Schema.object().with("id", Schema.text()).with("address", Schema.text("host:port"))
                .with("self", Schema.bool())
                .with("status", Schema.words("alive", "suspect", "failed", "left"))
                .with("mode", ClusterRoutes.MODE).with("silent_ms", Schema.count("milliseconds"))
                .maybe("lag_ms", Schema.count("milliseconds"))
                .with("versions", Schema.count("of documents, the dead ones included"))
                .maybe("version", Schema.text("of the program"))
                .maybe("uptime_ms", Schema.count("milliseconds"))
                .maybe("disk_free_bytes", Schema.count("bytes"))
                .maybe("certificate_ends_at", Schemas.TIME);
    }
}
