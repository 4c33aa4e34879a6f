package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kvs.log.DiskReserve;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.HealthProblem;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

class DiskReserveTest {

    private static final StorageSettings PLAIN = new StorageSettings(4_000, 500, true, 0, false);
    private static final int CAPACITY = 60_000;

    /**
     * Fills the disk, deletes what is there, and writes again, over and over: nothing acknowledged is lost,
     * and no restart is needed.
     */
    @Test
    void aFullDiskHasAWayOut() throws IOException, UnusableDirectoryException {
        for (long seed = 1; seed <= 40; seed++) {
            StorageSettings settings = PLAIN.keeping(new StorageSettings.SpaceSettings(0, 50, 6_000));
            StoreHarness harness = new StoreHarness(seed);
            SimDisk disk = harness.disk();
            Store store = harness.open(disk, settings);
            disk.capacity(CAPACITY);
            Map<String, String> acknowledged = new TreeMap<>();
            for (int round = 0; round < 3; round++) {
                fill(store, harness, acknowledged);
                assertTrue(store.problems().toString().contains("the disk is full"),
                        store.problems().toString());
                assertFalse(disk.list().contains(DiskReserve.NAME));
                assertEquals(acknowledged, StoreHarness.contents(store), "seed " + seed);
                if (harness.dice.chance(50)) {
                    store.close();
                    store = harness.open(disk, settings);
                    disk.capacity(CAPACITY);
                    assertEquals(acknowledged, StoreHarness.contents(store), "seed " + seed);
                }
                for (String key : List.copyOf(acknowledged.keySet())) {
                    StoreHarness.Batch deleted = StoreHarness.delete(store, key);
                    for (int again = 0; !deleted.written; again++) {
                        assertTrue(again < 20, "seed " + seed + ": no way out: " + deleted.refused
                                + store.counts().usage() + disk.list());
                        upkeep(store, harness, 20);
                        deleted = StoreHarness.delete(store, key);
                    }
                    acknowledged.remove(key);
                    upkeep(store, harness, 3);
                }
                upkeep(store, harness, 300);
                assertTrue(StoreHarness.put(store, "again", "1").written,
                        "seed " + seed + ": " + store.problems());
                acknowledged.put("again", "1");
                assertFalse(store.problems().toString().contains("full"), "seed " + seed + store.problems());
            }
            store.close();
            assertEquals(acknowledged, StoreHarness.contents(harness.open(disk, settings)), "seed " + seed);
        }
    }

    /** Else it would free nothing; the next start reads the same from the log. */
    @Test
    void aDeleteOnAFullDiskTakesThePastAlong() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(1);
        StorageSettings settings = PLAIN.keeping(new StorageSettings.SpaceSettings(5, 50, 6_000));
        SimDisk disk = harness.disk();
        Store store = harness.open(disk, settings);
        disk.capacity(CAPACITY);
        for (int i = 0; i < 3; i++) {
            StoreHarness.put(store, "a", "" + i);
            StoreHarness.put(store, "b", "" + i);
        }
        assertTrue(StoreHarness.delete(store, "b").written);
        upkeep(store, harness, 2);
        for (int i = 0; !isFull(store); i++) {
            StoreHarness.put(store, "k" + i, "\"" + "x".repeat(300) + "\"");
            upkeep(store, harness, isFull(store) ? 0 : 1);
        }
        assertTrue(StoreHarness.delete(store, "a").written);
        assertEquals(0, store.root().find(Key.of("a")).orElseThrow().past().length);
        Store again = reopened(harness, disk, store, settings);
        assertEquals(0, again.root().find(Key.of("a")).orElseThrow().past().length);
        assertEquals(3, again.olderVersions(again.root().find(Key.of("b")).orElseThrow()).size());
    }

    /** A checkpoint may fail for want of space before the reserve is used. */
    private static boolean isFull(Store store) {
        return store.problems().stream().anyMatch(what -> what.kind() == HealthProblem.Kind.DISK_FULL);
    }

    private static Store reopened(StoreHarness harness, SimDisk disk, Store store, StorageSettings settings)
            throws IOException, UnusableDirectoryException {
        store.close();
        for (String name : disk.list()) {
            if (name.endsWith(".checkpoint")) {
                disk.delete(name);
            }
        }
        return harness.open(disk, settings);
    }

    private static void fill(Store store, StoreHarness harness, Map<String, String> acknowledged) {
        int refused = 0;
        for (int i = 0; refused < 5; i++) {
            assertTrue(i < 2_000, "the disk does not fill");
            String key = "k" + i;
            String text = "\"" + "x".repeat(300 + harness.dice.below(200)) + "\"";
            StoreHarness.Batch batch = StoreHarness.put(store, key, text);
            if (batch.written) {
                acknowledged.put(key, text);
            } else {
                assertEquals(Reason.DISK_FULL, batch.refused.orElseThrow().reason());
                refused++;
            }
            upkeep(store, harness, 2);
        }
    }

    private static void upkeep(Store store, StoreHarness harness, int steps) {
        for (int i = 0; i < steps; i++) {
            store.maintenance().step();
            store.step();
            harness.clock.advance(100);
        }
    }
}
