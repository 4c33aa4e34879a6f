package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.documents.DocumentLimits;
import kvs.model.Reason;

/** One document: {@code /kv/{path}}. */
public final class DocumentRoutes {

    /** The stored bytes alone. */
    public static final Parameter<Boolean> RAW = Parameter.flag("raw",
            "Only the document, byte for byte as it was stored");
    /** A wait for the next change. */
    public static final Parameter<Long> WATCH = Parameter.duration("watch", DocumentLimits.WAIT_MS_MAX,
            "With `If-None-Match`: waits for another version, then answers as always, else 304. A key that is"
                    + " not there is waited for");
    /** The history. */
    public static final Parameter<Boolean> REVISIONS = Parameter.flag("revisions",
            "The history, the newest version first");
    /** One version of the history. */
    public static final Parameter<String> REVISION = Parameter.text("revision", "id of a version",
            "That version of the history");
    /** A time in the past. */
    public static final Parameter<Long> AT = Parameter.number("at",
            "The version that was there at that time, Unix ms");
    /** Whether a history has documents. */
    public static final Parameter<Boolean> VALUES = Parameter.flag("values",
            "`false` leaves the documents out").standard("true");
    /** The cursor of a history. */
    public static final Parameter<String> AFTER_VERSION = SharedParameters.AFTER_ID;
    /** A body that is no envelope. */
    public static final Parameter<Boolean> PLAIN = Parameter.flag("plain",
            "The body is the document, whatever its shape; `ttl` implies it");
    /** A deletion of what is not there. */
    public static final Parameter<Boolean> FORCE = Parameter.flag("force",
            "Writes the deletion also when nothing is here: the key may not have arrived yet");
    /** The version to restore. */
    public static final Parameter<String> RESTORE = Parameter.text("restore", "id of a version",
            "The version to put back").required("POST restores an old version: ?restore=<uuid>, without a"
                    + " body. To store a document, PUT it");

    private static final String PATTERN = "/kv/{path}";
    private static final String MATCH = "If-Match";
    private static final String NONE_MATCH = "If-None-Match";
    private static final String UNMODIFIED = "If-Unmodified-Since";
    private static final String TAG = "ETag";
    private static final String STORED = "{\"uuid\":\"" + Example.VERSION + "\",\"timestamp\":" + Example.TIME
            + "}";

    private static final Schema REVISION_ITEM = new Schema.Component("Revision", new Schema.Choice(List.of(
            Schema.object().and(Schemas.STAMP).maybe("author", Schemas.UUID).with("origin", Schemas.UUID)
                    .with("deleted", Schema.bool()).with("conflict", Schema.bool())
                    .maybe("current", Schema.yes()).maybe("data", Schemas.DOCUMENT),
            Schema.object().maybe("uuid", Schemas.UUID).maybe("timestamp", Schemas.TIME)
                    .maybe("expires_at", Schemas.TIME).and(Schemas.UNREADABLE)
                    .with("conflict", Schema.bool()).maybe("current", Schema.yes()))));

    /** Reads a document, or its history. */
    public static final RouteDescription GET = describe("GET", PATTERN, RequiredAccess.READ,
            "Reads a document, or its history.").about("See [History](history.md).").rights("read on the key")
            .query(RAW, WATCH).form(REVISION, RAW).form(AT, RAW)
            .form(REVISIONS, VALUES, SharedParameters.LIMIT, AFTER_VERSION)
            .conditions(MATCH, NONE_MATCH, UNMODIFIED)
            .answer(ResponseDescription.json(200, "The document", Schemas.VERSION, TAG, "Last-Modified"))
            .answer(ResponseDescription.json(200, "With `raw`: only the document, without a line feed;"
                    + " compressed as it is stored, if the client accepts that",
                    Schemas.DOCUMENT, TAG, "Last-Modified"))
            .answer(ResponseDescription.json(200, "With `revisions`: a page of the history",
                    Schemas.page("revisions", REVISION_ITEM), "Link"))
            .answer(ResponseDescription.empty(304, "`If-None-Match` has the present tag", TAG))
            .refuses(Reason.NOT_FOUND, Reason.DAMAGED)
            .examples(Example.of("/kv/users/john", 200, "{\"uuid\":\"" + Example.VERSION
                    + "\",\"timestamp\":" + Example.TIME + ",\"data\":{\"age\":30}}"),
                    Example.of("/kv/users/john?raw", 200, "{\"age\":30}"),
                    Example.of("/kv/users/john?revisions&values=false", 200, "{\"revisions\":[{\"uuid\":\""
                            + Example.VERSION + "\",\"timestamp\":" + Example.TIME + ",\"author\":\""
                            + Example.AUTHOR + "\",\"origin\":\"" + Example.ORIGIN
                            + "\",\"deleted\":false,\"conflict\":false,\"current\":true}]}")).build();

    /** Stores a document. */
    public static final RouteDescription PUT = describe("PUT", PATTERN, RequiredAccess.WRITE,
            "Stores a document.")
            .about("The body is any JSON value, or the envelope `{\"data\":…,\"ttl\":\"1h\"}` of exactly"
                    + " these two members.")
            .rights("create where nothing is, otherwise write")
            .query(SharedParameters.TTL, PLAIN)
            .conditions(MATCH, NONE_MATCH, UNMODIFIED)
            .body(Schemas.DOCUMENT)
            .answer(ResponseDescription.json(201, "The key is new", Schemas.RECEIPT, TAG))
            .answer(ResponseDescription.json(200, "The document was replaced", Schemas.RECEIPT, TAG))
            .examples(Example.of("/kv/users/john", "{\"age\":30}", 201, STORED),
                    Example.of("/kv/users/jane?ttl=1h", "{\"age\":31}", 201, "{\"uuid\":\"" + Example.VERSION
                            + "\",\"timestamp\":" + Example.TIME + ",\"expires_at\":" + Example.TIME + "}"))
            .build();

    /** Deletes a document. */
    public static final RouteDescription DELETE = describe("DELETE", PATTERN, RequiredAccess.DELETE,
            "Deletes a document.")
            .rights("delete on the key")
            .query(FORCE)
            .conditions(MATCH, NONE_MATCH, UNMODIFIED)
            .answer(ResponseDescription.empty(204, "The document is deleted"))
            .examples(Example.of("/kv/users/jane", 204, ""))
            .build();

    /** Puts an old version back. */
    public static final RouteDescription RESTORE_VERSION = describe("POST", PATTERN, RequiredAccess.WRITE,
            "Puts an old version back, as a new write.")
            .rights("as for PUT, and read on the key")
            .query(RESTORE, SharedParameters.TTL)
            .conditions(MATCH, NONE_MATCH, UNMODIFIED)
            .answer(ResponseDescription.json(201, "The key was not there", Schemas.RECEIPT, TAG))
            .answer(ResponseDescription.json(200, "The document was replaced", Schemas.RECEIPT, TAG))
            .refuses(Reason.BAD_JSON, Reason.TOO_LARGE, Reason.UNSUPPORTED_TYPE, Reason.LENGTH_REQUIRED)
            .examples(Example.of("/kv/users/john?restore=" + Example.VERSION, 200, STORED))
            .build();

    /** Refuses a document where a listing is. */
    public static final RouteDescription PUT_BELOW = describe("PUT", "/kv/{path}/", RequiredAccess.WRITE,
            "Refused: nothing is stored under a path with a slash at its end.")
            .query(SharedParameters.TTL, PLAIN)
            .body(Schemas.DOCUMENT)
            .examples(Example.of("/kv/users/", "{}", 400,
                    "{\"type\":\"/problems/bad_key\",\"title\":\"Bad key\","
                    + "\"status\":400,\"detail\":\"a path that ends with a slash is a listing, not a key:"
                            + " remove"
                    + " the slash\",\"reason\":\"bad_key\",\"request_id\":\"4f9c81e2a06b7d35\","
                    + "\"node\":\"node1\"}"))
            .build();

    private DocumentRoutes() { }
}
