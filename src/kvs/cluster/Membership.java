package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import kvs.model.HealthProblem;
import kvs.model.HealthProblem.Kind;
import kvs.model.Member;
import kvs.model.Refusal;
import kvs.peer.PeerClient;
import kvs.peer.PeerRequestHandler;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.EventKind;
import kvs.world.Logger;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * The members of the cluster of this node: joins by the seeds, sends a heartbeat to each member, reports
 * changes to all members at once and everything now and then ({@link GossipTask}; incarnations and
 * refutation: SWIM, Das et al., 2002). Thread-safe.
 */
public final class Membership {

    /**
     * Time without recurrence after which a failure at an address ends; it recurs each
     * {@value GossipTask#STRANGE_MS} ms.
     */
    private static final long TROUBLE_MS = 20_000;
    /** Silence after which a seed is reported. */
    private static final long SEED_MS = 10_000;

    private final Dependencies dependencies;
    private final Supplier<NodeStatus> ownStatus;
    private final MemberTable memberTable;
    private final PeerFailures peerFailures;
    private final SeedHealth seeds;
    private final GossipExchange exchange;
    private final GossipTask task;
    private final AtomicBoolean left = new AtomicBoolean();

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
        this.ownStatus = ownStatus;
        this.memberTable = new MemberTable(self, settings.seeds, settings.suspectMs, dependencies.clock);
        settings.known.forEach(memberTable::remember);
        long keptMs = Math.max(TROUBLE_MS, 3 * settings.heartbeatMs);
        this.peerFailures = new PeerFailures(keptMs, dependencies.clock, dependencies.log);
        List<String> others = settings.seeds.stream().filter(seed -> !seed.equals(self.address())).toList();
        this.seeds = new SeedHealth(others, Math.max(SEED_MS, 3 * settings.heartbeatMs),
                dependencies.clock, dependencies.log);
        this.exchange = new GossipExchange(
                new GossipExchange.Dependencies(line, memberTable, peerFailures, seeds,
                        dependencies.clock, dependencies.log),
                ownStatus, this::left, Math.max(settings.suspectMs, 2 * settings.heartbeatMs));
        MemberEventLog events = new MemberEventLog(dependencies.log,
                new MemberEventLog.Reasons(exchange::silence, memberTable::departure));
        this.task = new GossipTask(dependencies, settings,
                new GossipTask.Parts(memberTable, peerFailures, seeds, exchange, events), left, this::me);
    }

    /** The task that searches for other nodes and keeps in touch with them. */
    public Task task() {
        return task;
    }

    /** The services for other nodes, by path. */
    public Map<String, PeerRequestHandler> services() {
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
        memberTable.become(memberTable.self().asRemoved());
        left.set(true);
        List<MemberView> alive = memberTable.alive();
        dependencies.log.event(EventKind.NODE_LEFT, "members", alive.size());
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (MemberView peer : alive) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            told.add(one);
            exchange.send(GossipExchange.ExchangeKind.GOSSIP, peer.member().address(),
                    () -> one.complete(null));
        }
        return CompletableFuture.allOf(told.toArray(CompletableFuture<?>[]::new));
    }

    /** Whether this node has left its cluster, until it is started again. */
    public boolean left() {
        return left.get();
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

    /** The id of the node whose writes have that origin; empty when this one has never heard of it. */
    public Optional<String> nodeOf(UUID origin) {
        return Stream.concat(Stream.of(memberTable.self()),
                        memberTable.seen().stream().map(MemberView::member))
                .filter(member -> member.origin().equals(origin)).map(Member::id).findFirst();
    }

    private MemberView me() {
        return new MemberView(memberTable.self(), left.get() ? Member.Status.LEFT : Member.Status.ALIVE,
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
        return task.clockRefusal();
    }

    /** The problems for an operator. */
    public List<HealthProblem> problems() {
        if (left.get()) {
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
