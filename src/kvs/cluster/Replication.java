package kvs.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import kvs.model.Coverage;
import kvs.model.HealthProblem;
import kvs.model.Member;
import kvs.model.ProtocolGate;
import kvs.model.Version;
import kvs.model.ZoneReport;
import kvs.peer.PeerClient;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import kvs.recovery.StoreNotes;
import kvs.recovery.ZoneNotes;
import kvs.store.Store;
import kvs.tree.KeyRange;
import kvs.tree.Tree;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Keeps the data of this node equal to that of the members: one follower for each of them. A node that starts
 * empty and shall join others is {@code syncing} until it is whole: until it has compared everything with a
 * whole member, or it is sure that there is nothing to fetch. Reads are served as soon as users, tokens,
 * groups and metadata are here. Thread-safe.
 */
public final class Replication {

    /** The range of users, tokens, groups and metadata: their keys start with the byte 0, paths never do. */
    static final KeyRange RESERVED = KeyRange.of(new byte[] {0}, new byte[] {1});
    private static final int LATER = 503;

    private final Dependencies dependencies;
    private final Settings settings;
    private final Membership membership;
    private final Feed feed;
    private final SyncService data;
    private final PeerHistory peerHistory;
    private final MemberProtocolGate agreement;
    private final EndedOrigins endedOrigins;
    private final PeerHistoryWriter history;
    private final Followers followers;
    private final ReplicationTask task;

    /** The dependencies. */
    public record Dependencies(Store store, CoverageTracker coverageTracker, Feed feed, Clock clock,
            Scheduler scheduler, Logger log) { }

    /**
     * The settings.
     *
     * @param throttleMs {@code throttle_delay_ms}
     * @param fetchMs {@code fetch_delay_ms}
     * @param catchupMs {@code catchup_interval}
     * @param syncMs {@code sync_interval}
     * @param windowMs {@code bootstrap_max_age_hours}
     * @param stages receives the stages that this node reaches
     */
    public record Settings(long throttleMs, long fetchMs, long catchupMs, long syncMs, long windowMs,
            Consumer<JoinStage> stages) { }

    /** The replication of a node. */
    public Replication(Dependencies dependencies, Settings settings, Membership membership, PeerClient line) {
        this.dependencies = dependencies;
        this.settings = settings;
        this.membership = membership;
        this.feed = dependencies.feed;
        this.peerHistory = new PeerHistory(dependencies.store.notes(), dependencies.clock);
        this.history = new PeerHistoryWriter(peerHistory, dependencies.store);
        feed.followers(this::covered);
        this.agreement = new MemberProtocolGate(dependencies.store,
                dependencies.coverageTracker, peerHistory);
        this.endedOrigins = new EndedOrigins(dependencies.store, dependencies.coverageTracker,
                dependencies.clock);
        this.data = new SyncService(new SyncService.Dependencies(dependencies.store,
                dependencies.coverageTracker,
                peerHistory, this::windowMs, dependencies.clock, dependencies.log));
        if (peerHistory.allHeard(settings.windowMs)) {
            dependencies.coverageTracker.settle(true);
        }
        JoinTracker joinTracker = new JoinTracker(dependencies, peerHistory, this::windowMs, settings.stages);
        this.followers = new Followers(
                new Follower.Dependencies(dependencies.store, dependencies.coverageTracker, line,
                        dependencies.scheduler, dependencies.clock, new Follower.Delays(settings.throttleMs,
                                settings.fetchMs, settings.catchupMs, settings.syncMs), dependencies.log),
                joinTracker::accounts);
        this.task = new ReplicationTask(dependencies, membership, new ReplicationTask.Parts(peerHistory,
                history, joinTracker, followers, agreement, endedOrigins), this::windowMs);
    }

    /** The coverage that this run of a member last reported; none before its first report. */
    private Coverage covered(PeerSignature.NodeRun run) {
        return membership.seen().stream().filter(member ->
                run.equals(new PeerSignature.NodeRun(member.member().origin(), member.nodeStatus().boot())))
                .map(member -> member.nodeStatus().covered()).findFirst().orElse(Coverage.NONE);
    }

    /** The task that follows the members. */
    public Task task() {
        return task;
    }

    /** The services for other nodes, by path. */
    public Map<String, PeerRequestHandler> services() {
        return Map.of("/sync/diff", (from, body) -> settled() ? data.diff(body) : later(),
                "/sync/fetch", (from, body) -> settled() ? data.fetch(from, body) : later(),
                "/sync/feed", (from, body) -> settled() ? feed.poll(from, body) : later());
    }

    private boolean settled() {
        return dependencies.coverageTracker.settled();
    }

    private static CompletionStage<PeerRequestHandler.Response> later() {
        return CompletableFuture.completedFuture(PeerRequestHandler.Response.of(LATER));
    }

    /** Notes the whole history of contacts: this node stops, and its writes may have to be stamped anew. */
    public void remember() {
        history.saveAll();
    }

    /**
     * Removes a member for good, everywhere, even one that is only remembered; nobody waits for it any more.
     */
    public boolean remove(String id) {
        Optional<Member> remembered = peerHistory.named(id);
        boolean removed = membership.remove(id, remembered);
        remembered.ifPresent(member -> peerHistory.forget(member.origin()));
        return removed;
    }

    /**
     * Leaves the cluster once others have the writes of this node, or after {@code waitMs}; the result is the
     * number of nodes that have them, this one included.
     */
    public CompletionStage<Integer> leave(long waitMs) {
        int others = (int) membership.seen().stream()
                .filter(member -> member.status() == Member.Status.ALIVE).count();
        return feed.copies(1 + others, waitMs)
                .thenCompose(copies -> membership.leave().thenApply(told -> copies));
    }

    /** The digests that nodes report of their data. */
    public static NodeStatus.Digests digests(Tree tree) {
        return new NodeStatus.Digests(tree.summary().digest(), tree.summary(RESERVED).digest());
    }

    /** The additional fields of heartbeats, by tag. */
    public Map<Integer, byte[]> fields() {
        StoreNotes notes = dependencies.store.notes();
        Map<Integer, byte[]> fields = new TreeMap<>(Map.of(EndedOrigins.TAG, endedOrigins.field(),
                PurgedWatermarks.TAG, PurgedWatermarks.of(notes).encode()));
        notes.zones().report().ifPresent(zones -> fields.put(ZoneReport.TAG, zones.encode()));
        return fields;
    }

    /** The reports of this node on others. */
    public Map<UUID, NodeStatus.PeerReport> known() {
        return peerHistory.known(dependencies.store.highWatermarks());
    }

    /**
     * The time for which a node may be away before others forget what they deleted, ms: the largest that any
     * node reports.
     */
    public long windowMs() {
        return membership.seen().stream().mapToLong(member -> member.nodeStatus().windowMs())
                .reduce(settings.windowMs, Math::max);
    }

    /** The protocol that all can read which may return. */
    public ProtocolGate protocol() {
        return agreement;
    }

    /** The ids of members that may return and cannot read that number of the protocol. */
    public List<String> older(int number) {
        return peerHistory.awaited(windowMs()).stream().filter(contact -> contact.protocol() < number)
                .map(contact -> contact.member().id()).toList();
    }

    /** Whether a part of {@code wanted} can come from no node any more. */
    public boolean lost(Coverage wanted) {
        return endedOrigins.lost(wanted);
    }

    /**
     * For each node that may return, the time up to which what it had is covered here, Unix ms; 0 while that
     * is not known.
     */
    public List<Long> coveredMs() {
        return peerHistory.coveredMs(windowMs());
    }

    /** Whether a version is here, and on every node that may return. */
    public boolean everywhere(Version version) {
        List<PeerContact> awaited = peerHistory.awaited(windowMs());
        ZoneNotes zones = dependencies.store.notes().zones();
        byte[] key = version.key().bytes();
        return awaited.isEmpty() || zones.covers(dependencies.store.durable(), key, version.dot())
                && awaited.stream().allMatch(contact -> zones.covers(contact.covered(), key, version.dot()));
    }

    /**
     * Whether others are present, and all of them hold the same users, tokens, groups and metadata as this
     * node.
     */
    public boolean agrees() {
        byte[] mine = dependencies.store.root().tree().summary(RESERVED).digest();
        List<MemberView> alive = membership.seen().stream()
                .filter(member -> member.status() == Member.Status.ALIVE).toList();
        return !alive.isEmpty() && alive.stream()
                .allMatch(member -> Arrays.equals(mine, member.nodeStatus().digests().reserved()));
    }

    /**
     * The time for which writes of the member of that origin may not have reached this node, ms; empty for a
     * member that is not followed.
     */
    public Optional<Long> lagMs(UUID member) {
        long silentMs = membership.seen().stream()
                .filter(view -> view.member().origin().equals(member) && view.status() != Member.Status.ALIVE)
                .mapToLong(MemberView::silentMs).findFirst().orElse(0);
        return followers.lagMs(member).map(lagMs -> Math.max(silentMs, lagMs));
    }

    /**
     * The number of living versions that were dropped here since the start, because all others had had and
     * forgotten them.
     */
    public long dropped() {
        return data.dropped();
    }

    /** The problems for an operator. */
    public List<HealthProblem> problems() {
        List<HealthProblem> problems = new ReplicationHealth(dependencies, membership, peerHistory, data)
                .list(followers.all(), windowMs());
        problems.addAll(agreement.problems(membership.seen()));
        return problems;
    }
}
