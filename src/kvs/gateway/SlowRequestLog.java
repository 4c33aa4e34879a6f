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
 * Tells of slow requests in the log: by their route, never by their path, so that no key gets there. At most {@value #LINES_MAX} lines a second,
 * so that a node that is slow is not made slower; the next line says how many were left out. Thread-safe.
 */
public final class SlowRequestLog {

    static final int LINES_MAX = 5;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long slowNanos;
    private final Clock clock;
    private final Logger log;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}: when the present second began, how many lines it has, and how many were left out since the last line. */
    private long second;
    private int lines;
    private long suppressed;

    /** Tells of what takes {@code slowMs} and longer; 0: of nothing. */
    public SlowRequestLog(long slowMs, Clock clock, Logger log) {
        this.slowNanos = slowMs == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(slowMs);
        this.clock = clock;
        this.log = log;
        this.second = clock.nanos();
    }

    /** Hears that a request was answered, after so long. */
    void answered(RequestTimer stay, int status, long nanos) {
        if (nanos < slowNanos) {
            return;
        }
        Optional<Long> left = line();
        if (left.isEmpty()) {
            return;
        }
        List<Object> fields = new ArrayList<>(List.of("method", stay.method(), "route", stay.route(), "status", status, "ms",
                TimeUnit.NANOSECONDS.toMillis(nanos), "request_id", stay.id()));
        if (left.get() > 0) {
            fields.addAll(List.of("suppressed", left.get()));
        }
        log.warn("slow request", fields.toArray());
    }

    /** Takes a line, if there is one left: how many were left out before it. */
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
