package kvs.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.recovery.StoreNotesReader;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.world.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs nodes that are a store, an audit log and an anchor keeper, and does to the log between two runs what
 * an intruder may do.
 */
class AuditAnchorKeeperTest {

    private static final StorageSettings SMALL = new StorageSettings(1 << 20, 1 << 12, true, 0, false);
    private static final int FILE_BYTES = 4_000;

    private final AuditHarness harness = new AuditHarness(7);
    private SimDisk data;
    private SimDisk lines;
    private SimDisk early;

    /** The attacks on a log that no node has open. */
    private enum Wrong { REMOVED, EMPTIED, PUT_BACK, CUT, OF_ANOTHER_NODE }

    /** One run of a node. */
    private final class Run {

        private final Store store;
        private final AuditLog log;
        private final AuditAnchorKeeper memory;

        Run(String node, long keepBytes) throws IOException, UnusableDirectoryException {
            store = Store.open(new StorageEnvironment(data, harness.clock, harness.dice, Logger.none()),
                    SMALL);
            log = AuditLog.open(lines, new AuditLog.Dependencies(harness.clock, Logger.none()),
                    new AuditLog.Settings(List.of(AuditHarness.KEY), FILE_BYTES, keepBytes),
                    new AuditLog.KnownHistory(store.recovered(), AuditAnchorKeeper.of(store.notes(), node)));
            memory = new AuditAnchorKeeper(store, log, node, Logger.none());
        }

        void write(int events) {
            for (int i = 0; i < events; i++) {
                log.add(harness.put(0));
            }
            log.step();
        }

        void remember() {
            memory.step();
            store.step();
        }

        void stop() throws IOException {
            remember();
            log.close(store.head());
            store.close();
        }
    }

    @BeforeEach
    void writesALog() throws IOException, UnusableDirectoryException {
        data = harness.disk();
        lines = harness.disk();
        Run first = run();
        first.write(20);
        first.stop();
        early = lines.copy();
        Run second = run();
        second.write(20);
        second.stop();
        data = data.restart();
        lines = lines.restart();
    }

    private Run run() throws IOException, UnusableDirectoryException {
        return new Run("n1", 1 << 30);
    }

    private Optional<AuditVerification.Fault> check(boolean withMemory)
            throws IOException, UnusableDirectoryException {
        Optional<AuditVerification.Anchor> remembered = StoreNotesReader.read(data.copy())
                .flatMap(AuditAnchorKeeper::of);
        return AuditVerification.run(lines.copy(), List.of(AuditHarness.KEY), remembered.filter(anchor ->
                withMemory).map(anchor -> List.of(new AuditVerification.WitnessReport(anchor, "the store")))
                .orElse(List.of())).fault();
    }

    private void wrong(Wrong wrong) throws IOException {
        switch (wrong) {
            case REMOVED -> lines = harness.disk();
            case EMPTIED -> {
                lines = harness.disk();
                AuditHeadFile.start().save(lines, new AuditSealer(List.of(AuditHarness.KEY)));
            }
            case PUT_BACK -> lines = early.copy();
            case CUT -> {
                List<String> files = AuditHarness.files(lines);
                lines.delete(files.get(files.size() - 1));
                lines.delete(files.get(files.size() - 2));
                lines.delete(AuditHeadFile.NAME);
                lines.force();
            }
            case OF_ANOTHER_NODE -> {
                lines = harness.disk();
                AuditLog other = harness.open(lines, FILE_BYTES, 1 << 30, 0);
                for (int i = 0; i < 60; i++) {
                    other.add(harness.put(0));
                }
                other.close();
                lines = lines.restart();
            }
        }
    }

    /**
     * Before the next start the anchor can be checked; from the next start on the log itself reports the
     * problem, for ever.
     */
    @ParameterizedTest
    @EnumSource(Wrong.class)
    void namesALogThatHasLessOrOtherLinesThanTheStoreRemembers(Wrong wrong)
            throws IOException, UnusableDirectoryException {
        assertEquals(Optional.empty(), check(true));
        wrong(wrong);
        assertTrue(check(true).isPresent(), "before the start");
        Run found = run();
        assertTrue(found.log.problems().toString().contains("the store remembers"),
                found.log.problems().toString());
        found.write(100);
        found.stop();
        assertTrue(AuditHarness.acts(lines).contains("broken"));
        assertTrue(check(false).isPresent(), "after the start, with no memory to ask");
        data = data.restart();
        lines = lines.restart();
        Run next = run();
        assertEquals(List.of(), next.log.problems(), "it is said once");
        next.stop();
        assertTrue(check(false).isPresent(), "and found for ever");
    }

    @Test
    void accusesNoLogThatWasPruned() throws IOException, UnusableDirectoryException {
        Run pruning = new Run("n1", 2 * FILE_BYTES);
        for (int i = 0; i < 20; i++) {
            pruning.write(20);
        }
        AuditVerification.Anchor old = pruning.log.head();
        for (int i = 0; i < 20; i++) {
            pruning.write(20);
        }
        pruning.memory.compareWith("n2", old);
        pruning.memory.compareWith("n2", new AuditVerification.Anchor(3, "0".repeat(64)));
        assertEquals(List.of(), pruning.log.problems());
        pruning.log.close(pruning.store.head());
        pruning.store.close();
        data = data.restart();
        lines = lines.restart();
        assertEquals(Optional.empty(), check(true));
        Run after = run();
        assertEquals(List.of(), after.log.problems());
        after.stop();
    }

    @Test
    void accusesNoLogThatWasSwitchedOffForAWhile() throws IOException, UnusableDirectoryException {
        Store alone = Store.open(new StorageEnvironment(data, harness.clock, harness.dice, Logger.none()),
                SMALL);
        alone.close();
        data = data.restart();
        Run after = run();
        assertEquals(List.of(), after.log.problems());
        after.stop();
        assertEquals(Optional.empty(), check(true));
    }

    @Test
    void judgesNoCopyOfADirectoryAndNoneWithoutMemory() throws IOException, UnusableDirectoryException {
        lines = harness.disk();
        Run copy = new Run("n2", 1 << 30);
        assertEquals(List.of(), copy.log.problems());
        copy.stop();
        data = harness.disk();
        lines = harness.disk();
        Run old = run();
        old.write(5);
        old.log.close(old.store.head());
        old.store.close();
        assertEquals(Optional.empty(), check(true));
        data = data.restart();
        lines = lines.restart();
        Run present = run();
        assertEquals(List.of(), present.log.problems());
        present.stop();
        assertEquals(Optional.empty(), check(true));
    }

    @Test
    void namesALogThatAMemberRemembersMoreOf() throws IOException, UnusableDirectoryException {
        AuditVerification.Anchor all = check();
        Run sound = run();
        sound.memory.compareWith("n2", all);
        assertEquals(List.of(), sound.log.problems());
        sound.memory.compareWith("n2", new AuditVerification.Anchor(5, "0".repeat(64)));
        assertEquals("[tamper log: line 5 differs from the line that member n2"
                + " remembers: the log was replaced or rewritten]", sound.log.problems().toString());
        sound.remember();
        AuditVerification.Anchor later = new AuditVerification.Anchor(all.seq() + 1_000, "1".repeat(64));
        sound.memory.compareWith("n3", later);
        sound.memory.compareWith("n3", later);
        assertEquals(1, sound.log.problems().size(), "it is said once");
        sound.write(5);
        sound.stop();
        data = data.restart();
        lines = lines.restart();
        assertTrue(check(true).orElseThrow().what().contains("the store remembers"),
                "what members remember is kept");
        Run next = run();
        assertEquals(1, next.log.problems().size());
        next.write(1);
        assertEquals(later.seq() + 2,
                AuditHarness.check(lines).fault().isPresent() ? next.log.head().seq() - 1 : 0);
        next.stop();
    }

    private AuditVerification.Anchor check() throws IOException {
        return AuditHarness.check(lines).head();
    }

    /**
     * Whatever survives of the two directories, the store has no anchor of a line that the log does not have.
     */
    @Test
    void aPowerCutBetweenLogAndMemoryAccusesNobody() throws IOException, UnusableDirectoryException {
        int[] points = {0};
        for (SimDisk disk : List.of(data, lines)) {
            disk.afterChange(() -> {
                points[0]++;
                recover(data.survivor(), lines.survivor(), "point " + points[0]);
            });
        }
        Run run = run();
        for (int i = 0; i < 12; i++) {
            run.write(harness.dice.below(6));
            run.memory.step();
            run.log.add(harness.put(0));
            run.log.step();
            run.store.step();
        }
        run.stop();
        assertTrue(points[0] > 100, points[0] + " points");
    }

    private void recover(SimDisk store, SimDisk log, String where) {
        try {
            Optional<AuditVerification.Anchor> remembered = StoreNotesReader.read(store)
                    .flatMap(AuditAnchorKeeper::of);
            AuditLog found = AuditLog.open(log, new AuditLog.Dependencies(harness.clock, Logger.none()),
                    new AuditLog.Settings(List.of(AuditHarness.KEY), FILE_BYTES, 1 << 30),
                    new AuditLog.KnownHistory(0, remembered));
            assertEquals(List.of(), found.problems().stream()
                    .filter(problem -> !problem.detail().contains("the store ends")).toList(), where);
            found.close();
        } catch (IOException | UnusableDirectoryException e) {
            throw new AssertionError(where, e);
        }
    }
}
