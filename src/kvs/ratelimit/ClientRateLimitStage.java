package kvs.ratelimit;

import java.util.Map;
import java.util.Optional;
import kvs.auth.Principal;
import kvs.http.Request;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.server.ResponseBuffer;

/**
 * Counts requests, per user or per address, and reports the remaining quota in {@code RateLimiter} and
 * {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers-10). Not counted: administrators,
 * {@code /health}, {@code /metrics}, the files of the console and, while no limit is configured, programs on
 * this machine. Thread-safe.
 */
public final class ClientRateLimitStage implements RateLimitStage {

    private static final String REMAINING = "\"default\";r=";
    private static final String RESET = ";t=";

    private final Optional<RateLimiter> limit;
    private final boolean localFree;
    private final RateLimitReport clients;
    private final String policy;

    /**
     * A limiter by {@code limit}; empty: nothing is counted. {@code localFree}: nor are requests of this
     * machine. {@code clients} records those over the limit.
     */
    public ClientRateLimitStage(Optional<RateLimiter> limit, boolean localFree, RateLimitReport clients) {
        this.clients = clients;
        this.limit = limit;
        this.localFree = localFree;
        this.policy = limit.map(bucket -> "\"default\";q=" + bucket.quota() + ";w=" + bucket.windowSeconds())
                .orElse("");
    }

    @Override
    public void count(Request request, Map<String, String> headers) {
        if (limit.isEmpty() || free(request)) {
            return;
        }
        RateLimiter bucket = limit.get();
        RateLimiter.Verdict verdict = bucket.count(request.requester().name());
        headers.put("RateLimit-Policy", policy);
        headers.put("RateLimit", REMAINING + verdict.remaining() + RESET + seconds(verdict.resetMs()));
        if (!verdict.allowed()) {
            clients.refused(request.requester().name(), bucket);
            throw new Refusal(Reason.RATE_LIMITED, "more than " + bucket.quota() + " requests in "
                    + bucket.windowSeconds() + " s; rate_limit_requests and rate_limit_window set the limit")
                    .with("retry_after", seconds(verdict.retryMs()));
        }
    }

    @Override
    public Optional<RequestQuota> quota(Request request) {
        if (limit.isEmpty() || free(request)) {
            return Optional.empty();
        }
        String client = request.requester().name();
        byte[] policyField = ResponseBuffer.fields("RateLimit-Policy", policy);
        return Optional.of(response -> {
            RateLimiter.Verdict verdict = limit.get().countAllowed(client);
            response.add(policyField);
            response.add("RateLimit: ");
            response.add(REMAINING);
            response.addDecimal(verdict.remaining());
            response.add(RESET);
            response.addDecimal(seconds(verdict.resetMs()));
            response.endLine();
            return verdict.allowed();
        });
    }

    private boolean free(Request request) {
        String path = request.path();
        return path.equals("/health") || path.startsWith("/health/") || path.equals("/metrics")
                || path.startsWith("/console/")
                || request.principal().kind() == Principal.Kind.PEER || request.principal().proven()
                        && request.principal().admin() || localFree && request.local();
    }

    /** Whole seconds, rounded up. */
    public static long seconds(long ms) {
        return (ms + 999) / 1_000;
    }
}
