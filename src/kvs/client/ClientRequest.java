package kvs.client;

import java.util.Map;
import java.util.TreeMap;

/**
 * A request to a cluster. Immutable as long as nobody changes the body.
 *
 * @param method its method
 * @param target its path and query, percent-encoded
 * @param headers its headers beside those of the client
 * @param body its body; empty for none
 * @param repeat whether it may be done twice
 * @param waitMs the time that the node itself may wait before it responds, ms
 */
public record ClientRequest(String method, String target, Map<String, String> headers, byte[] body,
        Repeat repeat, long waitMs) {

    private static final byte[] NONE = {};

    /** The harm of doing a request twice: when a node goes silent, nobody knows if it was done. */
    public enum Repeat {

        /** Doing it again changes nothing: a read, or a write of the same document. */
        HARMLESS,
        /** Doing it again may change something: it is sent once. */
        HARMFUL
    }

    /** A read. */
    public static ClientRequest get(String target) {
        return new ClientRequest("GET", target, Map.of(), NONE, Repeat.HARMLESS, 0);
    }

    /** A request with a body of JSON. */
    public static ClientRequest json(String method, String target, byte[] body, Repeat repeat) {
        return new ClientRequest(method, target, body.length == 0 ? Map.of()
                : Map.of("Content-Type", "application/json"), body, repeat, 0);
    }

    /** The same request with one more header. */
    public ClientRequest with(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new ClientRequest(method, target, more, body, repeat, waitMs);
    }

    /** The same request, for whose response a node may wait so long. */
    public ClientRequest waiting(long ms) {
        return new ClientRequest(method, target, headers, body, repeat, ms);
    }
}
