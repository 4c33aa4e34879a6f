package kvs.ops;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import kvs.model.Version;
import kvs.world.Clock;

/**
 * Logins that failed, merged: one event for each address and minute, the minute beginning with its first failure. At most {@value
 * #ADDRESSES_MAX} addresses are told apart at a time, so that somebody with many of them fills neither the memory nor the disk. Adding is
 * thread-safe.
 */
final class TamperLogins {

    static final int ADDRESSES_MAX = 10_000;
    static final String OTHERS = "others";
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int UNAUTHORIZED = 401;

    private final Clock clock;
    private final Map<String, Failed> failed = new ConcurrentHashMap<>();

    /** Failures of one address: how many, and when the first one was. */
    private record Failed(long count, long atMs, long nanos) {

        Failed plus(Failed other) {
            return new Failed(count + other.count, atMs, nanos);
        }
    }

    TamperLogins(Clock clock) {
        this.clock = clock;
    }

    /** Counts a failure. */
    void add(String address) {
        String counted = failed.size() < ADDRESSES_MAX || failed.containsKey(address) ? address : OTHERS;
        failed.merge(counted, new Failed(1, clock.wallMs(), clock.nanos()), Failed::plus);
    }

    /** Takes those whose minute is over, or all of them, oldest first. */
    List<TamperEvent> take(boolean all) {
        long now = clock.nanos();
        List<TamperEvent> events = new ArrayList<>();
        for (Map.Entry<String, Failed> entry : failed.entrySet()) {
            if (all || now - entry.getValue().nanos >= MINUTE_NANOS) {
                events.add(event(entry.getKey(), failed.remove(entry.getKey())));
            }
        }
        events.sort(Comparator.comparingLong(TamperEvent::atMs).thenComparing(TamperEvent::from));
        return events;
    }

    private static TamperEvent event(String address, Failed failed) {
        return new TamperEvent("login_failed", Version.NOBODY, "", address, "", "", UNAUTHORIZED, 0, failed.count, failed.atMs);
    }
}
