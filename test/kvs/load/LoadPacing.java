package kvs.load;

import java.util.concurrent.TimeUnit;

/**
 * The times at which requests are due: as soon as a connection is free until some time, or at fixed times
 * whatever the responses do.
 */
final class LoadPacing {

    static final long NOT_NOW = Long.MIN_VALUE;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long startNanos;
    private final long endNanos;
    private final long total;
    private final int perSecond;
    private long sent;

    private LoadPacing(long startNanos, long endNanos, long total, int perSecond) {
        this.startNanos = startNanos;
        this.endNanos = endNanos;
        this.total = total;
        this.perSecond = perSecond;
    }

    /** A closed loop: always due, for a time. */
    static LoadPacing always(long now, long ms) {
        return new LoadPacing(now, now + TimeUnit.MILLISECONDS.toNanos(ms), Long.MAX_VALUE, 0);
    }

    /**
     * An open loop of so many requests a second. A late request stays due, until {@code graceMs} after the
     * end.
     */
    static LoadPacing even(long now, int perSecond, long ms, long graceMs) {
        return new LoadPacing(now, now + TimeUnit.MILLISECONDS.toNanos(ms + graceMs),
                perSecond * ms / 1_000, perSecond);
    }

    /**
     * The time for which the request that is due now was meant, which counts as sent by this call; or
     * {@link #NOT_NOW}.
     */
    long due(long now) {
        if (over(now) || toNext(now) > 0) {
            return NOT_NOW;
        }
        long meant = perSecond == 0 ? now : time(sent);
        sent++;
        return meant;
    }

    /** Nanoseconds until the next request is due, 0 or less when it is. */
    long toNext(long now) {
        return perSecond == 0 ? 0 : time(sent) - now;
    }

    private long time(long index) {
        return startNanos + index / perSecond * NANOS + index % perSecond * NANOS / perSecond;
    }

    /** Whether no request will be due any more. */
    boolean over(long now) {
        return sent == total || now - endNanos >= 0;
    }

    /** Requests of an open loop that were never sent. */
    long unsent() {
        return perSecond == 0 ? 0 : total - sent;
    }
}
