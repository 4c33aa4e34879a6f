package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kvs.log.DiskReserve;
import kvs.log.Manifest;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Reason;
import kvs.model.SequenceNumbers;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Starts on a disk that is full: reads and deletes are served, whichever write of the start is the first to
 * be refused.
 */
class FullStartTest {

    private static final int RESERVE = 6_000;
    private static final int STEP = 64;

    private final StoreHarness harness = new StoreHarness(3);

    private static StorageSettings settings(int reserve) {
        return new StorageSettings(4_000, 500, true, 0, false)
                .keeping(new StorageSettings.SpaceSettings(2, 50, reserve));
    }

    /** A directory that a killed process leaves, with a log larger than the reserve. */
    private SimDisk killed(int reserve, Map<String, String> contents)
            throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk, settings(reserve));
        for (int i = 0; i < 40; i++) {
            assertTrue(StoreHarness.put(store, "k" + i % 20, "\"" + "x".repeat(300) + "\"").written);
        }
        upkeep(store, 400);
        contents.putAll(StoreHarness.contents(store));
        assertEquals(reserve > 0, disk.has(DiskReserve.NAME));
        return disk.killed();
    }

    private void upkeep(Store store, int steps) {
        for (int i = 0; i < steps; i++) {
            store.maintenance().step();
            store.step();
            harness.clock.advance(100);
        }
    }

    private static void fill(SimDisk disk, long left) {
        disk.capacity(Long.MAX_VALUE);
        disk.capacity(Long.MAX_VALUE - disk.freeBytes() + left);
    }

    @ParameterizedTest
    @CsvSource({"6000, true", "6000, false", "0, false"})
    void servesReadsAndDeletes(int reserve, boolean unused) throws IOException, UnusableDirectoryException {
        Map<String, String> contents = new TreeMap<>();
        SimDisk origin = killed(reserve, contents);
        if (!unused && reserve > 0) {
            origin.lose(DiskReserve.NAME);
        }
        int full = 0;
        for (int left = 0; left < 4_000; left += STEP) {
            SimDisk disk = origin.copy();
            fill(disk, left);
            Store store = harness.open(disk, settings(reserve));
            String where = left + " bytes left";
            assertEquals(contents, StoreHarness.contents(store), where);
            full += store.problems().isEmpty() ? 0 : 1;
            if (unused) {
                assertTrue(deletes(store, "k3"), where + ": " + store.problems());
                contents.remove("k3");
            }
            disk.capacity(Long.MAX_VALUE);
            upkeep(store, 100);
            assertTrue(StoreHarness.put(store, "new", "1").written, where);
            contents.put("new", "1");
            assertEquals(List.of(), store.problems(), where);
            Store again = harness.open(disk.killed(), settings(reserve));
            assertEquals(contents, StoreHarness.contents(again), where);
            assertTrue(SequenceNumbers.bootOf(again.head()) > SequenceNumbers.bootOf(store.head()), where);
            contents.remove("new");
            contents.put("k3", "\"" + "x".repeat(300) + "\"");
        }
        assertTrue(reserve == 0 || full > 0, "the disk was never full");
    }

    private boolean deletes(Store store, String key) {
        for (int i = 0; i < 20; i++) {
            if (StoreHarness.delete(store, key).written) {
                return true;
            }
            upkeep(store, 3);
        }
        return false;
    }

    /**
     * Not one byte, nothing set aside, no room ahead of the log: nothing is promised to anybody before the
     * start is noted.
     */
    @Test
    void withoutAnyRoomItReadsAndRefusesWrites() throws IOException, UnusableDirectoryException {
        Map<String, String> contents = new TreeMap<>();
        SimDisk origin = killed(0, contents);
        SimDisk disk = origin.copy();
        disk.refuse(name -> name.startsWith(Manifest.NAME + "."));
        Store store = harness.open(disk, settings(0));
        assertEquals(contents, StoreHarness.contents(store));
        assertTrue(store.problems().toString().contains("the disk is full"), store.problems().toString());
        assertEquals(Reason.DISK_FULL, StoreHarness.delete(store, "k1").refused.orElseThrow().reason());
        assertEquals(SequenceNumbers.bootOf(store.head()), bootAfter(disk, origin),
                "another number than the next start gives");
        disk.mend();
        assertTrue(StoreHarness.delete(store, "k1").written);
        assertEquals(List.of(), store.problems());
        contents.remove("k1");
        assertEquals(contents, StoreHarness.contents(harness.open(disk.killed(), settings(0))));
    }

    private long bootAfter(SimDisk disk, SimDisk origin) throws IOException, UnusableDirectoryException {
        assertEquals(origin.copy().bytes(Manifest.NAME).length, disk.bytes(Manifest.NAME).length,
                "MANIFEST was changed");
        return SequenceNumbers.bootOf(harness.open(origin.copy(), settings(0)).head());
    }

    /** The file for the lock was removed, and there is no room for it. */
    @Test
    void theLockGetsTheReserve() throws IOException, UnusableDirectoryException {
        Map<String, String> contents = new TreeMap<>();
        SimDisk disk = killed(RESERVE, contents);
        disk.lockNeeds(DiskReserve.NAME);
        Store store = harness.open(disk, settings(RESERVE));
        assertEquals(contents, StoreHarness.contents(store));
        assertFalse(disk.has(DiskReserve.NAME));
    }
}
