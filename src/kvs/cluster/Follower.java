package kvs.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import kvs.model.ClusterProtocol;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Member;
import kvs.model.ReplicationRules;
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
 * each continued by the response to the one before; {@link SyncSchedule} knows whether there is one.
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
    private static final SyncSchedule.ComparisonResult LOST = new SyncSchedule.ComparisonResult(false, false,
            false, 0, 0, 0);
    private static final int OK = 200;
    private static final int GONE = 410;

    private final Dependencies doors;
    private final UUID origin;
    private final String address;
    private final Comparison.Peer peer;
    private final Runnable accounts;
    private final SyncSchedule pace;
    private final VersionReceiver intake;
    /** The head of this node's log after the last page was taken. */
    private volatile long takenAt;
    /** The last status of the member. */
    private volatile NodeStatus said = NodeStatus.UNKNOWN;

    /** The dependencies of followers. */
    record Dependencies(Store store, CoverageTracker knowledge, PeerClient line, Scheduler scheduler,
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
    Follower(Dependencies doors, Member member, Runnable accounts) {
        this.doors = doors;
        this.origin = member.origin();
        this.address = member.address();
        this.accounts = accounts;
        this.intake = new VersionReceiver(doors.store, doors.scheduler, doors.log, member.id());
        this.peer = new Comparison.Peer(doors, member, intake);
        long covered = doors.knowledge.whole() ? doors.store.covered().of(origin) : 0;
        this.pace = new SyncSchedule(doors.clock, doors.delays.catchupMs, doors.delays.syncMs,
                covered == 0 ? OptionalLong.empty() : OptionalLong.of(covered));
    }

    String address() {
        return address;
    }

    /** See {@link SyncSchedule#lagMs}. */
    long lagMs() {
        return pace.lagMs();
    }

    /** Whether everything was compared once, and no version was left out. */
    boolean compared() {
        return pace.whole();
    }

    /** The reason why the two stay different, empty if there is none. */
    String trouble() {
        if (intake.refused() > 0) {
            return intake.refused() + " of its versions are none that a client can have written,"
                    + " and were left out: see the log";
        }
        return pace.complete() ? "" : "some of its versions cannot be taken: unreadable there or here,"
                + " changed meanwhile, or from the future";
    }

    /** Starts the next step, if one is due: the member is alive, and has just reported this status. */
    void tick(NodeStatus theirs, byte[] mine) {
        said = theirs;
        if (Arrays.equals(theirs.root(), mine)) {
            intake.forgive();
        }
        Coverage covered = doors.store.covered();
        boolean ahead = doors.knowledge.whole() && !covered.coversBut(origin, theirs.covered());
        boolean purging = Math.floorMod(doors.clock.wallMs(), ReplicationRules.PURGE_STEP_MS) < PURGING_MS;
        if (pace.beginComparison(new SyncSchedule.Observation(theirs, mine, ahead, theirs.whole()
                && !doors.knowledge.whole(), purging))) {
            Comparison round = new Comparison(peer, theirs, lost -> compared(lost, false));
            round.run(accounts, () -> compared(round, true));
        } else {
            feed();
        }
    }

    /** Requests versions that were found unreadable here; success shows when they are read again. */
    void mend(List<Key> keys) {
        new Comparison(peer, said, lost -> { }).mend(keys);
    }

    /** The end of a comparison; {@code reached}: the member responded to the end. */
    private void compared(Comparison round, boolean reached) {
        NodeStatus theirs = round.theirs();
        long log = theirs.protocol() > ClusterProtocol.FIRST ? Math.max(theirs.head(), theirs.log())
                : theirs.head();
        SyncSchedule.ComparisonResult end = new SyncSchedule.ComparisonResult(reached, round.complete(),
                theirs.whole(), round.taken(), theirs.head(), log);
        if (reached && round.complete() && round.theirs().whole()) {
            if (theirs.protocol() == ClusterProtocol.FIRST && !doors.knowledge.whole()) {
                // The first release reports no floor.
                doors.knowledge.purged(new PurgeFloor(theirs.covered(), theirs.wallMs()), theirs.covered());
            }
            doors.knowledge.learn(round.theirs().covered(), () -> pace.endComparison(end),
                    () -> pace.endComparison(LOST));
        } else {
            pace.endComparison(end);
        }
    }

    /** Follows the member's own writes, unless a poll is under way. */
    private void feed() {
        OptionalLong after = pace.beginPoll();
        if (after.isEmpty()) {
            return;
        }
        long asked = doors.clock.nanos();
        boolean ordered = said.protocol() > ClusterProtocol.FIRST;
        byte[] request = ordered ? Feed.request(origin, after.getAsLong(), WAIT_MS, holds(), pace.held())
                : Feed.request(origin, after.getAsLong(), WAIT_MS, holds());
        Network.Bounds bounds = new Network.Bounds(FEED_DEADLINE_MS, FeedPage.BYTES_MAX);
        doors.line.send(new PeerClient.Call(address, "/sync/feed", request, bounds, life -> true))
                .thenAccept(reply -> {
            Optional<FeedPage.ReceivedPage> page = reply instanceof PeerClient.Response answered
                    && answered.status() == OK ? FeedPage.decode(answered.body(), ordered) : Optional.empty();
            if (page.isEmpty()) {
                pace.losePoll(reply instanceof PeerClient.Response answered && answered.status() == GONE);
                return;
            }
            FeedPage.ReceivedPage told = page.get();
            List<byte[]> readable = told.frames().stream().takeWhile(frame -> frame.length > 0).toList();
            boolean all = readable.size() == told.frames().size();
            boolean sure = all && pace.sure() && doors.knowledge.whole() && told.held() > 0;
            Optional<Dot> covers = sure ? Optional.of(new Dot(origin, told.held())) : Optional.empty();
            intake.merge(readable, new RemoteWrite.FetchContext(doors.clock, asked,
                    doors.knowledge.whole(), covers)).whenComplete((merged, refused) ->
                            fed(refused == null && all && merged.complete(), told));
        });
    }

    /** Whether everything of the member up to the cursor is durable here, and counts as a copy. */
    private boolean holds() {
        return pace.whole() && doors.knowledge.whole() && doors.store.durableHead() >= takenAt;
    }

    private void fed(boolean whole, FeedPage.ReceivedPage told) {
        takenAt = doors.store.head();
        pace.endPoll(whole, told.mark(), told.held());
        if (whole) {
            feed();
        }
    }
}
