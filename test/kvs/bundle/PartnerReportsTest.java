package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import kvs.model.HealthProblem;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimDisk;
import kvs.store.StoreHarness;
import kvs.store.TransactionWrite;
import kvs.world.Disk;
import kvs.world.DiskFile;
import org.junit.jupiter.api.Test;

class PartnerReportsTest {

    private static final long WINDOW_MS = 1_000_000;

    private final BundleLab lab;
    private final PurgeGuard guard;
    private final PartnerReports reports;
    /** The number of writes until the disk is full. */
    private int left = Integer.MAX_VALUE;

    PartnerReportsTest() throws Exception {
        lab = new BundleLab(1, "docs");
        guard = new PurgeGuard(lab.b, lab.harness.clock, () -> WINDOW_MS);
        reports = new PartnerReports(lab.b, guard, () -> WINDOW_MS, () -> false);
        StoreHarness.put(lab.a, "docs/one", "1");
    }

    private FileResult merge() throws IOException {
        SimDisk stick = lab.harness.disk();
        stick.put("f", lab.bundle());
        try (DiskFile file = stick.open("f", Disk.Mode.READ)) {
            return new BundleReceiver(lab.b, lab.harness.clock, new BundleReceiver.SiteWrites() {

                @Override
                public Optional<String> obstacle() {
                    return Optional.empty();
                }

                @Override
                public void begin(String words) { }

                @Override
                public <T> T run(TransactionWrite<T> write) throws IOException {
                    if (left-- <= 0) {
                        throw new Refusal(Reason.DISK_FULL, "the disk is full");
                    }
                    return BundleLab.run(lab.b, write);
                }
            }).merge(file, bytes -> { });
        }
    }

    @Test
    void interruptedMergeIsProblemUntilSameFileEndsIt() throws Exception {
        String detail = HealthProblemCheck.comesAndGoes(HealthProblem.Kind.MERGE_UNFINISHED,
                new HealthProblemCheck.Subject(reports::problems, lab.harness.clock::advance), () -> {
            left = 2;
            FileResult result = merge();
            assertEquals(FileVerdict.INTERRUPTED, result.verdict());
            assertEquals("the merge was interrupted: the disk is full; what was merged stays, and the same"
                    + " file ends it", result.sentence());
            assertTrue(reports.list().get(0).unfinished());
        }, () -> {
            left = Integer.MAX_VALUE;
            assertEquals(FileVerdict.MERGED, merge().verdict());
        });
        assertTrue(detail.startsWith("the merge of bundle 1 of partner a, begun "), detail);
    }

    @Test
    void partnerIsNotHeardOfBeforeItsFirstFile() throws Exception {
        PartnerReport before = reports.list().get(0);
        assertEquals(0, before.heardMs());
        assertEquals(WINDOW_MS * 11 / 10, before.waitsUntilMs() - lab.partnerOfB.addedMs());
        merge();
        assertEquals(lab.harness.clock.wallMs(), reports.list().get(0).heardMs());
    }

    @Test
    void countsWhatWaitsForPartner() throws Exception {
        merge();
        StoreHarness.put(lab.b, "docs/two", "2");
        StoreHarness.delete(lab.b, "docs/two");
        var dead = lab.b.read(lab.b.root().find(kvs.model.Key.of("docs/two")).orElseThrow());
        assertEquals(false, guard.allows(dead));
        assertEquals(1, reports.list().get(0).waiting());
        lab.harness.clock.advance(2 * 600_000);
        assertEquals(0, reports.list().get(0).waiting(), "nobody has looked since");
    }
}
