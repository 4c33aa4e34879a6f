package kvs.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import kvs.sim.Depth;
import kvs.sim.PowerCut;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power after every call that changes the disk, and opens what may be left: nothing that a step
 * forced is lost, what was lost is told by a gap line, and a check finds no fault.
 */
@Tag(Depth.DEEP)
class AuditCrashTest {

    private static final int SEEDS = Depth.of(1, 8);
    private static final int STEPS = 30;
    private static final int SURVIVORS = 2;
    private static final int FILE_BYTES = 4_000;

    @Test
    void losesNothingThatWasForcedAtAnyCrashPoint() throws IOException {
        long all = 0;
        for (long s = 1; s <= SEEDS; s++) {
            all += new Campaign(s).run();
        }
        System.out.println("crash points of the tamper log " + all + " over " + SEEDS + " seeds, " + SURVIVORS
                + " survivors each");
        assertTrue(all > SEEDS * STEPS * 4, "only " + all + " crash points");
    }

    /** One log and what must be in it. */
    private static final class Campaign {

        private final AuditHarness harness;
        private final long seed;
        private final long keepBytes;
        private long handedIn;
        private long forced;
        private long points;

        Campaign(long seed) {
            this.seed = seed;
            this.harness = new AuditHarness(seed);
            this.keepBytes = seed % 2 == 0 ? Long.MAX_VALUE : 5 * FILE_BYTES;
        }

        long run() throws IOException {
            SimDisk disk = harness.disk();
            disk.afterChange(() -> crash(disk));
            AuditLog log = open(disk, 0);
            for (int i = 0; i < STEPS; i++) {
                int events = harness.dice.below(12);
                for (int e = 0; e < events; e++) {
                    log.add(harness.put(++handedIn));
                }
                log.step();
                forced = handedIn;
                harness.clock.advance(1_000);
                if (harness.dice.chance(5)) {
                    log.close(handedIn);
                    log = open(disk, handedIn);
                }
            }
            log.close(handedIn);
            return points;
        }

        private void crash(SimDisk disk) {
            points++;
            for (int i = 0; i < SURVIVORS; i++) {
                recover(disk.survivor(), "power cut");
            }
            if (points % 4 == 0) {
                recover(disk.killed(), "killed");
            }
        }

        private void recover(SimDisk left, String how) {
            String where = "seed " + seed + " " + how + " at point " + points;
            try {
                SimDisk disk = harness.dice.chance(30) ? crashInRecovery(left) : left;
                AuditLog log = open(disk, handedIn);
                assertEquals(List.of(), log.problems(), where);
                SimDisk after = disk.survivor();
                AuditHarness.assertSound(after, where);
                assertContents(AuditHarness.lines(after), where);
                log.add(harness.put(handedIn + 1));
                log.step();
                log.close(handedIn + 1);
                AuditHarness.assertSound(disk.restart(), where);
            } catch (IOException e) {
                throw new AssertionError(where, e);
            }
        }

        /** What was forced is there, in order; what else was handed in is there or in a gap line. */
        private void assertContents(List<String> lines, String where) {
            List<Long> puts = AuditHarness.puts(lines);
            long from = puts.isEmpty() ? 0 : puts.get(0);
            long last = puts.isEmpty() ? 0 : puts.get(puts.size() - 1);
            assertEquals(LongStream.rangeClosed(from, last).boxed().filter(n -> n > 0).toList(), puts, where);
            assertTrue(last >= forced || lines.stream()
                    .anyMatch(line -> AuditHarness.member(line, "act").equals("pruned")), where);
            assertTrue(from <= 1 || keepBytes < Long.MAX_VALUE, where + ": begins at " + from);
            boolean gap = lines.stream().anyMatch(line -> AuditHarness.member(line, "act").equals("gap")
                    && AuditHarness.member(line, "last").equals(Long.toString(handedIn)));
            assertTrue(gap || last >= handedIn || handedIn == forced, where + ": no gap line behind " + last);
            assertEquals("start", AuditHarness.member(lines.get(lines.size() - 1), "act"), where);
        }

        private SimDisk crashInRecovery(SimDisk disk) throws IOException {
            disk.cutAt(1 + harness.dice.below(25));
            try {
                open(disk, handedIn).step();
            } catch (PowerCut expected) {
                return disk.restart();
            }
            return disk.restart();
        }

        private AuditLog open(SimDisk disk, long storeHead) throws IOException {
            return harness.open(disk, FILE_BYTES, keepBytes, storeHead);
        }
    }
}
