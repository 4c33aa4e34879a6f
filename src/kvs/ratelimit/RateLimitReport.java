package kvs.ratelimit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.HealthProblem;
import kvs.world.Clock;
import kvs.world.Logger;

/**
 * The clients over the rate limit: a line of the log for the first refusal of each, and a problem while any
 * is refused. Bounded: of more than {@value #CLIENTS_MAX} clients in an hour the others have no line.
 * Thread-safe: everything is guarded by {@code lock}.
 */
public final class RateLimitReport {

    static final int CLIENTS_MAX = 1_000;
    /** Time after which a quiet client counts as a new one. */
    private static final long FORGOTTEN_NANOS = TimeUnit.HOURS.toNanos(1);
    /** Time for which a refusal remains a problem. */
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Clock clock;
    private final Logger log;
    private final ReentrantLock lock = new ReentrantLock();
    /** The time of the last refusal of each client, by name, the oldest first. */
    private final Map<String, Long> refused = new LinkedHashMap<>(16, 0.75f, true);
    private boolean any;
    private long lastNanos;
    private String bound = "";

    /** No clients yet. */
    public RateLimitReport(Clock clock, Logger log) {
        this.clock = clock;
        this.log = log;
    }

    /** Records that a request of {@code client} was over {@code limit}. */
    public void refused(String client, RateLimiter limit) {
        lock.lock();
        try {
            long now = clock.nanos();
            any = true;
            lastNanos = now;
            bound = limit.quota() + " requests in " + limit.windowSeconds() + " s";
            refused.values().removeIf(last -> refused.size() >= CLIENTS_MAX && now - last >= FORGOTTEN_NANOS);
            boolean known = refused.containsKey(client) && now - refused.get(client) < FORGOTTEN_NANOS;
            if (!refused.containsKey(client) && refused.size() >= CLIENTS_MAX) {
                return;
            }
            refused.put(client, now);
            if (!known) {
                log.warn("a client exceeded the rate limit, its requests get"
                        + " 429", "client", client, "limit", bound,
                        "settings", "rate_limit_requests, rate_limit_window, rate_limiting_enabled");
            }
        } finally {
            lock.unlock();
        }
    }

    /** The problems for the operator; only the log names clients. */
    public List<HealthProblem> problems() {
        lock.lock();
        try {
            long now = clock.nanos();
            if (!any || now - lastNanos >= RECENT_NANOS) {
                return List.of();
            }
            long count = Math.max(1,
                    refused.values().stream().filter(last -> now - last < RECENT_NANOS).count());
            return List.of(new HealthProblem(HealthProblem.Kind.RATE_LIMITED, "requests of " + count
                    + (count == 1 ? " client are" : " clients are") + " refused with 429: more than " + bound
                    + "; rate_limit_requests and rate_limit_window set the limit, the log names the"
                    + " clients"));
        } finally {
            lock.unlock();
        }
    }
}
