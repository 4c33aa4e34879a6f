package kvs.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Member;
import kvs.model.Protocol;
import kvs.model.Rules;
import kvs.store.Store;
import kvs.tree.DiffMessage;
import kvs.tree.Range;
import kvs.tree.RangeDiff;
import kvs.world.Clock;
import kvs.world.Log;
import kvs.world.Network;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Brings what one member has to this node. First everything is compared with it and what it has newer is fetched, reserved keys before all
 * others, so that no document is served by older rights than the member's; and again before each page of documents is taken, because rights may
 * have changed there meanwhile. Then its own writes are followed as they come. When the two stay
 * different although nothing moves, everything is compared again.
 *
 * <p>Only this node changes here: what the member lacks, the member fetches itself. All calls of one kind are a chain, each link continued by
 * the answer to the one before; {@link Pace} knows whether there is one. Thread-safe.
 */
final class Follower {

    /** A question is a megabyte at the most each way. */
    private static final long DIFF_DEADLINE_MS = 8_000;
    /** A page with the largest document, over a slow line. */
    private static final long FETCH_DEADLINE_MS = 30_000;
    /** How long the member may hold back an answer when it has nothing to tell; a link that swallows it is noticed soon after. */
    private static final long WAIT_MS = 3_000;
    private static final long FEED_DEADLINE_MS = 6_000;
    /** Questions of a comparison that follow without a pause: ten differences in a million keys need six. */
    private static final int QUESTIONS_FREE = 16;
    private static final int PAGES_FREE = 4;
    private static final Range PATHS = new Range(new byte[] {1}, Optional.empty());
    /** For so long after each step of purges nodes differ by what one has purged and the other will in a moment. */
    private static final long PURGING_MS = 60_000;
    /** Something came in between. */
    private static final Pace.End LOST = new Pace.End(false, false, false, 0, 0, 0);
    private static final int OK = 200;
    private static final int GONE = 410;

    private final Doors doors;
    private final UUID origin;
    private final String address;
    private final Runnable accounts;
    private final Pace pace;
    private final Intake intake;
    /** Where this node's log stood when the last page was in it. */
    private volatile long takenAt;
    /** What the member said last. */
    private volatile Vital said = Vital.UNKNOWN;

    /** What followers use. */
    record Doors(Store store, Knowledge knowledge, PeerLine line, Scheduler scheduler, Clock clock, Delays delays,
            Log log) { }

    /**
     * Pauses, so that a node that fetches much leaves room for the others; a few differences are fetched without any.
     *
     * @param throttleMs between two questions of a long comparison
     * @param fetchMs between two pages of a long fetch
     * @param catchupMs between two comparisons that moved nothing, at the most
     * @param syncMs between two comparisons of nodes that are never equal, at the most
     */
    record Delays(long throttleMs, long fetchMs, long catchupMs, long syncMs) { }

    /** What one comparison has done so far. */
    private static final class Round {

        private final List<Range> left = new ArrayList<>(List.of(Replication.RESERVED, PATHS));
        /** What the member said before it was asked for the first time. */
        private final Vital theirs;
        /** What this node covered then. */
        private final Coverage mine;
        /** Runs when the member does not answer to the end. */
        private final Consumer<Round> lost;
        private int questions;
        private int pages;
        private int taken;
        private boolean complete = true;

        Round(Vital theirs, Coverage mine, Consumer<Round> lost) {
            this.theirs = theirs;
            this.mine = mine;
            this.lost = lost;
        }
    }

    /** A follower of {@code member}; {@code accounts} hears when all reserved keys of a whole member are here. */
    Follower(Doors doors, Member member, Runnable accounts) {
        this.doors = doors;
        this.origin = member.origin();
        this.address = member.address();
        this.accounts = accounts;
        this.intake = new Intake(doors.store, doors.scheduler, doors.log, member.id());
        long covered = doors.knowledge.whole() ? doors.store.covered().of(origin) : 0;
        this.pace = new Pace(doors.clock, doors.delays.catchupMs, doors.delays.syncMs, covered == 0 ? OptionalLong.empty()
                : OptionalLong.of(covered));
    }

    String address() {
        return address;
    }

    /** See {@link Pace#lagMs}. */
    long lagMs() {
        return pace.lagMs();
    }

    /** Whether everything was compared once, and nothing had to be left out. */
    boolean compared() {
        return pace.whole();
    }

    /** What keeps the two apart, empty when nothing does. */
    String trouble() {
        if (intake.refused() > 0) {
            return intake.refused() + " of its versions are none that a client can have written, and were left out: see the log";
        }
        return pace.complete() ? "" : "some of its versions cannot be taken: unreadable there or here, changed meanwhile, or from the future";
    }

    /** Looks whether there is something to do: the member is there, and said this of itself a moment ago. */
    void tick(Vital theirs, byte[] mine) {
        said = theirs;
        if (Arrays.equals(theirs.root(), mine)) {
            intake.forgive();
        }
        Coverage covered = doors.store.covered();
        boolean ahead = doors.knowledge.whole() && !covered.coversBut(origin, theirs.covered());
        boolean purging = Math.floorMod(doors.clock.wallMs(), Rules.PURGE_STEP_MS) < PURGING_MS;
        if (pace.beginComparison(new Pace.Look(theirs, mine, ahead, theirs.whole() && !doors.knowledge.whole(), purging))) {
            compare(new Round(theirs, doors.knowledge.told(), round -> compared(round, false)));
        } else {
            feed();
        }
    }

    private void compare(Round round) {
        if (round.left.isEmpty()) {
            compared(round, true);
            return;
        }
        ask(round, RangeDiff.begin(doors.store.root().tree(), round.left.remove(0)), () -> {
            if (round.left.size() == 1 && round.complete && round.theirs.whole()) {
                accounts.run();
            }
            compare(round);
        });
    }

    private void ask(Round round, DiffMessage request, Runnable then) {
        call("/sync/diff", request.encode(), new Network.Bounds(DIFF_DEADLINE_MS, DiffMessage.BYTES_MAX), same(round)).thenAccept(reply -> {
            Optional<DiffMessage> answer = reply instanceof PeerLine.Answered answered && answered.status() == OK ? message(answered.body())
                    : Optional.empty();
            if (answer.isEmpty()) {
                round.lost.accept(round);
                return;
            }
            RangeDiff.Step step = RangeDiff.next(doors.store.root().tree(), answer.get());
            List<Frames.WantedKey> keys = step.differences().stream().filter(Follower::maybeNewer)
                    .map(difference -> new Frames.WantedKey(difference.key(), difference.mine().isEmpty())).toList();
            fetch(round, new Frames.Wanted(doors.knowledge.whole(), round.mine, keys), 0, () -> {
                if (step.request().parts().isEmpty()) {
                    then.run();
                } else {
                    pause(++round.questions > QUESTIONS_FREE ? doors.delays.throttleMs : 0, () -> ask(round, step.request(), then));
                }
            });
        });
    }

    /** Has every reserved version that the member holds by now, before documents are taken that it held a moment ago. */
    private void laws(Round round, List<Frames.WantedKey> keys, Runnable then) {
        if (keys.get(0).key()[0] == 0) {
            then.run();
        } else {
            ask(round, RangeDiff.begin(doors.store.root().tree(), Replication.RESERVED), then);
        }
    }

    /** What the member covered holds for that run of it alone: another one may be an old copy. */
    private Predicate<Stamp.Life> same(Round round) {
        return life -> life.equals(new Stamp.Life(origin, round.theirs.boot()));
    }

    /** Asks for versions that were found unreadable here; what comes of it shows when they are read again. */
    void mend(List<Key> keys) {
        Vital theirs = said;
        long asked = doors.clock.nanos();
        Round round = new Round(theirs, doors.knowledge.told(), lost -> { });
        List<Frames.WantedKey> wanted = keys.stream().map(key -> new Frames.WantedKey(key.bytes(), false))
                .sorted((one, other) -> Arrays.compareUnsigned(other.key(), one.key())).toList();
        call("/sync/fetch", Frames.wanted(new Frames.Wanted(false, Coverage.NONE, wanted), 0), new Network.Bounds(FETCH_DEADLINE_MS,
                Frames.PAGE_BYTES_MAX), same(round)).thenAccept(reply -> {
            Optional<Frames.Page> page = reply instanceof PeerLine.Answered answered && answered.status() == OK ? Frames.page(answered.body())
                    : Optional.empty();
            page.ifPresent(found -> laws(round, wanted, () -> intake.merge(found.frames(), new Merge.Asked(doors.clock, asked, false,
                    Optional.empty()))));
        });
    }

    private void pause(long ms, Runnable then) {
        if (ms == 0) {
            then.run();
            return;
        }
        doors.scheduler.start("follower", () -> {
            then.run();
            return Task.DONE;
        }, ms);
    }

    private static Optional<DiffMessage> message(byte[] body) {
        try {
            return Optional.of(DiffMessage.decode(body));
        } catch (DiffMessage.Malformed e) {
            return Optional.empty();
        }
    }

    /** Of two with one timestamp only the whole versions tell which is greater. */
    private static boolean maybeNewer(RangeDiff.Difference difference) {
        return difference.theirs().filter(theirs -> difference.mine().filter(mine -> mine.timestamp() > theirs.timestamp()).isEmpty()).isPresent();
    }

    private void fetch(Round round, Frames.Wanted wanted, int from, Runnable then) {
        if (from == wanted.keys().size()) {
            then.run();
            return;
        }
        long asked = doors.clock.nanos();
        Network.Bounds bounds = new Network.Bounds(FETCH_DEADLINE_MS, Frames.PAGE_BYTES_MAX);
        call("/sync/fetch", Frames.wanted(wanted, from), bounds, same(round)).thenAccept(reply -> {
            Optional<Frames.Page> page = reply instanceof PeerLine.Answered answered && answered.status() == OK ? Frames.page(answered.body())
                    : Optional.empty();
            if (page.filter(p -> p.mark() > 0 && p.mark() <= wanted.keys().size() - from).isEmpty()) {
                round.lost.accept(round);
                return;
            }
            laws(round, wanted.keys(), () -> take(round, page.get(), asked, () -> pause(++round.pages > PAGES_FREE ? doors.delays.fetchMs : 0,
                    () -> fetch(round, wanted, from + (int) page.get().mark(), then))));
        });
    }

    private void take(Round round, Frames.Page page, long asked, Runnable then) {
        intake.merge(page.frames(), new Merge.Asked(doors.clock, asked, doors.knowledge.mends(round.theirs), Optional.empty())).whenComplete(
                (merged, refused) -> {
            if (refused != null) {
                round.lost.accept(round);
                return;
            }
            round.taken += merged.taken();
            round.complete &= merged.complete() && page.frames().size() == page.mark();
            then.run();
        });
    }

    /** The end of a comparison; {@code reached}: the member answered to the end. */
    private void compared(Round round, boolean reached) {
        Vital theirs = round.theirs;
        long log = theirs.protocol() > Protocol.FIRST ? Math.max(theirs.head(), theirs.log()) : theirs.head();
        Pace.End end = new Pace.End(reached, round.complete, theirs.whole(), round.taken, theirs.head(), log);
        if (reached && round.complete && round.theirs.whole()) {
            if (theirs.protocol() == Protocol.FIRST && !doors.knowledge.whole()) {
                // It tells no floor.
                doors.knowledge.purged(new PurgeFloor(theirs.covered(), theirs.wallMs()), theirs.covered());
            }
            doors.knowledge.learn(round.theirs.covered(), () -> pace.endComparison(end), () -> pace.endComparison(LOST));
        } else {
            pace.endComparison(end);
        }
    }

    /** Follows the member's own writes, unless that is going on. */
    private void feed() {
        OptionalLong after = pace.beginPoll();
        if (after.isEmpty()) {
            return;
        }
        long asked = doors.clock.nanos();
        boolean ordered = said.protocol() > Protocol.FIRST;
        byte[] request = ordered ? Feed.request(origin, after.getAsLong(), WAIT_MS, holds(), pace.held())
                : Feed.request(origin, after.getAsLong(), WAIT_MS, holds());
        Network.Bounds bounds = new Network.Bounds(FEED_DEADLINE_MS, FeedPage.BYTES_MAX);
        call("/sync/feed", request, bounds, life -> true).thenAccept(reply -> {
            Optional<FeedPage.Told> page = reply instanceof PeerLine.Answered answered && answered.status() == OK
                    ? FeedPage.decode(answered.body(), ordered) : Optional.empty();
            if (page.isEmpty()) {
                pace.losePoll(reply instanceof PeerLine.Answered answered && answered.status() == GONE);
                return;
            }
            FeedPage.Told told = page.get();
            List<byte[]> readable = told.frames().stream().takeWhile(frame -> frame.length > 0).toList();
            boolean all = readable.size() == told.frames().size();
            boolean sure = all && pace.sure() && doors.knowledge.whole() && told.held() > 0;
            Optional<Dot> covers = sure ? Optional.of(new Dot(origin, told.held())) : Optional.empty();
            intake.merge(readable, new Merge.Asked(doors.clock, asked, doors.knowledge.whole(), covers)).whenComplete((merged, refused) -> fed(
                    refused == null && all && merged.complete(), told));
        });
    }

    /** Whether everything of the member up to the cursor is durable here, and counts as a copy. */
    private boolean holds() {
        return pace.whole() && doors.knowledge.whole() && doors.store.durableHead() >= takenAt;
    }

    private void fed(boolean whole, FeedPage.Told told) {
        takenAt = doors.store.head();
        pace.endPoll(whole, told.mark(), told.held());
        if (whole) {
            feed();
        }
    }

    private CompletionStage<PeerLine.Reply> call(String target, byte[] body, Network.Bounds bounds, Predicate<Stamp.Life> to) {
        return doors.line.send(new PeerLine.Call(address, target, body, bounds, to));
    }
}
