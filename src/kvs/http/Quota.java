package kvs.http;

import java.util.Map;
import java.util.Optional;
import kvs.auth.Caller;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.ops.LimitedClients;
import kvs.ops.RateLimit;

/**
 * Counts requests, a user's together or an address's, and tells in {@code RateLimit} and {@code RateLimit-Policy}
 * (draft-ietf-httpapi-ratelimit-headers-10) what is left. Not counted: administrators, {@code /health}, {@code /metrics} and, while nobody has
 * set a limit, programs on this machine. Thread-safe.
 */
public final class Quota implements Limiter {

    private final Optional<RateLimit> limit;
    private final boolean localFree;
    private final LimitedClients clients;
    private final String policy;

    /** A quota; empty: nothing is counted. {@code localFree}: nor is what comes from this machine. Those who met it are {@code clients}. */
    public Quota(Optional<RateLimit> limit, boolean localFree, LimitedClients clients) {
        this.clients = clients;
        this.limit = limit;
        this.localFree = localFree;
        this.policy = limit.map(bucket -> "\"default\";q=" + bucket.quota() + ";w=" + bucket.windowSeconds()).orElse("");
    }

    @Override
    public void count(Request request, Map<String, String> headers) {
        if (limit.isEmpty() || free(request)) {
            return;
        }
        RateLimit bucket = limit.get();
        RateLimit.Verdict verdict = bucket.count(request.visitor().name());
        headers.put("RateLimit-Policy", policy);
        headers.put("RateLimit", "\"default\";r=" + verdict.remaining() + ";t=" + seconds(verdict.resetMs()));
        if (!verdict.allowed()) {
            clients.refused(request.visitor().name(), bucket);
            throw new Refusal(Reason.RATE_LIMITED, "more than " + bucket.quota() + " requests in " + bucket.windowSeconds()
                    + " s; rate_limit_requests and rate_limit_window set this").with("retry_after", seconds(verdict.retryMs()));
        }
    }

    private boolean free(Request request) {
        String path = request.path();
        return path.equals("/health") || path.startsWith("/health/") || path.equals("/metrics") || request.caller().kind() == Caller.Kind.PEER
                || request.caller().proven() && request.caller().admin() || localFree && request.local();
    }

    /** Whole seconds, rounded up. */
    static long seconds(long ms) {
        return (ms + 999) / 1_000;
    }
}
