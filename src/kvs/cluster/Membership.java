package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import kvs.model.HealthProblem;
import kvs.model.HealthProblem.Kind;
import kvs.model.Member;
import kvs.model.Refusal;
import kvs.peer.PeerClient;
import kvs.peer.PeerService;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Logger;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Maintains the table of members: joins by the seeds, sends a heartbeat to each member, reports changes to
 * all members at once and everything now and then (push-pull gossip: Demers et al., 1987; incarnations and
 * refutation: SWIM, Das et al., 2002). Each address has a loop of its own, so one that never responds delays
 * no other. Thread-safe.
 */
public final class Membership {

    private static final long POLL_MS = 50;
    /** Interval of the checks for changes and for members that are silent too long. */
    private static final long TICK_MS = 100;
    /** Interval of attempts at a failing address of which no member is known. */
    private static final long STRANGE_MS = 5_000;
    private static final int GOSSIP_PEERS_MAX = 3;
    /**
     * Time without recurrence after which a failure at an address ends; it recurs each {@value #STRANGE_MS}
     * ms.
     */
    private static final long TROUBLE_MS = 20_000;
    /** Interval of the checks of this node and its seeds, which cost more than those of members. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Silence after which a seed is reported. */
    private static final long SEED_MS = 10_000;

    private final Dependencies dependencies;
    private final Settings settings;
    private final Supplier<NodeStatus> ownStatus;
    private final MemberTable memberTable;
    /** Addresses with a loop. */
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final PeerFailures peerFailures;
    private final SeedNodes seeds;
    private final GossipExchange exchange;
    private final MemberEventLog events;
    private long gossipAtNanos;
    private long lookedNanos;
    private volatile boolean left;
    private volatile Optional<Refusal> clockRefusal = Optional.empty();

    /** The dependencies. */
    public record Dependencies(Clock clock, Dice dice, Scheduler scheduler, Logger log) { }

    /**
     * The settings.
     *
     * @param seeds addresses
     * @param known addresses of members before this start
     * @param heartbeatMs {@code heartbeat_interval_ms}
     * @param suspectMs {@code suspect_after_ms}
     * @param gossipMinMs {@code gossip_interval_min}
     * @param gossipMaxMs {@code gossip_interval_max}
     */
    public record Settings(List<String> seeds, List<String> known, long heartbeatMs, long suspectMs,
            long gossipMinMs, long gossipMaxMs) { }

    /**
     * The membership of {@code self}, alone at first; {@code ownStatus} is the present status of this node.
     */
    public Membership(Member self, Settings settings, PeerClient line, Supplier<NodeStatus> ownStatus,
            Dependencies dependencies) {
        this.dependencies = dependencies;
        this.settings = settings;
        this.ownStatus = ownStatus;
        this.memberTable = new MemberTable(self, settings.seeds, settings.suspectMs, dependencies.clock);
        settings.known.forEach(memberTable::remember);
        long keptMs = Math.max(TROUBLE_MS, 3 * settings.heartbeatMs);
        this.peerFailures = new PeerFailures(keptMs, dependencies.clock, dependencies.log);
        List<String> others = settings.seeds.stream().filter(seed -> !seed.equals(self.address())).toList();
        this.seeds = new SeedNodes(others, Math.max(SEED_MS, 3 * settings.heartbeatMs),
                dependencies.clock, dependencies.log);
        this.exchange = new GossipExchange(
                new GossipExchange.Dependencies(line, memberTable, peerFailures, seeds, dependencies.log),
                ownStatus, this::left, Math.max(settings.suspectMs, 2 * settings.heartbeatMs));
        this.events = new MemberEventLog(dependencies.log,
                new MemberEventLog.Reasons(exchange::silence, memberTable::departure));
    }

    /** Starts the search for other nodes. */
    public void start() {
        gossipAtNanos = dependencies.clock.nanos() + gossipNanos();
        dependencies.scheduler.start("members", this::tick, 0);
    }

    /** Starts loops for new addresses, spreads changes, gossips when it is due. */
    private long tick() {
        if (left) {
            return Task.DONE;
        }
        memberTable.age();
        peerFailures.age();
        observe();
        for (String address : memberTable.addresses()) {
            if (running.add(address)) {
                dependencies.scheduler.start("peer", new AddressTask(address), 0);
            }
        }
        clockRefusal = MemberHealth.clock(memberTable.seen());
        List<MemberView> alive = alive();
        if (memberTable.takeChanged()) {
            alive.forEach(peer -> gossip(peer, () -> { }));
        }
        if (dependencies.clock.nanos() - gossipAtNanos >= 0) {
            gossipAtNanos = dependencies.clock.nanos() + gossipNanos();
            some(alive).forEach(peer -> gossip(peer, () -> { }));
        }
        return TICK_MS;
    }

    private void gossip(MemberView peer, Runnable then) {
        exchange.send(GossipExchange.ExchangeKind.GOSSIP, peer.member().address(), then);
    }

    /** Logs changes of members, of this node and of its seeds. */
    private void observe() {
        List<MemberView> all = memberTable.seen();
        events.look(all);
        if (dependencies.clock.nanos() - lookedNanos >= LOOK_NANOS) {
            lookedNanos = dependencies.clock.nanos();
            events.look(me());
            Set<String> places = all.stream().map(member -> member.member().address())
                    .collect(Collectors.toSet());
            seeds.look(address -> places.contains(address) || peerFailures.at(address), exchange::silence);
        }
    }

    private List<MemberView> alive() {
        return memberTable.seen().stream().filter(member -> member.status() == Member.Status.ALIVE).toList();
    }

    /** One to three of the members, drawn at random. */
    private List<MemberView> some(List<MemberView> alive) {
        List<MemberView> left = new ArrayList<>(alive);
        List<MemberView> drawn = new ArrayList<>();
        int count = 1 + dependencies.dice.below(GOSSIP_PEERS_MAX);
        while (!left.isEmpty() && drawn.size() < count) {
            drawn.add(left.remove(dependencies.dice.below(left.size())));
        }
        return drawn;
    }

    private long gossipNanos() {
        long spread = settings.gossipMaxMs - settings.gossipMinMs;
        return TimeUnit.MILLISECONDS.toNanos(settings.gossipMinMs
                + dependencies.dice.below((int) Math.min(Integer.MAX_VALUE, spread + 1)));
    }

    /** Sends requests to one address again and again: to join, or a heartbeat to its member. */
    private final class AddressTask implements Task {

        private final String address;
        private final AtomicBoolean asking = new AtomicBoolean();
        private long nextNanos = dependencies.clock.nanos();

        AddressTask(String address) {
            this.address = address;
        }

        @Override
        public long step() {
            if (left || !memberTable.wanted(address)) {
                running.remove(address);
                exchange.forget(address);
                return DONE;
            }
            long now = dependencies.clock.nanos();
            if (!asking.get() && now - nextNanos >= 0) {
                boolean member = memberTable.seen().stream()
                        .anyMatch(view -> view.member().address().equals(address));
                boolean strange = peerFailures.at(address) && !member;
                nextNanos = now + TimeUnit.MILLISECONDS.toNanos(strange
                        ? Math.max(STRANGE_MS, settings.heartbeatMs) : settings.heartbeatMs);
                asking.set(true);
                exchange.send(member ? GossipExchange.ExchangeKind.HEARTBEAT
                        : GossipExchange.ExchangeKind.JOIN, address, () -> asking.set(false));
            }
            return Math.min(POLL_MS, settings.heartbeatMs);
        }
    }

    /** The services for other nodes, by path. */
    public Map<String, PeerService> services() {
        return exchange.services();
    }

    /**
     * Removes a member for good, everywhere; false if there is none with that id. If it lives, it will refute
     * that and return.
     */
    public boolean remove(String id, Optional<Member> remembered) {
        return memberTable.remove(id, remembered);
    }

    /** Takes the new id of this directory. */
    void reborn(UUID origin) {
        Member self = memberTable.self();
        memberTable.become(new Member(self.id(), self.address(), origin, self.joined(),
                self.refuting(0).incarnation(), false));
    }

    /** Reports to all members that this node has left, and sends nothing more. */
    CompletionStage<Void> leave() {
        memberTable.become(memberTable.self().gone());
        left = true;
        dependencies.log.info("this node left its cluster", "members", alive().size());
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (MemberView peer : alive()) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            told.add(one);
            gossip(peer, () -> one.complete(null));
        }
        return CompletableFuture.allOf(told.toArray(CompletableFuture<?>[]::new));
    }

    /** Whether this node has left its cluster, until it is started again. */
    public boolean left() {
        return left;
    }

    /**
     * The present and former addresses of members; passed as {@code known} at the next start, they find the
     * members again.
     */
    public List<String> addresses() {
        return memberTable.addresses();
    }

    /** All members but this node, with their status. */
    List<MemberView> seen() {
        return memberTable.seen();
    }

    /** This node and all members, by id. */
    public List<MemberView> members() {
        Map<String, MemberView> shown = new TreeMap<>();
        MemberView me = me();
        shown.put(me.member().id(), me);
        memberTable.seen().forEach(member -> shown.put(member.member().id(), member));
        return List.copyOf(shown.values());
    }

    private MemberView me() {
        return new MemberView(memberTable.self(), left ? Member.Status.LEFT : Member.Status.ALIVE,
                ownStatus.get(), dependencies.clock.wallMs(), 0);
    }

    /** Members that are alive or suspect, this one included. */
    public int count() {
        return 1 + (int) memberTable.seen().stream()
                .filter(member -> member.status().compareTo(Member.Status.SUSPECT) <= 0).count();
    }

    /**
     * Whether the clocks of all living members are close enough to this one's: otherwise nobody knows which
     * versions are long dead.
     */
    public boolean clocksAgree() {
        return MemberHealth.clocksAgree(memberTable.seen());
    }

    /** The reason why no client may write here: this node's clock is too far from those of the others. */
    public Optional<Refusal> clockRefusal() {
        return clockRefusal;
    }

    /** The problems for an operator. */
    public List<HealthProblem> problems() {
        if (left) {
            return List.of();
        }
        List<MemberView> all = memberTable.seen();
        List<HealthProblem> problems = new ArrayList<>(peerFailures.problems());
        problems.addAll(MemberHealth.of(all, exchange::silence));
        clockRefusal()
                .ifPresent(refusal -> problems.add(new HealthProblem(Kind.CLOCK_WRONG, refusal.detail())));
        problems.addAll(seeds.problems(all.isEmpty()));
        return problems;
    }
}
