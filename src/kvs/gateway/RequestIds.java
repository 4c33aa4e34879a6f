package kvs.gateway;

import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import kvs.http.RequestHeaders;
import kvs.world.Dice;

/** The ids of requests, by which a log and a problem name them: the client's, or one of ours. Thread-safe. */
final class RequestIds {

    private static final int ID_MAX = 64;
    /** Odd, and far from a round number: successive ids differ in most digits (Weyl sequence). */
    private static final long ID_STEP = 0x9e3779b97f4a7c15L;

    private final long first;
    private final AtomicLong requests = new AtomicLong();

    RequestIds(Dice dice) {
        this.first = dice.bits();
    }

    /** The request id of the client, or one of ours. */
    String of(RequestHeaders request) {
        return request.get("X-Request-Id").filter(RequestIds::fit).orElseGet(this::next);
    }

    /** Whether a client's request id may stand in a log. */
    private static boolean fit(String id) {
        boolean fit = !id.isEmpty() && id.length() <= ID_MAX;
        for (int i = 0; fit && i < id.length(); i++) {
            char c = id.charAt(i);
            fit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.'
                    || c == '_' || c == '-';
        }
        return fit;
    }

    /**
     * A request id that does not repeat before 2^64 requests; it is no secret, so it need not wait for the
     * system's randomness.
     */
    private String next() {
        return HexFormat.of().toHexDigits(nextBits());
    }

    /** The number whose digits in hex are the next of our ids. */
    long nextBits() {
        return first + ID_STEP * requests.getAndIncrement();
    }
}
