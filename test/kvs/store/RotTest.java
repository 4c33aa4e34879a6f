package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.log.Manifest;
import kvs.log.ReplicatedVersion;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.VersionIdHasher;
import kvs.recovery.DirectoryVerification;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import kvs.tree.Entry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Rots every byte of a small directory in turn: a key shows the right document or an error, never another
 * one, never nothing.
 */
class RotTest {

    /** Between two bytes that rot; odd, so that each bit has its turn. */
    private static final int STRIDE = Depth.of(17, 1);

    private final StoreHarness harness = new StoreHarness(5);

    private static void fill(Store store) {
        for (int i = 0; i < 24; i++) {
            Map<String, Optional<String>> changes = new TreeMap<>();
            changes.put("k" + i % 5, Optional.of("{\"n\":" + i + "}"));
            if (i % 4 == 0) {
                changes.put("batch" + i, Optional.of("\"" + "z".repeat(30 * i) + "\""));
                changes.put("gone", i == 20 ? Optional.empty() : Optional.of("" + i));
            }
            assertTrue(StoreHarness.write(store, changes).written);
        }
    }

    private Map<String, String> right(SimDisk disk) throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk.copy());
        Map<String, String> right = StoreHarness.contents(store);
        store.close();
        return right;
    }

    @Tag(Depth.DEEP)
    @Test
    void neverAnswersWronglyAfterACleanStop() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        fill(store);
        store.close();
        assertFlips(disk, right(disk));
    }

    @Tag(Depth.DEEP)
    @Test
    void neverAnswersWronglyWithoutACheckpoint() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        fill(store);
        store.close();
        disk.list().stream().filter(name -> name.endsWith(".checkpoint")).toList().forEach(disk::lose);
        assertFlips(disk, right(disk));
    }

    /**
     * Without a clean stop nothing proves that the last group had been durable, but no sector of it was left
     * out.
     */
    @Tag(Depth.DEEP)
    @Test
    void neverAnswersWronglyAfterACrash() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        fill(store);
        assertTrue(StoreHarness.put(store, "k1", "\"last\"").written);
        SimDisk crashed = disk.copy();
        assertFlips(crashed, right(crashed));
        store.close();
    }

    private void assertFlips(SimDisk disk, Map<String, String> right) throws IOException {
        int refused = 0;
        int damaged = 0;
        int flips = 0;
        for (String name : disk.list()) {
            for (int offset = 0; offset < disk.bytes(name).length; offset += STRIDE) {
                SimDisk rotten = disk.copy();
                rotten.flip(name, offset, 1 << offset % 8);
                flips++;
                try {
                    Store store = harness.open(rotten);
                    damaged += answers(store, right, name + " at " + offset);
                    store.close();
                } catch (UnusableDirectoryException e) {
                    assertEquals(Manifest.NAME, name, "offset " + offset + ": " + e.getMessage());
                    refused++;
                }
            }
        }
        System.out.println("bytes rotted " + flips + ", keys unreadable " + damaged
                + ", opens refused (MANIFEST) " + refused);
        assertTrue(damaged > 100 && refused > 0);
    }

    /** How many keys are unreadable. */
    private static int answers(Store store, Map<String, String> right, String where) {
        Map<String, String> found = new TreeMap<>();
        int damaged = 0;
        for (String path : right.keySet()) {
            try {
                Key key = Key.of(path);
                found.put(path, store.root().find(key).filter(e -> !e.deleted())
                        .map(e -> new String(store.read(e).data(), StandardCharsets.UTF_8))
                        .orElse("nothing"));
            } catch (Refusal refusal) {
                assertEquals(Reason.DAMAGED, refusal.reason());
                damaged++;
            }
        }
        Map<String, String> expected = new TreeMap<>(right);
        expected.keySet().retainAll(found.keySet());
        assertEquals(expected, found, where);
        assertTrue(gone(store), where + ": a deleted key came back");
        return damaged;
    }

    private static boolean gone(Store store) {
        try {
            return store.root().find(Key.of("gone")).filter(e -> !e.deleted()).isEmpty();
        } catch (Refusal refusal) {
            return refusal.reason() == Reason.DAMAGED;
        }
    }

    @Test
    void mendsAKeyByWritingItAgain() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        StoreHarness.put(store, "a", "2");
        StoreHarness.put(store, "b", "3");
        store.close();
        disk.list().stream().filter(name -> name.endsWith(".checkpoint")).toList().forEach(disk::lose);
        byte[] log = disk.bytes("00000001.log");
        disk.flip("00000001.log", recordOf(log, 2) + 141, 4);
        Store rotten = harness.open(disk);
        assertEquals(Reason.DAMAGED,
                assertThrows(Refusal.class, () -> rotten.root().find(Key.of("a"))).reason());
        assertEquals(1, rotten.problems().size());
        assertEquals(1, DirectoryVerification.faults(disk.copy()).size());
        assertTrue(StoreHarness.put(rotten, "a", "4").written);
        assertEquals(Map.of("a", "4", "b", "3"), StoreHarness.contents(rotten));
        rotten.close();
        Store again = harness.open(disk);
        assertEquals(Map.of("a", "4", "b", "3"), StoreHarness.contents(again));
        again.close();
    }

    /**
     * No checksum covers what fills a record up to the next multiple of 8: nothing is lost, but somebody's
     * disk is rotting.
     */
    @Test
    void tellsOfTheBytesBetweenRecordsToo() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        StoreHarness.put(store, "b", "2");
        store.close();
        assertEquals(List.of(), DirectoryVerification.faults(disk.copy()));
        byte[] log = disk.bytes("00000001.log");
        int record = recordOf(log, 1);
        int length = ByteBuffer.wrap(log).getInt(record + 4);
        assertTrue(length % 8 != 0);
        disk.flip("00000001.log", record + length, 1);
        List<String> faults = DirectoryVerification.faults(disk.copy());
        assertTrue(faults.size() == 1 && faults.get(0).contains("padding of a record; its records are good"),
                faults.toString());
        Store again = harness.open(disk);
        assertEquals(Map.of("a", "1", "b", "2"), StoreHarness.contents(again));
        again.close();
    }

    /** Where the n-th record of a segment starts. */
    private static int recordOf(byte[] log, int n) {
        byte[] magic = {0x4b, 0x56, 0x53, 0x52};
        int found = 0;
        for (int at = 0; ; at += 8) {
            if (Arrays.equals(log, at, at + 4, magic, 0, 4) && ++found == n) {
                return at;
            }
        }
    }

    @Test
    void refusesADirectoryThatLacksASegmentUnlessForced() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        fill(store);
        store.close();
        List<String> logs = new ArrayList<>(disk.list().stream()
                .filter(name -> name.endsWith(".log")).toList());
        assertTrue(logs.size() > 2, "segments " + logs);
        disk.lose(logs.get(1));
        UnusableDirectoryException refused = assertThrows(UnusableDirectoryException.class,
                () -> harness.open(disk));
        assertTrue(refused.getMessage().contains(logs.get(1))
                && refused.getMessage().contains("--force-degraded"), refused.getMessage());
        Store degraded = harness.open(disk, StoreHarness.SMALL.degraded());
        assertEquals(1, degraded.problems().size());
        degraded.close();
        assertFalse(DirectoryVerification.faults(disk).isEmpty());
    }

    /**
     * A sector that is gone takes the header of a group and its record with it: nobody can tell whose it was.
     */
    @Test
    void refusesALostStretchUnlessForced() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        fill(store);
        store.close();
        disk.list().stream().filter(name -> name.endsWith(".checkpoint")).toList().forEach(disk::lose);
        for (int offset = 40; offset < 40 + 512; offset++) {
            disk.flip("00000001.log", offset, 0xff);
        }
        assertTrue(assertThrows(UnusableDirectoryException.class, () -> harness.open(disk)).getMessage()
                .contains("00000001.log"));
        Store degraded = harness.open(disk, StoreHarness.SMALL.degraded());
        assertFalse(degraded.problems().isEmpty());
        degraded.close();
    }

    /** What was beaten stands behind what had beaten it, and is older all the same. */
    @Test
    void neverShowsTheLoserOfAConflictForAWinnerThatIsUnreadable()
            throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        Store other = harness.open(harness.disk());
        StoreHarness.put(other, "a", "\"lost\"");
        harness.clock.advance(5);
        StoreHarness.put(store, "a", "\"" + "w".repeat(200) + "\"");
        StoreHarness.put(store, "b", "1");
        assertEquals(Transaction.MergeResult.BEATEN, take(store, other));
        StoreHarness.put(store, "c", "1");
        disk.flip("00000001.log", 200, 1);
        Store again = harness.open(disk.copy());
        assertEquals(Reason.DAMAGED,
                assertThrows(Refusal.class, () -> again.root().find(Key.of("a"))).reason());
        again.compact();
        for (int i = 0; i < 200; i++) {
            again.maintenance().step();
            again.step();
            harness.clock.advance(50);
        }
        assertEquals(Reason.DAMAGED,
                assertThrows(Refusal.class, () -> again.root().find(Key.of("a"))).reason());
        StoreHarness.put(again, "a", "2");
        assertEquals("2", StoreHarness.contents(again).get("a"));
    }

    /** The entry of the index does not hold what breaks a tie, and the record that does is unreadable. */
    @Test
    void opensAlthoughNobodyCanTellWhichOfTwoIsTheGreater() throws IOException, UnusableDirectoryException {
        for (int seed = 1; seed < 6; seed++) {
            SimDisk disk = harness.disk();
            Store store = harness.open(disk);
            Store other = harness.open(harness.disk());
            StoreHarness.put(store, "a", "\"" + "w".repeat(200) + "\"");
            StoreHarness.put(other, "a", "\"lost\"");
            ((Maintenance) store.maintenance()).requestCheckpoint();
            store.step();
            store.maintenance().step();
            take(store, other);
            StoreHarness.put(store, "c", "1");
            disk.flip("00000001.log", 200, 1);
            Store again = harness.open(disk.copy());
            assertEquals(Reason.DAMAGED,
                    assertThrows(Refusal.class, () -> again.root().find(Key.of("a"))).reason());
            StoreHarness.put(again, "a", "2");
            assertEquals(Map.of("a", "2", "c", "1"), StoreHarness.contents(again));
        }
    }

    private static Transaction.MergeResult take(Store store, Store from) throws IOException {
        Entry entry = from.root().find(Key.of("a")).orElseThrow();
        ReplicatedVersion arrival = ReplicatedVersion.decode(from.held(entry).orElseThrow().frame(),
                store.codec(), new VersionIdHasher()).orElseThrow();
        List<Transaction.MergeResult> merged = new ArrayList<>();
        store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                merged.add(tx.merge(arrival, false));
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal.detail());
            }
        });
        store.step();
        return merged.get(0);
    }
}
