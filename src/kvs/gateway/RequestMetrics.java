package kvs.gateway;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import kvs.http.RequestTimer;
import kvs.http.Route;
import kvs.metrics.Metrics;
import kvs.model.Reason;
import kvs.world.Clock;
import kvs.world.Logger;

/**
 * The metrics of requests: the time of each until its response was known, by route, method and status, and
 * the reasons of refusals. The response is not sent then, so slow readers do not count here, nor do requested
 * waits ({@link RequestTimer}). Thread-safe, and quick: the writer waits for it.
 */
public final class RequestMetrics {

    /**
     * Bounds of the histogram: a read takes some 0.1 ms, a durable write 1 ms and more, a page of a listing
     * 10 ms.
     */
    private static final double[] SECONDS = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
        0.5, 1, 2.5, 10};

    private final Clock clock;
    private final SlowRequestLog slow;
    private final Metrics.Histogram durations;
    private final Metrics.Counter refusals;

    /** Counts in {@code metrics}, and reports all requests to {@code slow}. */
    public RequestMetrics(Metrics metrics, Clock clock, SlowRequestLog slow) {
        this.clock = clock;
        this.slow = slow;
        this.durations = metrics.histogram("kvs_http_request_duration_seconds",
                "Time from a request to its response, without requested waits and without sending.",
                List.of("route", "method", "status"), SECONDS);
        this.refusals = metrics.counter("kvs_http_refusals_total",
                "Refused requests, by the reason in the response.", List.of("reason"));
        for (Reason reason : Reason.values()) {
            refusals.add(0, reason.text());
        }
    }

    /** Metrics that are never exported. */
    static RequestMetrics unseen() {
        return new RequestMetrics(new Metrics(), Clock.REAL,
                new SlowRequestLog(0, Clock.REAL, Logger.none()));
    }

    /** The number of requests whose response was known so far. */
    public long count() {
        return durations.count();
    }

    /** The clock of requests, in nanoseconds. */
    long nanos() {
        return clock.nanos();
    }

    /** The timer of a request that has just arrived. */
    RequestTimer requestStarted(String method, String id) {
        return new RequestTimer(method, id, clock);
    }

    /** Counts a refused request. */
    void refused(Reason reason) {
        refusals.add(1, reason.text());
    }

    /** The durations of the requests of a route with that method and status, looked up once. */
    Metrics.Observer durations(Route route, String method, int status) {
        return durations.observer(route.pattern(), method, Integer.toString(status));
    }

    /**
     * Counts a request whose response is known after {@code nanos}; a slow one needs its {@code timer} and
     * its status for the log.
     */
    void answered(Metrics.Observer kind, int status, long nanos, Supplier<RequestTimer> timer) {
        kind.observe(seconds(nanos));
        if (slow.isSlow(nanos)) {
            slow.answered(timer.get(), status, nanos);
        }
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** Counts a request whose response is known. */
    void answered(RequestTimer timer, int status) {
        long nanos = timer.nanos();
        String method = RequestValidation.METHODS.contains(timer.method()) ? timer.method()
                : RequestTimer.UNKNOWN;
        durations.observe(seconds(nanos), timer.route(), method,
                Integer.toString(status));
        slow.answered(timer, status, nanos);
    }
}
