package kvs.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Member;
import kvs.model.ProtocolGate;
import kvs.model.ReplicationRules;
import kvs.model.ZoneReport;
import kvs.peer.PeerClient;
import kvs.store.Store;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Network;
import kvs.world.Scheduler;

/**
 * Brings the data of one member to this node. First it compares everything with the member and fetches newer
 * versions, reserved keys before all others, so that no document is served under older rights than the
 * member's; and again before each page of documents is taken, because rights may have changed there
 * meanwhile. Then it follows the member's own writes as they happen. When the two stay different although
 * nothing moves, it compares everything again.
 *
 * <p>Only this node changes: the member fetches what it lacks itself. All requests of one kind form a chain,
 * each continued by the response to the one before; {@link FollowerSchedule} knows whether there is one.
 * Thread-safe.
 */
final class Follower {

    /**
     * Maximal time for which the member may hold back an empty response; a link that loses it is noticed soon
     * after.
     */
    private static final long WAIT_MS = 3_000;
    private static final long FEED_DEADLINE_MS = 6_000;
    /**
     * Time after each step of purges for which nodes differ by keys that one has purged and the other will
     * purge in a moment.
     */
    private static final long PURGING_MS = 60_000;
    /** The result of an interrupted comparison. */
    private static final FollowerSchedule.ComparisonResult LOST = new FollowerSchedule.ComparisonResult(false,
            false, false, 0, 0, 0);
    private static final int OK = 200;
    private static final int GONE = 410;

    private final Dependencies dependencies;
    private final UUID origin;
    private final String address;
    private final AntiEntropySession.ComparisonTarget peer;
    private final Runnable accounts;
    private final FollowerSchedule schedule;
    private final VersionReceiver receiver;
    /** The head of this node's log after the last page was taken. */
    private volatile long takenAt;
    /** The last status of the member. */
    private volatile NodeStatus reported = NodeStatus.UNKNOWN;
    /** Deadline of a page of a comparison; longer after each loss, because the line may be slow. */
    private volatile long fetchMs = AntiEntropySession.FETCH_MS_LEAST;

    /** The dependencies of followers. */
    record Dependencies(Store store, CoverageTracker coverageTracker, PeerClient line, Scheduler scheduler,
            Clock clock, Delays delays, Logger log) { }

    /**
     * Pauses, so that a node that fetches much leaves capacity to the others; a few differences are fetched
     * without any.
     *
     * @param throttleMs pause between two requests of a long comparison
     * @param fetchMs pause between two pages of a long fetch
     * @param catchupMs maximal pause between two comparisons that moved nothing
     * @param syncMs maximal pause between two comparisons of nodes that are never equal
     */
    record Delays(long throttleMs, long fetchMs, long catchupMs, long syncMs) { }

    /**
     * A follower of {@code member}; {@code accounts} runs when all reserved keys of a whole member are here.
     */
    Follower(Dependencies dependencies, Member member, Runnable accounts) {
        this.dependencies = dependencies;
        this.origin = member.origin();
        this.address = member.address();
        this.accounts = accounts;
        this.receiver = new VersionReceiver(dependencies.store, dependencies.scheduler,
                dependencies.log, member.id());
        this.peer = new AntiEntropySession.ComparisonTarget(dependencies, member, receiver);
        long covered = dependencies.coverageTracker.whole() ? dependencies.store.covered().of(origin) : 0;
        this.schedule = new FollowerSchedule(dependencies.clock, dependencies.delays.catchupMs,
                dependencies.delays.syncMs, covered == 0 ? OptionalLong.empty() : OptionalLong.of(covered));
    }

    String address() {
        return address;
    }

    /** See {@link FollowerSchedule#lagMs}. */
    long lagMs() {
        return schedule.lagMs();
    }

    /** Whether everything was compared once, and no version was left out. */
    boolean compared() {
        return schedule.whole();
    }

    /** The reason why the two stay different, empty if there is none. */
    String trouble() {
        if (receiver.refused() > 0) {
            return receiver.refused() + " of its versions are invalid: no client can have written them."
                    + " They were left out; see the log";
        }
        return schedule.complete() ? "" : "some of its versions cannot be accepted: unreadable there or here,"
                + " changed meanwhile, or from the future";
    }

    /** Starts the next step, if one is due: the member is alive, and has just reported this status. */
    void tick(NodeStatus theirs, byte[] mine) {
        reported = theirs;
        if (Arrays.equals(theirs.root(), mine)) {
            receiver.resetRefused();
        }
        Coverage covered = dependencies.store.covered();
        boolean ahead = dependencies.coverageTracker.whole() && !covered.coversBut(origin, theirs.covered());
        boolean purging = Math.floorMod(dependencies.clock.wallMs(), ReplicationRules.PURGE_STEP_MS)
                < PURGING_MS;
        if (schedule.beginComparison(new FollowerSchedule.Observation(theirs, mine, ahead, theirs.whole()
                && !dependencies.coverageTracker.whole(), purging))) {
            AntiEntropySession round = new AntiEntropySession(peer, theirs, fetchMs,
                    lost -> compared(lost, false));
            round.run(accounts, () -> compared(round, true));
        } else {
            feed();
        }
    }

    /** Requests versions that were found unreadable here; success shows when they are read again. */
    void mend(List<Key> keys) {
        new AntiEntropySession(peer, reported, AntiEntropySession.FETCH_MS_MOST, lost -> { }).mend(keys);
    }

    /** The end of a comparison; {@code reached}: the member responded to the end. */
    private void compared(AntiEntropySession round, boolean reached) {
        NodeStatus theirs = round.theirs();
        fetchMs = reached ? AntiEntropySession.FETCH_MS_LEAST
                : Math.min(2 * fetchMs, AntiEntropySession.FETCH_MS_MOST);
        long log = theirs.protocol() > ProtocolGate.FIRST ? Math.max(theirs.head(), theirs.log())
                : theirs.head();
        FollowerSchedule.ComparisonResult end = new FollowerSchedule.ComparisonResult(reached,
                round.complete(), theirs.whole(), round.taken(), theirs.head(), log);
        if (reached && round.complete() && round.theirs().whole()) {
            if (theirs.protocol() == ProtocolGate.FIRST && !dependencies.coverageTracker.whole()) {
                // The first release reports no floor.
                dependencies.coverageTracker.purged(new PurgedWatermarks(theirs.covered(), theirs.wallMs()),
                        theirs.covered(), ZoneReport.NONE);
            }
            dependencies.coverageTracker.learn(round.theirs().covered(), () -> schedule.endComparison(end),
                    () -> schedule.endComparison(LOST));
        } else {
            schedule.endComparison(end);
        }
    }

    /** Follows the member's own writes, unless a poll is under way. */
    private void feed() {
        OptionalLong after = schedule.beginPoll();
        if (after.isEmpty()) {
            return;
        }
        long asked = dependencies.clock.nanos();
        boolean ordered = reported.protocol() > ProtocolGate.FIRST;
        byte[] request = ordered
                ? FeedPoll.encode(origin, after.getAsLong(), WAIT_MS, holds(), schedule.held())
                : FeedPoll.encode(origin, after.getAsLong(), WAIT_MS, holds());
        Network.Bounds bounds = new Network.Bounds(FEED_DEADLINE_MS, FeedPage.BYTES_MAX);
        dependencies.line.send(new PeerClient.Call(address, "/sync/feed", request, bounds, life -> true))
                .thenAccept(reply -> {
            Optional<FeedPage.ReceivedPage> page = reply instanceof PeerClient.Response answered
                    && answered.status() == OK ? FeedPage.decode(answered.body(), ordered) : Optional.empty();
            if (page.isEmpty()) {
                schedule.losePoll(reply instanceof PeerClient.Response answered && answered.status() == GONE);
                return;
            }
            FeedPage.ReceivedPage received = page.get();
            List<byte[]> readable = received.messages().stream()
                    .takeWhile(frame -> frame.length > 0).toList();
            boolean all = readable.size() == received.messages().size();
            boolean sure = all && schedule.sure() && dependencies.coverageTracker.whole()
                    && received.held() > 0;
            Optional<Dot> covers = sure ? Optional.of(new Dot(origin, received.held())) : Optional.empty();
            receiver.merge(readable, new RemoteWrite.FetchContext(dependencies.clock, asked,
                    dependencies.coverageTracker.whole(), covers)).whenComplete((merged, refused) ->
                            pageApplied(refused == null && all && merged.complete(), received));
        });
    }

    /** Whether everything of the member up to the cursor is durable here, and counts as a copy. */
    private boolean holds() {
        return schedule.whole() && dependencies.coverageTracker.whole()
                && dependencies.store.durableHead() >= takenAt;
    }

    private void pageApplied(boolean whole, FeedPage.ReceivedPage page) {
        takenAt = dependencies.store.head();
        schedule.endPoll(whole, page.mark(), page.held());
        if (whole) {
            feed();
        }
    }
}
