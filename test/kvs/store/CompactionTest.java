package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.log.VersionChain;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.recovery.DirectoryVerification;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two stores write side by side and one takes versions from the other. Whatever compaction does, and however
 * the log is read again, all that can be seen stays the same: versions, their past and its conflicts, notes,
 * coverage.
 */
class CompactionTest {

    private static final int SEEDS = Depth.of(10, 60);
    private static final int STEPS = 400;
    private static final int KEYS = 12;

    private long compactions;
    private long disputed;
    private long purges;

    @Tag(Depth.DEEP)
    @Test
    void changesNothingThatCanBeSeen() throws IOException, UnusableDirectoryException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            run(seed);
        }
        System.out.println("compactions " + compactions + ", purges " + purges
                + ", states with conflicts " + disputed);
        assertTrue(compactions > 5L * SEEDS && disputed > SEEDS && purges > SEEDS,
                compactions + " " + disputed + " " + purges);
    }

    @Test
    void keepsWhatTheLogHadToldWhenItsRecordsAreGone() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(1);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        Store other = harness.open(harness.disk());
        long gave = StoreHarness.put(store, "a", "1").receipts.get(0).seq();
        for (int i = 0; i < 4; i++) {
            harness.clock.advance(1_000);
            StoreHarness.put(other, "a", "" + i);
            StoreHarness.take(store, other, "a");
        }
        compactAll(store, harness);
        String before = seen(store);
        assertTrue(store.counts().usage().compactions() > 0
                && store.olderVersions(store.root().find(Key.of("a")).orElseThrow()).size() == 2);
        store.close();
        disk.delete(disk.list().stream().filter(name -> name.endsWith(".checkpoint")).findFirst()
                .orElseThrow());
        store = harness.open(disk);
        assertEquals(before, seen(store));
        assertTrue(store.hasAssigned(gave));
        assertEquals(gave, store.own());
    }

    @Test
    void keepsTheLoserOfAConflictOnBothSides() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(2);
        SimDisk disk = harness.disk();
        Store winner = harness.open(disk);
        Store loser = harness.open(harness.disk());
        StoreHarness.put(loser, "a", "\"lost\"");
        harness.clock.advance(5);
        StoreHarness.put(winner, "a", "\"won\"");
        StoreHarness.take(winner, loser, "a");
        StoreHarness.take(winner, loser, "a");
        StoreHarness.take(loser, winner, "a");
        for (Store store : List.of(winner, loser)) {
            assertEquals(1, store.counts().conflicts());
            Entry entry = store.root().find(Key.of("a")).orElseThrow();
            assertEquals("\"won\"", new String(store.read(entry).data(), StandardCharsets.UTF_8));
            List<VersionReader.OlderVersion> past = store.olderVersions(entry);
            assertEquals(1, past.size());
            assertTrue(past.get(0).conflict() && VersionChain.disputed(entry.past()));
            assertEquals("\"lost\"",
                    new String(past.get(0).version().orElseThrow().data(), StandardCharsets.UTF_8));
        }
        String before = seen(winner);
        winner.close();
        winner = harness.open(disk);
        assertEquals(before, seen(winner));
        StoreHarness.put(winner, "a", "2");
        Entry resolved = winner.root().find(Key.of("a")).orElseThrow();
        assertFalse(VersionChain.disputed(resolved.past()));
        assertEquals(2, winner.olderVersions(resolved).size());
    }

    @Test
    void servesReadersOfAnOldStateWhileItsSegmentsGo() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(3);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
        StoreHarness.put(store, "gone", "1");
        StoreView old = store.root();
        Map<String, String> before = StoreHarness.contents(store);
        StoreHarness.put(store, "k1", "1");
        for (int i = 0; i < 4; i++) {
            StoreHarness.put(store, "gone", "" + i);
        }
        compactAll(store, harness);
        long files = disk.list().stream().filter(name -> name.endsWith(".log")).count();
        assertEquals(files, store.counts().usage().segments());
        for (int i = 0; i < 6; i++) {
            Version version = old.read(old.find(Key.of("k" + i)).orElseThrow());
            assertEquals(before.get("k" + i), new String(version.data(), StandardCharsets.UTF_8));
        }
        Refusal again = assertThrows(Refusal.class, () -> old.read(old.find(Key.of("gone")).orElseThrow()));
        assertEquals(Reason.BUSY, again.reason());
    }

    @Test
    void leavesASegmentWithAnUnreadableRecordAsItIs() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(4);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        StoreHarness.put(store, "first", "1");
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
        disk.flip("00000001.log", 100, 1);
        compactAll(store, harness);
        assertTrue(disk.list().contains("00000001.log"));
        assertTrue(store.problems().toString().contains("00000001.log"), store.problems().toString());
        assertTrue(store.counts().usage().compactions() > 0, "the others are compacted all the same");
        assertEquals(Reason.DAMAGED,
                assertThrows(Refusal.class, () -> StoreHarness.contents(store)).reason());
        StoreHarness.put(store, "first", "2");
        Map<String, String> mended = StoreHarness.contents(store);
        store.close();
        assertEquals(mended, StoreHarness.contents(harness.open(disk)));
    }

    /** Overwritten since, it is garbage, and takes nothing with it. */
    @Test
    void compactsASegmentWhoseUnreadableRecordIsGarbage() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(5);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
        StoreHarness.act(store, tx -> tx.note("kept", new byte[8]));
        disk.flip("00000001.log", 300, 1);
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 6, "" + i);
        }
        String before = seen(store);
        compactAll(store, harness);
        assertFalse(disk.list().contains("00000001.log"));
        assertEquals(List.of(), store.problems());
        assertEquals(before, seen(store));
        store.close();
        assertEquals(List.of(), DirectoryVerification.faults(disk));
        assertEquals(before, seen(harness.open(disk)));
    }

    /**
     * What made the old version garbage is on the disk before the old version goes, also when writes are not
     * forced one by one.
     */
    @Test
    void forgetsNothingForTheSakeOfWhatIsNotDurable() throws IOException, UnusableDirectoryException {
        StorageSettings lazy = new StorageSettings(3_000, 700, false, 3, false)
                .keeping(new StorageSettings.SpaceSettings(0, 50, 0));
        for (long seed = 1; seed <= 6; seed++) {
            StoreHarness harness = new StoreHarness(seed);
            SimDisk disk = harness.disk();
            Store store = harness.open(disk, lazy);
            for (int i = 0; i < 200; i++) {
                StoreHarness.put(store, "k" + harness.dice.below(4),
                        "\"" + "x".repeat(harness.dice.below(300)) + "\"");
                upkeep(store, 1 + harness.dice.below(20));
                harness.clock.advance(300);
                if (i > 20) {
                    assertEquals(4, StoreHarness.contents(harness.open(disk.survivor(), lazy)).size(),
                            "seed " + seed + " write " + i);
                }
            }
            assertTrue(store.counts().usage().compactions() > 3);
        }
    }

    private static void compactAll(Store store, StoreHarness harness) {
        store.compact();
        for (int i = 0; i < 500; i++) {
            store.maintenance().step();
            store.step();
            harness.clock.advance(50);
        }
    }

    private void run(long seed) throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(seed);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        Store other = harness.open(harness.disk());
        long gave = 0;
        for (int step = 0; step < STEPS; step++) {
            String key = "k" + harness.dice.below(KEYS);
            harness.clock.advance(harness.dice.below(5) * 200L);
            switch (harness.dice.below(12)) {
                case 0, 1, 2 -> gave = write(store, harness, key).receipts.get(0).seq();
                case 3, 4 -> write(other, harness, key);
                case 5, 6 -> StoreHarness.take(store, other, key);
                case 7 -> purges += StoreHarness.purge(store, key) ? 1 : 0;
                case 8 -> StoreHarness.act(store,
                        tx -> tx.note("note/" + harness.dice.below(3), new byte[harness.dice.below(2) * 8]));
                case 9, 10 -> upkeep(store, harness.dice.below(40));
                default -> {
                    String before = seen(store);
                    long done = store.counts().usage().compactions();
                    store = again(harness, disk, store);
                    compactions += done;
                    assertEquals(before, seen(store), "seed " + seed + " step " + step);
                    assertTrue(gave == 0 || store.hasAssigned(gave), "seed " + seed + " step " + step);
                }
            }
            disputed += seen(store).contains("!") ? 1 : 0;
        }
        compactions += store.counts().usage().compactions();
        store.close();
        other.close();
        assertEquals(List.of(), DirectoryVerification.faults(disk), "seed " + seed);
    }

    private static StoreHarness.Batch write(Store store, StoreHarness harness, String key) {
        Optional<String> text = harness.dice.chance(25) ? Optional.empty()
                : Optional.of("\"" + "x".repeat(harness.dice.below(200)) + "\"");
        return StoreHarness.write(store, Map.of(key, text));
    }

    /** Everything is compacted now and then, so that purges are the only trace of what they removed. */
    private static void upkeep(Store store, int steps) {
        if (steps == 0) {
            store.compact();
        }
        for (int i = 0; i < steps; i++) {
            store.maintenance().step();
            store.step();
        }
    }

    private static Store again(StoreHarness harness, SimDisk disk, Store store)
            throws IOException, UnusableDirectoryException {
        store.close();
        if (harness.dice.chance(40)) {
            for (String name : disk.list()) {
                if (name.endsWith(".checkpoint")) {
                    disk.delete(name);
                }
            }
        }
        return harness.open(disk);
    }

    /** All that readers can see, as text. */
    private static String seen(Store store) {
        Map<String, List<String>> seen = new TreeMap<>();
        TreeCursor scan = store.root().tree().scan(KeyRange.all());
        while (scan.next()) {
            Entry entry = scan.entry();
            List<String> versions = new ArrayList<>(List.of(store.read(entry).uuid().toString()));
            store.olderVersions(entry).forEach(
                    old -> versions.add(old.version().orElseThrow().uuid() + (old.conflict() ? "!" : "")));
            seen.put(new String(entry.key(), StandardCharsets.UTF_8), versions);
        }
        StringBuilder notes = new StringBuilder();
        store.notes().all().forEach((name, body) -> notes.append(name).append(body.length).append(' '));
        store.root().tree().check();
        return seen + " " + notes + store.covered().text();
    }
}
