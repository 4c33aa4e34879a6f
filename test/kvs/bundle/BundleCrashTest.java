package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import kvs.bundle.BundleHead.Kind;
import kvs.log.UnusableDirectoryException;
import kvs.model.BundleRules.Verdict;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.recovery.DirectoryVerification;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import kvs.store.NoteWrites;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.store.TransactionWrite;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cuts the power at every call that changes the disk while a bundle is made, merged, and answered by a
 * receipt, and opens what may be left: what was acknowledged is there, coverage is claimed for what is there
 * only, and the same file ends the merge.
 */
@Tag(Depth.DEEP)
class BundleCrashTest {

    private static final int SEEDS = Depth.of(1, 25);
    private static final int SURVIVORS = 2;
    private static final String[] ZONES = {"x", "y", "z"};

    private long points;
    private long unclaimed;

    static IntStream parts() {
        return IntStream.range(0, Depth.of(1, 4));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void mergeThatIsCutOffIsEndedByTheSameFile(int part) throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            campaign(SEEDS * part + seed);
        }
        System.out.println("crash points of bundles " + points + " over " + SEEDS + " seeds, " + SURVIVORS
                + " survivors each, " + unclaimed + " before the claim");
        assertTrue(points > SEEDS * 30L, "only " + points + " crash points");
        assertTrue(unclaimed > points / 8, "only " + unclaimed + " before the claim");
    }

    private void campaign(long seed) throws Exception {
        Random random = new Random(seed);
        try (BundleLab lab = new BundleLab(seed, ZONES)) {
            write(lab.a, random, 40);
            write(lab.b, random, 15);
            if (random.nextBoolean()) {
                lab.merge(lab.b, lab.bundle());
                lab.say(lab.receiptOfB());
                write(lab.a, random, 20);
                lab.harness.clock.advance(1_000);
                purge(lab, random);
            }
            byte[] file = made(seed, lab);
            merged(seed, lab, file);
            heard(seed, lab);
        }
    }

    private static void write(Store store, Random random, int count) {
        for (int i = 0; i < count; i++) {
            String key = ZONES[random.nextInt(3)] + "/" + random.nextInt(10);
            if (random.nextInt(4) == 0 && StoreHarness.contents(store).containsKey(key)) {
                StoreHarness.delete(store, key);
            } else {
                StoreHarness.put(store, key, "\"" + "long".repeat(random.nextInt(60)) + i + "\"");
            }
        }
    }

    /** Both know an end that A has purged: what B has of it alive is buried by a full bundle. */
    private static void purge(BundleLab lab, Random random) {
        for (int i = 0; i < 3; i++) {
            String key = ZONES[i] + "/" + random.nextInt(10);
            if (StoreHarness.contents(lab.a).containsKey(key)) {
                StoreHarness.delete(lab.a, key);
                StoreHarness.purge(lab.a, key);
            }
        }
    }

    /** Every version under the keys of documents. */
    private static Map<String, Version> versions(Store store) {
        Map<String, Version> versions = new TreeMap<>();
        TreeCursor scan = store.root().tree().scan(KeyRange.from(new byte[] {1}));
        while (scan.next()) {
            versions.put(Key.ofBytes(scan.entry().key()).text(), store.read(scan.entry()));
        }
        return versions;
    }

    private interface Survivor {
        void check(Store store, String where) throws Exception;
    }

    private void watch(long seed, BundleLab lab, SimDisk disk, Survivor survivor) {
        disk.afterChange(() -> {
            points++;
            for (int i = 0; i < SURVIVORS; i++) {
                String where = "seed " + seed + " crash point " + points;
                SimDisk left = disk.survivor();
                try (Store store = lab.harness.open(left)) {
                    survivor.check(store, where);
                } catch (AssertionError wrong) {
                    throw wrong;
                } catch (Exception e) {
                    throw new AssertionError(where, e);
                }
                if (points % 8 == 0) {
                    sound(left, where);
                }
            }
        });
    }

    private static void sound(SimDisk disk, String where) {
        try {
            assertTrue(DirectoryVerification.run(disk, finding -> { }).sound(), where);
        } catch (IOException | UnusableDirectoryException e) {
            throw new AssertionError(where, e);
        }
    }

    private byte[] made(long seed, BundleLab lab) throws IOException {
        Map<String, Version> before = versions(lab.a);
        watch(seed, lab, lab.diskOfA, (store, where) -> {
            assertEquals(before.keySet(), versions(store).keySet(), where);
            byte[] again = lab.make(store, lab.partnerOfA, BundleLab.SITE_A, Kind.BUNDLE, false);
            assertTrue(lab.verify(again).refused().isEmpty(), where);
        });
        StoreHarness.act(lab.a, tx -> SiteRecords.takeNumber(tx, lab.partnerOfA));
        byte[] file = lab.bundle();
        lab.diskOfA.afterChange(() -> { });
        return file;
    }

    private void merged(long seed, BundleLab lab, byte[] file) throws Exception {
        Map<String, Version> before = versions(lab.b);
        BundleHead head = lab.verify(file).file().head();
        // What the merge must lead to, as it does without any power cut.
        Map<String, Version> after = new HashMap<>();
        try (Store whole = lab.harness.open(lab.diskOfB.copy())) {
            assertTrue(lab.merge(whole, file).complete());
            after.putAll(versions(whole));
        }
        boolean[] done = new boolean[1];
        watch(seed, lab, lab.diskOfB, (store, where) -> {
            before.forEach((key, version) -> assertTrue(versions(store).containsKey(key)
                    && versions(store).get(key).rank().compareTo(version.rank()) >= 0, where + " " + key));
            boolean claimed = head.zones().stream().allMatch(state -> covers(store, state));
            assertTrue(claimed || !done[0], where + ": a merge that ended is forgotten");
            if (claimed) {
                same(after, versions(store), where);
            } else {
                unclaimed++;
                assertEquals(untilMs(lab.b, lab, head), untilMs(store, lab, head), where);
            }
            StoreHarness.act(store, tx -> NoteWrites.beginLife(tx, new UUID(7, points),
                    store.recoveredOwn()));
            assertTrue(lab.verify(store, file).refused().isEmpty(), where);
            assertTrue(lab.merge(store, file).complete(), where);
            same(after, versions(store), where);
            assertTrue(head.zones().stream().allMatch(state -> covers(store, state)), where);
            assertEquals(Verdict.NOTHING_NEW, lab.verify(store, file).zones().get(0).verdict(), where);
        });
        assertTrue(lab.merge(lab.b, file).complete());
        done[0] = true;
        StoreHarness.put(lab.b, "other", "1");
        lab.diskOfB.afterChange(() -> { });
        same(after, versions(lab.b), "seed " + seed);
    }

    /** The same present documents, though a tombstone that buries is made anew by each directory. */
    private static void same(Map<String, Version> expected, Map<String, Version> found, String where) {
        expected.forEach((key, version) -> {
            Version present = found.get(key);
            assertTrue(present != null && (present.uuid().equals(version.uuid())
                    || present.deleted() && version.deleted()
                            && present.timestamp() == version.timestamp()), where + " " + key);
        });
    }

    private static long untilMs(Store store, BundleLab lab, BundleHead head) {
        return new SiteRecords(store.root()).statements(lab.partnerOfB).of(head.zones().get(0).zone())
                .untilMs();
    }

    private static boolean covers(Store store, BundleHead.ZoneState state) {
        Zone zone = state.zone();
        Coverage here = store.notes().zones().coverage(store.durable(), zone);
        return here.covers(state.coverage());
    }

    private void heard(long seed, BundleLab lab) throws Exception {
        byte[] receipt = lab.receiptOfB();
        Coverage told = lab.verify(lab.a, receipt).file().head().zones().get(0).coverage();
        Zone zone = lab.partnerOfA.zones().get(0);
        boolean[] done = new boolean[1];
        watch(seed, lab, lab.diskOfA, (store, where) -> {
            Coverage known = new SiteRecords(store.root()).statements(lab.partnerOfA).of(zone).known();
            assertTrue(known.equals(told) || !done[0], where);
            BundleLab.run(store, BundleMerge.statement(lab.verify(store, receipt)));
            assertEquals(told, new SiteRecords(store.root()).statements(lab.partnerOfA).of(zone).known(),
                    where);
        });
        BundleLab.run(lab.a, BundleMerge.statement(lab.verify(lab.a, receipt)));
        done[0] = true;
        BundleLab.run(lab.a, new TransactionWrite<>(100, tx -> SiteRecords.takeNumber(tx, lab.partnerOfA)));
        lab.diskOfA.afterChange(() -> { });
    }
}
