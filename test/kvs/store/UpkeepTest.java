package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** What upkeep does when the disk or the moment is bad: it ends, it goes on, and it takes nothing away too early. */
class UpkeepTest {

    @Test
    void closesAlthoughTheDiskRefusesTheLastStepsOfACompaction() {
        for (int steps = 1; steps < 25; steps++) {
            int stopped = steps;
            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
                Harness harness = new Harness(1);
                SimDisk disk = harness.disk();
                Store store = harness.open(disk);
                for (int i = 0; i < 60; i++) {
                    Harness.put(store, "k" + i % 6, "\"" + "x".repeat(100) + i + "\"");
                }
                store.compact();
                upkeep(store, harness, stopped);
                for (int i = 0; i < 12; i++) {
                    Harness.put(store, "k" + i % 6, "\"" + "y".repeat(100) + i + "\"");
                }
                Map<String, String> before = Harness.contents(store);
                disk.failAt(1, SimDisk.Fault.ENOSPC, true);
                try {
                    store.close();
                } catch (IOException refused) {
                    assertFalse(refused.getMessage().isEmpty());
                }
                disk.mend();
                assertEquals(before, Harness.contents(harness.open(disk.restart())));
            }, "after " + steps + " steps");
        }
    }

    private static void upkeep(Store store, Harness harness, int steps) {
        for (int i = 0; i < steps; i++) {
            store.upkeep().step();
            store.step();
            harness.clock.advance(100);
        }
    }
}
