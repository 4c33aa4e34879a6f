package kvs.http;

import java.util.List;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * The conditional header fields (RFC 9110, sections 13 and 14) that each route evaluates. A condition that is
 * not evaluated is refused, because its sender believes that it protects them. Only conditions that merely
 * save a reader work are ignored on reads: the complete response is right too. {@code If-Modified-Since} is
 * never evaluated: a replica may receive an older write later, so a date proves nothing where a tag does.
 */
public final class PreconditionPolicy {

    private static final String MATCH = "If-Match";
    private static final String NONE_MATCH = "If-None-Match";
    private static final String UNMODIFIED = "If-Unmodified-Since";
    private static final List<String> ALL = List.of(MATCH, NONE_MATCH, UNMODIFIED, "If-Modified-Since",
            "If-Range", "Range");
    /** The fields that a read may ignore. */
    private static final List<String> SPARING = List.of(NONE_MATCH, "If-Modified-Since", "If-Range", "Range");

    private PreconditionPolicy() { }

    /** Refuses a condition that {@code route} does not evaluate: {@code BAD_REQUEST}. */
    public static void check(Route route, Request request) {
        if (!request.headers().any(PreconditionPolicy::conditional) || request.method().equals("OPTIONS")) {
            return;
        }
        check(route.description().conditions(), request);
    }

    /** Refuses every condition, on a route that evaluates some in other requests. */
    public static void checkNone(Request request) {
        check(List.of(), request);
    }

    private static void check(List<String> judged, Request request) {
        for (String name : ALL) {
            if (request.headers().has(name) && !judged.contains(name)
                    && !(request.reads() && SPARING.contains(name))) {
                throw new Refusal(Reason.BAD_REQUEST, name + " is not accepted here" + (judged.isEmpty() ? ""
                        : "; accepted: " + String.join(", ", judged)));
            }
        }
    }

    /** A cheap first test, which most requests pass. */
    private static boolean conditional(String lower) {
        return lower.startsWith("if-") || lower.equals("range");
    }
}
