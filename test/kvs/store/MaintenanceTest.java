package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kvs.log.DiskReserve;
import kvs.log.SpaceUsage;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Version;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/**
 * The behaviour of maintenance when the disk or the moment is bad: it ends, it continues, and it removes
 * nothing too early.
 */
class MaintenanceTest {

    @Test
    void closesAlthoughTheDiskRefusesTheLastStepsOfACompaction() {
        for (int steps = 1; steps < 25; steps++) {
            int stopped = steps;
            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
                StoreHarness harness = new StoreHarness(1);
                SimDisk disk = harness.disk();
                Store store = harness.open(disk);
                for (int i = 0; i < 60; i++) {
                    StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
                }
                store.compact();
                upkeep(store, harness, stopped);
                for (int i = 0; i < 12; i++) {
                    StoreHarness.put(store, "k" + i % 6, "\"" + "y".repeat(100) + i + "\"");
                }
                Map<String, String> before = StoreHarness.contents(store);
                disk.failAt(1, SimDisk.Fault.ENOSPC, true);
                try {
                    store.close();
                } catch (IOException refused) {
                    assertFalse(refused.getMessage().isEmpty());
                }
                disk.mend();
                assertEquals(before, StoreHarness.contents(harness.open(disk.restart())));
            }, "after " + steps + " steps");
        }
    }

    @Test
    void restsWhenAllThatIsLeftIsNeeded() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(2);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk,
                StoreHarness.SMALL.keeping(new StorageSettings.SpaceSettings(0, 50, 0)));
        for (int i = 0; i < 12; i++) {
            StoreHarness.put(store, "cold" + i, "1");
        }
        for (int i = 0; i < 3; i++) {
            StoreHarness.put(store, "session" + i, "1");
        }
        for (int i = 0; i < 100; i++) {
            String key = "session" + i % 3;
            StoreHarness.delete(store, key);
            purge(store, key);
            StoreHarness.put(store, key, "1");
        }
        for (int i = 0; i < 3; i++) {
            StoreHarness.delete(store, "session" + i);
            purge(store, "session" + i);
        }
        upkeep(store, harness, 2_000);
        SpaceUsage usage = store.counts().usage();
        assertTrue(usage.compactions() > 0 && usage.compactions() < 8, "compacted again and again: " + usage);
        assertTrue(2 * usage.liveBytes() > usage.bytes(), "what is needed counts as garbage: " + usage);
    }

    /**
     * With {@code durability: os} the newest version may be lost in a power cut, but not the durable one
     * before it.
     */
    @Test
    void aFullDiskTakesNothingAwayBeforeWhatReplacedItIsDurable()
            throws IOException, UnusableDirectoryException {
        StorageSettings settings = new StorageSettings(4_000, 500, false, 0, false)
                .keeping(new StorageSettings.SpaceSettings(0, 50, 6_000));
        for (long seed = 1; seed <= 30; seed++) {
            StoreHarness harness = new StoreHarness(seed);
            SimDisk disk = harness.disk();
            Store store = harness.open(disk, settings);
            disk.capacity(40_000);
            StoreHarness.put(store, "kept", "1");
            for (int i = 0; store.problems().isEmpty(); i++) {
                StoreHarness.put(store, "k" + i, "\"" + "x".repeat(400) + "\"");
                upkeep(store, harness, store.problems().isEmpty() ? 1 : 0);
            }
            for (int i = 0; i < 8; i++) {
                StoreHarness.delete(store, "k" + i);
            }
            assertTrue(StoreHarness.delete(store, "kept").written);
            long free = disk.freeBytes();
            for (int i = 0; i < 200 && disk.freeBytes() <= free; i++) {
                upkeep(store, harness, 1);
                SimDisk left = disk.survivor();
                Store again = harness.open(left, settings);
                boolean first = again.root().find(Key.of("kept")).isPresent();
                assertTrue(first,
                        "seed " + seed + ": neither the old version nor the new one is there after " + i);
            }
        }
    }

    /**
     * A crash before MANIFEST has a copy leaves a checkpoint that points into it. The next copy has the same
     * number and is another one.
     */
    @Test
    void aCheckpointOfACopyThatIsGoneIsNotTakenForOneOfTheNext()
            throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(4);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 20, "\"" + "x".repeat(100) + i + "\"");
        }
        store.compact();
        List<SimDisk> crashes = new ArrayList<>();
        disk.afterChange(() -> {
            if (crashes.isEmpty() && store.counts().usage().compactions() > 0
                    && disk.has("00000001.checkpoint")) {
                crashes.add(disk.copy());
            }
        });
        upkeep(store, harness, 100);
        for (int key = 0; key < 20; key++) {
            SimDisk left = crashes.get(0).copy();
            Store next = harness.open(left);
            for (int i = 0; i < 3; i++) {
                StoreHarness.put(next, "k" + key, "" + i);
            }
            left.refuse(name -> name.contains(".checkpoint.tmp"));
            next.compact();
            Map<String, String> before = StoreHarness.contents(next);
            for (int i = 0; i < 60; i++) {
                upkeep(next, harness, 1);
                assertEquals(before, StoreHarness.contents(harness.open(left.copy())));
            }
        }
    }

    /** A bad sector in a segment holds up neither the other segments nor the checkpoints. */
    @Test
    void compactsOtherSegmentsWhenOneCannotBeRead() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(5);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        for (int i = 0; i < 120; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
        disk.refuse("00000017.log"::equals);
        upkeep(store, harness, 20_000);
        assertTrue(store.counts().usage().compactions() > 0, store.problems().toString());
        assertTrue(store.counts().checkpoints().written() > 0, store.problems().toString());
    }

    /** The log of a small store never grows by two segments, and a crash must not read all of it. */
    @Test
    void savesACheckpointAfter32MiBOrAMomentWithoutWrites() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(8);
        SimDisk disk = harness.disk();
        StorageSettings settings = new StorageSettings(128 << 20, 1 << 20, true, 0, false);
        Store store = harness.open(disk, settings);
        write(store, 30, 64_000);
        upkeep(store, harness, 25);
        assertEquals(0, store.counts().checkpoints().written(), "two seconds ago somebody wrote");
        upkeep(store, harness, 20);
        assertEquals(1, store.counts().checkpoints().written());
        write(store, 10, 64_000);
        upkeep(store, harness, 100);
        assertEquals(1, store.counts().checkpoints().written(), "less than 1 MiB");
        Map<String, String> before = StoreHarness.contents(store);

        Store again = harness.open(disk.restart(), settings);
        assertEquals(before, StoreHarness.contents(again));
        long grown = again.counts().checkpoints().grownBytes();
        assertTrue(grown >= 640_000 && grown < 700_000, grown + " bytes were read again");
        write(again, 70, 500_000);
        upkeep(again, harness, 3);
        assertEquals(1, again.counts().checkpoints().written(), "over 32 MiB in use");
    }

    private static void write(Store store, int count, int bytes) {
        for (int i = 0; i < count; i++) {
            StoreHarness.put(store, "w" + i, "\"" + "x".repeat(bytes) + "\"");
        }
    }

    /** A quota may refuse a write for which the disk has space. */
    @Test
    void compactsAlthoughNothingCanBeSetAside() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(6);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk,
                StoreHarness.SMALL.keeping(new StorageSettings.SpaceSettings(0, 50, 6_000)));
        disk.refuse(name -> name.startsWith(DiskReserve.NAME));
        for (int i = 0; i < 120; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
        upkeep(store, harness, 2_000);
        assertTrue(store.counts().usage().compactions() > 0, store.problems().toString());
    }

    @Test
    void removesOldSegmentsAlthoughTheClockWentBack() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(7);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
        store.compact();
        while (store.counts().usage().compactions() == 0
                || store.counts().usage().segments() < store.counts().log().segments()) {
            upkeep(store, harness, 1);
        }
        harness.clock.setWall(harness.clock.wallMs() - 86_400_000);
        upkeep(store, harness, 100);
        assertEquals(store.counts().usage().segments(),
                disk.list().stream().filter(name -> name.endsWith(".log")).count());
    }

    @Test
    void endsTheSegmentThatIsWrittenToOnlyOnce() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(8);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        for (int i = 0; i < 10; i++) {
            StoreHarness.put(store, "k", "\"" + "x".repeat(100) + i + "\"");
        }
        store.compact();
        upkeep(store, harness, 100);
        int segments = store.counts().usage().segments();
        for (int i = 0; i < 3; i++) {
            StoreHarness.put(store, "k", "" + i);
        }
        assertEquals(segments, store.counts().usage().segments());
    }

    /** The segments beside the unreadable one are not affected. */
    @Test
    void leavesOnlyTheSegmentAloneThatIsUnreadable() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(9);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        StoreHarness.put(store, "first", "1");
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
        disk.flip("00000001.log", 100, 1);
        store.compact();
        upkeep(store, harness, 500);
        assertTrue(disk.has("00000001.log"));
        assertFalse(disk.has("00000017.log") || disk.has("00000033.log"), () -> store.problems().toString());
    }

    @Test
    void forgetsAProblemThatIsOver() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(10);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
        store.compact();
        disk.refuse(name -> name.endsWith(".log"));
        upkeep(store, harness, 2);
        assertFalse(store.problems().isEmpty());
        disk.mend();
        store.compact();
        upkeep(store, harness, 500);
        assertEquals(List.of(), store.problems());
    }

    private static void purge(Store store, String key) {
        Version dead = store.read(store.root().find(Key.of(key)).orElseThrow());
        StoreHarness.act(store, tx -> assertTrue(tx.purge(dead)));
    }

    private static void upkeep(Store store, StoreHarness harness, int steps) {
        for (int i = 0; i < steps; i++) {
            store.maintenance().step();
            store.step();
            harness.clock.advance(100);
        }
    }
}
