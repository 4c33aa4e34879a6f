package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import kvs.model.Member;
import kvs.model.Refusal;
import kvs.world.Task;

/**
 * The task of the membership, until this node leaves its cluster (push-pull gossip: Demers et al., 1987).
 *
 * <pre>
 *   every 200 ms                    removes members and failures that are silent too long,
 *                                   logs the events of members, compares clocks,
 *                                   starts a heartbeat task for each new address,
 *                                   reports changes to all living members
 *   every second                    logs the events of this node and of its seeds
 *   gossip_interval_min to _max     reports everything to one to three living members, at random
 *   heartbeat_interval_ms           for each address, in a task of its own, so one that never responds
 *                                   delays no other: joins, or sends a heartbeat to its member, unless the
 *                                   member sent one here: one exchange tells both
 * </pre>
 */
final class GossipTask implements Task {

    private static final long TICK_MS = 200;
    private static final long POLL_MS = 50;
    /** Interval of attempts at a failing address of which no member is known. */
    static final long STRANGE_MS = 5_000;
    private static final int GOSSIP_PEERS_MAX = 3;
    /** Maximal number of heartbeats in a row that those of a member replace: the way there is tried too. */
    private static final int SPARED_MAX = 4;
    /** Interval of the checks of this node and its seeds, which cost more than those of members. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Membership.Dependencies dependencies;
    private final Membership.Settings settings;
    private final Parts parts;
    private final AtomicBoolean left;
    private final Supplier<MemberView> self;
    /** Addresses with a heartbeat task. */
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private long gossipAtNanos;
    private long lookedNanos;
    private volatile Optional<Refusal> clockRefusal = Optional.empty();

    /** The parts of a membership that the task works with. */
    record Parts(MemberTable table, PeerFailures failures, SeedHealth seeds, GossipExchange exchange,
            MemberEventLog events) { }

    /**
     * A task that has not run yet.
     *
     * @param left whether this node has left its cluster
     * @param self this node as a member
     */
    GossipTask(Membership.Dependencies dependencies, Membership.Settings settings, Parts parts,
            AtomicBoolean left, Supplier<MemberView> self) {
        this.dependencies = dependencies;
        this.settings = settings;
        this.parts = parts;
        this.left = left;
        this.self = self;
        this.gossipAtNanos = dependencies.clock().nanos() + gossipNanos();
    }

    /** The reason why no client may write here: this node's clock is too far from those of the others. */
    Optional<Refusal> clockRefusal() {
        return clockRefusal;
    }

    @Override
    public long step() {
        if (left.get()) {
            return DONE;
        }
        parts.table.age();
        parts.failures.age();
        logEvents();
        for (String address : parts.table.addresses()) {
            if (running.add(address)) {
                dependencies.scheduler().start("peer", new HeartbeatTask(address), 0);
            }
        }
        clockRefusal = MemberHealth.clock(parts.table.seen());
        List<MemberView> alive = parts.table.alive();
        if (parts.table.takeChanged()) {
            alive.forEach(this::gossip);
        }
        if (dependencies.clock().nanos() - gossipAtNanos >= 0) {
            gossipAtNanos = dependencies.clock().nanos() + gossipNanos();
            some(alive).forEach(this::gossip);
        }
        return TICK_MS;
    }

    private void logEvents() {
        List<MemberView> all = parts.table.seen();
        parts.events.look(all);
        if (dependencies.clock().nanos() - lookedNanos >= LOOK_NANOS) {
            lookedNanos = dependencies.clock().nanos();
            parts.events.look(self.get());
            Set<String> places = all.stream().map(member -> member.member().address())
                    .collect(Collectors.toSet());
            parts.seeds.look(address -> places.contains(address) || parts.failures.at(address),
                    parts.exchange::silence);
        }
    }

    private void gossip(MemberView peer) {
        parts.exchange.send(GossipExchange.ExchangeKind.GOSSIP, peer.member().address(), () -> { });
    }

    /** One to three of the members, drawn at random. */
    private List<MemberView> some(List<MemberView> alive) {
        List<MemberView> others = new ArrayList<>(alive);
        List<MemberView> drawn = new ArrayList<>();
        int count = 1 + dependencies.dice().below(GOSSIP_PEERS_MAX);
        while (!others.isEmpty() && drawn.size() < count) {
            drawn.add(others.remove(dependencies.dice().below(others.size())));
        }
        return drawn;
    }

    private long gossipNanos() {
        long spread = settings.gossipMaxMs() - settings.gossipMinMs();
        return TimeUnit.MILLISECONDS.toNanos(settings.gossipMinMs()
                + dependencies.dice().below((int) Math.min(Integer.MAX_VALUE, spread + 1)));
    }

    /**
     * Sends requests to one address again and again: to join, or a heartbeat to its member. Whoever is first
     * of two members sends, the other one answers and waits a quarter of the interval longer.
     */
    private final class HeartbeatTask implements Task {

        private final String address;
        private final AtomicBoolean asking = new AtomicBoolean();
        private long nextNanos = dependencies.clock().nanos();
        private int spared;

        HeartbeatTask(String address) {
            this.address = address;
        }

        @Override
        public long step() {
            if (left.get() || !parts.table.wanted(address)) {
                running.remove(address);
                parts.exchange.forget(address);
                return DONE;
            }
            long now = dependencies.clock().nanos();
            if (now - nextNanos >= 0) {
                if (asking.get()) {
                    return Math.min(POLL_MS, settings.heartbeatMs());
                }
                if (!isSpared(now)) {
                    send(now);
                }
            }
            return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nextNanos - now));
        }

        /** Whether a heartbeat of the member stands for one of this node; then the next is due later. */
        private boolean isSpared(long now) {
            long intervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.heartbeatMs());
            OptionalLong heard = parts.exchange.heardNanos(address);
            if (spared == SPARED_MAX || heard.isEmpty()) {
                return false;
            }
            nextNanos = heard.getAsLong() + intervalNanos + intervalNanos / 4;
            if (now - nextNanos >= 0) {
                return false;
            }
            spared++;
            return true;
        }

        private void send(long now) {
            boolean member = parts.table.seen().stream()
                    .anyMatch(view -> view.member().address().equals(address));
            boolean strange = parts.failures.at(address) && !member;
            nextNanos = now + TimeUnit.MILLISECONDS.toNanos(strange
                    ? Math.max(STRANGE_MS, settings.heartbeatMs()) : settings.heartbeatMs());
            spared = 0;
            asking.set(true);
            parts.exchange.send(member ? GossipExchange.ExchangeKind.HEARTBEAT
                    : GossipExchange.ExchangeKind.JOIN, address, () -> asking.set(false));
        }
    }
}
