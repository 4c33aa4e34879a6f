package kvs.documents;

/**
 * The limits of requests that wait for something: watches, long polls, waits for a position, event streams. A
 * pure rule: the caller's own limit decides first, because only the caller can do something about it.
 *
 * @param caller maximum of one caller, {@code max_waits_per_client}, whose default is enough for a browser
 *     with many tabs, not for a flood
 * @param node maximum of all callers
 * @param streams maximum of event streams of all callers
 */
public record WaitLimits(int caller, int node, int streams) {

    /** The share of the connections that may wait: other clients find the rest of them. */
    private static final double NODE_SHARE = 0.75;

    /** Verdict on one more. */
    public enum Verdict {
        /** It may wait. */
        ADMITTED,
        /** Its caller has too many. */
        CALLER_FULL,
        /** All callers together have too many. */
        NODE_FULL,
        /** All callers together have too many streams. */
        STREAMS_FULL
    }

    /**
     * The requests that wait now.
     *
     * @param caller of the caller in question
     * @param node of all callers
     * @param streams of all callers, only event streams
     */
    public record WaitCounts(int caller, int node, int streams) { }

    /** The limits of a node with at most {@code connections}, on which each stream is one of them. */
    public static WaitLimits of(int caller, int connections) {
        return of(caller, connections, Integer.MAX_VALUE);
    }

    /** The limits of a node with at most {@code connections} and {@code streams}. */
    public static WaitLimits of(int caller, int connections, int streams) {
        int node = (int) Math.max(1, connections * NODE_SHARE);
        return new WaitLimits(caller, node, Math.min(node, streams));
    }

    /** Decides whether one more may wait beside {@code present}; {@code stream}: an event stream. */
    public Verdict verdict(WaitCounts present, boolean stream) {
        if (present.caller >= caller) {
            return Verdict.CALLER_FULL;
        }
        if (present.node >= node) {
            return Verdict.NODE_FULL;
        }
        return stream && present.streams >= streams ? Verdict.STREAMS_FULL : Verdict.ADMITTED;
    }
}
