package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import kvs.log.Group;
import kvs.log.Segment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.recovery.DirectoryVerification;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/**
 * The last acknowledged group of a log, a torn group behind it, and rot in one of the two. Rot in the
 * acknowledged group is named or harmless, whatever lies behind. Rot in the torn group changes nothing: the
 * group is cut off.
 */
class TornGroupTest {

    private static final String LOG = "00000001.log";
    private static final int SECTOR = 512;
    private static final StorageSettings ROOMY = new StorageSettings(1 << 20, 4 << 10, true, 0, false);
    /**
     * Bytes of the torn group in its first sector: of a header that spans two sectors, each half may be
     * missing.
     */
    private static final List<Integer> FIRST_PARTS = List.of(8, 16, 200, SECTOR);

    private final StoreHarness harness = new StoreHarness(12);

    /**
     * A log, before anything rots.
     *
     * @param name of the kind
     * @param disk as it was when both groups were whole
     * @param start of the acknowledged group
     * @param end of it
     * @param tornEnd where the group behind it ended, which was never acknowledged
     * @param cut what the power cut did
     */
    private record Tail(String name, SimDisk disk, int start, int end, int tornEnd, Consumer<byte[]> cut) {

        SimDisk with(Consumer<byte[]> rot) {
            SimDisk left = disk.copy();
            byte[] log = left.bytes(LOG);
            cut.andThen(rot).accept(log);
            left.lose(LOG);
            left.put(LOG, log);
            return left;
        }
    }

    /** Each way in which a group may be torn, at each place where it may start. */
    private List<Tail> tails() throws IOException, UnusableDirectoryException {
        List<Tail> tails = new ArrayList<>();
        for (int part : FIRST_PARTS) {
            SimDisk disk = harness.disk();
            Store store = harness.open(disk, ROOMY);
            int bytes = write(store, disk, "a", 3, "old") + write(store, disk, "pad", 1, "");
            write(store, disk, "pad", 1, "x".repeat(Math.floorMod(-part - end(disk) - bytes, SECTOR)));
            int start = end(disk);
            int end = start + write(store, disk, "a", 3, "new");
            assertEquals(0, (end + part) % SECTOR);
            int tornEnd = end + write(store, disk, "a", 5, "never acknowledged ".repeat(10));
            cuts(end, tornEnd).forEach((name, cut) -> tails.add(
                    new Tail(part + " bytes in the first sector, " + name, disk, start, end, tornEnd, cut)));
        }
        assertTrue(tails.size() > 30, "only " + tails.size());
        return tails;
    }

    private static Map<String, Consumer<byte[]>> cuts(int from, int to) {
        Map<String, Consumer<byte[]>> cuts = new TreeMap<>();
        for (int sector = from / SECTOR * SECTOR; sector < to; sector += SECTOR) {
            int first = Math.max(from, sector);
            int last = Math.min(to, sector + SECTOR);
            cuts.put("written up to " + (first - from), log -> Arrays.fill(log, first, to, (byte) 0));
            cuts.put("left out " + (first - from), log -> Arrays.fill(log, first, last, (byte) 0));
        }
        return cuts;
    }

    /** Writes a batch as one group; how many bytes it takes. */
    private static int write(Store store, SimDisk disk, String key, int count, String text) {
        int before = end(disk);
        Map<String, Optional<String>> changes = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            changes.put(key + i, Optional.of("\"" + text + "\""));
        }
        assertTrue(StoreHarness.write(store, changes).written);
        return end(disk) - before;
    }

    private static int end(SimDisk disk) {
        if (!disk.has(LOG)) {
            return Segment.HEAD_BYTES;
        }
        byte[] log = disk.bytes(LOG);
        int end = log.length;
        while (log[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static Consumer<byte[]> bit(int at) {
        return log -> log[at] ^= (byte) (1 << at % 8);
    }

    private static Consumer<byte[]> rot(int from, int to) {
        return log -> {
            for (int at = from; at < to; at++) {
                log[at] ^= (byte) 0x5a;
            }
        };
    }

    /** Opens the directory; the keys that are named as damaged. All others must be right. */
    private List<String> named(SimDisk left, String where) throws IOException, UnusableDirectoryException {
        Store store = harness.open(left, ROOMY);
        List<String> named = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            try {
                Optional<String> found = store.root().find(Key.of("a" + i))
                        .map(entry -> new String(store.read(entry).data()));
                assertEquals(i < 3 ? Optional.of("\"new\"") : Optional.empty(), found, where + ", a" + i);
            } catch (Refusal refusal) {
                assertEquals(Reason.DAMAGED, refusal.reason(), where);
                named.add("a" + i);
            }
        }
        assertEquals(named.isEmpty(), store.problems().isEmpty(), where);
        store.close();
        return named;
    }

    @Test
    void namesWhatOneBitTakesFromTheAcknowledgedGroup() throws IOException, UnusableDirectoryException {
        for (Tail tail : tails()) {
            int trailer = tail.end - Group.trailerBytes(3);
            int named = 0;
            for (int at = tail.start; at < tail.end;
                    at += at < tail.start + Group.HEADER_BYTES || at >= trailer ? 5 : 41) {
                String where = tail.name + ", byte " + (at - tail.start);
                assertFalse(DirectoryVerification.faults(tail.with(bit(at))).isEmpty(), where);
                List<String> keys = named(tail.with(bit(at)), where);
                assertTrue(keys.size() <= (at < tail.start + Group.HEADER_BYTES || at >= trailer ? 0 : 1),
                        where + ": " + keys);
                named += keys.size();
            }
            assertTrue(named > 5, tail.name + ": only " + named);
        }
    }

    @Test
    void cutsOffATornGroupInWhichOneBitRotted() throws IOException, UnusableDirectoryException {
        for (Tail tail : tails()) {
            for (int at = tail.end; at < tail.tornEnd; at += at < tail.end + Group.HEADER_BYTES ? 3 : 67) {
                String where = tail.name + ", byte " + (at - tail.end);
                assertEquals(List.of(), DirectoryVerification.faults(tail.with(bit(at))), where);
                assertEquals(List.of(), named(tail.with(bit(at)), where), where);
            }
        }
    }

    /** Header and records may rot. */
    @Test
    void findsAGroupByItsTrailer() throws IOException, UnusableDirectoryException {
        for (Tail tail : tails()) {
            int record = tail.start + Group.HEADER_BYTES;
            assertEquals(List.of(), named(tail.with(rot(tail.start, record)), tail.name));
            assertEquals(List.of("a0"), named(tail.with(rot(tail.start, record + 60)), tail.name));
            assertEquals(List.of("a0", "a1", "a2"),
                    named(tail.with(rot(tail.start, tail.end - Group.trailerBytes(3))), tail.name));
            assertEquals(List.of(),
                    named(tail.with(rot(tail.end - Group.trailerBytes(3), tail.end)), tail.name));
        }
    }

    /** Nobody can tell whose records those were. */
    @Test
    void refusesAGroupThatIsAllRot() throws IOException, UnusableDirectoryException {
        for (Tail tail : tails()) {
            SimDisk left = tail.with(rot(tail.start, tail.end));
            assertFalse(DirectoryVerification.faults(left.copy()).isEmpty(), tail.name);
            assertTrue(assertThrows(UnusableDirectoryException.class, () -> harness.open(left, ROOMY),
                    tail.name).getMessage().contains(LOG));
        }
    }

    /**
     * What is left of a torn group may be as long as a group of its first record: with a rotten header it
     * could pass for that.
     */
    @Test
    void takesNoBeginningOfATornGroupForAWholeOne() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk, ROOMY);
        write(store, disk, "a", 3, "new");
        int end = end(disk);
        write(store, disk, "a", 9, "y".repeat(SECTOR - end % SECTOR));
        int first = store.root().find(Key.of("a0")).map(entry -> entry.offset() + entry.recordBytes())
                .orElseThrow();
        Consumer<byte[]> cut = log -> Arrays.fill(log, first + Group.trailerBytes(1), log.length, (byte) 0);
        SimDisk left = new Tail("", disk, 0, end, 0, cut).with(rot(end, end + 8));
        assertTrue(assertThrows(UnusableDirectoryException.class, () -> harness.open(left, ROOMY))
                .getMessage().contains(LOG));
    }
}
