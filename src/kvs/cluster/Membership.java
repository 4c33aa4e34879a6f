package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
import kvs.model.Member;
import kvs.model.Problem;
import kvs.model.Problem.Kind;
import kvs.model.Protocol;
import kvs.model.Refusal;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Log;
import kvs.world.Network;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Keeps the roster of the cluster: joins by the seeds, greets each member once a heartbeat, tells all members of changes at once and of
 * everything now and then (push-pull gossip: Demers et al., 1987; incarnations and refutation: SWIM, Das et al., 2002). Each address has a
 * loop of its own, so one that swallows everything stalls nobody else. Thread-safe.
 */
public final class Membership {

    private static final int OK = 200;
    private static final int MALFORMED = 400;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int FULL = 503;
    private static final long POLL_MS = 50;
    /** How often it is looked for changes and for those silent too long. */
    private static final long TICK_MS = 100;
    /** So often an address is tried at which no member is. */
    private static final long STRANGE_MS = 5_000;
    private static final int GOSSIP_PEERS_MAX = 3;
    /** A trouble at an address that is not met again for so long is over; it is met each {@value #STRANGE_MS} ms. */
    private static final long TROUBLE_MS = 20_000;
    /** So often this node looks at itself and its seeds, which costs more than to look at members. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A seed that is silent for so long is told of. */
    private static final long SEED_MS = 10_000;

    private final Doors doors;
    private final Settings settings;
    private final PeerLine line;
    private final Supplier<Vital> vital;
    private final Roster roster;
    /** Addresses with a loop. */
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final PeerTroubles troubles;
    private final Seeds seeds;
    /** Why nothing came from an address the last time. */
    private final Map<String, String> silences = new ConcurrentHashMap<>();
    private final MemberEvents events;
    private long gossipAtNanos;
    private long lookedNanos;
    private volatile boolean left;
    private volatile Optional<Refusal> clockRefusal = Optional.empty();

    /** What it uses. */
    public record Doors(Clock clock, Dice dice, Scheduler scheduler, Log log) { }

    /**
     * How it works.
     *
     * @param seeds addresses
     * @param known addresses at which members were before this start
     * @param heartbeatMs {@code heartbeat_interval_ms}
     * @param suspectMs {@code suspect_after_ms}
     * @param gossipMinMs {@code gossip_interval_min}
     * @param gossipMaxMs {@code gossip_interval_max}
     */
    public record Settings(List<String> seeds, List<String> known, long heartbeatMs, long suspectMs, long gossipMinMs, long gossipMaxMs) { }

    /** Three ways of saying the same, which differ in who else is told of. */
    private enum Call {
        /** A new node introduces itself, and is told of all others. */
        JOIN,
        /** A member says that it is there. */
        HEARTBEAT,
        /** Both tell of all others. */
        GOSSIP;

        /** Where it is sent. */
        String target() {
            return "/members/" + name().toLowerCase(Locale.ROOT);
        }
    }

    /** The membership of {@code self}, alone at first; {@code vital} tells how this node is at the moment. */
    public Membership(Member self, Settings settings, PeerLine line, Supplier<Vital> vital, Doors doors) {
        this.doors = doors;
        this.settings = settings;
        this.line = line;
        this.vital = vital;
        this.roster = new Roster(self, settings.seeds, settings.suspectMs, doors.clock);
        settings.known.forEach(roster::remember);
        long keptMs = Math.max(TROUBLE_MS, 3 * settings.heartbeatMs);
        this.troubles = new PeerTroubles(keptMs, doors.clock, doors.log);
        List<String> others = settings.seeds.stream().filter(seed -> !seed.equals(self.address())).toList();
        this.seeds = new Seeds(others, Math.max(SEED_MS, 3 * settings.heartbeatMs), doors.clock, doors.log);
        this.events = new MemberEvents(doors.log, new MemberEvents.Reasons(this::silence, roster::departure));
    }

    /** Why nothing is heard from an address. */
    private String silence(String address) {
        return troubles.what(address).orElse(silences.getOrDefault(address, "no answer"));
    }

    /** Begins to look for others. */
    public void start() {
        gossipAtNanos = doors.clock.nanos() + gossipNanos();
        doors.scheduler.start("members", this::tick, 0);
    }

    /** Starts loops for new addresses, spreads changes, gossips when it is time. */
    private long tick() {
        if (left) {
            return Task.DONE;
        }
        roster.age();
        troubles.age();
        observe();
        for (String address : roster.addresses()) {
            if (running.add(address)) {
                doors.scheduler.start("peer", new Loop(address), 0);
            }
        }
        clockRefusal = MemberProblems.clock(roster.seen());
        List<Seen> alive = alive();
        if (roster.takeChanged()) {
            alive.forEach(peer -> say(Call.GOSSIP, peer.member().address(), () -> { }));
        }
        if (doors.clock.nanos() - gossipAtNanos >= 0) {
            gossipAtNanos = doors.clock.nanos() + gossipNanos();
            some(alive).forEach(peer -> say(Call.GOSSIP, peer.member().address(), () -> { }));
        }
        return TICK_MS;
    }

    /** Writes down what has changed. */
    private void observe() {
        List<Seen> all = roster.seen();
        events.look(all);
        if (doors.clock.nanos() - lookedNanos >= LOOK_NANOS) {
            lookedNanos = doors.clock.nanos();
            events.look(me());
            Set<String> places = all.stream().map(seen -> seen.member().address()).collect(Collectors.toSet());
            seeds.look(address -> places.contains(address) || troubles.at(address), this::silence);
        }
    }

    private List<Seen> alive() {
        return roster.seen().stream().filter(seen -> seen.status() == Member.Status.ALIVE).toList();
    }

    /** One to three of them, drawn by lot. */
    private List<Seen> some(List<Seen> alive) {
        List<Seen> left = new ArrayList<>(alive);
        List<Seen> drawn = new ArrayList<>();
        int count = 1 + doors.dice.below(GOSSIP_PEERS_MAX);
        while (!left.isEmpty() && drawn.size() < count) {
            drawn.add(left.remove(doors.dice.below(left.size())));
        }
        return drawn;
    }

    private long gossipNanos() {
        long spread = settings.gossipMaxMs - settings.gossipMinMs;
        return TimeUnit.MILLISECONDS.toNanos(settings.gossipMinMs + doors.dice.below((int) Math.min(Integer.MAX_VALUE, spread + 1)));
    }

    /** What one address is asked, again and again: to let this node join, or how its member is. */
    private final class Loop implements Task {

        private final String address;
        private final AtomicBoolean asking = new AtomicBoolean();
        private long nextNanos = doors.clock.nanos();

        Loop(String address) {
            this.address = address;
        }

        @Override
        public long step() {
            if (left || !roster.wanted(address)) {
                running.remove(address);
                troubles.forget(address);
                silences.remove(address);
                return DONE;
            }
            long now = doors.clock.nanos();
            if (!asking.get() && now - nextNanos >= 0) {
                boolean member = roster.seen().stream().anyMatch(seen -> seen.member().address().equals(address));
                boolean strange = troubles.at(address) && !member;
                nextNanos = now + TimeUnit.MILLISECONDS.toNanos(strange ? Math.max(STRANGE_MS, settings.heartbeatMs) : settings.heartbeatMs);
                asking.set(true);
                say(member ? Call.HEARTBEAT : Call.JOIN, address, () -> asking.set(false));
            }
            return Math.min(POLL_MS, settings.heartbeatMs);
        }
    }

    private void say(Call kind, String address, Runnable then) {
        byte[] body = greeting(kind == Call.GOSSIP).encode(protocol(address));
        long deadline = Math.max(settings.suspectMs, 2 * settings.heartbeatMs);
        CompletionStage<PeerLine.Reply> reply = line.send(new PeerLine.Call(address, kind.target(), body,
                new Network.Bounds(deadline, Greeting.BYTES_MAX), life -> true));
        reply.thenAccept(said -> {
            hear(address, said);
            then.run();
        });
    }

    /** What the node at an address reads, as far as it is known. */
    private int protocol(String address) {
        return roster.seen().stream().filter(seen -> seen.member().address().equals(address)).mapToInt(seen -> seen.vital().protocol())
                .min().orElse(Protocol.FIRST);
    }

    private Greeting greeting(boolean others) {
        return new Greeting(roster.self(), vital.get(), others ? roster.members() : List.of());
    }

    private void hear(String address, PeerLine.Reply reply) {
        if (reply instanceof PeerLine.Answered answered && answered.status() == OK) {
            Greeting.decode(answered.body()).ifPresentOrElse(greeting -> {
                silences.remove(address);
                roster.believe(address);
                seeds.answered(address);
                meet(address, greeting);
            }, () -> trouble(address, Kind.PEER_UNFIT, "its answer is not understood: does it run another version?"));
        } else if (reply instanceof PeerLine.Answered answered && answered.status() == MALFORMED && protocol(address) > Protocol.FIRST) {
            roster.backdate(address);
        } else if (reply instanceof PeerLine.Answered answered) {
            refused(address, answered.status());
        } else if (reply instanceof PeerLine.Stranger stranger) {
            troubles.meet(address, stranger.what());
            roster.doubt(address, stranger.what().kind() == Kind.PEER_CERTIFICATE);
        } else if (reply instanceof PeerLine.Silent silent) {
            silences.put(address, silent.why());
            doors.log.debug("peer does not answer", "address", address, "why", silent.why());
        }
    }

    private void refused(String address, int status) {
        switch (status) {
            case CONFLICT -> trouble(address, Kind.ID_TAKEN, "another node has the node_id " + roster.self().id()
                    + " already: give this one another");
            case GONE -> trouble(address, Kind.PEER_UNFIT, "it has left the cluster and still runs: stop it, or start it again to bring it back");
            default -> trouble(address, Kind.PEER_UNFIT, "it answers " + status);
        }
    }

    private void trouble(String address, Kind kind, String what) {
        troubles.meet(address, new PeerTroubles.What(kind, what));
    }

    /** Somebody answered from {@code address}. That this node is there itself is no trouble: lists of seeds are often the same for all. */
    private void meet(String address, Greeting greeting) {
        Roster.Welcome welcome = roster.heard(greeting.self(), greeting.vital());
        roster.hearsay(greeting.others());
        if (welcome == Roster.Welcome.DUPLICATE) {
            trouble(address, Kind.ID_TAKEN, "the node there has our node_id " + greeting.self().id()
                    + " or a copy of our data: give one of them another");
            return;
        }
        troubles.end(address);
        if (!greeting.self().address().equals(address) && welcome == Roster.Welcome.MEMBER) {
            roster.forget(address);
        }
    }

    /** What other nodes may say. */
    public Map<String, PeerService> services() {
        Map<String, PeerService> services = new TreeMap<>();
        for (Call kind : Call.values()) {
            services.put(kind.target(), (from, body) -> CompletableFuture.completedFuture(answer(kind, body)));
        }
        return services;
    }

    private PeerService.Answer answer(Call kind, byte[] body) {
        Optional<Greeting> said = Greeting.decode(body);
        if (said.isEmpty()) {
            return PeerService.Answer.of(MALFORMED);
        }
        if (left) {
            return PeerService.Answer.of(GONE);
        }
        Roster.Welcome welcome = roster.heard(said.get().self(), said.get().vital());
        if (welcome == Roster.Welcome.DUPLICATE) {
            trouble(said.get().self().address(), Kind.ID_TAKEN, "the node there calls itself "
                    + said.get().self().id() + ", as another one does already");
            return PeerService.Answer.of(CONFLICT);
        }
        if (welcome == Roster.Welcome.FULL) {
            return PeerService.Answer.of(FULL);
        }
        roster.hearsay(said.get().others());
        Greeting answer = greeting(kind != Call.HEARTBEAT || welcome == Roster.Welcome.DEPARTED);
        return PeerService.Answer.ok(answer.encode(said.get().vital().protocol()));
    }

    /** Takes a member from the list for good, everywhere; false when there is none of that id. If it lives, it will say so and come back. */
    public boolean remove(String id, Optional<Member> remembered) {
        return roster.remove(id, remembered);
    }

    /** This directory has another id from now on. */
    void reborn(UUID origin) {
        Member self = roster.self();
        roster.become(new Member(self.id(), self.address(), origin, self.joined(), self.refuting(0).incarnation(), false));
    }

    /** Tells all members that this node has left, and says nothing any more. */
    CompletionStage<Void> leave() {
        roster.become(roster.self().gone());
        left = true;
        doors.log.info("this node left its cluster", "members", alive().size());
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (Seen peer : alive()) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            told.add(one);
            say(Call.GOSSIP, peer.member().address(), () -> one.complete(null));
        }
        return CompletableFuture.allOf(told.toArray(CompletableFuture<?>[]::new));
    }

    /** Whether this node has left its cluster, until it is started again. */
    public boolean left() {
        return left;
    }

    /** Where members are or were; with those of {@code known} at the next start they are found again. */
    public List<String> addresses() {
        return roster.addresses();
    }

    /** All members but this node, and how they stand. */
    List<Seen> seen() {
        return roster.seen();
    }

    /** This node and all members, by id. */
    public List<Seen> members() {
        Map<String, Seen> shown = new TreeMap<>();
        Seen me = me();
        shown.put(me.member().id(), me);
        roster.seen().forEach(seen -> shown.put(seen.member().id(), seen));
        return List.copyOf(shown.values());
    }

    private Seen me() {
        return new Seen(roster.self(), left ? Member.Status.LEFT : Member.Status.ALIVE, vital.get(), doors.clock.wallMs(), 0);
    }

    /** Members that are alive or suspect, this one included. */
    public int count() {
        return 1 + (int) roster.seen().stream().filter(seen -> seen.status().compareTo(Member.Status.SUSPECT) <= 0).count();
    }

    /** Whether no living member's clock is further from this one's than clocks may differ: else nobody knows what is long dead. */
    public boolean clocksAgree() {
        return MemberProblems.clocksAgree(roster.seen());
    }

    /** Why no client should write here: this node's clock is too far from that of the others. */
    public Optional<Refusal> clockRefusal() {
        return clockRefusal;
    }

    /** What an operator should know. */
    public List<Problem> problems() {
        if (left) {
            return List.of();
        }
        List<Seen> all = roster.seen();
        List<Problem> problems = new ArrayList<>(troubles.problems());
        problems.addAll(MemberProblems.of(all, this::silence));
        clockRefusal().ifPresent(why -> problems.add(new Problem(Kind.CLOCK_WRONG, why.detail())));
        problems.addAll(seeds.problems(all.isEmpty()));
        return problems;
    }
}
