package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import kvs.log.StorageSettings;
import kvs.model.HealthProblem.Kind;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** Each problem of a store, both ways; what only a restart ends is looked at after one. */
class StoreHealthTest {

    private final StoreHarness harness = new StoreHarness(7);
    private SimDisk disk = harness.disk();
    private Store store;
    private StorageSettings settings = StoreHarness.SMALL;

    private final HealthProblemCheck.Subject subject = new HealthProblemCheck.Subject(() -> store.problems(),
            this::pass);

    private void pass(long ms) {
        for (long passed = 0; passed < ms; passed += 100) {
            store.maintenance().step();
            store.step();
            harness.clock.advance(100);
        }
    }

    private void open() throws Exception {
        store = harness.open(disk, settings);
    }

    private void reopen(SimDisk next) throws Exception {
        store.close();
        disk = next;
        open();
    }

    private void fill(int keys) {
        for (int i = 0; i < keys; i++) {
            StoreHarness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
    }

    @Test
    void missingSegmentUntilAStartThatFindsIt() throws Exception {
        open();
        fill(60);
        store.close();
        SimDisk whole = disk.copy();
        open();
        HealthProblemCheck.comesAndGoes(Kind.STORE_DEGRADED, subject, () -> {
            store.close();
            disk = whole.copy();
            disk.lose(disk.list().stream().filter(name -> name.endsWith(".log")).toList().get(1));
            settings = StoreHarness.SMALL.degraded();
            open();
        }, () -> reopen(whole.copy()));
    }

    @Test
    void failedFsyncUntilARestart() throws Exception {
        open();
        StoreHarness.put(store, "a", "1");
        HealthProblemCheck.comesAndGoes(Kind.STORE_FAILED, subject, () -> {
            disk.failAt(2, SimDisk.Fault.EIO, false);
            StoreHarness.put(store, "a", "2");
        }, () -> reopen(disk.killed()));
    }

    @Test
    void refusedWriteUntilOneIsTakenOrForgotten() throws Exception {
        open();
        StoreHarness.put(store, "a", "1");
        for (boolean again : new boolean[] {true, false}) {
            HealthProblemCheck.comesAndGoes(Kind.WRITE_REFUSED, subject, () -> {
                disk.failAt(1, SimDisk.Fault.ENOSPC, false);
                StoreHarness.put(store, "a", "2");
            }, () -> {
                disk.mend();
                if (again) {
                    StoreHarness.put(store, "a", "3");
                }
            });
        }
    }

    @Test
    void fullDiskUntilThereIsSpace() throws Exception {
        settings = new StorageSettings(4_000, 500, true, 0, false)
                .keeping(new StorageSettings.SpaceSettings(0, 50, 6_000));
        open();
        disk.capacity(40_000);
        HealthProblemCheck.comesAndGoes(Kind.DISK_FULL, subject, () -> {
            for (int i = 0; i < 500 && store.problems().stream()
                    .noneMatch(problem -> problem.kind() == Kind.DISK_FULL); i++) {
                StoreHarness.put(store, "k" + i, "\"" + "x".repeat(400) + "\"");
                pass(100);
            }
        }, () -> disk.capacity(1 << 20));
    }

    @Test
    void unwrittenCheckpointUntilOneIs() throws Exception {
        open();
        HealthProblemCheck.comesAndGoes(Kind.CHECKPOINT_FAILED, subject, () -> {
            disk.refuse(name -> name.contains("checkpoint"));
            fill(120);
        }, disk::mend);
    }

    /** Until the unreadable record is neither a key's present version nor in its history. */
    @Test
    void stuckCompactionUntilItGoesOn() throws Exception {
        open();
        StoreHarness.put(store, "first", "1");
        fill(60);
        HealthProblemCheck.comesAndGoes(Kind.COMPACTION_STUCK, subject, () -> {
            disk.flip("00000001.log", 100, 1);
            store.compact();
        }, () -> {
            for (int i = 0; i < 4; i++) {
                StoreHarness.put(store, "first", "2");
            }
            store.compact();
        });
    }

    @Test
    void unreadableRecordsUntilTheLogHoldsNone() throws Exception {
        open();
        StoreHarness.put(store, "a", "1");
        StoreHarness.put(store, "b", "2");
        store.close();
        disk.list().stream().filter(name -> name.endsWith(".checkpoint")).toList().forEach(disk::lose);
        SimDisk whole = disk.copy();
        open();
        HealthProblemCheck.comesAndGoes(Kind.RECORDS_UNREADABLE, subject, () -> {
            SimDisk rotten = whole.copy();
            rotten.flip("00000001.log", 150, 1);
            reopen(rotten);
        }, () -> reopen(whole.copy()));
    }

    @Test
    void unreadableReadsUntilTheyAreWrittenAnew() throws Exception {
        open();
        StoreHarness.put(store, "first", "1");
        String detail = HealthProblemCheck.comesAndGoes(Kind.READS_UNREADABLE, subject, () -> {
            disk.flip("00000001.log", 100, 1);
            store.held(store.root().tree().get("first".getBytes(StandardCharsets.UTF_8)).orElseThrow());
        }, () -> StoreHarness.put(store, "first", "2"));
        assertTrue(detail.startsWith("1 reads found"), detail);
        assertEquals(List.of(), store.problems());
    }
}
