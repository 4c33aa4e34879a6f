package kvs.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import kvs.model.HealthProblem;
import kvs.sim.Depth;
import kvs.sim.HealthProblemCheck;
import kvs.sim.PowerCut;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Has every call of the disk fail in every way, once or for a while: nothing escapes, and nothing is lost
 * once the disk works.
 */
class AuditFaultTest {

    private static final int FILE_BYTES = 3_000;
    private static final int CALLS = 45;
    /** Between two calls that fail. */
    private static final int STRIDE = Depth.of(13, 1);
    private static final int SEEDS = Depth.of(4, 100);
    private static final int ROUNDS = 12;
    private static final int EACH = 5;
    /** The last lines that say what goes come on top. */
    private static final int PRUNED_BYTES = 600;

    @Tag(Depth.DEEP)
    @Test
    void keepsAllLinesThroughAnyFailingCall() throws IOException {
        for (SimDisk.Fault fault : SimDisk.Fault.values()) {
            for (int call = 1; call <= CALLS; call += STRIDE) {
                survives(fault, call, false);
                survives(fault, call, true);
            }
        }
    }

    private static void survives(SimDisk.Fault fault, int call, boolean on) throws IOException {
        String where = fault + " at call " + call + (on ? " and on" : "");
        AuditHarness harness = new AuditHarness(call);
        SimDisk disk = harness.disk();
        AuditLog log = harness.open(disk, FILE_BYTES, Long.MAX_VALUE, 0);
        disk.failAt(call, fault, on);
        boolean troubled = false;
        for (int i = 0; i < ROUNDS; i++) {
            handIn(harness, log, i);
            log.step();
            troubled |= !log.problems().isEmpty();
            if (i % 3 == call % 3) {
                crash(harness, disk, where + ", round " + i);
            }
        }
        assertTrue(troubled, where);
        disk.mend();
        while (log.step() == 0) {
            harness.clock.advance(1);
        }
        assertEquals(List.of(), log.problems(), where);
        assertComplete(disk.survivor(), where);
        log.close(ROUNDS * EACH);
        AuditLog next = harness.open(disk.restart(), ROUNDS * EACH);
        assertEquals(List.of(), next.problems(), where);
    }

    /**
     * The power goes, or the process is killed, while the disk fails: what is left can be opened, is sound,
     * and from then on is durable.
     */
    private static void crash(AuditHarness harness, SimDisk disk, String where) throws IOException {
        for (SimDisk left : List.of(disk.survivor(), disk.killed())) {
            left.mend();
            AuditLog log = harness.open(left, FILE_BYTES, Long.MAX_VALUE, ROUNDS * EACH);
            assertEquals(List.of(), log.problems(), where);
            SimDisk after = left.survivor();
            AuditHarness.assertSound(after, where);
            assertEquals(AuditHarness.puts(left), AuditHarness.puts(after), where);
        }
    }

    /** The disk is full at the start: the log is opened when there is room, and has the lines that waited. */
    @Test
    void opensLateOnAFullDisk() throws IOException {
        AuditHarness harness = new AuditHarness(3);
        SimDisk disk = harness.disk();
        AuditLog before = harness.open(disk, FILE_BYTES, Long.MAX_VALUE, 0);
        handIn(harness, before, 0);
        before.step();
        SimDisk full = disk.killed();
        full.capacity(0);
        AuditLog late = harness.open(full, FILE_BYTES, Long.MAX_VALUE, EACH);
        assertEquals(1, late.problems().size());
        assertEquals(0, late.head().seq());
        assertEquals(List.of(), late.page(0, 10).lines());
        assertEquals(AuditLog.Agreement.AGREES, late.agreement(before.head()));
        handIn(harness, late, 1);
        late.step();
        full.mend();
        while (late.step() == 0) {
            harness.clock.advance(1);
        }
        assertEquals(List.of(), late.problems());
        late.close(2 * EACH);
        AuditHarness.assertSound(full, "late");
        assertEquals(2 * EACH, AuditHarness.puts(full).size());
    }

    @Tag(Depth.DEEP)
    @Test
    void keepsAllLinesThroughFailuresAgainAndAgain() throws IOException {
        for (int seed = 1; seed <= SEEDS; seed++) {
            AuditHarness harness = new AuditHarness(seed);
            SimDisk disk = harness.disk();
            AuditLog log = harness.open(disk, FILE_BYTES, Long.MAX_VALUE, 0);
            for (int i = 0; i < ROUNDS; i++) {
                SimDisk.Fault fault = SimDisk.Fault.values()[harness.dice.below(3)];
                disk.failAt(1 + harness.dice.below(9), fault, harness.dice.chance(50));
                handIn(harness, log, i);
                log.step();
                log.step();
                crash(harness, disk, "seed " + seed + ", round " + i);
                disk.mend();
            }
            log.close(ROUNDS * EACH);
            assertComplete(disk.restart(), "seed " + seed);
        }
    }

    @Test
    void bringsTheLinesOfAFailedFsyncToANewFileAndShowsThemOnlyThen() throws IOException {
        AuditHarness harness = new AuditHarness(1);
        SimDisk disk = harness.disk();
        AuditLog log = harness.open(disk, 0);
        byte[] before = disk.bytes(AuditFileNames.of(1));
        int fsync = 2;
        disk.failAt(fsync, SimDisk.Fault.EIO, false);
        log.add(harness.put(1));
        log.step();
        assertEquals("[tamper log: Input/output error; its lines are queued]", log.problems().toString());
        assertEquals(1, log.page(0, 10).lines().size());
        log.step();
        assertEquals(2, log.page(0, 10).lines().size());
        assertEquals(List.of(AuditFileNames.of(1), AuditFileNames.of(2)), AuditHarness.files(disk));
        assertArrayEquals(before, disk.bytes(AuditFileNames.of(1)));
        AuditHarness.assertSound(disk.restart(), "new file");
    }

    @Test
    void opensAfterASecondPowerCutAtAnyCallOfAnOpen() throws IOException {
        for (int call = 1; call <= 12; call++) {
            AuditHarness harness = new AuditHarness(call);
            SimDisk disk = harness.disk();
            AuditLog log = harness.open(disk, FILE_BYTES, Long.MAX_VALUE, 0);
            handIn(harness, log, 0);
            log.step();
            disk.failAt(call, SimDisk.Fault.EIO, true);
            handIn(harness, log, 1);
            log.step();
            disk.mend();
            for (int cut = 1; cut <= 50; cut++) {
                SimDisk left = disk.killed();
                openOrCut(harness, left, cut);
                SimDisk after = left.restart();
                assertEquals(List.of(), harness.open(after, FILE_BYTES, Long.MAX_VALUE, 2 * EACH).problems(),
                        call + ", " + cut);
                AuditHarness.assertSound(after, call + ", " + cut);
            }
        }
    }

    private static void openOrCut(AuditHarness harness, SimDisk disk, int cut) throws IOException {
        disk.cutAt(cut);
        try {
            harness.open(disk, FILE_BYTES, Long.MAX_VALUE, 2 * EACH);
        } catch (PowerCut expected) {
            assertThrows(PowerCut.class, disk::list);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void opensAgainAfterAnyFailureOfAnOpen() throws IOException {
        for (int call = 1; call <= CALLS; call += STRIDE) {
            String where = "call " + call;
            AuditHarness harness = new AuditHarness(call);
            SimDisk disk = harness.disk();
            AuditLog log = harness.open(disk, FILE_BYTES, Long.MAX_VALUE, 0);
            for (int i = 0; i < ROUNDS; i++) {
                handIn(harness, log, i);
                log.step();
            }
            SimDisk left = call % 2 == 0 ? disk.killed() : disk.survivor();
            left.failAt(call, SimDisk.Fault.EIO, false);
            openOrFail(harness, left);
            left.mend();
            AuditLog next = harness.open(left, FILE_BYTES, Long.MAX_VALUE, ROUNDS * EACH);
            assertEquals(List.of(), next.problems(), where);
            assertComplete(left.restart(), where);
        }
    }

    private static void openOrFail(AuditHarness harness, SimDisk disk) {
        try {
            harness.open(disk, FILE_BYTES, Long.MAX_VALUE, ROUNDS * EACH);
        } catch (IOException expected) {
            assertEquals("Input/output error", expected.getMessage());
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void prunesThroughAnyFailingCall() throws IOException {
        for (int call = 1; call <= CALLS; call += STRIDE) {
            for (boolean on : List.of(true, false)) {
                String where = "call " + call + (on ? " and on" : "");
                AuditHarness harness = new AuditHarness(call);
                SimDisk disk = harness.disk();
                AuditLog log = harness.open(disk, FILE_BYTES, 3 * FILE_BYTES, 0);
                for (int i = 0; i < 3 * ROUNDS; i++) {
                    if (i == ROUNDS) {
                        disk.failAt(call, SimDisk.Fault.EIO, on);
                    }
                    handIn(harness, log, i);
                    log.step();
                    AuditHarness.assertSound(recovered(harness, disk), where);
                    if (i == 2 * ROUNDS) {
                        disk.mend();
                    }
                }
                log.close(3 * ROUNDS * EACH);
                assertEquals(List.of(), log.problems(), where);
                List<Long> puts = AuditHarness.puts(disk);
                assertEquals(LongStream.rangeClosed(puts.get(0), 3 * ROUNDS * EACH).boxed().toList(), puts,
                        where);
                int bytes = AuditHarness.lines(disk).stream().mapToInt(String::length).sum();
                assertTrue(bytes <= 3 * FILE_BYTES + PRUNED_BYTES, where + ": " + bytes + " bytes kept");
                AuditHarness.assertSound(disk.restart(), where);
            }
        }
    }

    private static SimDisk recovered(AuditHarness harness, SimDisk disk) throws IOException {
        SimDisk left = disk.survivor();
        harness.open(left, FILE_BYTES, 3 * FILE_BYTES, 3 * ROUNDS * EACH);
        return left;
    }

    @Test
    void countsWhatDoesNotFitWhileTheDiskFails() throws IOException {
        AuditHarness harness = new AuditHarness(1);
        SimDisk disk = harness.disk();
        AuditLog log = harness.open(disk, 0);
        disk.failAt(1, SimDisk.Fault.ENOSPC, true);
        log.add(harness.put(1));
        log.step();
        for (int i = 0; i < AuditQueue.EVENTS_MAX + 10; i++) {
            log.add(harness.put(i + 2));
        }
        log.step();
        assertFalse(log.problems().isEmpty());
        disk.mend();
        log.close(0);
        assertEquals(AuditQueue.EVENTS_MAX + 1, AuditHarness.puts(disk).size());
        List<String> lost = AuditHarness.lines(disk).stream()
                .filter(line -> line.contains("\"act\":\"lost\"")).toList();
        assertEquals(1, lost.size());
        assertEquals("10", AuditHarness.member(lost.get(0), "count"));
        assertEquals("[tamper log: 10 events were lost: more arrived than could be written]",
                log.problems().toString());
        AuditHarness.assertSound(disk.restart(), "after the flood");
    }

    @Test
    void itsProblemsComeAndGo() throws Exception {
        AuditHarness harness = new AuditHarness(1);
        SimDisk disk = harness.disk();
        AtomicReference<AuditLog> log = new AtomicReference<>(harness.open(disk, FILE_BYTES,
                3 * FILE_BYTES, 0));
        HealthProblemCheck.Subject subject = new HealthProblemCheck.Subject(() -> log.get().problems(),
                ms -> {
            harness.clock.advance(ms);
            log.get().step();
        });
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.TAMPER_LOG_UNWRITABLE, subject, () -> {
            disk.failAt(1, SimDisk.Fault.ENOSPC, true);
            log.get().add(harness.put(1));
        }, disk::mend);
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.TAMPER_LOG_LOST, subject, () -> {
            disk.failAt(1, SimDisk.Fault.ENOSPC, true);
            log.get().step();
            for (int i = 0; i < 2 * AuditQueue.EVENTS_MAX; i++) {
                log.get().add(harness.put(i + 2));
            }
            log.get().step();
            disk.mend();
        }, () -> { });
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.TAMPER_LOG_UNPRUNED, subject, () -> {
            String oldest = AuditHarness.files(disk).get(0);
            disk.refuse(oldest::equals);
            for (int i = 0; log.get().problems().isEmpty() && i < 400; i++) {
                handIn(harness, log.get(), i);
                log.get().step();
            }
        }, () -> {
            disk.mend();
            handIn(harness, log.get(), 0);
        });
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.TAMPER_LOG_BROKEN, subject, () -> {
            log.get().close(1);
            disk.lose(AuditHeadFile.NAME);
            log.set(harness.open(disk, FILE_BYTES, 3 * FILE_BYTES, 1));
        }, () -> {
            log.get().close(1);
            log.set(harness.open(disk, FILE_BYTES, 3 * FILE_BYTES, 1));
        });
    }

    @Test
    void theStopIsTheLastLineAfterADiskThatFailed() throws IOException {
        AuditHarness harness = new AuditHarness(1);
        SimDisk disk = harness.disk();
        AuditLog log = harness.open(disk, 0);
        disk.failAt(1, SimDisk.Fault.ENOSPC, true);
        log.add(harness.put(1));
        log.step();
        log.loginFailed("10.0.0.9");
        disk.mend();
        log.close(1);
        List<String> lines = AuditHarness.lines(disk);
        assertEquals("stop", AuditHarness.member(lines.get(lines.size() - 1), "act"));
        assertTrue(lines.stream().anyMatch(line -> line.contains("10.0.0.9")), "who failed is told");
    }

    @Test
    void endsQuietlyWhenTheDiskNeverWorksAgain() throws IOException {
        AuditHarness harness = new AuditHarness(1);
        SimDisk disk = harness.disk();
        AuditLog log = harness.open(disk, 0);
        disk.failAt(1, SimDisk.Fault.EIO, true);
        log.add(harness.put(1));
        log.close(1);
        assertFalse(log.problems().isEmpty());
        assertEquals(AuditLog.DONE, log.step());
    }

    private static void handIn(AuditHarness harness, AuditLog log, int round) {
        for (int e = 1; e <= EACH; e++) {
            log.add(harness.put(round * EACH + e));
        }
    }

    private static void assertComplete(SimDisk disk, String where) throws IOException {
        assertEquals(LongStream.rangeClosed(1, ROUNDS * EACH).boxed().toList(),
                AuditHarness.puts(disk), where);
        AuditHarness.assertSound(disk, where);
    }
}
