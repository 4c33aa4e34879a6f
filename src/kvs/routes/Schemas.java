package kvs.routes;

import java.util.List;

/** The shapes that many answers have. */
final class Schemas {

    /** A duration. */
    static final Schema DURATION = new Schema.Component("Duration", new Schema.Text("",
            "^(0|([0-9]{1,13}(ms|s|m|h|d))+)$",
                    "a duration such as 500ms, 90s, 15m, 12h, 7d or 1h30m; 0: none"));
    /** An id. */
    static final Schema.Text UUID = new Schema.Text("uuid", "", "");
    /** Unix milliseconds. */
    static final Schema TIME = new Schema.Component("Time", Schema.count("Unix milliseconds"));
    /** A path of a document. */
    static final Schema PATH = Schema.text("a key, without /kv/");
    /** A cursor. */
    static final Schema NEXT = Schema.text("the value of after for the next page");
    /** A digest, 32 bytes in hexadecimal digits. */
    static final Schema DIGEST = new Schema.Text("", "^[0-9a-f]{64}$", "");
    /** Bytes that are not JSON. */
    static final Schema BYTES = Schema.any("bytes, as they are");
    /** A stored document. */
    static final Schema DOCUMENT = new Schema.Component("Document",
            Schema.any("any JSON value, as it was stored"));

    /** The members that identify a version. */
    static final Schema.Members STAMP = Schema.object().with("uuid", UUID).with("timestamp", TIME)
            .maybe("expires_at", TIME);
    /** The result of a write. */
    static final Schema RECEIPT = new Schema.Component("Receipt", STAMP.maybe("enveloped", Schema.yes()));
    /** A document with its version. */
    static final Schema VERSION = new Schema.Component("Version", STAMP.with("data", DOCUMENT));
    /** The members in the place of a version that cannot be read. */
    static final Schema.Members UNREADABLE = Schema.object().with("status", Schema.integer(400, 599))
            .with("reason", Schema.text()).with("detail", Schema.text()).maybe("etag", Schema.text());
    /** An item of a page. */
    static final Schema ITEM = new Schema.Component("Item", new Schema.Choice(List.of(
            Schema.object().with("path", PATH).and(STAMP).maybe("author", UUID).with("data", DOCUMENT),
            Schema.object().with("path", PATH).and(UNREADABLE))));

    /** The result of an operation of a batch. */
    static final Schema RESULT = new Schema.Component("Result", new Schema.Choice(List.of(
            Schema.object().with("status", Schema.integer(200, 299)).maybe("uuid", UUID)
                    .maybe("timestamp", TIME).maybe("expires_at", TIME)
                    .maybe("data", DOCUMENT),
            UNREADABLE,
            Schema.object().with("status", Schema.integer(424, 424))
                    .with("reason", Schema.words("undone")))));

    /** A refusal (RFC 9457). */
    static final Schema.Component PROBLEM = new Schema.Component("Problem", Schema.object()
            .with("type", new Schema.Text("uri-reference", "", "the page that explains the reason"))
            .with("title", Schema.text()).with("status", Schema.integer(400, 599))
            .with("detail", Schema.text("for people: what is wrong and what helps"))
            .with("reason", Schema.text("for programs")).with("request_id", Schema.text())
            .with("node", Schema.text("the id of the node that answered"))
            .maybe("path", PATH).maybe("etag", Schema.text("the present tag, for those who may read it"))
            .maybe("allow", Schema.text("the methods of the path"))
            .maybe("retry_after", Schema.count("seconds"))
            .maybe("setting", Schema.text("the setting that is the limit"))
            .maybe("limit", Schema.count("waiting requests that are allowed"))
            .maybe("waiting", Schema.count("waiting requests of the client"))
            .maybe("member", Schema.text("the member of the body that is wrong"))
            .maybe("line", Schema.count("line of the body, from 1"))
            .maybe("column", Schema.count("column of the body, from 1"))
            .maybe("index", Schema.count("the operation of the batch, from 0"))
            .maybe("max_bytes", Schema.count("the largest body"))
                    .maybe("max_json_size", Schema.count("bytes"))
            .maybe("failed", Schema.list(Schema.count("index of an operation")))
            .maybe("results", Schema.list(RESULT))
            .maybe("unknown", Schema.list(PATH)).maybe("members",
                    Schema.list(Schema.text("the id of a node"))));

    private Schemas() { }

    /** A page: a list, and the cursor of the next page. */
    static Schema.Members page(String name, Schema item) {
        return Schema.object().with(name, Schema.list(item)).maybe("next", NEXT);
    }
}
