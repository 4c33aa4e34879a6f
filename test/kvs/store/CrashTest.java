package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import kvs.log.UnusableDirectoryException;
import kvs.recovery.DirectoryVerification;
import kvs.sim.Depth;
import kvs.sim.PowerCut;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power at every call that changes the disk, and opens what may be left: nothing acknowledged is
 * lost, no open is refused, no batch is there in half. {@code make sim SEED=… SEEDS=…} runs more of it.
 */
@Tag(Depth.DEEP)
public class CrashTest {

    private static final int OPERATIONS = 200;
    private static final int SURVIVORS = 3;
    private static final int SEEDS = Depth.of(4, 100);

    @Test
    void losesNothingAcknowledgedAtAnyCrashPoint() throws IOException, UnusableDirectoryException {
        long points = 0;
        long compacted = 0;
        long commits = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            WriteScript script = new WriteScript(new StoreHarness(seed));
            points += campaign(seed, script);
            compacted += script.compactions > 0 ? 1 : 0;
            commits += script.commits;
        }
        System.out.println("crash points " + points + " over " + SEEDS + " seeds, " + SURVIVORS
                + " survivors each, " + compacted + " with compactions");
        assertTrue(compacted > SEEDS / 2, "only " + compacted + " seeds compacted anything");
        assertTrue(commits > SEEDS * 10L, "only " + commits + " groups were done by their callers");
        assertTrue(points > SEEDS * 100L, "only " + points + " crash points");
    }

    /** Runs one script; how many crash points it had. */
    public static long campaign(long seed) throws IOException, UnusableDirectoryException {
        return campaign(seed, new WriteScript(new StoreHarness(seed)));
    }

    private static long campaign(long seed, WriteScript script)
            throws IOException, UnusableDirectoryException {
        StoreHarness harness = script.harness;
        SimDisk disk = harness.disk();
        long[] points = {0};
        disk.afterChange(() -> {
            points[0]++;
            for (int i = 0; i < SURVIVORS; i++) {
                recover(seed, points[0], harness, script, disk.survivor());
            }
            if (points[0] % 4 == 0) {
                killed(seed, points[0], harness, script, disk.killed());
            }
        });
        script.run(disk, OPERATIONS);
        return points[0];
    }

    private static void recover(long seed, long point, StoreHarness harness, WriteScript script,
            SimDisk left) {
        String where = "seed " + seed + " crash point " + point;
        try {
            SimDisk disk = harness.dice.chance(20) ? crashInRecovery(harness, left) : left;
            Store store = harness.open(disk);
            Map<String, String> contents = StoreHarness.contents(store);
            List<Map<String, String>> allowed = script.allowed();
            assertTrue(allowed.contains(contents), where + ": found " + contents + ", allowed " + allowed);
            assertTrue(StoreHarness.put(store, "after", "1").written, where);
            store.close();
            if (point % 8 == 0) {
                assertEquals(List.of(), DirectoryVerification.faults(disk), where);
            }
        } catch (IOException | UnusableDirectoryException e) {
            throw new AssertionError(where, e);
        }
    }

    /** The process is killed, not the machine: what the next one serves survives a power cut from then on. */
    private static void killed(long seed, long point, StoreHarness harness, WriteScript script,
            SimDisk disk) {
        String where = "seed " + seed + " killed at " + point;
        try {
            Map<String, String> served = StoreHarness.contents(harness.open(disk));
            assertTrue(script.allowed().contains(served), where);
            Store store = harness.open(disk.restart());
            assertEquals(served, StoreHarness.contents(store), where);
            store.close();
        } catch (IOException | UnusableDirectoryException e) {
            throw new AssertionError(where, e);
        }
    }

    /** A second power cut while the first is being recovered from. */
    private static SimDisk crashInRecovery(StoreHarness harness, SimDisk disk)
            throws IOException, UnusableDirectoryException {
        disk.cutAt(1 + harness.dice.below(25));
        try {
            harness.open(disk).close();
        } catch (PowerCut expected) {
            return disk.restart();
        }
        return disk.restart();
    }
}
