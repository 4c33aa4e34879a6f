package kvs.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import kvs.http.RequestTimer;
import kvs.world.Clock;
import kvs.world.Logger;

/**
 * Logs slow requests: by their route, never by their path, so that no key enters the log. At most
 * {@value #LINES_MAX} lines a second, so that a slow node is not made slower; the next line counts the
 * omitted ones. Thread-safe.
 */
public final class SlowRequestLog {

    static final int LINES_MAX = 5;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long slowNanos;
    private final Clock clock;
    private final Logger log;
    private final ReentrantLock lock = new ReentrantLock();
    /**
     * Guarded by {@code lock}: start of the present second, its number of lines, and the number omitted since
     * the last line.
     */
    private long second;
    private int lines;
    private long suppressed;

    /** Logs requests of {@code slowMs} and longer; 0: none. */
    public SlowRequestLog(long slowMs, Clock clock, Logger log) {
        this.slowNanos = slowMs == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(slowMs);
        this.clock = clock;
        this.log = log;
        this.second = clock.nanos();
    }

    /** Whether a request that took {@code nanos} is logged, if a line is left. */
    boolean isSlow(long nanos) {
        return nanos >= slowNanos;
    }

    /** Logs a request with its response after {@code nanos}, if that is slow. */
    void answered(RequestTimer timer, int status, long nanos) {
        if (!isSlow(nanos)) {
            return;
        }
        Optional<Long> left = line();
        if (left.isEmpty()) {
            return;
        }
        List<Object> fields = new ArrayList<>(List.of("method", timer.method(), "route", timer.route(),
                "status", status, "ms", TimeUnit.NANOSECONDS.toMillis(nanos), "request_id", timer.id()));
        if (left.get() > 0) {
            fields.addAll(List.of("suppressed", left.get()));
        }
        log.warn("slow request", fields.toArray());
    }

    /** Takes a line, if there is one left: the number of lines omitted before it. */
    private Optional<Long> line() {
        lock.lock();
        try {
            long now = clock.nanos();
            if (now - second >= SECOND) {
                second = now;
                lines = 0;
            }
            if (lines == LINES_MAX) {
                suppressed++;
                return Optional.empty();
            }
            lines++;
            long before = suppressed;
            suppressed = 0;
            return Optional.of(before);
        } finally {
            lock.unlock();
        }
    }
}
