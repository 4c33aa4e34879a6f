package kvs.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import kvs.model.Key;
import kvs.model.VersionId;
import kvs.store.Arrival;
import kvs.store.Store;
import kvs.store.Transaction.Merged;
import kvs.tree.DiffMessage;
import kvs.tree.Range;
import kvs.tree.RangeDiff;
import kvs.world.Clock;
import kvs.world.Network;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Brings what one member has to this node. First everything is compared with it and what it has newer is fetched, reserved keys before all
 * others, so that no document is served by older rights than the member's; then its own writes are followed as they come. When the two stay
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
    /** Reserved keys start with the byte 0, paths never do. */
    private static final Range RESERVED = Range.of(new byte[] {0}, new byte[] {1});
    private static final Range PATHS = new Range(new byte[] {1}, Optional.empty());
    private static final int OK = 200;
    private static final int GONE = 410;

    private final Doors doors;
    private final String address;
    private final Consumer<Follower> whole;
    private final Pace pace;

    /** What followers use. */
    record Doors(Store store, PeerLine line, Scheduler scheduler, Clock clock, Delays delays) { }

    /**
     * Pauses, so that a node that fetches much leaves room for the others; a few differences are fetched without any.
     *
     * @param throttleMs between two questions of a long comparison
     * @param fetchMs between two pages of a long fetch
     * @param catchupMs between two comparisons that moved nothing, at the most
     */
    record Delays(long throttleMs, long fetchMs, long catchupMs) { }

    /** What one comparison has done so far. */
    private static final class Round {

        private final List<Range> left = new ArrayList<>(List.of(RESERVED, PATHS));
        private final long head;
        private int questions;
        private int pages;
        private int taken;
        private boolean complete = true;

        Round(long head) {
            this.head = head;
        }
    }

    /** A follower of the member at {@code address}; {@code whole} hears of each comparison that left out nothing. */
    Follower(Doors doors, String address, Consumer<Follower> whole) {
        this.doors = doors;
        this.address = address;
        this.whole = whole;
        this.pace = new Pace(doors.clock, doors.delays.catchupMs);
    }

    String address() {
        return address;
    }

    /** See {@link Pace#lagMs}. */
    long lagMs() {
        return pace.lagMs();
    }

    /** What keeps the two apart, empty when nothing does. */
    String trouble() {
        return pace.complete() ? "" : "some of its versions cannot be taken: unreadable there or here, changed meanwhile, or from the future";
    }

    /** Looks whether there is something to do: the member is there, and said this of itself a moment ago. */
    void tick(Vital theirs, byte[] mine) {
        if (pace.beginComparison(theirs, mine)) {
            compare(new Round(theirs.head()));
        } else {
            feed();
        }
    }

    private void compare(Round round) {
        if (round.left.isEmpty()) {
            compared(round, true);
            return;
        }
        ask(round, RangeDiff.begin(doors.store.root().tree(), round.left.remove(0)));
    }

    private void ask(Round round, DiffMessage request) {
        call("/sync/diff", request.encode(), new Network.Bounds(DIFF_DEADLINE_MS, DiffMessage.BYTES_MAX)).thenAccept(reply -> {
            Optional<DiffMessage> answer = reply instanceof PeerLine.Answered answered && answered.status() == OK ? message(answered.body())
                    : Optional.empty();
            if (answer.isEmpty()) {
                compared(round, false);
                return;
            }
            RangeDiff.Step step = RangeDiff.next(doors.store.root().tree(), answer.get());
            List<byte[]> wanted = step.differences().stream().filter(Follower::maybeNewer).map(RangeDiff.Difference::key).toList();
            fetch(round, wanted, 0, () -> {
                if (step.request().parts().isEmpty()) {
                    compare(round);
                } else {
                    pause(++round.questions > QUESTIONS_FREE ? doors.delays.throttleMs : 0, () -> ask(round, step.request()));
                }
            });
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

    private void fetch(Round round, List<byte[]> keys, int from, Runnable then) {
        if (from == keys.size()) {
            then.run();
            return;
        }
        long asked = doors.clock.nanos();
        call("/sync/fetch", Frames.keys(keys, from), new Network.Bounds(FETCH_DEADLINE_MS, Frames.PAGE_BYTES_MAX)).thenAccept(reply -> {
            Optional<Frames.Page> page = reply instanceof PeerLine.Answered answered && answered.status() == OK ? Frames.page(answered.body())
                    : Optional.empty();
            if (page.filter(p -> p.mark() > 0 && p.mark() <= keys.size() - from).isEmpty()) {
                compared(round, false);
                return;
            }
            merge(page.get().frames(), asked).whenComplete((merged, refused) -> {
                if (refused != null) {
                    compared(round, false);
                    return;
                }
                round.taken += merged.taken;
                round.complete &= merged.complete && page.get().frames().size() == page.get().mark();
                pause(++round.pages > PAGES_FREE ? doors.delays.fetchMs : 0, () -> fetch(round, keys, from + (int) page.get().mark(), then));
            });
        });
    }

    /** The end of a comparison; {@code reached}: the member answered to the end. */
    private void compared(Round round, boolean reached) {
        pace.endComparison(reached, round.complete, round.taken, round.head);
        if (reached && round.complete) {
            whole.accept(this);
        }
        if (reached) {
            feed();
        }
    }

    /** Follows the member's own writes, unless that is going on. */
    private void feed() {
        OptionalLong after = pace.beginPoll();
        if (after.isEmpty()) {
            return;
        }
        long asked = doors.clock.nanos();
        Network.Bounds bounds = new Network.Bounds(FEED_DEADLINE_MS, Frames.PAGE_BYTES_MAX);
        call("/sync/feed", Feed.request(after.getAsLong(), WAIT_MS, pace.whole()), bounds).thenAccept(reply -> {
            Optional<Frames.Page> page = reply instanceof PeerLine.Answered answered && answered.status() == OK ? Frames.page(answered.body())
                    : Optional.empty();
            if (page.isEmpty()) {
                pace.losePoll(reply instanceof PeerLine.Answered answered && answered.status() == GONE);
                return;
            }
            merge(page.get().frames(), asked).whenComplete((merged, refused) -> fed(refused == null && merged.complete, page.get().mark()));
        });
    }

    private void fed(boolean whole, long mark) {
        pace.endPoll(whole, mark);
        if (whole) {
            feed();
        }
    }

    /** What became of some frames: how many were taken, and whether all were taken or beaten. */
    private record Outcome(int taken, boolean complete) { }

    private CompletableFuture<Outcome> merge(List<byte[]> frames, long asked) {
        if (frames.isEmpty()) {
            return CompletableFuture.completedFuture(new Outcome(0, true));
        }
        VersionId ids = new VersionId();
        Map<Key, Arrival> arrivals = new LinkedHashMap<>();
        for (byte[] frame : frames) {
            Arrival.decode(frame, doors.store.packer(), ids).ifPresent(arrival -> arrivals.put(arrival.version().key(), arrival));
        }
        boolean whole = arrivals.size() == frames.size();
        Merge merge = new Merge(List.copyOf(arrivals.values()), doors.clock, asked);
        doors.store.submit(merge);
        return merge.done().thenApply(merged -> new Outcome((int) merged.stream().filter(Merged.TAKEN::equals).count(),
                whole && merged.stream().noneMatch(one -> one == Merged.EARLY || one == Merged.UNREADABLE)));
    }

    private CompletionStage<PeerLine.Reply> call(String target, byte[] body, Network.Bounds bounds) {
        return doors.line.send(new PeerLine.Call(address, target, body, bounds));
    }
}
