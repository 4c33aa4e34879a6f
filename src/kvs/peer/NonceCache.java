package kvs.peer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kvs.world.Clock;

/**
 * The nonces of the last two minutes: a request is accepted once. Older requests are refused for their time,
 * so their nonces need not be kept. At most {@value #KEPT_MAX} are kept; then new requests are refused rather
 * than old ones accepted again. Not thread-safe.
 */
final class NonceCache {

    static final int KEPT_MAX = 100_000;
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Clock clock;
    /** The arrival time of each nonce, oldest first. */
    private final Map<String, Long> seen = new LinkedHashMap<>();

    /** The outcome for a nonce. */
    enum Verdict { FRESH, SEEN, FULL }

    NonceCache(Clock clock) {
        this.clock = clock;
    }

    /** Checks and records a nonce. */
    Verdict take(String nonce) {
        long now = clock.nanos();
        var oldest = seen.entrySet().iterator();
        while (oldest.hasNext() && now - oldest.next().getValue() > KEPT_NANOS) {
            oldest.remove();
        }
        if (seen.containsKey(nonce)) {
            return Verdict.SEEN;
        }
        if (seen.size() >= KEPT_MAX) {
            return Verdict.FULL;
        }
        seen.put(nonce, now);
        return Verdict.FRESH;
    }
}
