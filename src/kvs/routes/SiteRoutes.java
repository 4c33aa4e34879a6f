package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.model.Reason;

/** Partners of this site, and the files for them: {@code /admin/partners}, {@code /admin/bundles}. */
public final class SiteRoutes {

    /** The partner of a receipt. */
    public static final Parameter<String> PARTNER = Parameter.text("partner", "name of a partner",
            "The partner that it is for").required("'partner' must be the name of a partner");

    private static final String PARTNERS = "/admin/partners/";
    private static final String NAMED = PARTNERS + "{name}";
    private static final String SHOWN = PARTNERS + "b";
    private static final String BUNDLES = "/admin/bundles";
    private static final String FILE = "KVSBND 1";
    private static final Schema NAME = Schema.text("the name at this site");
    private static final Schema ZONES = Schema.list(Schema.list(
            Schema.text("a path, / for all documents, _accounts for the accounts")));
    private static final Schema LINK = Schema.object().with("kvs_link", Schema.integer(1, 1))
            .with("link", Schemas.UUID).with("secret", Schema.text("whoever has it reads and forges all"))
            .with("site", Schemas.UUID).with("zones", ZONES).with("sends", Schema.bool())
            .with("receives", Schema.bool());
    private static final Schema ZONE = Schema.object().with("paths", Schema.list(Schema.text()))
            .with("said_at", Schemas.TIME).with("heard_at", Schemas.TIME);
    private static final Schema.Members MEMBERS = Schema.object().with("name", NAME)
            .with("link", Schemas.UUID).maybe("site", Schemas.UUID)
            .maybe("self", Schema.text("the id by which it knows this site, where that is another one"))
            .with("sends", Schema.bool()).with("receives", Schema.bool()).with("added_at", Schemas.TIME)
            .with("overlap", Schema.count("bundles"))
            .with("last_bundle", Schema.count("number of the last bundle of this node, 0 for none"))
            .with("zones", Schema.list(ZONE));
    private static final Schema SITE_PARTNER = new Schema.Component("Partner", MEMBERS);
    private static final String PARTNER_SHOWN = "{\"name\":\"b\",\"link\":\"" + Example.ORIGIN
            + "\",\"sends\":true,\"receives\":true,\"added_at\":" + Example.TIME + ",\"overlap\":1,"
            + "\"last_bundle\":0,"
            + "\"zones\":[{\"paths\":[\"plans\"],\"said_at\":0,\"heard_at\":" + Example.TIME + "}]}";

    private static final String LINK_SHOWN = "{\"kvs_link\":1,\"link\":\"" + Example.ORIGIN
            + "\",\"secret\":\"2Vt2q0gXnJm3mS0N2pV2y0cY9kX6b8Qm8bq0JcZr1dE\",\"site\":\"" + Example.SITE
            + "\",\"zones\":[[\"plans\"]],\"sends\":true,\"receives\":true}";

    /** Adds a partner. */
    public static final RouteDescription ADD = describe("PUT", NAMED, RequiredAccess.ADMIN,
            "Adds a partner: makes a link, or uses one.")
            .about("With `zones` a link is made; the answer has it, once: carry it to the partner by hand,"
                    + " and delete it. Without `sends` and `receives` its zones go both ways. With `link` the"
                    + " one that the partner made is used. See [Sites without a network](airgap.md).")
            .body(Schema.object().maybe("zones", ZONES).maybe("sends", Schema.bool())
                    .maybe("receives", Schema.bool())
                    .maybe("overlap", Schema.count("see kvs partner"))
                    .maybe("link", Schema.any("the content of the link file")))
            .answer(ResponseDescription.json(201, "The partner is added", Schema.object().with("name", NAME)
                    .with("site", Schemas.UUID).maybe("link", LINK), "Location"))
            .refuses(Reason.READ_ONLY, Reason.OLDER_MEMBERS, Reason.LIMIT_REACHED, Reason.DISK_FULL,
                    Reason.STORE_FAILED)
            .examples(Example.of(SHOWN, "{\"zones\":[[\"plans\"]]}", 201, "{\"name\":\"b\",\"site\":\""
                    + Example.SITE + "\",\"link\":" + LINK_SHOWN + "}"))
            .build();

    /** Lists partners. */
    public static final RouteDescription LIST = describe("GET", PARTNERS, RequiredAccess.ADMIN,
            "Lists the partners, without their secrets.")
            .answer(ResponseDescription.json(200, "The partners", Schema.object().maybe("site", Schemas.UUID)
                    .with("partners", Schema.list(SITE_PARTNER))))
            .refuses(Reason.DAMAGED)
            .examples(Example.of(PARTNERS, 200, "{\"site\":\"" + Example.SITE + "\",\"partners\":["
                    + PARTNER_SHOWN + "]}"))
            .build();

    /** Shows a partner. */
    public static final RouteDescription SHOW = describe("GET", NAMED, RequiredAccess.ADMIN,
            "Shows a partner, without its secret.")
            .about("`said_at` is the time of its last statement by its own clock, 0 for none; `heard_at` the"
                    + " time at which that came here, or the partner was added.")
            .answer(ResponseDescription.json(200, "The partner", SITE_PARTNER))
            .refuses(Reason.DAMAGED)
            .examples(Example.of(SHOWN, 200, PARTNER_SHOWN))
            .build();

    /** Takes a partner for a stranger. */
    public static final RouteDescription RESET = describe("POST", NAMED + "/reset", RequiredAccess.ADMIN,
            "Forgets what a partner had, after it lost its data.")
            .about("The next bundle of it is merged as that of a stranger, and the next one for it is full.")
            .answer(ResponseDescription.json(200, "The partner", SITE_PARTNER))
            .refuses(Reason.READ_ONLY, Reason.DISK_FULL, Reason.STORE_FAILED)
            .examples(Example.of(SHOWN + "/reset", 200, PARTNER_SHOWN))
            .build();

    /** Changes the secrets of a link. */
    public static final RouteDescription ROTATE = describe("POST", NAMED + "/rotate", RequiredAccess.ADMIN,
            "Changes the secrets of the link to a partner.")
            .about("One of three: `new_secret` makes one; the answer has its link, once: carry it to the"
                    + " partner by hand. What is made from then on can be read only with it. `link` takes the"
                    + " one that the partner made. Files with one of the four newest secrets are taken, until"
                    + " `forget_old` leaves only the newest. See [A new secret](airgap.md#a-new-secret).")
            .body(Schema.object().maybe("new_secret", Schema.bool())
                    .maybe("link", Schema.any("the content of the link file"))
                    .maybe("forget_old", Schema.bool()))
            .answer(ResponseDescription.json(200, "The secrets are changed", Schema.object()
                    .with("name", NAME).with("secrets", Schema.count("valid secrets of the link"))
                    .maybe("link", LINK)))
            .refuses(Reason.READ_ONLY, Reason.DAMAGED, Reason.DISK_FULL, Reason.STORE_FAILED)
            .examples(Example.of(SHOWN + "/rotate", "{\"new_secret\":true}", 200, "{\"name\":\"b\","
                    + "\"secrets\":2,\"link\":" + LINK_SHOWN + "}"))
            .build();

    /** Removes a partner. */
    public static final RouteDescription REMOVE = describe("DELETE", NAMED, RequiredAccess.ADMIN,
            "Removes a partner; files of it are refused from then on.")
            .answer(ResponseDescription.empty(204, "The partner is removed"))
            .refuses(Reason.READ_ONLY, Reason.DISK_FULL, Reason.STORE_FAILED)
            .examples(Example.of(SHOWN, 204, ""))
            .build();

    /** Makes a receipt. */
    public static final RouteDescription RECEIPT = describe("GET", "/admin/receipts", RequiredAccess.ADMIN,
            "Makes a receipt for a partner: what this site covers, without a document.")
            .query(PARTNER)
            .answer(ResponseDescription.other(ResponseDescription.BYTES, "The receipt"))
            .refuses(Reason.LIMIT_REACHED, Reason.DAMAGED)
            .examples(Example.of("/admin/receipts?partner=b", 200, FILE))
            .build();

    /** Makes a bundle. */
    public static final RouteDescription BUNDLE = describe("POST", BUNDLES, RequiredAccess.ADMIN,
            "Makes a bundle for a partner, and sends it while it is made.")
            .about("One at a time. The file is whole when it has its trailer: `kvs inspect` checks that."
                    + " `zones` names some zones of the link; `full` leaves out nothing,"
                    + " `since` what that earlier bundle had, otherwise what the partner has.")
            .body(Schema.object().with("partner", NAME).maybe("zones", ZONES).maybe("full", Schema.bool())
                    .maybe("since", Schema.count("number of an earlier bundle")))
            .answer(ResponseDescription.other(ResponseDescription.BYTES, "The bundle", "KVS-Bundle-Number"))
            .refuses(Reason.IN_PROGRESS, Reason.LIMIT_REACHED, Reason.BEHIND, Reason.DAMAGED,
                    Reason.DISK_FULL, Reason.STORE_FAILED)
            .examples(Example.of(BUNDLES, "{\"partner\":\"b\"}", 200, FILE))
            .build();

    /** Confirms a bundle. */
    public static final RouteDescription WRITTEN = describe("PUT", BUNDLES + "/{number}/written",
            RequiredAccess.ADMIN, "Confirms that a bundle is durable at the client, and reads back rightly.")
            .about("Only then a bundle for a partner that never answers counts as delivered: the next one"
                    + " leaves out what it had. `sha256` is that of the whole file, in hexadecimal digits."
                    + " The node that sent it must be asked, before its next start.")
            .body(Schema.object().with("sha256", Schemas.DIGEST))
            .answer(ResponseDescription.json(200, "It is noted", Schema.object().with("partner", NAME)
                    .with("number", Schema.count("number of the bundle")).with("delivered", Schema.bool())))
            .refuses(Reason.READ_ONLY, Reason.DISK_FULL, Reason.STORE_FAILED)
            .examples(Example.of(BUNDLES + "/1/written", "{\"sha256\":\"" + Example.DIGEST + "\"}", 404,
                    "{\"type\":\"/problems/not_found\",\"title\":\"Not found\",\"status\":404,\"detail\":"
                            + "\"nothing was noted: this node has sent no bundle 1 with that SHA-256 since"
                            + " its start. Make a new one\",\"reason\":\"not_found\",\"request_id\":\"…\","
                            + "\"node\":\"…\"}"))
            .build();

    /** All of them. */
    public static final List<RouteDescription> ALL = List.of(ADD, LIST, SHOW, RESET, ROTATE, BUNDLE, WRITTEN,
            RECEIPT, REMOVE);

    private SiteRoutes() { }
}
