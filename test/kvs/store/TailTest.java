package kvs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import kvs.log.DocumentCodec;
import kvs.log.EncodedDocument;
import kvs.log.Group;
import kvs.log.Manifest;
import kvs.log.Segment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.recovery.DirectoryVerification;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** The end of a log after a crash: what is a torn write and is cut off, and what is rot and is named. */
class TailTest {

    private static final String LOG = "00000001.log";
    private static final int SECTOR = 512;
    private static final StorageSettings LARGE = new StorageSettings(8 << 20, 256 << 10, true, 0, false);

    private final StoreHarness harness = new StoreHarness(11);
    private final SimDisk disk = harness.disk();
    private Store store;

    TailTest() throws IOException, UnusableDirectoryException {
        store = harness.open(disk, LARGE);
        assertTrue(StoreHarness.put(store, "before", "1").written);
    }

    private void batch(String key, int count, String text) {
        Map<String, Optional<String>> changes = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            changes.put(key + i, Optional.of("\"" + text + i + "\""));
        }
        assertTrue(StoreHarness.write(store, changes).written);
    }

    private int end() {
        return dirtyEnd(disk.bytes(LOG));
    }

    private static int dirtyEnd(byte[] log) {
        int end = log.length;
        while (log[end - 1] == 0) {
            end--;
        }
        return end;
    }

    /** What a killed process leaves, with some bytes changed. */
    private SimDisk left(Consumer<byte[]> change) {
        SimDisk left = disk.copy();
        byte[] log = left.bytes(LOG);
        change.accept(log);
        left.lose(LOG);
        left.put(LOG, log);
        return left;
    }

    private static Consumer<byte[]> zeros(int from, int to) {
        return log -> Arrays.fill(log, from, to, (byte) 0);
    }

    private static Consumer<byte[]> rot(int from, int to) {
        return log -> {
            for (int at = from; at < to; at++) {
                log[at] ^= (byte) 0x5a;
            }
        };
    }

    private List<String> unreadable(Store rotten, int count) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try {
                assertTrue(rotten.root().find(Key.of("b" + i)).isPresent(), "b" + i + " is silently gone");
            } catch (Refusal refusal) {
                assertEquals(Reason.DAMAGED, refusal.reason());
                keys.add("b" + i);
            }
        }
        return keys;
    }

    /**
     * A thousand documents were acknowledged with one fsync; one bit takes one of them at most, and that one
     * is named.
     */
    @Test
    void oneBitTakesOneDocumentOfABatchAndItIsNamed() throws IOException, UnusableDirectoryException {
        int from = end();
        batch("b", 1_000, "document ");
        int to = end();
        int named = 0;
        for (int at = from; at < to; at += 4_999) {
            int place = at;
            SimDisk left = left(rot(place, place + 1));
            assertFalse(DirectoryVerification.faults(left.copy()).isEmpty(),
                    "verify passes over byte " + place);
            Store rotten = harness.open(left, LARGE);
            List<String> keys = unreadable(rotten, 1_000);
            assertTrue(keys.size() <= 1 && keys.isEmpty() == rotten.problems().isEmpty(),
                    keys + ", " + rotten.problems());
            named += keys.size();
            rotten.close();
            Store again = harness.open(left, LARGE);
            assertEquals(keys, unreadable(again, 1_000));
            again.close();
        }
        assertTrue(named > 15, "only " + named);
        for (int at : List.of(from, from + 8, from + 12, to - 4, to - 8, to - 20)) {
            assertEquals(List.of(), unreadable(harness.open(left(rot(at, at + 1)), LARGE), 1_000),
                    "header or trailer, byte " + at);
        }
    }

    /**
     * Header, records and trailer of whole groups are gone: nobody can tell whose they were, so the start is
     * refused.
     */
    @Test
    void fourKibibytesOfRotAreNotATail() throws IOException, UnusableDirectoryException {
        for (int i = 0; i < 40; i++) {
            StoreHarness.put(store, "b" + i, "\"one\"");
        }
        int end = end();
        for (int from : List.of(end - 4_096, end - 5_000)) {
            SimDisk left = left(rot(from, from + 4_096));
            assertTrue(assertThrows(UnusableDirectoryException.class, () -> harness.open(left, LARGE))
                    .getMessage().contains(LOG));
            Store degraded = harness.open(left, LARGE.degraded());
            assertFalse(degraded.problems().isEmpty());
            assertTrue(StoreHarness.put(degraded, "after", "1").written);
            degraded.close();
        }
    }

    /**
     * Each sector that a power cut may have left out of the last group, and each beginning of it that may
     * have been written.
     */
    @Test
    void aGroupThatLacksASectorIsCutOff() throws IOException, UnusableDirectoryException {
        int from = end();
        batch("b", 40, "x".repeat(100));
        int to = end();
        int cut = 0;
        for (int sector = from / SECTOR * SECTOR; sector < to; sector += SECTOR) {
            int first = Math.max(from, sector);
            for (int last : List.of(Math.min(to, sector + SECTOR), to)) {
                assertCut(left(zeros(first, last)));
                cut++;
            }
        }
        assertTrue(cut > 10, "only " + cut);
        assertCut(truncated(to - 5));
        assertCut(truncated(from + 3));
    }

    private SimDisk truncated(int length) {
        SimDisk left = disk.copy();
        byte[] log = Arrays.copyOf(left.bytes(LOG), length);
        left.lose(LOG);
        left.put(LOG, log);
        return left;
    }

    private void assertCut(SimDisk left) throws IOException, UnusableDirectoryException {
        assertEquals(List.of(), DirectoryVerification.faults(left.copy()));
        Store cut = harness.open(left, LARGE);
        assertEquals(Map.of("before", "1"), StoreHarness.contents(cut));
        assertEquals(List.of(), cut.problems());
        assertTrue(StoreHarness.put(cut, "after", "2").written);
        cut.close();
        assertEquals(Map.of("before", "1", "after", "2"), StoreHarness.contents(harness.open(left, LARGE)));
    }

    /** Nothing was there, and nothing is taken for lost. */
    @Test
    void aBitInFreeSpaceIsNoDamage() throws IOException, UnusableDirectoryException {
        int end = end();
        for (int at = end; at < end + 1_200; at += 29) {
            int place = at;
            assertCut(left(log -> log[place] ^= 4));
        }
    }

    /**
     * Where the last group and its proof would lie in one sector, zeros would take both: the proof is in
     * MANIFEST.
     */
    @Test
    void nothingOfALogThatRestedPassesForATornWrite() throws IOException, UnusableDirectoryException {
        batch("b", 40, "short");
        int end = end();
        SimDisk before = left(zeros(end - 4_096, end));
        assertEquals(Map.of("before", "1"),
                StoreHarness.contents(harness.open(left(zeros(end - SECTOR, end)), LARGE)));
        assertTrue(notes(disk.copy()).stream().anyMatch(note -> note.contains("has no proof")),
                notes(disk.copy()).toString());
        StoreHarness.rest(harness, store);
        assertEquals(List.of(), notes(disk.copy()));
        for (int bytes : List.of(SECTOR, 4_096, end - Segment.HEAD_BYTES - 300)) {
            int from = Math.max(Segment.HEAD_BYTES, end - bytes);
            SimDisk left = left(zeros(from, end));
            assertThrows(UnusableDirectoryException.class, () -> harness.open(left, LARGE), bytes + " bytes");
            assertFalse(DirectoryVerification.faults(left).isEmpty());
        }
        assertEquals(List.of(), DirectoryVerification.faults(before), "nothing is proven before the rest");
    }

    private static List<String> notes(SimDisk disk) throws IOException, UnusableDirectoryException {
        List<String> notes = new ArrayList<>();
        DirectoryVerification.run(disk, finding -> notes.add(finding.text()));
        return notes;
    }

    /** It costs nothing under load, is done once at rest, and not again before something is written. */
    @Test
    void aLogIsClosedOnceWhenItRests() throws IOException {
        var rest = store.tasks().get("rest");
        for (int i = 0; i < 30; i++) {
            StoreHarness.put(store, "k", "" + i);
            long calls = disk.calls();
            harness.clock.advance(Math.min(500, rest.step()));
            store.step();
            assertEquals(calls, disk.calls(), "under load");
        }
        long calls = disk.calls();
        StoreHarness.rest(harness, store);
        assertTrue(disk.calls() > calls, "at rest");
        long closed = disk.calls();
        for (int i = 0; i < 20; i++) {
            StoreHarness.rest(harness, store);
        }
        assertEquals(closed, disk.calls(), "again and again");
        StoreHarness.put(store, "k", "again");
        long written = disk.calls();
        StoreHarness.rest(harness, store);
        assertTrue(disk.calls() > written, "after another write");
    }

    /** A full disk refuses MANIFEST: writes go on, and a minute later it is tried again. */
    @Test
    void aRestThatTheDiskRefusesHarmsNothing() throws IOException {
        disk.refuse(name -> name.startsWith(Manifest.NAME));
        StoreHarness.rest(harness, store);
        assertEquals(List.of(), store.problems());
        assertTrue(StoreHarness.put(store, "k", "1").written);
        disk.mend();
        long calls = disk.calls();
        StoreHarness.rest(harness, store);
        assertEquals(calls, disk.calls());
        harness.clock.advance(60_000);
        StoreHarness.rest(harness, store);
        assertTrue(disk.calls() > calls);
    }

    /** What was refused is not under the next group, where it would pass for sectors of it. */
    @Test
    void aGroupIsWrittenOverZerosOnly() throws IOException, UnusableDirectoryException {
        String large = "z".repeat(4_000);
        for (int i = 0; i < 20; i++) {
            disk.failAt(1, SimDisk.Fault.SHORT, false);
            store.submit(new StoreHarness.Batch(store,
                    Map.of("refused", Optional.of("\"" + large + i + "\""))));
            store.step();
            disk.mend();
            assertTrue(StoreHarness.put(store, "b" + i, "\"small\"").written);
            byte[] log = disk.bytes(LOG);
            int written = store.root().find(Key.of("b" + i))
                    .map(e -> e.offset() + e.recordBytes() + Group.trailerBytes(1)).orElseThrow();
            assertTrue(dirtyEnd(log) <= written, "bytes of a refused group stand behind the end");
        }
    }

    /**
     * With durability os several groups are under way: the log ends at the first that lacks a sector, damaged
     * ones before it are named.
     */
    @Test
    void ofSeveralGroupsThatWereNotForcedTheFirstTornOneIsTheEnd()
            throws IOException, UnusableDirectoryException {
        store.close();
        store = harness.open(disk, new StorageSettings(8 << 20, 256 << 10, false, 0, false));
        int[] starts = new int[4];
        for (int i = 0; i < 4; i++) {
            starts[i] = (end() + 7) / 8 * 8;
            StoreHarness.put(store, "b" + i, "\"" + ("" + i).repeat(3_000) + "u".repeat(i * 7) + "\"");
        }
        int sector = (starts[2] / SECTOR + 1) * SECTOR;
        SimDisk torn = left(zeros(sector, Math.min(sector + SECTOR, starts[3])));
        Map<String, String> contents = StoreHarness.contents(harness.open(torn, LARGE));
        assertTrue(contents.keySet().containsAll(List.of("b0", "b1")) && !contents.containsKey("b3"),
                contents.keySet().toString());
        SimDisk rotten = left(rot(starts[1] + 160, starts[1] + 162));
        assertEquals(List.of("b1"), unreadable(harness.open(rotten, LARGE), 4));
    }

    /**
     * Deflate makes one byte of a thousand that are alike, a zero: such a sector would pass for one that was
     * left out, even with one bit.
     */
    @Test
    void noDocumentMakesASectorOfZeros() throws IOException {
        DocumentCodec codec = new DocumentCodec(9);
        for (String unit : List.of("x", "ab", "0")) {
            byte[] raw = ("\"" + unit.repeat((16 << 20) / unit.length() - 2) + "\"")
                    .getBytes(StandardCharsets.US_ASCII);
            EncodedDocument packed = codec.pack(raw);
            assertTrue(packed.packed() && packed.stored().length < 40_000, packed.stored().length + " bytes");
            int last = -1;
            int lastButOne = -1;
            for (int i = 0; i < packed.stored().length; i++) {
                if (packed.stored()[i] != 0) {
                    lastButOne = last;
                    last = i;
                }
                assertTrue(i - lastButOne <= SECTOR,
                        "a sector of zeros, but for one byte, in a document of " + unit);
            }
            assertArrayEquals(raw, codec.unpack(packed.stored(), raw.length));
        }
        codec.close();
    }
}
