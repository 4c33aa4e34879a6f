package kvs.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Member;
import kvs.peer.PeerClient;
import kvs.peer.PeerSignature;
import kvs.tree.DiffMessage;
import kvs.tree.KeyRange;
import kvs.tree.RangeDiff;
import kvs.world.Network;
import kvs.world.Task;

/**
 * A comparison of everything with one member, and the fetch of the newer versions: reserved keys before all
 * others, and again before each page of documents is taken. Its requests form a chain, each continued by the
 * response to the one before; its state belongs to that chain.
 */
final class AntiEntropySession {

    /** Deadline of a request of a comparison: it is a megabyte at most each way. */
    private static final long DIFF_DEADLINE_MS = 8_000;
    /** Deadline of a page of small documents, and of one with the largest document over a slow line. */
    static final long FETCH_MS_LEAST = 8_000;
    static final long FETCH_MS_MOST = 32_000;
    /**
     * Number of requests of a comparison that follow without a pause: ten differences in a million keys need
     * six.
     */
    private static final int QUESTIONS_FREE = 16;
    private static final int PAGES_FREE = 4;
    private static final KeyRange PATHS = new KeyRange(new byte[] {1}, Optional.empty());
    private static final int OK = 200;

    private final ComparisonTarget peer;
    private final Follower.Dependencies dependencies;
    /** The ranges to compare after the present one. */
    private final List<KeyRange> left = new ArrayList<>(List.of(Replication.RESERVED, PATHS));
    /** The status of the member before the first request. */
    private final NodeStatus theirs;
    /** Deadline of a page. */
    private final long fetchMs;
    /** The coverage of this node at that time. */
    private final Coverage mine;
    /** Runs if the member does not respond to the end. */
    private final Consumer<AntiEntropySession> lost;
    private int questions;
    private int pages;
    private int taken;
    private boolean complete = true;

    /**
     * The member to compare with.
     *
     * @param receiver receives its versions
     */
    record ComparisonTarget(Follower.Dependencies dependencies, Member member, VersionReceiver receiver) { }

    /**
     * A comparison with a member of this status, each page of which may take {@code fetchMs}; {@code lost}
     * runs if it does not respond to the end.
     */
    AntiEntropySession(ComparisonTarget peer, NodeStatus theirs, long fetchMs,
            Consumer<AntiEntropySession> lost) {
        this.peer = peer;
        this.fetchMs = fetchMs;
        this.dependencies = peer.dependencies;
        this.theirs = theirs;
        this.mine = dependencies.coverageTracker().reported();
        this.lost = lost;
    }

    /** The status of the member before the first request. */
    NodeStatus theirs() {
        return theirs;
    }

    /** The number of versions that were taken. */
    int taken() {
        return taken;
    }

    /** Whether no version was left out. */
    boolean complete() {
        return complete;
    }

    /**
     * Compares everything, and fetches the newer versions.
     *
     * @param accounts runs when all reserved keys of a whole member are here
     * @param reached runs when the member has responded to the end
     */
    void run(Runnable accounts, Runnable reached) {
        if (left.isEmpty()) {
            reached.run();
            return;
        }
        ask(RangeDiff.begin(dependencies.store().root().tree(), left.remove(0)), () -> {
            if (left.size() == 1 && complete && theirs.whole()) {
                accounts.run();
            }
            run(accounts, reached);
        });
    }

    private void ask(DiffMessage request, Runnable then) {
        call("/sync/diff", request.encode(), new Network.Bounds(DIFF_DEADLINE_MS, DiffMessage.BYTES_MAX),
                same()).thenAccept(reply -> {
            Optional<DiffMessage> answer = reply instanceof PeerClient.Response answered
                    && answered.status() == OK ? message(answered.body()) : Optional.empty();
            if (answer.isEmpty()) {
                lost.accept(this);
                return;
            }
            RangeDiff.DiffRound step = RangeDiff.next(dependencies.store().root().tree(), answer.get());
            List<SyncMessages.WantedKey> keys = step.differences().stream()
                    .filter(AntiEntropySession::maybeNewer)
                    .map(difference -> new SyncMessages.WantedKey(difference.key(), difference.mine()
                            .isEmpty())).toList();
            fetch(new SyncMessages.FetchRequest(dependencies.coverageTracker().whole(), mine, keys), 0,
                    () -> {
                if (step.request().parts().isEmpty()) {
                    then.run();
                } else {
                    pause(++questions > QUESTIONS_FREE ? dependencies.delays().throttleMs() : 0,
                            () -> ask(step.request(), then));
                }
            });
        });
    }

    /**
     * Fetches every reserved version that the member holds by now, before documents are taken that it held a
     * moment ago.
     */
    private void laws(List<SyncMessages.WantedKey> keys, Runnable then) {
        if (keys.get(0).key()[0] == 0) {
            then.run();
        } else {
            ask(RangeDiff.begin(dependencies.store().root().tree(), Replication.RESERVED), then);
        }
    }

    /** The coverage of the member holds for that run of it alone: another one may be an old copy. */
    private Predicate<PeerSignature.NodeRun> same() {
        return life -> life.equals(new PeerSignature.NodeRun(peer.member.origin(), theirs.boot()));
    }

    private void pause(long ms, Runnable then) {
        if (ms == 0) {
            then.run();
            return;
        }
        dependencies.scheduler().start("follower", () -> {
            then.run();
            return Task.DONE;
        }, ms);
    }

    private static Optional<DiffMessage> message(byte[] body) {
        try {
            return Optional.of(DiffMessage.decode(body));
        } catch (DiffMessage.MalformedException e) {
            return Optional.empty();
        }
    }

    /** If both have one timestamp, only the complete versions decide which is greater. */
    private static boolean maybeNewer(RangeDiff.Difference difference) {
        return difference.theirs().filter(theirs -> difference.mine()
                .filter(mine -> mine.timestamp() > theirs.timestamp()).isEmpty()).isPresent();
    }

    private void fetch(SyncMessages.FetchRequest wanted, int from, Runnable then) {
        if (from == wanted.keys().size()) {
            then.run();
            return;
        }
        long asked = dependencies.clock().nanos();
        Network.Bounds bounds = new Network.Bounds(fetchMs, SyncMessages.PAGE_BYTES_MAX);
        call("/sync/fetch", SyncMessages.wanted(wanted, from), bounds, same()).thenAccept(reply -> {
            Optional<SyncMessages.Page> page = reply instanceof PeerClient.Response answered
                    && answered.status() == OK ? SyncMessages.page(answered.body()) : Optional.empty();
            if (page.filter(p -> p.mark() > 0 && p.mark() <= wanted.keys().size() - from).isEmpty()) {
                lost.accept(this);
                return;
            }
            laws(wanted.keys(), () -> take(page.get(), asked,
                    () -> pause(++pages > PAGES_FREE ? dependencies.delays().fetchMs() : 0,
                            () -> fetch(wanted, from + (int) page.get().mark(), then))));
        });
    }

    private void take(SyncMessages.Page page, long asked, Runnable then) {
        peer.receiver.merge(page.messages(), new RemoteWrite.FetchContext(dependencies.clock(), asked,
                dependencies.coverageTracker().canRepair(theirs), Optional.empty()))
                .whenComplete((merged, refused) -> {
            if (refused != null) {
                lost.accept(this);
                return;
            }
            taken += merged.taken();
            complete &= merged.complete() && page.messages().size() == page.mark();
            then.run();
        });
    }

    /** Requests versions that were found unreadable here; success shows when they are read again. */
    void mend(List<Key> keys) {
        long asked = dependencies.clock().nanos();
        List<SyncMessages.WantedKey> wanted = keys.stream()
                .map(key -> new SyncMessages.WantedKey(key.bytes(), false))
                .sorted((one, other) -> Arrays.compareUnsigned(other.key(), one.key())).toList();
        call("/sync/fetch", SyncMessages.wanted(new SyncMessages.FetchRequest(false, Coverage.NONE, wanted),
                0), new Network.Bounds(fetchMs, SyncMessages.PAGE_BYTES_MAX), same())
                .thenAccept(reply -> {
            Optional<SyncMessages.Page> page = reply instanceof PeerClient.Response answered
                    && answered.status() == OK ? SyncMessages.page(answered.body()) : Optional.empty();
            page.ifPresent(found -> laws(wanted, () -> peer.receiver.merge(found.messages(),
                    new RemoteWrite.FetchContext(dependencies.clock(), asked, false, Optional.empty()))));
        });
    }

    private CompletionStage<PeerClient.Reply> call(String target, byte[] body, Network.Bounds bounds,
            Predicate<PeerSignature.NodeRun> to) {
        return dependencies.line().send(new PeerClient.Call(peer.member.address(), target, body, bounds, to));
    }
}
