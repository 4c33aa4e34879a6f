package kvs.ratelimit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import kvs.world.Clock;

/**
 * A limit on the requests of each client: a quota at once, and as many again spread over each window (generic
 * cell rate algorithm, ITU-T I.371: a bucket whose complete state is one time). Thread-safe; about 50 ns a
 * request.
 *
 * <p>Memory is bounded: a client that has been quiet for a window is forgotten, and when more than
 * {@value #CLIENTS_MAX} are busy at once the others share one bucket.
 */
public final class RateLimiter {

    /** Clients with a bucket of their own: 10 MB. */
    public static final int CLIENTS_MAX = 65_536;
    /** Minimum interval between searches for quiet clients, when there are too many. */
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private final long windowNanos;
    private final int quota;
    private final long origin;
    /** The time at which each client's bucket will be empty again, in nanoseconds after {@code origin}. */
    private final Map<String, AtomicLong> clients = new ConcurrentHashMap<>();
    private final AtomicLong others = new AtomicLong();
    private final AtomicLong sweptAt;
    private final LongAdder refusals = new LongAdder();

    /**
     * The verdict on a request.
     *
     * @param allowed whether it may be served
     * @param remaining requests that may follow at once
     * @param resetMs time until the full quota is available
     * @param retryMs time until the next request is allowed; 0 when at once
     */
    public record Verdict(boolean allowed, int remaining, long resetMs, long retryMs) { }

    /** A limit of {@code quota} requests in {@code windowMs}. */
    public RateLimiter(Clock clock, int quota, long windowMs) {
        this.clock = clock;
        this.quota = quota;
        this.windowNanos = TimeUnit.MILLISECONDS.toNanos(windowMs);
        this.origin = clock.nanos();
        this.sweptAt = new AtomicLong(-SWEEP_NANOS);
    }

    /** Counts a request of {@code client}; a refused one as a refusal. */
    public Verdict count(String client) {
        Verdict verdict = countAllowed(client);
        if (!verdict.allowed) {
            refusals.increment();
        }
        return verdict;
    }

    /** Counts a request of {@code client} if it is allowed. */
    Verdict countAllowed(String client) {
        long now = clock.nanos() - origin;
        AtomicLong bucket = bucket(client, now);
        long full;
        Verdict verdict;
        do {
            full = bucket.get();
            verdict = judge(full, now, windowNanos, quota);
        } while (verdict.allowed && !bucket.compareAndSet(full, Math.max(full, now) + windowNanos / quota));
        return verdict;
    }

    /** Requests that were over the limit. */
    public long refusals() {
        return refusals.sum();
    }

    /** The number of requests in a window. */
    public int quota() {
        return quota;
    }

    /** The window in seconds, 1 at least. */
    public long windowSeconds() {
        return Math.max(1, TimeUnit.NANOSECONDS.toSeconds(windowNanos));
    }

    /**
     * The rule: each request fills the bucket by a part of the window, and time empties it. A pure function.
     *
     * @param full time at which the bucket will be empty, ns
     * @param now ns
     */
    static Verdict judge(long full, long now, long windowNanos, int quota) {
        long part = windowNanos / quota;
        long filled = Math.max(0, full - now);
        long after = filled + part;
        boolean allowed = after <= windowNanos;
        long left = windowNanos - (allowed ? after : filled);
        long retry = allowed ? 0 : after - windowNanos;
        return new Verdict(allowed, (int) Math.max(0, left / part), ms(allowed ? after : filled), ms(retry));
    }

    /** The number of clients with a bucket of their own now. */
    public int clients() {
        return clients.size();
    }

    private AtomicLong bucket(String client, long now) {
        AtomicLong known = clients.get(client);
        if (known != null) {
            return known;
        }
        if (clients.size() >= CLIENTS_MAX && !swept(now)) {
            return others;
        }
        return clients.computeIfAbsent(client, name -> new AtomicLong());
    }

    /**
     * Forgets clients whose buckets are empty, which changes nothing for them; whether there is space then.
     */
    private boolean swept(long now) {
        long last = sweptAt.get();
        if (now - last >= SWEEP_NANOS && sweptAt.compareAndSet(last, now)) {
            clients.values().removeIf(full -> full.get() <= now);
        }
        return clients.size() < CLIENTS_MAX;
    }

    private static long ms(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
    }
}
