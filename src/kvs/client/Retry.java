package kvs.client;

import java.util.OptionalLong;
import kvs.model.AsciiParsers;

/** The rule for refusals after which another node, or the same one later, may serve a request. Pure. */
final class Retry {

    private static final int RATE_LIMITED = 429;
    private static final int UNAVAILABLE = 503;
    private static final int DISK_FULL = 507;
    private static final int DIGITS = 5;
    private static final long SECOND_MS = 1_000;

    private Retry() { }

    /**
     * Whether another node may get the request. One whose disk has just failed may have the write: a request
     * that does harm when it is done twice goes nowhere else.
     */
    static boolean elsewhere(ClientResponse response, ClientRequest.Repeat repeat) {
        boolean unknown = response.member("reason").equals("store_failed");
        return elsewhere(response) && !(unknown && repeat == ClientRequest.Repeat.HARMFUL);
    }

    private static boolean elsewhere(ClientResponse response) {
        return response.status() == RATE_LIMITED || response.status() == UNAVAILABLE
                || response.status() == DISK_FULL;
    }

    /** Whether the same node may serve it soon, without an operator. */
    static boolean isWorthwhile(ClientResponse response) {
        return switch (response.member("reason")) {
            case "read_only", "store_failed", "left", "clock_wrong", "disk_full" -> false;
            default -> elsewhere(response);
        };
    }

    /** The pause that the node asks for, ms; {@code otherwise} when it asks for none. */
    static long pauseMs(ClientResponse response, long otherwise) {
        OptionalLong seconds = AsciiParsers.number(response.header("retry-after").orElse(""), DIGITS);
        boolean given = seconds.isPresent() && response.status() == RATE_LIMITED;
        return given ? Math.max(SECOND_MS, seconds.getAsLong() * SECOND_MS) : otherwise;
    }
}
