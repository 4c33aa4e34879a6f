package kvs.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import kvs.model.Version;
import kvs.world.Clock;

/**
 * Merges refusals that anybody may cause as often as they like: failed logins, reads of locked documents,
 * requests of other web pages. One event for each act, user, address and minute; the minute begins with its
 * first refusal, whose path the event names. At most {@value #KINDS_MAX} kinds are distinguished at a time,
 * so that an attacker with many addresses fills neither the memory nor the disk. Adding is thread-safe.
 */
final class RefusalAggregator {

    static final int KINDS_MAX = 10_000;
    static final String OTHERS = "others";
    private static final int PATH_CHARS_MAX = 256;
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int UNAUTHORIZED = 401;

    private final Clock clock;
    private final Map<RefusalKind, RefusalCount> refused = new ConcurrentHashMap<>();

    /** The refusals that are merged: the same act of the same user from the same address. */
    private record RefusalKind(String act, UUID who, String from, int status) { }

    /** The refusals of one kind: the first, their number, and the start of the minute. */
    private record RefusalCount(AuditEvent first, long count, long nanos) {

        RefusalCount plus(RefusalCount other) {
            return new RefusalCount(first, count + other.count, nanos);
        }
    }

    RefusalAggregator(Clock clock) {
        this.clock = clock;
    }

    /** Counts a failed login. */
    void login(String address) {
        add(new AuditEvent("login_failed", Version.NOBODY, "", address, "", "", UNAUTHORIZED, 0, 1,
                clock.wallMs()));
    }

    /** Counts a refusal. */
    void add(AuditEvent event) {
        RefusalKind own = new RefusalKind(event.act(), event.who(), event.from(), event.status());
        boolean told = refused.size() < KINDS_MAX || refused.containsKey(own);
        RefusalKind kind = told ? own : new RefusalKind(event.act(), Version.NOBODY, OTHERS, event.status());
        refused.merge(kind, new RefusalCount(event, 1, clock.nanos()), RefusalCount::plus);
    }

    /** Takes the refusals whose minute is over, or all of them, oldest first. */
    List<AuditEvent> take(boolean all) {
        long now = clock.nanos();
        List<AuditEvent> events = new ArrayList<>();
        for (Map.Entry<RefusalKind, RefusalCount> entry : refused.entrySet()) {
            if (all || now - entry.getValue().nanos >= MINUTE_NANOS) {
                events.add(event(entry.getKey(), refused.remove(entry.getKey())));
            }
        }
        events.sort(Comparator.comparingLong(AuditEvent::atMs).thenComparing(AuditEvent::from));
        return events;
    }

    private static AuditEvent event(RefusalKind kind, RefusalCount refused) {
        AuditEvent first = refused.first;
        boolean others = kind.from.equals(OTHERS);
        String path = first.path().substring(0, Math.min(PATH_CHARS_MAX, first.path().length()));
        return new AuditEvent(kind.act, kind.who, others ? "" : first.token(), kind.from, path, "",
                kind.status, 0, refused.count, first.atMs());
    }
}
