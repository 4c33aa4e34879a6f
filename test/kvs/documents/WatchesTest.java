package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.store.StoreView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchesTest {

    private static final long WAIT_MS = 10_000;
    private static final int ALL_MAX = 7_500;
    private final LocalDocuments node = new LocalDocuments();

    @AfterEach
    void nothingIsLeftBehind() {
        node.watches.close();
        node.pass(100);
        assertEquals(0, node.waits.size());
        assertEquals(0, node.tasks());
    }

    @Test
    void wakesWhenTheKeyIsWritten() {
        CompletableFuture<Void> watch = watch("a", known(node.put("a", "1").uuid().toString()));
        node.pass(1_000);
        assertFalse(watch.isDone());
        node.put("b", "1");
        node.pass(100);
        assertFalse(watch.isDone());
        node.put("a", "2");
        node.pass(0);
        assertTrue(watch.isDone());
    }

    @Test
    void wakesWhenTheKeyExpires() {
        CompletableFuture<Void> watch = watch("a", known(node.put("a", "1", 3_000).uuid().toString()));
        node.pass(2_900);
        assertFalse(watch.isDone());
        node.pass(200);
        assertTrue(watch.isDone());
    }

    @Test
    void goesAwayAtTheDeadline() {
        CompletableFuture<Void> watch = watch("a", known(node.put("a", "1").uuid().toString()));
        node.pass(WAIT_MS - 100);
        assertFalse(watch.isDone());
        node.pass(200);
        assertTrue(watch.isDone());
    }

    @Test
    void doesNotWaitWhenWhatIsKnownIsOld() {
        String old = node.put("a", "1").uuid().toString();
        node.put("a", "2");
        assertTrue(watch("a", known(old)).isDone());
        assertTrue(watch("none", known(old)).isDone());
    }

    @Test
    void wakesWhenAListingChanges() {
        node.put("d/a", "1", 5_000);
        WatchTargets.ListingTarget target = new WatchTargets.ListingTarget(
                new Listing.Query(LocalDocuments.bytes("d/"), true, false, 10, Optional.empty()),
                "view", node.access);
        EntityTag tag = target.tag(node.store.root(), node.clock.wallMs()).orElseThrow();
        CompletableFuture<Void> first = node.watches.park("ann", known(tag.opaque()), target, WAIT_MS)
                .toCompletableFuture();
        CompletableFuture<Void> second = node.watches.park("ann", known(tag.opaque()), target, WAIT_MS)
                .toCompletableFuture();
        node.put("e", "1");
        node.pass(1_000);
        assertFalse(first.isDone() || second.isDone());
        node.pass(5_100);
        assertTrue(first.isDone() && second.isDone(), "an expiry below");
        EntityTag later = target.tag(node.store.root(), node.clock.wallMs()).orElseThrow();
        CompletableFuture<Void> third = node.watches.park("ann", known(later.opaque()), target, WAIT_MS)
                .toCompletableFuture();
        node.put("d/b", "1");
        node.pass(20);
        assertTrue(third.isDone(), "a write below");
    }

    @Test
    void boundsTheParkedOfACaller() {
        Preconditions known = known(node.put("a", "1").uuid().toString());
        List<CompletableFuture<Void>> parked = new ArrayList<>();
        for (int i = 0; i < LocalDocuments.WAITS_PER_CALLER; i++) {
            parked.add(watch("a", known));
        }
        DocumentsTest.refused(Reason.RATE_LIMITED, () -> watch("a", known));
        assertFalse(node.watches.park("bob", known, new WatchTargets.KeyTarget(Key.of("a"), node.access),
                WAIT_MS).toCompletableFuture().isDone());
        node.put("a", "2");
        node.pass(20);
        assertTrue(parked.stream().allMatch(CompletableFuture::isDone));
        watch("a", known);
    }

    @Test
    void closedSendsEverybodyAway() {
        Preconditions known = known(node.put("a", "1").uuid().toString());
        CompletableFuture<Void> before = watch("a", known);
        node.watches.close();
        assertTrue(before.isDone());
        assertTrue(watch("a", known).isDone());
    }

    @Test
    void boundsTheParkedOfAll() {
        Preconditions known = known(node.put("a", "1").uuid().toString());
        for (int i = 0; i < ALL_MAX; i++) {
            node.watches.park("caller" + i, known,
                    new WatchTargets.KeyTarget(Key.of("a"), node.access), WAIT_MS);
        }
        DocumentsTest.refused(Reason.BUSY, () -> watch("a", known));
    }

    @Test
    void manyWritesCostOneLookEachTenMilliseconds() {
        int[] looks = {0};
        EntityTag tag = EntityTag.of(LocalDocuments.ANN);
        node.watches.park("ann", known(tag.opaque()), new Watches.Target() {
            @Override
            public Optional<EntityTag> tag(StoreView root, long wallMs) {
                looks[0]++;
                return Optional.of(tag);
            }

            @Override
            public long changesAt(StoreView root, long wallMs) {
                return Long.MAX_VALUE;
            }
        }, WAIT_MS);
        for (int i = 0; i < 100; i++) {
            node.put("a", "1");
            node.pass(1);
        }
        assertTrue(looks[0] >= 8 && looks[0] <= 14, looks[0] + " looks");
    }

    @Test
    void slowLooksAreRarer() {
        int[] looks = {0};
        EntityTag tag = EntityTag.of(LocalDocuments.ANN);
        node.watches.park("ann", known(tag.opaque()), new Watches.Target() {
            @Override
            public Optional<EntityTag> tag(StoreView root, long wallMs) {
                looks[0]++;
                node.clock.advance(100);
                return Optional.of(tag);
            }

            @Override
            public long changesAt(StoreView root, long wallMs) {
                return Long.MAX_VALUE;
            }
        }, WAIT_MS);
        long end = node.clock.wallMs() + 5_000;
        while (node.clock.wallMs() < end) {
            node.put("a", "1");
            node.pass(1);
        }
        assertTrue(looks[0] >= 8 && looks[0] <= 13, looks[0] + " looks");
    }

    private CompletableFuture<Void> watch(String path, Preconditions known) {
        return node.watches.park("ann", known, new WatchTargets.KeyTarget(Key.of(path), node.access), WAIT_MS)
                .toCompletableFuture();
    }

    private static Preconditions known(String opaque) {
        return new Preconditions(Optional.empty(), Optional.of(Preconditions.Match.member(opaque)));
    }
}
