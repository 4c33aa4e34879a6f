package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import kvs.model.Member;
import kvs.model.Mode;
import kvs.store.Store;
import kvs.tree.Range;
import kvs.world.Clock;
import kvs.world.Log;
import kvs.world.Scheduler;

/**
 * Keeps what this node holds equal to what the members hold: a follower for each of them. A node that begins empty and shall join others is
 * {@code syncing} until one whole member was compared to the end, or until it is sure that there is nothing to fetch. Thread-safe.
 */
public final class Replication {

    private static final long TICK_MS = 100;
    private static final Range EVERYTHING = new Range(new byte[] {0}, Optional.empty());
    /** An empty node whose members are all empty waits so long for others before it believes that there is nothing. */
    private static final long EMPTY_MS = 1_500;

    private final Doors doors;
    private final Membership membership;
    private final Feed feed;
    private final PeerData data;
    private final Follower.Doors followers;
    private final Map<UUID, Follower> following = new ConcurrentHashMap<>();
    private final Consumer<Mode> enter;
    private volatile boolean joining;
    private volatile boolean whole;
    private long emptyNanos;
    private boolean empty;

    /** What it uses. */
    public record Doors(Store store, Feed feed, Clock clock, Scheduler scheduler, Log log) { }

    /**
     * How it works.
     *
     * @param joining whether others have what this node shall have
     * @param throttleMs {@code throttle_delay_ms}
     * @param fetchMs {@code fetch_delay_ms}
     * @param catchupMs {@code catchup_interval}
     */
    public record Settings(boolean joining, long throttleMs, long fetchMs, long catchupMs) { }

    /** The replication of a node; {@code enter} is told when it enters another mode, at once if it has to join. */
    public Replication(Doors doors, Settings settings, Membership membership, PeerLine line, Consumer<Mode> enter) {
        this.doors = doors;
        this.membership = membership;
        this.joining = settings.joining && doors.store.root().tree().count(EVERYTHING) == 0;
        this.enter = enter;
        this.feed = doors.feed;
        this.data = new PeerData(doors.store);
        if (this.joining) {
            enter.accept(Mode.SYNCING);
        }
        this.followers = new Follower.Doors(doors.store, line, doors.scheduler, doors.clock,
                new Follower.Delays(settings.throttleMs, settings.fetchMs, settings.catchupMs));
    }

    /** Begins to follow others. */
    public void start() {
        doors.scheduler.start("replication", this::tick, 0);
    }

    /** What other nodes may ask. */
    public Map<String, PeerService> services() {
        return Map.of("/sync/diff", (from, body) -> data.diff(body), "/sync/fetch", (from, body) -> data.fetch(body), "/sync/feed", feed::poll);
    }

    private long tick() {
        byte[] mine = doors.store.root().tree().summary().digest();
        List<Seen> alive = membership.seen().stream().filter(seen -> seen.status() == Member.Status.ALIVE).toList();
        for (Seen seen : alive) {
            Follower follower = following.compute(seen.member().origin(), (origin, old) -> old != null
                    && old.address().equals(seen.member().address()) ? old : new Follower(followers, seen.member().address(), this::compared));
            follower.tick(seen.vital(), mine);
        }
        following.keySet().retainAll(membership.seen().stream().filter(seen -> seen.status() != Member.Status.LEFT)
                .map(seen -> seen.member().origin()).toList());
        if (joining) {
            join(alive);
        }
        return TICK_MS;
    }

    /** A comparison with a whole member ends the joining, and so does the certainty that nobody has anything. */
    private void join(List<Seen> alive) {
        boolean nothing = !alive.isEmpty() && alive.stream().allMatch(seen -> seen.vital().count() == 0);
        if (!nothing || !empty) {
            emptyNanos = doors.clock.nanos();
        }
        empty = nothing;
        if (whole || nothing && TimeUnit.NANOSECONDS.toMillis(doors.clock.nanos() - emptyNanos) >= EMPTY_MS) {
            joining = false;
            doors.log.info("joined", "versions", doors.store.root().tree().count(EVERYTHING));
            enter.accept(Mode.NORMAL);
        }
    }

    private void compared(Follower follower) {
        boolean with = membership.seen().stream().anyMatch(seen -> seen.member().address().equals(follower.address())
                && seen.vital().mode() != Mode.SYNCING && seen.vital().count() > 0);
        whole |= with;
    }

    /** For how long writes of the member of that origin may not have reached this node, ms; empty for one that is not followed. */
    public Optional<Long> lagMs(UUID origin) {
        return Optional.ofNullable(following.get(origin)).map(Follower::lagMs);
    }

    /** What an operator should know. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (joining) {
            problems.add("syncing: this node is fetching what its cluster holds, or has not reached anybody yet");
        }
        for (Follower follower : following.values()) {
            if (!follower.trouble().isEmpty()) {
                problems.add("peer " + follower.address() + ": " + follower.trouble());
            }
        }
        return problems;
    }
}
