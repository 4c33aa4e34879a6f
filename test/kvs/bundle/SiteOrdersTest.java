package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import kvs.model.BundleRules.Verdict;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.NoteWrites;
import kvs.store.Store;
import kvs.store.StoreHarness;
import org.junit.jupiter.api.Test;

/** Orders of events between two sites, made by hand: each fails without one rule. */
class SiteOrdersTest {

    private static final long WINDOW = 36_000_000;

    private static Optional<String> shown(Store store, String key) {
        return Optional.ofNullable(StoreHarness.contents(store).get(key));
    }

    private static byte[] bundleOfB(BundleLab lab, boolean full) throws IOException {
        return lab.make(lab.b, lab.partnerOfB, BundleLab.SITE_B, BundleHead.Kind.BUNDLE, full);
    }

    private static byte[] bundleOfA(BundleLab lab, boolean full) throws IOException {
        return lab.make(lab.a, lab.partnerOfA, BundleLab.SITE_A, BundleHead.Kind.BUNDLE, full);
    }

    private static Optional<Verdict> refused(BundleLab lab, Store at, byte[] file) throws Exception {
        return lab.verify(at, file).refused().map(BundleVerification.ZoneResult::verdict);
    }

    private static boolean allowed(BundleLab lab, Store store, String key) {
        Version version = store.read(store.root().find(Key.of(key)).orElseThrow());
        PurgeGuard guard = new PurgeGuard(store, lab.harness.clock, () -> WINDOW);
        assertTrue(guard.ready());
        return guard.allows(version);
    }

    /** [bury]: what a partner had, ended and purged in a long silence ends here too, and nowhere else. */
    @Test
    void whatThePartnerHasPurgedIsBuried() throws Exception {
        try (BundleLab lab = new BundleLab(1, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            StoreHarness.put(lab.a, "k/b", "1");
            StoreHarness.put(lab.b, "k/own", "1");
            lab.merge(lab.b, bundleOfA(lab, false));
            lab.say(lab.receiptOfB());
            StoreHarness.put(lab.b, "k/b", "2");
            StoreHarness.delete(lab.a, "k/a");
            StoreHarness.delete(lab.a, "k/b");
            assertTrue(StoreHarness.purge(lab.a, "k/a") && StoreHarness.purge(lab.a, "k/b"));
            byte[] full = bundleOfA(lab, false);
            assertTrue(lab.verify(full).file().head().zones().get(0).base().isEmpty());
            assertEquals(1, lab.merge(lab.b, full).buried());
            assertEquals(Optional.empty(), shown(lab.b, "k/a"));
            assertEquals(Optional.of("2"), shown(lab.b, "k/b"), "a newer one");
            assertEquals(Optional.of("1"), shown(lab.b, "k/own"), "one that the partner never had");
            lab.merge(lab.a, bundleOfB(lab, false));
            assertEquals(Optional.empty(), shown(lab.a, "k/a"));
            assertEquals(Optional.of("2"), shown(lab.a, "k/b"));
        }
    }

    /** [skip]: a version that was here, and ended and purged here, does not come back by a full bundle. */
    @Test
    void whatWasPurgedHereStaysAway() throws Exception {
        try (BundleLab lab = new BundleLab(2, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            lab.merge(lab.b, bundleOfA(lab, false));
            StoreHarness.delete(lab.b, "k/a");
            assertTrue(StoreHarness.purge(lab.b, "k/a"));
            StoreHarness.put(lab.a, "k/b", "1");
            BundleMerge.Summary done = lab.merge(lab.b, bundleOfA(lab, true));
            assertEquals(1, done.taken());
            assertEquals(Optional.empty(), shown(lab.b, "k/a"));
            assertEquals(Optional.of("1"), shown(lab.b, "k/b"));
        }
    }

    /** [stale]: a file that was under way for long would bring back what its site has ended since. */
    @Test
    void lateFileIsRefused() throws Exception {
        try (BundleLab lab = new BundleLab(3, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            byte[] late = bundleOfA(lab, false);
            lab.harness.clock.advance(1_000);
            StoreHarness.put(lab.b, "k/a", "2");
            StoreHarness.delete(lab.b, "k/a");
            lab.merge(lab.a, bundleOfB(lab, false));
            lab.harness.clock.advance(1_000);
            byte[] answer = lab.make(lab.a, lab.partnerOfA, BundleLab.SITE_A, BundleHead.Kind.RECEIPT, false);
            BundleLab.run(lab.b, BundleMerge.statement(lab.verify(lab.b, answer)));
            assertTrue(StoreHarness.purge(lab.b, "k/a"));
            assertEquals(Optional.of(Verdict.LATE), refused(lab, lab.b, late));
            assertEquals(Optional.empty(), refused(lab, lab.b, bundleOfA(lab, true)));
        }
    }

    /** [base]: a gap is never merged. */
    @Test
    void fileAfterAGapIsRefused() throws Exception {
        try (BundleLab lab = new BundleLab(4, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            lab.merge(lab.b, bundleOfA(lab, false));
            lab.say(lab.receiptOfB());
            StoreHarness.put(lab.a, "k/b", "1");
            byte[] delta = bundleOfA(lab, false);
            StoreHarness.act(lab.b, tx -> tx.uncover());
            assertEquals(Optional.of(Verdict.MISSING), refused(lab, lab.b, delta));
        }
    }

    /** [latest]: a partner that lost something gets it again, because what it says now counts. */
    @Test
    void partnerThatWasPutBackGetsEverythingAgain() throws Exception {
        try (BundleLab lab = new BundleLab(5, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            lab.merge(lab.b, bundleOfA(lab, false));
            lab.say(lab.receiptOfB());
            StoreHarness.act(lab.b, tx -> tx.uncover());
            lab.harness.clock.advance(1_000);
            lab.say(lab.receiptOfB());
            assertEquals(Optional.empty(), refused(lab, lab.b, bundleOfA(lab, false)));
        }
    }

    /** [wait]: a tombstone is kept until the partner has it, or was silent for longer than the window. */
    @Test
    void tombstoneWaitsForThePartner() throws Exception {
        try (BundleLab lab = new BundleLab(6, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            StoreHarness.put(lab.a, "free", "1");
            lab.say(lab.receiptOfB());
            StoreHarness.delete(lab.a, "k/a");
            StoreHarness.delete(lab.a, "free");
            assertFalse(allowed(lab, lab.a, "k/a"));
            assertTrue(allowed(lab, lab.a, "free"), "in no zone");
            lab.harness.clock.advance(WINDOW + WINDOW / 10);
            assertFalse(allowed(lab, lab.a, "k/a"));
            lab.harness.clock.advance(1);
            assertTrue(allowed(lab, lab.a, "k/a"), "silent for too long");
            lab.merge(lab.b, bundleOfA(lab, true));
            lab.harness.clock.advance(1_000);
            lab.say(lab.receiptOfB());
            assertTrue(allowed(lab, lab.a, "k/a"), "it has it");
        }
    }

    /** [scope]: coverage that a bundle brings is of its zone, and of nothing else. */
    @Test
    void bundleOfAZoneClaimsNothingElse() throws Exception {
        try (BundleLab lab = new BundleLab(7, "k")) {
            StoreHarness.put(lab.a, "other", "1");
            StoreHarness.put(lab.a, "k/a", "1");
            lab.merge(lab.b, bundleOfA(lab, false));
            assertEquals(0, lab.b.durable().of(lab.a.origin()));
            Version other = lab.a.read(lab.a.root().find(Key.of("other")).orElseThrow());
            Version zoned = lab.a.read(lab.a.root().find(Key.of("k/a")).orElseThrow());
            assertFalse(lab.b.notes().zones().covers(lab.b.durable(), other.key().bytes(), other.dot()));
            assertTrue(lab.b.notes().zones().covers(lab.b.durable(), zoned.key().bytes(), zoned.dot()));
        }
    }

    /** [whole]: an interrupted merge claims nothing, and the same file ends it. */
    @Test
    void interruptedMergeIsEndedByTheSameFile() throws Exception {
        try (BundleLab lab = new BundleLab(8, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            StoreHarness.put(lab.a, "k/b", "1");
            byte[] file = bundleOfA(lab, false);
            assertFalse(lab.interrupted(lab.b, file, 2), "the claim was not reached");
            assertEquals(Optional.of("1"), shown(lab.b, "k/b"));
            assertEquals(Verdict.MERGEABLE, lab.verify(file).zones().get(0).verdict());
            assertTrue(lab.merge(lab.b, file).complete());
            assertEquals(Verdict.NOTHING_NEW, lab.verify(file).zones().get(0).verdict());
        }
    }

    /** [floor] [legacy]: who takes over a full bundle takes over what its maker purged. */
    @Test
    void floorsTravelWithAFullBundle() throws Exception {
        try (BundleLab lab = new BundleLab(9, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            StoreHarness.delete(lab.a, "k/a");
            Version dead = lab.a.read(lab.a.root().find(Key.of("k/a")).orElseThrow());
            assertTrue(StoreHarness.purge(lab.a, "k/a"));
            lab.merge(lab.b, bundleOfA(lab, false));
            assertTrue(lab.b.notes().zones().floor(lab.partnerOfB.zones().get(0)).covers(dead.dot()));
        }
    }

    /** Numbers of a directory that other sites know are given once, also by an old copy of it. */
    @Test
    void everyLifeThatWritesHasItsOwnNumbers() throws Exception {
        try (BundleLab lab = new BundleLab(10, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            var before = lab.a.origin();
            long own = lab.a.own();
            StoreHarness.act(lab.a, tx -> NoteWrites.beginLife(tx, lab.partnerOfA.link(), own));
            assertEquals(lab.partnerOfA.link(), lab.a.origin());
            assertEquals(own, lab.a.durable().of(before));
            Store alone = lab.harness.open(lab.harness.disk());
            var same = alone.origin();
            StoreHarness.act(alone, tx -> NoteWrites.beginLife(tx, lab.partnerOfA.link(), own));
            assertEquals(same, alone.origin(), "no zones, no cost");
            alone.close();
        }
    }
}
