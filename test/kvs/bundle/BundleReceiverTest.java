package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import kvs.command.ExitStatus;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.store.TransactionWrite;
import kvs.world.Disk;
import kvs.world.DiskFile;
import org.junit.jupiter.api.Test;

/** The verdict, the sentence and the exit status of each case of a file, the same on every node. */
class BundleReceiverTest {

    private static final long DAY_MS = 86_400_000;

    private Optional<String> obstacle = Optional.empty();
    private boolean member;

    private FileResult take(BundleLab lab, Store store, byte[] content) throws IOException {
        SimDisk stick = lab.harness.disk();
        stick.put("f", content);
        try (DiskFile file = stick.open("f", Disk.Mode.READ)) {
            BundleReceiver receiver = new BundleReceiver(store, lab.harness.clock,
                    new BundleReceiver.SiteWrites() {

                @Override
                public Optional<String> obstacle() {
                    return obstacle;
                }

                @Override
                public boolean isMember() {
                    return member;
                }

                @Override
                public void begin(String words) { }

                @Override
                public <T> T run(TransactionWrite<T> write) throws IOException {
                    return BundleLab.run(store, write);
                }
            });
            FileResult checked = receiver.verify(file, bytes -> { });
            FileResult taken = receiver.merge(file, bytes -> { });
            if (!checked.verdict().isGood()) {
                assertEquals(checked.sentence(), taken.sentence(), "verify tells what merge will");
            }
            return taken;
        }
    }

    private static void assertCase(FileVerdict verdict, ExitStatus status, String words, FileResult result) {
        assertEquals(verdict, result.verdict(), result.sentence());
        assertEquals(status, result.verdict().status());
        assertTrue(result.sentence().contains(words), result.sentence());
    }

    /** Both sites know each other, and B has ended and purged what an old file of A still has. */
    private static byte[] oldFile(BundleLab lab) throws Exception {
        StoreHarness.put(lab.a, "k/a", "1");
        byte[] old = lab.bundle();
        lab.harness.clock.advance(1_000);
        StoreHarness.put(lab.b, "k/a", "2");
        StoreHarness.delete(lab.b, "k/a");
        lab.merge(lab.a, lab.make(lab.b, lab.partnerOfB, BundleLab.SITE_B, BundleHead.Kind.BUNDLE, false));
        lab.harness.clock.advance(1_000);
        byte[] receipt = lab.make(lab.a, lab.partnerOfA, BundleLab.SITE_A, BundleHead.Kind.RECEIPT, false);
        BundleLab.run(lab.b, BundleMerge.statement(lab.verify(lab.b, receipt)));
        assertTrue(StoreHarness.purge(lab.b, "k/a"));
        return old;
    }

    @Test
    void lateFileAndSiteThatWasPutBackAreTold() throws Exception {
        try (BundleLab lab = new BundleLab(3, "k")) {
            byte[] old = oldFile(lab);
            assertCase(FileVerdict.LATE, ExitStatus.CONDITION_FAILED, "throw it away", take(lab, lab.b, old));
            StoreHarness.act(lab.a, tx -> tx.uncover());
            lab.harness.clock.advance(1_000);
            FileResult back = take(lab, lab.b, lab.make(lab.a, lab.partnerOfA, BundleLab.SITE_A,
                    BundleHead.Kind.BUNDLE, true));
            assertCase(FileVerdict.PUT_BACK, ExitStatus.FORBIDDEN, "a knows less than it did", back);
            assertTrue(back.sentence().contains("Carry a bundle of this site there first"), back.sentence());
            assertEquals("the partner was put back", back.zones().get(0).text());
        }
    }

    @Test
    void gapRepetitionAndEmptyFileAreTold() throws Exception {
        try (BundleLab lab = new BundleLab(4, "k")) {
            StoreHarness.put(lab.a, "k/a", "1");
            byte[] first = lab.bundle();
            assertCase(FileVerdict.MERGED, ExitStatus.DONE, "merged: 1 of 1 versions of a",
                    take(lab, lab.b, first));
            assertCase(FileVerdict.NOTHING_NEW, ExitStatus.DONE, "nothing new: 0 of 1 versions of a",
                    take(lab, lab.b, first));
            lab.say(lab.receiptOfB());
            assertCase(FileVerdict.MERGED, ExitStatus.DONE, "0 of 0 versions",
                    take(lab, lab.b, lab.bundle()));
            StoreHarness.put(lab.a, "k/b", "1");
            byte[] delta = lab.bundle();
            StoreHarness.act(lab.b, tx -> tx.uncover());
            String words = "zone k: it needs what an earlier bundle brought. Carry that one first, or carry a"
                    + " receipt of this site to a and make a new one there";
            assertCase(FileVerdict.MISSING, ExitStatus.ABSENT, words, take(lab, lab.b, delta));
            member = true;
            assertCase(FileVerdict.MISSING, ExitStatus.ABSENT, words + ". Another node of this cluster may"
                    + " have it: then wait, or merge there", take(lab, lab.b, delta));
        }
    }

    @Test
    void missingBundlesAreNamedByTheirNumbers() {
        MergedBundle third = new MergedBundle(3, 1_700_000_000_000L);
        assertEquals("", third.missingBefore(4));
        assertEquals("", third.missingBefore(2), "another node of the site counts anew");
        assertEquals("bundle 4 is missing here, the last one was bundle 3 of 2023-11-14T22:13:20.000Z",
                third.missingBefore(5));
        assertEquals("bundles 4 to 6 are missing here, the last one was bundle 3 of 2023-11-14T22:13:20.000Z",
                third.missingBefore(7));
        assertEquals("bundle 1 is missing here", MergedBundle.NONE.missingBefore(2));
        assertEquals("", MergedBundle.NONE.missingBefore(1));
        assertEquals(third, third.and(MergedBundle.NONE));
        assertEquals(third, MergedBundle.NONE.and(third));
    }

    @Test
    void wrongClockAndUnfitNodeAreTold() throws Exception {
        try (BundleLab lab = new BundleLab(5, "k")) {
            lab.harness.clock.advance(DAY_MS + 3_600_000);
            byte[] file = lab.bundle();
            lab.harness.clock.advance(-DAY_MS - 3_600_000);
            assertCase(FileVerdict.CLOCK_AHEAD, ExitStatus.CLOCK_AHEAD, "set that clock",
                    take(lab, lab.b, file));
            obstacle = Optional.of("this node lacks data");
            lab.harness.clock.advance(DAY_MS);
            StoreHarness.put(lab.a, "k/a", "1");
            assertCase(FileVerdict.UNABLE, ExitStatus.FAILED, "nothing was merged: this node lacks data",
                    take(lab, lab.b, lab.bundle()));
        }
    }
}
