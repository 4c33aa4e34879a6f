package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.documents.DocumentLimits;
import kvs.model.Reason;

/** The changes of documents: {@code /kv/_changes}. */
public final class ChangesRoutes {

    /** The position to go on from. */
    public static final Parameter<String> SINCE = Parameter.text("since", "`0`, `now` or a position",
            "`0`: all that is there, then what changes; `now`: only what changes; else the `next` of a page"
                    + " or a `KVS-Position`, from any node").standard("0");
    /** The wait for a change. */
    public static final Parameter<Long> WAIT = Parameter.duration("wait", DocumentLimits.WAIT_MS_MAX,
            "Waits so long for a change").standard("0");

    private static final Schema CHANGE = new Schema.Component("Change", new Schema.Choice(List.of(
            Schema.object().with("path", Schemas.PATH).and(Schemas.STAMP).maybe("author", Schemas.UUID)
                    .maybe("node", Schema.text("the id of the node that wrote it"))
                    .maybe("data", Schemas.DOCUMENT).maybe("deleted", Schema.yes())
                    .maybe("expired", Schema.yes()),
            Schema.object().with("path", Schemas.PATH).with("access", Schema.yes()),
            Schema.object().with("path", Schemas.PATH).and(Schemas.UNREADABLE).maybe("deleted", Schema.yes())
                    .maybe("expired", Schema.yes()))));

    /** Reads the changes since a position. */
    public static final RouteDescription GET = describe("GET", "/kv/_changes", RequiredAccess.READ,
            "Reads the changes since a position.")
            .about("Each change comes at least once, of each key the newest. `access` says that rights on the"
                    + " path have changed. A page without `more` reaches the present:"
                    + " with the pages before it, it shows one moment, and so no part of an atomic batch."
                    + " With `Accept: text/event-stream` a stream, which goes on behind `Last-Event-ID`."
                    + " See [Changes](changes.md).")
            .rights("only keys with read are shown")
            .query(SharedParameters.PREFIX, SINCE, WAIT, SharedParameters.LIMIT, DocumentRoutes.VALUES)
            .answer(ResponseDescription.json(200, "A page; `next` is the `since` of the next one",
                    Schema.object().with("changes", Schema.list(CHANGE))
                            .with("next", Schema.text("a position")).maybe("more", Schema.yes()), "Link"))
            .answer(ResponseDescription.stream(ResponseDescription.EVENTS,
                    "A stream, a change an event", CHANGE))
            .refuses(Reason.POSITION_GONE)
            .examples(Example.of("/kv/_changes?prefix=jobs/&values=false", 200,
                    "{\"changes\":[{\"path\":\"jobs/1\",\"uuid\":\"" + Example.VERSION + "\",\"timestamp\":"
                            + Example.TIME + ",\"author\":\"" + Example.AUTHOR
                            + "\",\"node\":\"node1\"}],\"next\":\"AAAB\",\"more\":true}"))
            .build();

    private ChangesRoutes() { }
}
