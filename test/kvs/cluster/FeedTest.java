package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.log.DocumentCodec;
import kvs.log.ReplicatedVersion;
import kvs.model.Coverage;
import kvs.model.SequenceNumbers;
import kvs.model.VersionIdHasher;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import org.junit.jupiter.api.Test;

/** The feed of one node, asked as a peer asks it. */
class FeedTest {

    private static final PeerSignature.NodeRun PEER = new PeerSignature.NodeRun(new UUID(3, 3), 1);
    private final SimCluster cluster = new SimCluster(1);
    private final Node node = cluster.start(new Start("a"));
    private final long begin = begin();
    private final DocumentCodec codec = new DocumentCodec(0);

    private long begin() {
        cluster.run(200);
        return node.store.head();
    }

    private CompletableFuture<PeerRequestHandler.Response> poll(long after, long waitMs) {
        return poll(node, after, waitMs);
    }

    private static CompletableFuture<PeerRequestHandler.Response> poll(Node asked, long after, long waitMs) {
        return asked.services.get("/sync/feed")
                .answer(PEER, FeedPoll.encode(asked.store.origin(), after, waitMs, false))
                .toCompletableFuture();
    }

    private SyncMessages.Page page(long after) {
        PeerRequestHandler.Response answer = poll(after, 0).join();
        assertEquals(200, answer.status());
        return SyncMessages.page(answer.body()).orElseThrow();
    }

    private List<String> keys(SyncMessages.Page page) {
        return page.messages().stream().map(frame -> ReplicatedVersion.decode(frame, codec,
                new VersionIdHasher()).orElseThrow().version().key().text()).toList();
    }

    private void write(String path, String json) {
        node.write(path, json, 0);
        cluster.run(5);
    }

    @Test
    void tellsWhatComesAfterANumberAsItIsNow() {
        write("a", "1");
        write("b", "1");
        write("a", "2");
        assertEquals(List.of("a", "b"), keys(page(begin)), "each key once");
        assertEquals(begin + 3, page(begin).mark());
        assertEquals(List.of("a"), keys(page(begin + 2)));
        assertEquals(List.of(), keys(page(begin + 3)));
        assertEquals("2", node.value("a"));
    }

    @Test
    void waitsWithoutAThreadAndWakesAtTheNextWrite() {
        CompletableFuture<PeerRequestHandler.Response> waiting = poll(begin, 10_000);
        cluster.run(9_000);
        assertFalse(waiting.isDone());
        write("a", "1");
        assertEquals(List.of("a"), keys(SyncMessages.page(waiting.join().body()).orElseThrow()));
        CompletableFuture<PeerRequestHandler.Response> again = poll(begin + 1, 500);
        cluster.run(501);
        assertEquals(List.of(), keys(SyncMessages.page(again.join().body()).orElseThrow()));
    }

    /** The timers of all polls of the last seconds are due one by one. */
    @Test
    void answeredPollCostsNothingWhenItsTimeIsOver() {
        Feed feed = new Feed(node.store, cluster.scheduler);
        int[] pages = {0};
        feed.followers(follower -> {
            pages[0]++;
            return Coverage.NONE;
        });
        var waiting = feed.poll(PEER, FeedPoll.encode(node.store.origin(), feed.last(), 3_000, false, 0));
        write("a", "1");
        assertTrue(waiting.toCompletableFuture().isDone());
        assertEquals(1, pages[0]);
        cluster.run(5_000);
        assertEquals(1, pages[0]);
    }

    @Test
    void whatItDoesNotKnowAnyMoreIsGone() {
        assertEquals(410, poll(begin + 1, 0).join().status(),
                "a number that it never gave: it was rolled back");
        write("a", "1");
        write("a", "2");
        Node again = cluster.restart("a");
        cluster.run(200);
        assertEquals(410, poll(again, begin + 1, 0).join().status(), "after a restart");
        assertEquals(200, poll(again, begin + 2, 0).join().status(), "but whoever had everything goes on");
        for (int i = 0; i <= FeedBuffer.KEPT + 2_000; i++) {
            again.write("k" + i % 10, "1", 0);
            if (i % 4_000 == 0) {
                cluster.run(2);
            }
        }
        cluster.run(100);
        assertEquals(410, poll(again, begin + 2, 0).join().status(), "too many writes came since");
        assertEquals(200, poll(again, again.store.own() - 1, 0).join().status());
    }

    @Test
    void manyWritesOfFewKeysTakeSeveralPages() {
        for (int i = 0; i < 25_000; i++) {
            node.write(i == 20_000 ? "rare" : "k" + i % 3, "1", 0);
            if (i % 4_000 == 0) {
                cluster.run(2);
            }
        }
        cluster.run(100);
        Set<String> told = new HashSet<>();
        long after = begin;
        int pages = 0;
        while (after < node.store.own()) {
            SyncMessages.Page page = page(after);
            told.addAll(keys(page));
            assertTrue(page.mark() > after);
            after = page.mark();
            pages++;
        }
        assertEquals(Set.of("k0", "k1", "k2", "rare"), told);
        assertTrue(pages > 1);
    }

    /**
     * The directory has got another id: what is written now is of another life than the one that is followed.
     */
    @Test
    void aLifeThatIsOverHasNoFeed() {
        write("a", "1");
        byte[] over = FeedPoll.encode(new UUID(9, 9), begin, 1_000, true);
        assertEquals(410,
                node.services.get("/sync/feed").answer(PEER, over).toCompletableFuture().join().status());
    }

    @Test
    void aPageEndsAndTheNextGoesOn() {
        for (int i = 0; i < 5; i++) {
            write("k" + i, "\"" + "x".repeat(400_000) + "\"");
        }
        SyncMessages.Page first = page(begin);
        assertEquals(List.of("k0", "k1", "k2"), keys(first));
        assertEquals(List.of("k3", "k4"), keys(page(first.mark())));
    }

    private FeedPage.ReceivedPage ordered(long after, long held) {
        return ordered(PEER, after, held);
    }

    private FeedPage.ReceivedPage ordered(PeerSignature.NodeRun follower, long after, long held) {
        byte[] question = FeedPoll.encode(node.store.origin(), after, 0, false, held);
        PeerRequestHandler.Response answer = node.services.get("/sync/feed").answer(follower, question)
                .toCompletableFuture().join();
        assertEquals(200, answer.status());
        return FeedPage.decode(answer.body(), true).orElseThrow();
    }

    private List<String> keys(FeedPage.ReceivedPage page) {
        return keys(new SyncMessages.Page(page.mark(), page.messages()));
    }

    private void large(int count) {
        for (int i = 0; i < count; i++) {
            write("large" + i, "\"" + "x".repeat(400_000) + "\"");
        }
    }

    /** Else a secret that took the place of a public document would overtake its lock. */
    @Test
    void aKeyStandsAtThePlaceOfItsPresentVersion() {
        write("k", "\"public\"");
        large(4);
        write("\0lock", "1");
        write("k", "\"secret\"");
        FeedPage.ReceivedPage first = ordered(begin, begin);
        assertEquals(List.of("large0", "large1", "large2"), keys(first));
        assertEquals(begin, first.held(), "the follower has nothing that beats the first k yet");
        FeedPage.ReceivedPage second = ordered(first.mark(), first.held());
        assertEquals(List.of("large3", "\0lock", "k"), keys(second));
        assertEquals(node.store.own(), second.held());
        assertEquals(node.store.own(), second.mark());
    }

    @Test
    void aLockThatWasChangedLaterIsToldAsItWas() {
        write("\0lock", "1");
        write("secret", "1");
        large(4);
        write("\0lock", "22");
        FeedPage.ReceivedPage first = ordered(begin, begin);
        assertEquals(List.of("\0lock", "secret", "large0", "large1", "large2"), keys(first));
        assertEquals("1", new String(ReplicatedVersion.decode(first.messages().get(0), codec,
                new VersionIdHasher()).orElseThrow().version().data(), StandardCharsets.US_ASCII));
        assertEquals(first.mark(), ordered(first.mark(), first.mark()).mark() - 2);
    }

    /**
     * What is written here under a lock of another node needs that lock, even where its own node is not
     * reached.
     */
    @Test
    void locksOfOthersAreHandedOn() {
        Node other = cluster.start(new Start("b", "a"));
        cluster.run(5_000);
        other.write("\0lock", "1", 0);
        write("public", "1");
        cluster.run(1_000);
        other.write("public", "2", 0);
        cluster.run(1_000);
        write("secret", "1");
        FeedPage.ReceivedPage page = ordered(begin, begin);
        assertEquals(List.of("\0lock", "public", "secret"), keys(page), "and what beat an own write");
        assertEquals(node.store.own(), page.held());
        Node again = cluster.restart("a");
        cluster.run(5_000);
        byte[] question = FeedPoll.encode(again.store.origin(), begin, 0, false, begin);
        assertEquals(410, again.services.get("/sync/feed").answer(PEER, question).toCompletableFuture()
                .join().status());
    }

    /**
     * A directory that was put back lacks what it covered before, and what it covered before is no reason to
     * leave anything out.
     */
    @Test
    void aNewRunOfAFollowerIsTakenToHaveNothing() {
        Node other = cluster.start(new Start("b", "a"));
        cluster.run(5_000);
        write("k", "1");
        cluster.run(1_000);
        other.write("k", "2", 0);
        cluster.run(5_000);
        long boot = SequenceNumbers.bootOf(other.store.head());
        assertEquals(List.of(),
                keys(ordered(new PeerSignature.NodeRun(other.store.origin(), boot), begin, begin)),
                "it has its own write");
        assertEquals(List.of("k"),
                keys(ordered(new PeerSignature.NodeRun(other.store.origin(), boot + 1), begin, begin)));
    }

    private static ReplicatedVersion arrival(Node from, String path) {
        byte[] frame = from.store.held(from.store.root().tree().get(path.getBytes(StandardCharsets.UTF_8))
                .orElseThrow()).orElseThrow().frame();
        return ReplicatedVersion.decode(frame, new DocumentCodec(0), new VersionIdHasher()).orElseThrow();
    }

    /** A lock of a clock that is days ahead waits, and what it may forbid to show waits with it. */
    @Test
    void whatFollowsALockThatCannotBeTakenIsNotTaken() {
        Node ahead = cluster.start(new Start("ahead").ahead(2 * 86_400_000L));
        Node other = cluster.start(new Start("other"));
        cluster.run(200);
        ahead.write("\0lock", "1", 0);
        write("before", "1");
        write("secret", "1");
        RemoteWrite remoteWrite = new RemoteWrite(
                List.of(arrival(node, "before"), arrival(ahead, "\0lock"), arrival(node, "secret")),
                new RemoteWrite.FetchContext(cluster.clock, cluster.clock.nanos(), false, Optional.empty()));
        other.store.submit(remoteWrite);
        cluster.run(10);
        assertFalse(RemoteWrite.complete(remoteWrite.done().join()));
        assertEquals("1", other.value("before"));
        assertEquals("", other.value("secret"));
    }

    @Test
    void malformedRequestsAreRefused() {
        for (String target : List.of("/sync/feed", "/sync/diff", "/sync/fetch", "/members/join")) {
            for (int length : new int[] {0, 1, 14}) {
                byte[] garbage = new byte[length];
                Arrays.fill(garbage, (byte) 0xff);
                assertEquals(400,
                        node.services.get(target).answer(PEER, garbage).toCompletableFuture().join().status(),
                        target + " " + length);
            }
        }
    }

    /** A process that was frozen for so long may hold an answer from before a purge. */
    @Test
    void anAnswerIsTakenWithinAMinuteOnly() {
        for (long ageMs : new long[] {0, RemoteWrite.AGE_MS_MAX - 10, RemoteWrite.AGE_MS_MAX + 1}) {
            RemoteWrite remoteWrite = new RemoteWrite(List.of(), new RemoteWrite.FetchContext(cluster.clock,
                    cluster.clock.nanos() - ageMs * 1_000_000, false, Optional.empty()));
            node.store.submit(remoteWrite);
            cluster.run(5);
            if (ageMs <= RemoteWrite.AGE_MS_MAX) {
                assertTrue(remoteWrite.done().join().isEmpty());
            } else {
                assertThrows(CompletionException.class, () -> remoteWrite.done().join());
            }
        }
    }
}
