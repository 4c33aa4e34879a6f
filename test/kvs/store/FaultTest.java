package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.log.UnusableDirectoryException;
import kvs.model.Reason;
import kvs.recovery.DirectoryVerification;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fails the k-th call of the disk, for every k: no wrong answer, nothing acknowledged is lost, nothing is
 * acknowledged after a failed fsync.
 */
class FaultTest {

    private static final int GROUPS = 25;
    /** Between two calls that fail. */
    private static final int STRIDE = Depth.of(5, 1);
    private static final int SEEDS = Depth.of(150, 1_500);

    @Tag(Depth.DEEP)
    @ParameterizedTest
    @EnumSource(SimDisk.Fault.class)
    void survivesAnyFailingCall(SimDisk.Fault fault) throws IOException, UnusableDirectoryException {
        int failedCalls = 0;
        for (int call = 1; run(call, fault, false); call += STRIDE) {
            failedCalls = call;
        }
        for (int call = 1; call <= failedCalls; call += STRIDE) {
            run(call, fault, true);
        }
        assertTrue(failedCalls > 80, "only " + failedCalls + " calls were failed");
    }

    /**
     * One run whose {@code call}-th call fails, and all later ones when {@code on}; whether the fault was
     * met.
     */
    private static boolean run(int call, SimDisk.Fault fault, boolean on)
            throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(call);
        SimDisk disk = harness.disk();
        disk.failAt(call, fault, on);
        long calls = disk.calls();
        Map<String, String> acknowledged = new TreeMap<>();
        List<Map<String, Optional<String>>> unsure = new ArrayList<>();
        try {
            Store store = harness.open(disk);
            write(store, harness, acknowledged, unsure, call);
            disk.mend();
            store.close();
        } catch (IOException | UnusableDirectoryException e) {
            assertTrue(disk.calls() - calls >= call, "failed before the fault: " + e);
        }
        boolean met = disk.calls() - calls >= call;
        disk.mend();
        SimDisk left = disk.restart();
        Store again = harness.open(left);
        check(StoreHarness.contents(again), acknowledged, unsure,
                "call " + call + " " + fault + (on ? " and all later" : ""));
        again.close();
        assertEquals(List.of(), DirectoryVerification.faults(left));
        return met;
    }

    private static void write(Store store, StoreHarness harness, Map<String, String> acknowledged,
            List<Map<String, Optional<String>>> unsure, int call) {
        boolean failed = false;
        for (int i = 0; i < GROUPS; i++) {
            Map<String, Optional<String>> changes = new TreeMap<>();
            changes.put("k" + i % 7,
                    Optional.of("{\"n\":" + i + ",\"pad\":\"" + "x".repeat(harness.dice.below(200)) + "\"}"));
            changes.put("same", i % 5 == 4 ? Optional.empty() : Optional.of("" + i));
            StoreHarness.Batch batch = harness.dice.chance(50) ? StoreHarness.write(store, changes)
                    : StoreHarness.commit(store, changes);
            assertTrue(batch.written != batch.refused.isPresent(), "neither written nor refused");
            assertFalse(failed && batch.written, "acknowledged after a failed fsync, call " + call);
            failed |= batch.refused.filter(refusal -> refusal.reason() == Reason.STORE_FAILED).isPresent();
            if (batch.written) {
                batch.apply(acknowledged);
                unsure.clear();
            } else {
                unsure.add(changes);
            }
            assertEquals(acknowledged, contents(store, acknowledged),
                    "a running store shows what was not acknowledged, call " + call);
            if (i % 10 == 9) {
                Maintenance checkpoints = (Maintenance) store.maintenance();
                checkpoints.requestCheckpoint();
                store.step();
                checkpoints.step();
            }
        }
    }

    /** What readers see; a read may fail by the fault, but not lie. */
    private static Map<String, String> contents(Store store, Map<String, String> expected) {
        try {
            return StoreHarness.contents(store);
        } catch (kvs.model.Refusal damaged) {
            return expected;
        }
    }

    /** After a restart a write that was refused may stand, whole, when nothing was acknowledged after it. */
    private static void check(Map<String, String> found, Map<String, String> acknowledged,
            List<Map<String, Optional<String>>> unsure, String where) {
        List<Map<String, String>> allowed = new ArrayList<>(List.of(acknowledged));
        for (Map<String, Optional<String>> changes : unsure) {
            Map<String, String> after = new TreeMap<>(acknowledged);
            changes.forEach((path, text) -> text.ifPresentOrElse(t -> after.put(path, t),
                    () -> after.remove(path)));
            allowed.add(after);
        }
        assertTrue(allowed.contains(found), where + ": found " + found + ", allowed " + allowed);
    }

    /**
     * A write that was refused although all of it had landed does not come back, once the store was closed in
     * order.
     */
    @Tag(Depth.DEEP)
    @Test
    void whatWasRefusedIsNotThereAfterAStop() throws IOException, UnusableDirectoryException {
        int landed = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            StoreHarness harness = new StoreHarness(seed);
            SimDisk disk = harness.disk();
            Store store = harness.open(disk);
            assertTrue(StoreHarness.put(store, "a", "1").written);
            disk.failAt(1, SimDisk.Fault.SHORT, false);
            assertTrue(StoreHarness.put(store, "b", "2").refused.isPresent());
            disk.mend();
            landed += StoreHarness.contents(harness.open(disk.killed())).containsKey("b") ? 1 : 0;
            store.close();
            assertEquals(Map.of("a", "1"), StoreHarness.contents(harness.open(disk)), "seed " + seed);
        }
        assertTrue(landed > 0, "the case was never met");
    }

    @Test
    void takesWritesAgainOnceThereIsRoom() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(1);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        assertTrue(StoreHarness.put(store, "a", "1").written);
        disk.capacity(disk.freeBytes() > 0 ? 6_000 : 0);
        int written = 0;
        StoreHarness.Batch last = StoreHarness.put(store, "fill", "0");
        while (last.written) {
            last = StoreHarness.put(store, "fill" + written++, "\"" + "y".repeat(300) + "\"");
        }
        assertEquals(Reason.DISK_FULL, last.refused.orElseThrow().reason());
        assertEquals(1, store.problems().size());
        assertEquals("1", StoreHarness.contents(store).get("a"));
        disk.mend();
        assertTrue(StoreHarness.put(store, "b", "2").written);
        assertEquals(List.of(), store.problems());
        Map<String, String> before = StoreHarness.contents(store);
        store.close();
        Store again = harness.open(disk);
        assertEquals(before, StoreHarness.contents(again));
        again.close();
    }

    /**
     * A condition that fails because of a write of the same group says nothing about the disk unless that
     * write is there.
     */
    @Test
    void tellsNobodyOfAWriteThatWasNotMadeDurable() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(4);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        StoreHarness.put(store, "x", "0");
        StoreHarness.Batch first = new StoreHarness.Batch(store, Map.of("a", Optional.of("1")));
        StoreHarness.Batch second = new StoreHarness.Batch(store, Map.of("a", Optional.of("2"))) {
            @Override
            public void decide(Transaction transaction) {
                if (transaction.find(kvs.model.Key.of("a")).isPresent()) {
                    throw new kvs.model.Refusal(Reason.CONDITION_FAILED, "it is there");
                }
            }
        };
        store.submit(first);
        store.submit(second);
        disk.failAt(1, SimDisk.Fault.ENOSPC, false);
        store.step();
        assertEquals(Reason.DISK_FULL, first.refused.orElseThrow().reason());
        assertEquals(Reason.DISK_FULL, second.refused.orElseThrow().reason());
        store.close();
    }

    @Test
    void stopsWritingForGoodAfterAFailedFsync() throws IOException, UnusableDirectoryException {
        StoreHarness harness = new StoreHarness(2);
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        disk.failAt(2, SimDisk.Fault.EIO, false);
        assertEquals(Reason.STORE_FAILED, StoreHarness.put(store, "a", "2").refused.orElseThrow().reason());
        assertEquals(Reason.STORE_FAILED, StoreHarness.put(store, "b", "3").refused.orElseThrow().reason());
        assertEquals(Map.of("a", "1"), StoreHarness.contents(store));
        assertTrue(store.problems().get(0).detail().contains("fsync"));
        store.close();
    }
}
