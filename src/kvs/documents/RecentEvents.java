package kvs.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kvs.model.Coverage;
import kvs.model.Refusal;
import kvs.store.LoggedVersion;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.TreeCursor;
import kvs.world.Clock;

/**
 * The last {@value #KEPT} events of this run (fewer with long keys), in the order in which they occurred:
 * versions that entered the log, and keys that expired. Each has a number. Thread-safe.
 */
final class RecentEvents {

    private static final int KEPT = 1 << 16;
    /** Versions between two resume points: a sweep reads at most so many records too many from the disk. */
    private static final int MARK_EVERY = 1 << 13;
    /** Precision of reported expiries. */
    private static final long EXPIRY_MS = 250;
    /** Minimum distance of two scans for expiries, in durations of the last one: they pass all the dead. */
    private static final int EXPIRY_LOOKS = 20;
    /** Maximum events that are examined for one page. */
    private static final int EVENTS_MAX = 10_000;

    private final Store store;
    private final Clock clock;
    private final ResumePoints resumePoints;
    private final UUID run;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}: the last events, without a gap in their numbers. */
    private final RecentKeys kept = new RecentKeys(KEPT, 0);
    /** Guarded by {@code lock}: the number of the last event. */
    private long last;
    /** Written under {@code lock}; every response reads it, and must not wait for a copy of events. */
    private volatile FeedState present;
    /** Guarded by {@code lock}: the wall time and the monotonic time of the last scan for expiries. */
    private long expiredMs;
    private long expiredNanos;
    /** Guarded by {@code lock}: the duration of the last scan. */
    private long lookNanos;
    /** Guarded by {@code lock}: versions that entered since the last resume point. */
    private int unmarked;

    /**
     * The state of this feed.
     *
     * @param last the number of the last event
     * @param covered the coverage at that event: the store may cover later versions already whose events are
     *     not here yet
     * @param root the index at that event
     */
    record FeedState(long last, Coverage covered, StoreView root) { }

    /**
     * The state of this run for a client, and the events to continue with.
     *
     * @param tail whether all events after the position are kept
     * @param events some of those, oldest first
     * @param root the index as of the event {@code number}
     */
    record ResumeState(boolean tail, List<RecentKeys.RecentEvent> events, long number, Coverage covered,
            long wallMs, StoreView root) { }

    /** The events of {@code store} from now on; the positions of {@code run} hold their numbers. */
    RecentEvents(Store store, Clock clock, ResumePoints resumePoints, UUID run) {
        this.store = store;
        this.clock = clock;
        this.resumePoints = resumePoints;
        this.run = run;
        this.present = new FeedState(0, store.durable(), store.root());
        this.expiredMs = clock.wallMs();
        this.expiredNanos = clock.nanos();
        store.onPublish(this::published);
    }

    /** Called on the writer's thread. */
    private void published(List<LoggedVersion> entered) {
        boolean mark;
        lock.lock();
        try {
            entered.forEach(written -> keep(written.key(), written.seq()));
            present = new FeedState(last, store.durable(), store.root());
            unmarked += entered.size();
            mark = unmarked >= MARK_EVERY;
            unmarked = mark ? 0 : unmarked;
        } finally {
            lock.unlock();
        }
        if (mark) {
            resumePoints.set();
        }
    }

    /** Records an event: the version with that number in the log, or 0 for an expiry. */
    private void keep(byte[] key, long seq) {
        last++;
        kept.add(last, key, seq);
    }

    /** The state at the last event; never waits. */
    FeedState present() {
        return present;
    }

    /** The number of the last event, after a scan for expiries. */
    long last() {
        expire();
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** Makes events of the keys that have expired since the last scan. */
    void expire() {
        long now;
        long since;
        lock.lock();
        try {
            now = clock.wallMs();
            since = expiredMs;
            if (clock.nanos() - expiredNanos < Math.max(TimeUnit.MILLISECONDS.toNanos(EXPIRY_MS),
                    EXPIRY_LOOKS * lookNanos) || now <= since) {
                return;
            }
            expiredNanos = clock.nanos();
            expiredMs = now;
        } finally {
            lock.unlock();
        }
        List<byte[]> keys = new ArrayList<>();
        TreeCursor scan = store.root().tree().dead(now);
        while (scan.next()) {
            if (expired(scan.entry(), since, now)) {
                keys.add(scan.entry().key());
            }
        }
        lock.lock();
        try {
            lookNanos = clock.nanos() - expiredNanos;
            keys.forEach(key -> keep(key, 0));
            present = new FeedState(last, present.covered, present.root);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a key expired after {@code since} and up to {@code now}. */
    static boolean expired(Entry entry, long since, long now) {
        return !entry.deleted() && entry.expires() > since && entry.expires() <= now;
    }

    /**
     * The events to continue with after {@code from}, for a client that may see {@code shown}; a
     * {@code fresh} position is the start of everything. Some {@code most} of the events are examined.
     *
     * @throws Refusal {@code POSITION_GONE}; {@code BEHIND} while this node does not cover the position
     */
    ResumeState resume(ClientPosition from, boolean fresh, Supplier<Optional<Coverage>> shown, int most) {
        boolean mine = from.place().filter(position -> position.run().equals(run)).isPresent();
        lock.lock();
        try {
            if (shown.get().filter(here -> here.covers(from.covered())).isEmpty()) {
                throw Changes.behind();
            }
            long number = mine ? from.place().get().number() : 0;
            boolean tail = mine && from.place().get().sweep().isEmpty() && number >= kept.floor();
            if (number > last || !tail && !fresh && !from.covered().coversShown(store.notes().floor())) {
                throw Changes.positionGone();
            }
            return new ResumeState(tail, tail ? kept.after(number, Math.min(most, EVENTS_MAX)) : List.of(),
                    last, present.covered, expiredMs, present.root);
        } finally {
            lock.unlock();
        }
    }
}
