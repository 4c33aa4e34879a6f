package kvs.streams;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import kvs.documents.AccessContext;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.documents.WaitLimiter;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.world.Clock;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * The open streams of changes, and the rounds in which their groups get what is new. Rounds are spaced, so
 * that many writes a second cost one round, not one each. Nothing runs while no stream is open. Thread-safe.
 */
public final class ChangeStreams implements AutoCloseable {

    /** Interval at which expired keys are looked for. */
    private static final long TICK_MS = 250;
    /** Interval at which groups without news are checked: their tokens may have expired. */
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Minimum time between two rounds. */
    private static final long SPACING_MS = 10;
    /**
     * Minimum spacing, in durations of the last round, so that rounds take a fifth of a thread; on a busy
     * machine they last longer than they work, so it is bounded.
     */
    private static final int SPACING_ROUNDS = 4;
    private static final long SPACING_MS_MAX = 100;
    /** Groups whose pages are handed over to the loops together, and the bytes of these pages. */
    private static final int HANDED_OVER = 256;
    private static final int HANDED_OVER_BYTES = 1 << 20;

    private final Dependencies dependencies;
    private final StreamTurns turns;
    private final StreamGroups groups = new StreamGroups();
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}. */
    private final Map<ChangeStream, StreamLane> open = new LinkedHashMap<>();
    /** Guarded by {@code lock}. */
    private final Map<Executor, StreamLane> lanes = new HashMap<>();
    /** Guarded by {@code lock}. */
    private boolean ticking;
    /** Held by a round: one after the other. */
    private final ReentrantLock round = new ReentrantLock();
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile boolean occupied;
    private volatile long checkedAt;
    private volatile long roundAt;
    private volatile long spacingMs = SPACING_MS;
    private volatile boolean closed;

    /**
     * The parts and doors that streams need.
     *
     * @param executor serves the turns of streams that are behind; may refuse
     */
    public record Dependencies(Changes changes, EventEncoder encoder, Clock clock, Scheduler scheduler,
            Executor executor) { }

    /** Streams of the changes of {@code store}. */
    public ChangeStreams(Store store, Dependencies dependencies) {
        this.dependencies = dependencies;
        this.turns = new StreamTurns(dependencies);
        this.checkedAt = dependencies.clock.nanos();
        this.roundAt = checkedAt - TimeUnit.MILLISECONDS.toNanos(SPACING_MS);
        store.onPublish(own -> wake());
    }

    /**
     * A stream after {@code since} for {@code reader}, who is counted by {@code admission} until it ends. The
     * position and the reader are checked already ({@link Changes#check}).
     */
    public ChangeStream stream(StreamView view, AccessContext reader, ClientPosition since,
            WaitLimiter.Admission admission) {
        return new ChangeStream(this, view, reader, since, admission);
    }

    /** Ends all streams, and later ones at once: a node that stops waits for nobody. */
    @Override
    public void close() {
        Map<ChangeStream, StreamLane> all;
        lock.lock();
        try {
            closed = true;
            all = new LinkedHashMap<>(open);
        } finally {
            lock.unlock();
        }
        all.forEach((stream, lane) -> lane.run(stream::end));
    }

    StreamTurns turns() {
        return turns;
    }

    /** Takes note of a stream that begins; the lane of {@code executor}. */
    StreamLane opened(ChangeStream stream, Executor executor) {
        lock.lock();
        try {
            StreamLane lane = lanes.computeIfAbsent(executor, StreamLane::new);
            open.put(stream, lane);
            lane.count(1);
            occupied = true;
            if (!ticking) {
                ticking = true;
                dependencies.scheduler.start("stream-tick", this::tick, TICK_MS);
            }
            if (closed) {
                lane.run(stream::end);
            }
            return lane;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a stream that has ended. */
    void closed(ChangeStream stream) {
        groups.leave(stream);
        lock.lock();
        try {
            Optional.ofNullable(open.remove(stream)).filter(lane -> lane.count(-1) == 0)
                    .ifPresent(lane -> lanes.remove(lane.executor()));
            occupied = !open.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Lets a stream that has all events of {@code page} wait for the next ones. */
    void join(ChangeStream stream, StreamPage page) {
        groups.join(stream, page);
        if (page.number() < dependencies.changes.present()) {
            wake();
        }
    }

    /** Removes a stream from those that wait. */
    void leave(ChangeStream stream) {
        groups.leave(stream);
    }

    /** Starts a round soon; called on the writer's thread too. */
    private void wake() {
        if (occupied && due.compareAndSet(false, true)) {
            long sinceMs = TimeUnit.NANOSECONDS.toMillis(dependencies.clock.nanos() - roundAt);
            dependencies.scheduler.start("stream-round", this::round, Math.max(0, spacingMs - sinceMs));
        }
    }

    private long tick() {
        if (dependencies.clock.nanos() - checkedAt >= CHECK_NANOS) {
            checkedAt = dependencies.clock.nanos();
            advance(groups.all());
        } else if (!groups.behind(dependencies.changes.last()).isEmpty()) {
            // Keys have expired.
            wake();
        }
        lock.lock();
        try {
            ticking = !open.isEmpty();
            return ticking ? TICK_MS : Task.DONE;
        } finally {
            lock.unlock();
        }
    }

    private long round() {
        due.set(false);
        long began = dependencies.clock.nanos();
        boolean more = advance(groups.behind(dependencies.changes.last()));
        roundAt = dependencies.clock.nanos();
        spacingMs = more ? 0 : Math.min(SPACING_MS_MAX, Math.max(SPACING_MS,
                SPACING_ROUNDS * TimeUnit.NANOSECONDS.toMillis(roundAt - began)));
        if (more) {
            wake();
        }
        return Task.DONE;
    }

    /** Reads the next page for each group; whether there is more for one of them at once. */
    private boolean advance(List<StreamGroup> some) {
        round.lock();
        try {
            PageEncoder pages = new PageEncoder(dependencies.encoder);
            Map<StreamLane, List<StreamLane.Delivery>> deliveries = new HashMap<>();
            boolean more = false;
            int read = 0;
            long bytes = 0;
            for (StreamGroup group : some) {
                Optional<StreamPage> page = advance(group, pages, deliveries);
                more |= page.filter(StreamPage::more).isPresent();
                bytes += page.map(one -> one.text().length).orElse(0);
                if (++read == HANDED_OVER || bytes >= HANDED_OVER_BYTES) {
                    handOver(deliveries);
                    read = 0;
                    bytes = 0;
                }
            }
            handOver(deliveries);
            return more;
        } finally {
            round.unlock();
        }
    }

    /** Streams of a loop that has too much already read by themselves, later. */
    private void handOver(Map<StreamLane, List<StreamLane.Delivery>> deliveries) {
        deliveries.forEach((lane, some) -> {
            if (!lane.deliver(some)) {
                for (StreamLane.Delivery delivery : some) {
                    // A later page must not reach them before this one.
                    List<ChangeStream> members = List.of(delivery.members());
                    members.forEach(groups::leave);
                    lane.miss(members);
                }
            }
        });
        deliveries.clear();
    }

    /** Reads the next page for a group; empty: the group was ended. */
    private Optional<StreamPage> advance(StreamGroup group, PageEncoder pages,
            Map<StreamLane, List<StreamLane.Delivery>> deliveries) {
        boolean whole = false;
        try {
            Changes.Page read = dependencies.changes.page(groups.position(group), group.view().query(),
                    group.reader());
            StreamPage page = new StreamPage(pages.encode(read, group.view().values()), read.next(),
                    read.number(), read.more());
            groups.advance(group, page, deliveries);
            whole = true;
            return Optional.of(page);
        } catch (Refusal refusal) {
            end(group, dependencies.encoder.end(refusal));
            whole = true;
            return Optional.empty();
        } finally {
            if (!whole) {
                // A bug: the clients will come back.
                end(group, new byte[0]);
            }
        }
    }

    private void end(StreamGroup group, byte[] last) {
        groups.dissolve(group).forEach(stream -> stream.lane().run(() -> stream.end(last)));
    }
}
