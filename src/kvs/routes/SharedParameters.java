package kvs.routes;

import java.util.ArrayList;
import java.util.List;
import kvs.documents.DocumentLimits;

/** The query parameters that many routes have. */
public final class SharedParameters {

    private static final long WAIT_MS_MAX = 60_000;

    /** The number of nodes that must have a write. */
    public static final Parameter<Long> COPIES = Parameter.integer("copies", 1, Integer.MAX_VALUE,
            "The answer waits until so many nodes, this one included, have the write on disk").standard("1");
    /** The wait for copies. */
    public static final Parameter<Long> COPIES_WAIT = Parameter.duration("wait", WAIT_MS_MAX,
            "After this wait for `copies` the answer is 202; the write stands").standard("5s");
    /** The wait for a position. */
    public static final Parameter<Long> POSITION_WAIT = Parameter.duration("position_wait", WAIT_MS_MAX,
            "The longest wait for the `KVS-Position` of the request").standard("2s");
    /** Indentation of the answer. */
    public static final Parameter<Boolean> PRETTY = Parameter.flag("pretty",
            "Indents the JSON of the answer");
    /** The length of a page. */
    public static final Parameter<Long> LIMIT = Parameter.integer("limit", 1, DocumentLimits.PAGE_MAX,
            "The largest number of items of the page")
                    .standard(Integer.toString(DocumentLimits.PAGE_DEFAULT));
    /** The cursor of a listing of keys. */
    public static final Parameter<String> AFTER = Parameter.key("after", "The `next` of the page before");
    /** The cursor of a listing whose items have ids. */
    public static final Parameter<String> AFTER_ID = Parameter.text("after", "`next` of a page",
            "The `next` of the page before");
    /** The beginning of keys. */
    public static final Parameter<String> PREFIX = Parameter.key("prefix",
            "Only keys below this path, which ends with a slash");
    /** The expiry of a document. */
    public static final Parameter<String> TTL = Parameter.text("ttl", "duration, or `keep`",
            "The time until the document expires; `0`: never; `keep`: the expiry of the version before."
                    + " Without it `default_ttl` holds");

    private SharedParameters() { }

    /** Those that a route has by its kind. */
    static List<Parameter<?>> of(RouteDescription route) {
        List<Parameter<?>> shared = new ArrayList<>();
        if (route.writes()) {
            shared.add(COPIES);
            shared.add(COPIES_WAIT);
        }
        if (route.replicated()) {
            shared.add(POSITION_WAIT);
        }
        if (indents(route)) {
            shared.add(PRETTY);
        }
        return List.copyOf(shared);
    }

    /** Whether it has answers in JSON, or without a body: its refusals are JSON then. */
    private static boolean indents(RouteDescription route) {
        boolean indents = false;
        for (ResponseDescription answer : route.answers()) {
            indents |= answer.isJson() || answer.type().isEmpty();
        }
        return indents;
    }
}
