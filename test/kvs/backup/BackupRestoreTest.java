package kvs.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.log.Manifest;
import kvs.log.StagingDirectory;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Version;
import kvs.recovery.DirectoryVerification;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.store.UnstampedVersion;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The restored state is that of the moment at which the backup began: versions, their history and its
 * conflicts, the digest, the coverage.
 */
class BackupRestoreTest {

    private static final int SEEDS = Depth.of(10, 60);
    private static final int STEPS = 250;
    private static final int KEYS = 12;

    private long taken;
    private long disputed;
    private long moved;

    @Tag(Depth.DEEP)
    @Test
    void holdsTheStateOfItsBeginningWhateverHappensMeanwhile()
            throws IOException, UnusableDirectoryException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            run(seed);
        }
        System.out.println("backups " + taken + ", with conflicts " + disputed
                + ", compactions meanwhile " + moved);
        assertTrue(taken > 3L * SEEDS && disputed > SEEDS && moved > SEEDS,
                taken + " " + disputed + " " + moved);
    }

    private void run(long seed) throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(seed);
        SimDisk disk = h.harness.disk();
        Store store = h.harness.open(disk);
        Store other = h.harness.open(h.harness.disk());
        for (int round = 0; round < 5; round++) {
            life(h, store, other, STEPS);
            Map<String, List<String>> before = BackupHarness.chains(store);
            byte[] root = store.root().tree().summary().digest();
            Coverage covered = store.covered();
            Coverage coverage = store.highWatermarks().with(store.origin(), store.own());
            long head = store.head();
            long compactions = store.counts().usage().compactions();
            try (BackupWriter backup = new BackupWriter(store.backupSource(), h.backups, "b" + round)) {
                while (!backup.step(300)) {
                    life(h, store, other, 3);
                }
                assertArrayEquals(root, backup.made().orElseThrow().root(), "seed " + seed);
            }
            moved += store.counts().usage().compactions() - compactions;
            taken++;
            disputed += before.toString().contains("!") ? 1 : 0;
            SimDisk target = h.harness.disk();
            Restore.Result result = Restore.run(h.backups, "b" + round, h.doors(target),
                    BackupHarness.wish());
            assertArrayEquals(root, result.root());
            Store restored = h.harness.open(target,
                    StoreHarness.SMALL.keeping(new StorageSettings.SpaceSettings(2, 50, 0)));
            assertEquals(before, BackupHarness.chains(restored), "seed " + seed + " round " + round);
            assertEquals(covered, restored.covered(), "seed " + seed);
            assertEquals(coverage, restored.highWatermarks(), "seed " + seed);
            assertNotEquals(store.origin(), restored.origin());
            assertTrue(restored.head() > head, "numbers of the new life come after all of the old one");
            life(h, restored, other, 40);
            Map<String, List<String>> after = BackupHarness.chains(restored);
            restored.close();
            assertEquals(List.of(), DirectoryVerification.faults(target), "seed " + seed);
            target.list().stream().filter(name -> name.endsWith(".checkpoint")).toList()
                    .forEach(target::lose);
            assertEquals(after, BackupHarness.chains(h.harness.open(target)), "seed " + seed);
        }
    }

    private static void life(BackupHarness h, Store store, Store other, int steps) throws IOException {
        for (int step = 0; step < steps; step++) {
            String key = "k" + h.harness.dice.below(KEYS);
            h.harness.clock.advance(h.harness.dice.below(5) * 200L);
            switch (h.harness.dice.below(11)) {
                case 0, 1, 2 -> write(h, store, key);
                case 3, 4 -> write(h, other, key);
                case 5, 6 -> StoreHarness.take(store, other, key);
                case 7 -> StoreHarness.purge(store, key);
                case 8 -> StoreHarness.act(store, tx -> tx.cover(other.covered()));
                default -> upkeep(store, h.harness.dice.below(30));
            }
        }
    }

    private static void write(BackupHarness h, Store store, String key) {
        Optional<String> text = h.harness.dice.chance(20) ? Optional.empty() : Optional.of("\""
                + "x".repeat(h.harness.dice.chance(5) ? 900 : h.harness.dice.below(200)) + "\"");
        assertTrue(StoreHarness.write(store, Map.of(key, text)).written);
    }

    private static void upkeep(Store store, int steps) {
        for (int i = 0; i < steps; i++) {
            store.maintenance().step();
            store.step();
        }
    }

    /**
     * With a power cut after the backup, nothing of it is lost: it was durable when it was reported as
     * complete.
     */
    @Test
    void isDurableWhenItIsDone() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(1);
        Store store = h.harness.open(h.harness.disk());
        StoreHarness.put(store, "a", "1");
        h.backup(store);
        SimDisk left = h.backups.restart();
        assertEquals(List.of(BackupHarness.NAME), left.list());
        assertEquals(1, VerifiedBackup.verify(left, BackupHarness.NAME, bytes -> { }).keys());
        assertEquals(Optional.of(1L), BackupFileSummary.of(left, BackupHarness.NAME).keys());
        store.close();
    }

    @Test
    void restoresAnEmptyStore() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(2);
        Store store = h.harness.open(h.harness.disk());
        h.backup(store);
        SimDisk target = h.harness.disk();
        assertEquals(0, h.restore(target, BackupHarness.wish()).keys());
        Store restored = h.harness.open(target);
        assertTrue(StoreHarness.put(restored, "a", "1").written);
        restored.close();
        store.close();
    }

    /**
     * Sequence numbers only rise, also when the clock of the machine that restores is behind that of the
     * other.
     */
    @Test
    void goesOnCountingWhateverTheWallSays() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(9);
        Store store = h.harness.open(h.harness.disk());
        StoreHarness.put(store, "a", "1");
        h.backup(store);
        h.harness.clock.setWall(h.harness.clock.wallMs() - 86_400_000);
        SimDisk target = h.harness.disk();
        h.restore(target, BackupHarness.wish());
        Store restored = h.harness.open(target);
        assertTrue(restored.recovered() >= store.head() && restored.head() > store.head());
        assertTrue(StoreHarness.put(restored, "a", "2").written);
        assertEquals(Map.of("a", "2"), StoreHarness.contents(restored));
        restored.close();
        store.close();
    }

    /** When a backup cannot be completed, none of its files is left. */
    @Test
    void failsNamingTheKeyWhenARecordIsUnreadable() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(3);
        SimDisk disk = h.harness.disk();
        Store store = h.harness.open(disk);
        for (int i = 0; i < 20; i++) {
            StoreHarness.put(store, "key" + i, "\"" + "x".repeat(100) + "\"");
        }
        disk.flip("00000001.log", 400, 1);
        UnreadableVersionException why =
                assertThrows(UnreadableVersionException.class, () -> h.backup(store));
        assertTrue(why.getMessage().matches(".*'key[0-9]+' is unreadable.*"), why.getMessage());
        assertEquals(List.of(), h.backups.list());
        String key = store.unreadableKeys().get(0).text();
        StoreHarness.put(store, key, "1");
        assertThrows(UnreadableVersionException.class, () -> h.backup(store),
                "its past is unreadable still");
        StoreHarness.put(store, key, "2");
        StoreHarness.put(store, key, "3");
        h.backup(store);
        store.close();
    }

    @Test
    void failsWhenARecordWasUnreadableAtTheStart() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(4);
        SimDisk disk = h.harness.disk();
        Store store = h.harness.open(disk);
        StoreHarness.put(store, "a", "\"" + "x".repeat(100) + "\"");
        StoreHarness.put(store, "b", "1");
        store.close();
        disk.list().stream().filter(name -> name.endsWith(".checkpoint")).toList().forEach(disk::lose);
        disk.flip("00000001.log", 150, 1);
        Store damaged = h.harness.open(disk);
        assertEquals(1, damaged.losses().spots());
        assertThrows(UnreadableVersionException.class, () -> h.backup(damaged),
                "nobody knows its name");
        StoreHarness.put(damaged, "a", "2");
        h.backup(damaged);
        damaged.close();
    }

    @Test
    void leavesNothingBehindWhenThereIsNoRoom() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(5);
        Store store = h.harness.open(h.harness.disk());
        for (int i = 0; i < 40; i++) {
            StoreHarness.put(store, "key" + i, "\"" + "x".repeat(100) + "\"");
        }
        h.backups.capacity(BackupFileWriter.ROOM_BYTES);
        IOException early = assertThrows(IOException.class, () -> h.backup(store));
        assertTrue(early.getMessage().contains("not enough space"), early.getMessage());
        h.backups.mend();
        for (int call = 1; call < 30; call++) {
            h.backups.failAt(call, SimDisk.Fault.ENOSPC, false);
            boolean failed = failed(h, store);
            h.backups.mend();
            if (!failed) {
                break;
            }
            assertEquals(List.of(), h.backups.list(), "call " + call);
        }
        assertEquals(List.of(BackupHarness.NAME), h.backups.list());
        assertThrows(IOException.class, () -> h.backup(store), "the name is taken");
        store.close();
    }

    private static boolean failed(BackupHarness h, Store store) {
        try {
            h.backup(store);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** The state of a moment, as far back as the history is kept. */
    @Test
    void restoresThePastAsFarAsItIsKept() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(6);
        Store store = h.harness.open(h.harness.disk());
        StoreHarness.put(store, "kept", "1");
        StoreHarness.put(store, "deleted", "1");
        StoreHarness.put(store, "often", "0");
        StoreHarness.put(store, "died", "1");
        StoreHarness.delete(store, "died");
        h.harness.clock.advance(1_000);
        long then = h.harness.clock.wallMs();
        h.harness.clock.advance(1_000);
        StoreHarness.put(store, "kept", "2");
        StoreHarness.delete(store, "deleted");
        StoreHarness.put(store, "new", "1");
        for (int i = 1; i < 6; i++) {
            StoreHarness.put(store, "often", "" + i);
        }
        h.backup(store);
        SimDisk target = h.harness.disk();
        Restore.Result result = h.restore(target, BackupHarness.until(then));
        assertEquals(List.of(Key.of("often")), result.some());
        assertEquals(1, result.unreached());
        Store restored = h.harness.open(target);
        assertEquals(Map.of("kept", "1", "deleted", "1"), StoreHarness.contents(restored));
        assertArrayEquals(result.root(), restored.root().tree().summary().digest());
        assertTrue(restored.root().find(Key.of("died")).orElseThrow().deleted());
        assertEquals(0, restored.covered().of(store.origin()), "it does not know what came after");
        assertTrue(restored.highWatermarks().of(store.origin()) < store.own());
        restored.close();
        assertEquals(List.of(), DirectoryVerification.faults(target));
        SimDisk justNow = h.harness.disk();
        long written = store.root().find(Key.of("new")).orElseThrow().timestamp();
        h.restore(justNow, BackupHarness.until(written));
        assertEquals("1", StoreHarness.contents(h.harness.open(justNow)).get("new"),
                "what was written in that millisecond is of that time");
        SimDisk all = h.harness.disk();
        assertEquals(0, h.restore(all, BackupHarness.until(h.harness.clock.wallMs() + 100)).unreached());
        assertEquals(StoreHarness.contents(store), StoreHarness.contents(h.harness.open(all)));
        store.close();
    }

    /**
     * A disk that fails during the restore leaves nothing that opens, and the next attempt restores
     * everything.
     */
    @Test
    void canBeRestoredAgainAfterAnyFailureOfTheDisk() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(10);
        Store store = h.harness.open(h.harness.disk());
        for (int i = 0; i < 30; i++) {
            StoreHarness.put(store, "k" + i, "\"" + "x".repeat(200) + "\"");
        }
        h.backup(store);
        int failed = 0;
        boolean fails = true;
        for (int call = 1; fails; call++) {
            SimDisk target = h.harness.disk();
            target.failAt(call, call % 2 == 0 ? SimDisk.Fault.EIO : SimDisk.Fault.SHORT, call % 3 == 0);
            fails = !restored(h, target);
            target.mend();
            failed += fails ? 1 : 0;
            if (fails && !target.list().contains(Manifest.NAME)) {
                h.restore(target, BackupHarness.wish());
            }
            Store again = h.harness.open(target);
            assertEquals(StoreHarness.contents(store), StoreHarness.contents(again), "call " + call);
            again.close();
        }
        assertTrue(failed > 30, failed + " failures");
        store.close();
    }

    private static boolean restored(BackupHarness h, SimDisk target) {
        try {
            h.restore(target, BackupHarness.wish());
            return true;
        } catch (IOException | UnusableDirectoryException e) {
            return false;
        }
    }

    @Test
    void refusesADirectoryThatIsNotEmpty() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(7);
        Store store = h.harness.open(h.harness.disk());
        StoreHarness.put(store, "a", "1");
        h.backup(store);
        SimDisk used = h.harness.disk();
        h.harness.open(used).close();
        Map<String, byte[]> before = files(used);
        assertThrows(UnusableDirectoryException.class, () -> h.restore(used, BackupHarness.wish()));
        assertEquals(before.keySet(), files(used).keySet());
        before.forEach((name, bytes) -> assertArrayEquals(bytes, used.bytes(name)));
        SimDisk strange = h.harness.disk();
        strange.put(StagingDirectory.NAME, new byte[0]);
        strange.put("notes.txt", new byte[1]);
        assertThrows(UnusableDirectoryException.class, () -> h.restore(strange, BackupHarness.wish()));
        assertEquals(List.of(StagingDirectory.NAME, "notes.txt"), strange.list());
        assertThrows(UnusableDirectoryException.class, () -> h.harness.open(strange),
                "a directory that a restore did not finish is no new one");
        store.close();
    }

    private static Map<String, byte[]> files(SimDisk disk) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        disk.list().forEach(name -> files.put(name, disk.bytes(name)));
        return files;
    }

    /** Revocations are written before any process can open the directory. */
    @Test
    void makesVoidBeforeItIsAStore() throws IOException, UnusableDirectoryException {
        BackupHarness h = new BackupHarness(8);
        Store store = h.harness.open(h.harness.disk());
        StoreHarness.put(store, "token", "1");
        h.backup(store);
        SimDisk target = h.harness.disk();
        Restore.RestoreOptions options = new Restore.RestoreOptions(Version.FOREVER,
                old -> new Restore.CarriedNotes(Map.of(), 0), view -> {
            assertFalse(files(h, target).contains(Manifest.NAME));
            return List.of(new UnstampedVersion(Key.of("token"), Optional.empty(), Version.FOREVER,
                    Version.NOBODY));
        }, bytes -> { });
        assertEquals(1, h.restore(target, options).voided());
        Store restored = h.harness.open(target);
        assertEquals(Map.of(), StoreHarness.contents(restored));
        assertEquals(1, restored.olderVersions(restored.root().find(Key.of("token")).orElseThrow()).size());
        assertTrue(restored.own() > store.head());
        restored.close();
        store.close();
    }

    private static List<String> files(BackupHarness h, SimDisk disk) {
        try {
            return disk.list();
        } catch (IOException e) {
            throw new AssertionError(h.harness.toString(), e);
        }
    }
}
