package kvs.cluster;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import kvs.model.ClusterProtocol;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.HealthProblem;
import kvs.model.Key;
import kvs.model.Member;
import kvs.model.NodeMode;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.tree.KeyRange;
import kvs.tree.Tree;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Keeps what this node holds equal to what the members hold: a follower for each of them. A node that begins empty and shall join others is
 * {@code syncing} until it is whole: until everything was compared with a whole member, or it is sure that there is nothing to fetch. Reads are
 * served as soon as users, tokens, groups and metadata are here. Thread-safe.
 */
public final class Replication {

    private static final long TICK_MS = 100;
    /** Users, tokens, groups and metadata: their keys start with the byte 0, paths never do. */
    static final KeyRange RESERVED = KeyRange.of(new byte[] {0}, new byte[] {1});
    /** An empty node whose members are all empty waits so long for others before it believes that there is nothing. */
    private static final long EMPTY_MS = 1_500;
    /** A started node says nothing of its data before it has heard all whom it knows, or has waited so long: it may be an old copy. */
    private static final long GREETING_MS = 5_000;
    /** So long all must be there, and none of them whole, before what is lost is given up. */
    private static final long BEREFT_MS = 30_000;
    /** So often somebody is asked for what is unreadable here. */
    private static final long MEND_MS = 5_000;
    private static final int LATER = 503;

    private final Dependencies doors;
    private final Settings settings;
    private final Membership membership;
    private final Feed feed;
    private final SyncService data;
    private final PeerHistory contacts;
    private final ProtocolAgreement agreement;
    private final EndedOrigins lives;
    private final Follower.Dependencies followers;
    private final Map<UUID, Follower> following = new ConcurrentHashMap<>();
    /** What each member said when it was heard last; belongs to the task. */
    private final Map<UUID, NodeStatus> heard = new HashMap<>();
    private final AtomicBoolean saving = new AtomicBoolean();
    private final long startNanos;
    private boolean joined;
    private UUID origin;
    private long emptyNanos;
    private boolean empty;
    private long bereftNanos;
    private long mendedNanos;
    private int mends;

    /** What it uses. */
    public record Dependencies(Store store, CoverageTracker knowledge, Feed feed, Clock clock, Scheduler scheduler, Logger log) { }

    /**
     * How it works.
     *
     * @param throttleMs {@code throttle_delay_ms}
     * @param fetchMs {@code fetch_delay_ms}
     * @param catchupMs {@code catchup_interval}
     * @param syncMs {@code sync_interval}
     * @param windowMs {@code bootstrap_max_age_hours}
     * @param stages hears how far this node has come
     */
    public record Settings(long throttleMs, long fetchMs, long catchupMs, long syncMs, long windowMs, Consumer<JoinStage> stages) { }

    /** How far a node has come that joins a cluster. */
    public enum JoinStage {
        /** It has nothing yet. */
        EMPTY,
        /** It knows who may do what. */
        ACCOUNTS,
        /** It has everything. */
        JOINED
    }

    /** The replication of a node. */
    public Replication(Dependencies doors, Settings settings, Membership membership, PeerClient line) {
        this.doors = doors;
        this.settings = settings;
        this.membership = membership;
        this.feed = doors.feed;
        this.origin = doors.store.origin();
        this.contacts = new PeerHistory(doors.store.notes(), doors.clock);
        feed.followers(this::covered);
        this.agreement = new ProtocolAgreement(doors.store, doors.knowledge, contacts);
        this.lives = new EndedOrigins(doors.store, doors.knowledge, doors.clock);
        this.data = new SyncService(new SyncService.Dependencies(doors.store, doors.knowledge, contacts, this::windowMs, doors.clock, doors.log));
        this.startNanos = doors.clock.nanos();
        this.bereftNanos = startNanos;
        this.mendedNanos = startNanos;
        if (contacts.met(settings.windowMs)) {
            doors.knowledge.settle(true);
        }
        this.joined = !doors.knowledge.joining();
        if (!joined) {
            settings.stages.accept(JoinStage.EMPTY);
        }
        this.followers = new Follower.Dependencies(doors.store, doors.knowledge, line, doors.scheduler, doors.clock,
                new Follower.Delays(settings.throttleMs, settings.fetchMs, settings.catchupMs, settings.syncMs),
                doors.log);
    }

    /** What that run of a member said last that it covers; nothing of a run that has said nothing yet. */
    private Coverage covered(PeerSignature.NodeRun run) {
        return membership.seen().stream().filter(seen -> run.equals(new PeerSignature.NodeRun(seen.member().origin(), seen.nodeStatus().boot())))
                .map(seen -> seen.nodeStatus().covered()).findFirst().orElse(Coverage.NONE);
    }

    /** Begins to follow others. */
    public void start() {
        doors.scheduler.start("replication", this::tick, 0);
    }

    /** What other nodes may ask. */
    public Map<String, PeerService> services() {
        return Map.of("/sync/diff", (from, body) -> settled() ? data.diff(body) : later(),
                "/sync/fetch", (from, body) -> settled() ? data.fetch(from, body) : later(),
                "/sync/feed", (from, body) -> settled() ? feed.poll(from, body) : later());
    }

    private boolean settled() {
        return doors.knowledge.settled();
    }

    private static CompletionStage<PeerService.Response> later() {
        return CompletableFuture.completedFuture(PeerService.Response.of(LATER));
    }

    private long tick() {
        if (membership.left()) {
            following.clear();
            return Task.DONE;
        }
        List<MemberView> all = membership.seen();
        List<MemberView> alive = all.stream().filter(seen -> seen.status() == Member.Status.ALIVE).toList();
        all.stream().filter(seen -> seen.status() == Member.Status.LEFT).forEach(seen -> contacts.gone(seen.member().origin()));
        byte[] mine = doors.store.root().tree().summary().digest();
        alive.stream().filter(seen -> heard.put(seen.member().origin(), seen.nodeStatus()) != seen.nodeStatus()).forEach(seen -> greet(seen, mine));
        boolean met = contacts.met(windowMs());
        if (!doors.knowledge.settled() && (met || sinceStart() >= GREETING_MS)) {
            doors.knowledge.settle(met);
        }
        alive.forEach(seen -> follow(seen, mine));
        heard.keySet().retainAll(alive.stream().map(seen -> seen.member().origin()).toList());
        following.keySet().retainAll(all.stream().filter(seen -> seen.status() != Member.Status.LEFT).map(seen -> seen.member().origin()).toList());
        if (!doors.knowledge.whole()) {
            empty(alive);
            bereft(alive);
        } else if (!joined) {
            joined = true;
            doors.log.info("joined", "versions", doors.store.root().tree().summary().count());
            settings.stages.accept(JoinStage.JOINED);
        }
        if (!origin.equals(doors.store.origin())) {
            origin = doors.store.origin();
            membership.reborn(origin);
        }
        mend();
        save();
        List<PeerHistory.Contact> awaited = contacts.awaited(windowMs());
        agreement.look(awaited);
        lives.look(new EndedOrigins.ClusterView(all.stream().filter(seen -> seen.status() != Member.Status.LEFT).toList(),
                awaited.stream().map(contact -> contact.member().origin()).collect(Collectors.toSet())));
        return TICK_MS;
    }

    private long sinceStart() {
        return TimeUnit.NANOSECONDS.toMillis(doors.clock.nanos() - startNanos);
    }

    private void greet(MemberView seen, byte[] mine) {
        boolean equal = Arrays.equals(mine, seen.nodeStatus().root());
        contacts.recordContact(seen, equal ? Optional.of(new PeerHistory.LastEqual(doors.clock.wallMs(), doors.store.head())) : Optional.empty());
        contacts.recordReport(seen, origin);
        doors.knowledge.check(seen.nodeStatus());
        seen.nodeStatus().floor().filter(floor -> seen.nodeStatus().whole()).ifPresent(floor -> doors.knowledge.purged(floor, seen.nodeStatus().covered()));
    }

    private void follow(MemberView seen, byte[] mine) {
        Member member = seen.member();
        following.compute(member.origin(), (id, old) -> old != null && old.address().equals(member.address()) ? old
                : new Follower(followers, member, () -> {
                    if (doors.knowledge.joining()) {
                        settings.stages.accept(JoinStage.ACCOUNTS);
                    }
                })).tick(seen.nodeStatus(), mine);
    }

    /** The certainty that nobody has anything ends the joining. */
    private void empty(List<MemberView> alive) {
        boolean nothing = doors.knowledge.joining() && doors.store.root().tree().summary().count() == 0 && !alive.isEmpty()
                && alive.stream().allMatch(seen -> seen.nodeStatus().count() == 0);
        if (!nothing || !empty) {
            emptyNanos = doors.clock.nanos();
        }
        empty = nothing;
        if (nothing && TimeUnit.NANOSECONDS.toMillis(doors.clock.nanos() - emptyNanos) >= EMPTY_MS) {
            doors.knowledge.nothing();
        }
    }

    /** When all who may come back are there, none of them is whole, and everything was compared with each, there is no more to be had. */
    private void bereft(List<MemberView> alive) {
        boolean all = !doors.knowledge.joining() && contacts.met(windowMs()) && alive.stream().noneMatch(seen -> seen.nodeStatus().whole())
                && alive.stream().allMatch(seen -> following.containsKey(seen.member().origin()) && following.get(seen.member().origin()).compared());
        if (!all) {
            bereftNanos = doors.clock.nanos();
        } else if (TimeUnit.NANOSECONDS.toMillis(doors.clock.nanos() - bereftNanos) >= BEREFT_MS) {
            doors.log.warn("what is lost of the log is nowhere: this node goes on without it");
            bereftNanos = doors.clock.nanos();
            doors.knowledge.nothing();
        }
    }

    /** Has what was found unreadable given again, by each in turn. */
    private void mend() {
        List<Key> spoiled = doors.store.unreadableKeys();
        List<Follower> followers = List.copyOf(following.values());
        if (!spoiled.isEmpty() && !followers.isEmpty() && TimeUnit.NANOSECONDS.toMillis(doors.clock.nanos() - mendedNanos) >= MEND_MS) {
            mendedNanos = doors.clock.nanos();
            followers.get(Math.floorMod(mends++, followers.size())).mend(spoiled);
        }
    }

    /** Writes down all that is known of others: this node stops, and what it wrote may have to be stamped anew. */
    public void remember() {
        doors.store.submit(new NotesWrite(contacts.unsaved(0)));
    }

    /** Writes down whom this node was with. */
    private void save() {
        Map<String, byte[]> notes = contacts.unsaved(PeerHistory.EXACT_MS);
        if (!notes.isEmpty() && saving.compareAndSet(false, true)) {
            doors.store.submit(new NotesWrite(notes));
        }
    }

    private final class NotesWrite implements Write {

        private final Map<String, byte[]> notes;

        NotesWrite(Map<String, byte[]> notes) {
            this.notes = notes;
        }

        @Override
        public void decide(Transaction tx) {
            notes.forEach(tx::note);
        }

        @Override
        public void written() {
            contacts.saved(notes);
            saving.set(false);
        }

        @Override
        public void refused(Refusal why) {
            saving.set(false);
        }

        @Override
        public int bytes() {
            return 1_000;
        }
    }

    /** Takes a member from the list for good, everywhere, also one that is remembered only; nobody waits for it any more. */
    public boolean remove(String id) {
        Optional<Member> remembered = contacts.named(id);
        boolean removed = membership.remove(id, remembered);
        remembered.ifPresent(member -> contacts.gone(member.origin()));
        return removed;
    }

    /** Leaves the cluster once others have what was written here, or after {@code waitMs}; how many have it, this node included. */
    public CompletionStage<Integer> leave(long waitMs) {
        int others = (int) membership.seen().stream().filter(seen -> seen.status() == Member.Status.ALIVE).count();
        return feed.copies(1 + others, waitMs).thenCompose(copies -> membership.leave().thenApply(told -> copies));
    }

    /** What nodes tell each other of what they hold. */
    public static NodeStatus.Digests digests(Tree tree) {
        return new NodeStatus.Digests(tree.summary().digest(), tree.summary(RESERVED).digest());
    }

    /** What this node tells beside, by tag. */
    public Map<Integer, byte[]> fields() {
        return Map.of(EndedOrigins.TAG, lives.field(), PurgeFloor.TAG, PurgeFloor.of(doors.store.notes()).encode());
    }

    /** What this node tells of others. */
    public Map<UUID, NodeStatus.PeerReport> known() {
        return contacts.known(doors.store.highWatermarks());
    }

    /** How long a node may be away before others forget what they deleted, ms: the largest that anybody says. */
    public long windowMs() {
        return membership.seen().stream().mapToLong(seen -> seen.nodeStatus().windowMs()).reduce(settings.windowMs, Math::max);
    }

    /** What all can read who may come back. */
    public ClusterProtocol protocol() {
        return agreement;
    }

    /** The ids of members that may come back and cannot read what a number of the protocol stands for. */
    public List<String> older(int number) {
        return contacts.awaited(windowMs()).stream().filter(contact -> contact.protocol() < number)
                .map(contact -> contact.member().id()).toList();
    }

    /** Whether something that is covered there can come from nobody any more. */
    public boolean lost(Coverage wanted) {
        return lives.lost(wanted);
    }

    /** Whether a version is here, and everywhere where anybody may come back from. */
    public boolean everywhere(Dot dot) {
        long windowMs = windowMs();
        Coverage mine = doors.store.durable();
        return contacts.awaited(windowMs).isEmpty() || mine.covers(dot) && contacts.everywhere(dot, windowMs);
    }

    /** Whether somebody is there, and all who are there hold the same users, tokens, groups and metadata as this node. */
    public boolean agrees() {
        byte[] mine = doors.store.root().tree().summary(RESERVED).digest();
        List<MemberView> alive = membership.seen().stream().filter(seen -> seen.status() == Member.Status.ALIVE).toList();
        return !alive.isEmpty() && alive.stream().allMatch(seen -> Arrays.equals(mine, seen.nodeStatus().digests().reserved()));
    }

    /** For how long writes of the member of that origin may not have reached this node, ms; empty for one that is not followed. */
    public Optional<Long> lagMs(UUID member) {
        long silentMs = membership.seen().stream().filter(seen -> seen.member().origin().equals(member) && seen.status() != Member.Status.ALIVE)
                .mapToLong(MemberView::silentMs).findFirst().orElse(0);
        return Optional.ofNullable(following.get(member)).map(follower -> Math.max(silentMs, follower.lagMs()));
    }

    /** Living versions that were dropped here since the start, because everybody else had had and forgotten them. */
    public long dropped() {
        return data.dropped();
    }

    /** What an operator should know. */
    public List<HealthProblem> problems() {
        List<HealthProblem> problems = new ReplicationHealth(doors, membership, contacts, data).list(following.values(), windowMs());
        problems.addAll(agreement.problems(membership.seen()));
        return problems;
    }
}
