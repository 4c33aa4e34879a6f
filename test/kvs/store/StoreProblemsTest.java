package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import kvs.model.Problem.Kind;
import kvs.sim.Passing;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** Each problem of a store, both ways; what only a restart ends is looked at after one. */
class StoreProblemsTest {

    private final Harness harness = new Harness(7);
    private SimDisk disk = harness.disk();
    private Store store;
    private StoreSettings settings = Harness.SMALL;

    private final Passing.Subject subject = new Passing.Subject(() -> store.problems(), this::pass);

    private void pass(long ms) {
        for (long passed = 0; passed < ms; passed += 100) {
            store.upkeep().step();
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
            Harness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
        }
    }

    @Test
    void missingSegmentUntilAStartThatFindsIt() throws Exception {
        open();
        fill(60);
        store.close();
        SimDisk whole = disk.copy();
        open();
        Passing.comesAndGoes(Kind.STORE_DEGRADED, subject, () -> {
            store.close();
            disk = whole.copy();
            disk.lose(disk.list().stream().filter(name -> name.endsWith(".log")).toList().get(1));
            settings = Harness.SMALL.degraded();
            open();
        }, () -> reopen(whole.copy()));
    }

    @Test
    void failedFsyncUntilARestart() throws Exception {
        open();
        Harness.put(store, "a", "1");
        Passing.comesAndGoes(Kind.STORE_FAILED, subject, () -> {
            disk.failAt(2, SimDisk.Fault.EIO, false);
            Harness.put(store, "a", "2");
        }, () -> reopen(disk.killed()));
    }

    @Test
    void refusedWriteUntilOneIsTakenOrForgotten() throws Exception {
        open();
        Harness.put(store, "a", "1");
        for (boolean again : new boolean[] {true, false}) {
            Passing.comesAndGoes(Kind.WRITE_REFUSED, subject, () -> {
                disk.failAt(1, SimDisk.Fault.ENOSPC, false);
                Harness.put(store, "a", "2");
            }, () -> {
                disk.mend();
                if (again) {
                    Harness.put(store, "a", "3");
                }
            });
        }
    }

    @Test
    void fullDiskUntilThereIsSpace() throws Exception {
        settings = new StoreSettings(4_000, 500, true, 0, false).keeping(new StoreSettings.Keep(0, 50, 6_000));
        open();
        disk.capacity(40_000);
        Passing.comesAndGoes(Kind.DISK_FULL, subject, () -> {
            for (int i = 0; i < 500 && store.problems().stream().noneMatch(problem -> problem.kind() == Kind.DISK_FULL); i++) {
                Harness.put(store, "k" + i, "\"" + "x".repeat(400) + "\"");
                pass(100);
            }
        }, () -> disk.capacity(1 << 20));
    }

    @Test
    void unwrittenCheckpointUntilOneIs() throws Exception {
        open();
        Passing.comesAndGoes(Kind.CHECKPOINT_FAILED, subject, () -> {
            disk.refuse(name -> name.contains("checkpoint"));
            fill(120);
        }, disk::mend);
    }

    /** Until the unreadable record is neither a key's present version nor in its history. */
    @Test
    void stuckCompactionUntilItGoesOn() throws Exception {
        open();
        Harness.put(store, "first", "1");
        fill(60);
        Passing.comesAndGoes(Kind.COMPACTION_STUCK, subject, () -> {
            disk.flip("00000001.log", 100, 1);
            store.compact();
        }, () -> {
            for (int i = 0; i < 4; i++) {
                Harness.put(store, "first", "2");
            }
            store.compact();
        });
    }

    @Test
    void unreadableRecordsUntilTheLogHoldsNone() throws Exception {
        open();
        Harness.put(store, "a", "1");
        Harness.put(store, "b", "2");
        store.close();
        disk.list().stream().filter(name -> name.endsWith(".checkpoint")).toList().forEach(disk::lose);
        SimDisk whole = disk.copy();
        open();
        Passing.comesAndGoes(Kind.RECORDS_UNREADABLE, subject, () -> {
            SimDisk rotten = whole.copy();
            rotten.flip("00000001.log", 150, 1);
            reopen(rotten);
        }, () -> reopen(whole.copy()));
    }

    @Test
    void unreadableReadsUntilTheyAreWrittenAnew() throws Exception {
        open();
        Harness.put(store, "first", "1");
        String detail = Passing.comesAndGoes(Kind.READS_UNREADABLE, subject, () -> {
            disk.flip("00000001.log", 100, 1);
            store.held(store.root().tree().get("first".getBytes(StandardCharsets.UTF_8)).orElseThrow());
        }, () -> Harness.put(store, "first", "2"));
        assertTrue(detail.startsWith("1 reads met"), detail);
        assertEquals(List.of(), store.problems());
    }
}
