package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.log.EncodedDocument;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Version;
import kvs.recovery.DirectoryVerification;
import kvs.sim.Depth;
import kvs.sim.PowerCut;
import kvs.sim.SimDisk;
import kvs.store.Restamp.PeerKnowledge;
import kvs.store.Restamp.Verdict;
import kvs.tree.Entry;
import kvs.world.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A clock was wrong, the directory is stopped, and what was stamped ahead gets the present time. */
class RestampTest {

    private static final long DAY_MS = 86_400_000;
    private static final long YEAR_MS = 365 * DAY_MS;
    private static final StorageSettings KEEPING = StoreHarness.SMALL.keeping(
            new StorageSettings.SpaceSettings(10, 50, 0));

    private final StoreHarness harness = new StoreHarness(4);
    private SimDisk disk = harness.disk();
    private long right;

    /** Other nodes, one of which held the same up to a number. */
    private static PeerKnowledge peers(long held) {
        return new PeerKnowledge() {
            @Override
            public boolean any() {
                return true;
            }

            @Override
            public boolean held(long seq) {
                return seq <= held;
            }
        };
    }

    private Restamp.Result restamp(PeerKnowledge peers, boolean dry)
            throws IOException, UnusableDirectoryException {
        disk = disk.restart();
        return Restamp.run(new StorageEnvironment(disk, harness.clock, harness.dice, Logger.none()),
                notes -> peers, dry, (old, anew) -> { });
    }

    private Store open() throws IOException, UnusableDirectoryException {
        disk = disk.restart();
        return harness.open(disk, KEEPING);
    }

    private static Version version(Store store, String key) {
        return store.read(store.root().find(Key.of(key)).orElseThrow());
    }

    /** Present and past of all keys: document or "-", and by how much it is ahead in days. */
    private Map<String, List<String>> chains(Store store) {
        Map<String, List<String>> chains = new TreeMap<>();
        for (String key : List.of("a", "b", "c", "dead", "new")) {
            Optional<Entry> entry = store.root().find(Key.of(key));
            if (entry.isPresent()) {
                List<Version> all = new ArrayList<>(List.of(store.read(entry.get())));
                store.olderVersions(entry.get()).forEach(old -> all.add(old.version().orElseThrow()));
                chains.put(key, all.stream().map(version -> (version.deleted() ? "-"
                        : new String(version.data(), StandardCharsets.UTF_8)) + " +"
                        + (version.timestamp() - right) / DAY_MS).toList());
            }
        }
        store.root().tree().check();
        return chains;
    }

    /** Some keys were written before, some in a year that has not come, and some again. */
    private void wrong(long aheadMs) throws IOException, UnusableDirectoryException {
        Store store = open();
        right = harness.clock.wallMs();
        StoreHarness.put(store, "a", "1");
        StoreHarness.put(store, "b", "1");
        StoreHarness.put(store, "dead", "1");
        harness.clock.setWall(right + aheadMs);
        StoreHarness.put(store, "b", "2");
        StoreHarness.put(store, "b", "3");
        StoreHarness.put(store, "new", "1");
        StoreHarness.delete(store, "dead");
        store.close();
        harness.clock.setWall(right + 1_000);
    }

    @Test
    void whatIsAheadGetsThePresentTimeAndKeepsItsHistory() throws IOException, UnusableDirectoryException {
        wrong(YEAR_MS);
        assertEquals(Map.of(Verdict.STAMPED, 3L), restamp(PeerKnowledge.NONE, true).keys());
        Store store = open();
        assertEquals(Map.of("a", List.of("1 +0"), "b", List.of("3 +365", "2 +365", "1 +0"), "new", List.of(
                "1 +365"), "dead", List.of("- +365", "1 +0")), chains(store), "a dry run changes nothing");
        long before = store.own();
        store.close();
        Restamp.Result result = restamp(PeerKnowledge.NONE, false);
        assertTrue(result.complete());
        assertEquals(3, result.of(Verdict.STAMPED));
        var mended = Map.of("a", List.of("1 +0"), "b", List.of("3 +0", "2 +0", "1 +0"),
                "new", List.of("1 +0"), "dead", List.of("- +0", "1 +0"));
        for (int round = 0; round < 3; round++) {
            store = open();
            assertEquals(mended, chains(store), "round " + round);
            Version present = version(store, "b");
            assertEquals(right + 1_001, present.timestamp());
            assertEquals(right + 1_000, present.lineage().prevTimestamp());
            assertTrue(store.origin().equals(present.dot().origin()) && present.dot().seq() > before
                    && present.dot().seq() <= store.own());
            assertEquals(List.of(), store.problems());
            if (round == 1) {
                store.compact();
                for (int i = 0; i < 500; i++) {
                    store.maintenance().step();
                    store.step();
                }
            }
            store.close();
            assertEquals(List.of(), DirectoryVerification.faults(disk));
            // The log alone tells the same.
            disk.list().stream().filter(name -> name.endsWith(".checkpoint")).toList().forEach(disk::lose);
        }
        store = open();
        StoreHarness.put(store, "b", "4");
        StoreHarness.put(store, "dead", "2");
        assertEquals(List.of("4 +0", "3 +0", "2 +0", "1 +0"), chains(store).get("b"));
        assertEquals(right + 1_002, version(store, "b").timestamp());
        store.close();
        assertEquals(Map.of(), restamp(PeerKnowledge.NONE, false).keys(), "nothing is left to be done");
    }

    @Test
    void whatOthersMayHaveStaysAsItIs() throws IOException, UnusableDirectoryException {
        wrong(YEAR_MS);
        assertEquals(Map.of(Verdict.TAKEN, 3L), restamp(peers(Long.MAX_VALUE), false).keys());
        assertEquals(Map.of(Verdict.STAMPED, 3L), restamp(peers(0), true).keys());
        Store store = open();
        long second = store.olderVersions(store.root().find(Key.of("b")).orElseThrow()).get(0).version()
                .orElseThrow().dot().seq();
        store.close();
        Restamp.Result part = restamp(peers(second), false);
        assertEquals(Map.of(Verdict.BOUND, 1L, Verdict.STAMPED, 2L), part.keys(),
                "b replaced what another node has");
        assertFalse(part.complete());
        store = open();
        assertEquals(List.of("3 +365", "2 +365", "1 +0"), chains(store).get("b"));
        assertEquals(List.of("1 +0"), chains(store).get("new"));
        store.close();
    }

    /** Up to a day ahead the others take it as it is; alone a minute is too much. */
    @Test
    void whatIsLessThanADayAheadIsLeftToTheOthers() throws IOException, UnusableDirectoryException {
        wrong(DAY_MS);
        Restamp.Result result = restamp(peers(0), false);
        assertEquals(Map.of(Verdict.NEAR, 3L), result.keys());
        assertTrue(result.complete());
        assertEquals(Map.of(Verdict.STAMPED, 3L), restamp(PeerKnowledge.NONE, true).keys());
        harness.clock.setWall(right + DAY_MS - 59_000);
        assertEquals(Map.of(), restamp(PeerKnowledge.NONE, true).keys());
    }

    @Test
    void theClockOfAnotherNodeMayHaveBeenAsWrong() throws IOException, UnusableDirectoryException {
        SimDisk otherDisk = harness.disk();
        Store other = harness.open(otherDisk);
        right = harness.clock.wallMs();
        harness.clock.setWall(right + YEAR_MS);
        StoreHarness.put(other, "c", "9");
        Store store = open();
        StoreHarness.put(store, "new", "1");
        StoreHarness.take(store, other, "c");
        store.close();
        other.close();
        harness.clock.setWall(right);
        assertEquals(Map.of(Verdict.FOREIGN, 1L, Verdict.TAKEN, 1L), restamp(peers(0), false).keys());
        assertEquals(Map.of(Verdict.STAMPED, 2L), restamp(PeerKnowledge.NONE, false).keys(),
                "a directory that was restored, and knows nobody");
        store = open();
        assertEquals(Map.of("c", List.of("9 +0"), "new", List.of("1 +0")), chains(store));
        store.close();
    }

    @Test
    void anExpiryKeepsItsDistance() throws IOException, UnusableDirectoryException {
        Store store = open();
        right = harness.clock.wallMs();
        harness.clock.setWall(right + YEAR_MS);
        for (var life : Map.of("a", DAY_MS, "b", -1L).entrySet()) {
            StoreHarness.act(store, tx -> tx.put(new UnstampedVersion(Key.of(life.getKey()),
                    Optional.of(EncodedDocument.plain(new byte[] {'1'})),
                    life.getValue() < 0 ? right + DAY_MS : tx.wallMs() + life.getValue(), Version.NOBODY)));
        }
        store.close();
        harness.clock.setWall(right);
        restamp(PeerKnowledge.NONE, false);
        store = open();
        assertEquals(right + DAY_MS, version(store, "a").expires());
        assertEquals(right + DAY_MS, version(store, "b").expires(), "it was to end then, whatever the clock");
        store.close();
    }

    /**
     * Each key is as it was or as it shall be, wherever the power goes, and the command given again does the
     * rest.
     */
    @Tag(Depth.DEEP)
    @Test
    void aPowerCutLeavesEachKeyWholeAndTheNextRunDoesTheRest()
            throws IOException, UnusableDirectoryException {
        wrong(YEAR_MS);
        SimDisk begun = disk.copy();
        int cuts = 0;
        boolean whole = false;
        for (int cut = 1; !whole; cut += Depth.of(7, 1)) {
            disk = begun.copy();
            disk.cutAt(cut);
            try {
                Restamp.run(new StorageEnvironment(disk, harness.clock, harness.dice, Logger.none()),
                        notes -> PeerKnowledge.NONE, false, (old, anew) -> { });
                whole = true;
            } catch (PowerCut expected) {
                cuts++;
            }
            Store store = open();
            Map<String, List<String>> chains = chains(store);
            String what = "cut " + cut + ": " + chains;
            assertTrue(List.of(List.of("3 +365", "2 +365", "1 +0"), List.of("3 +0", "2 +0", "1 +0"))
                    .contains(chains.get("b")), what);
            assertTrue(List.of(List.of("- +365", "1 +0"), List.of("- +0", "1 +0"))
                    .contains(chains.get("dead")), what);
            store.close();
            restamp(PeerKnowledge.NONE, false);
            store = open();
            assertEquals(List.of("3 +0", "2 +0", "1 +0"), chains(store).get("b"), what);
            store.close();
            assertEquals(List.of(), DirectoryVerification.faults(disk), what);
        }
        assertTrue(cuts > 5, cuts + " cuts");
    }
}
