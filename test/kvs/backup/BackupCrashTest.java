package kvs.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import kvs.log.Manifest;
import kvs.log.StagingDirectory;
import kvs.log.UnusableDirectoryException;
import kvs.sim.Depth;
import kvs.sim.PowerCut;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.store.WriteScript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power at every call to the disk while a backup is made or restored: there is the old state or the
 * new one, never neither.
 */
@Tag(Depth.DEEP)
class BackupCrashTest {

    private static final int SEEDS = Depth.of(10, 100);

    private long backupCuts;
    private long restoreCuts;
    private long whole;

    @Test
    void leavesTheOldStateOrTheNewOneAtAnyCrashPoint() throws IOException, UnusableDirectoryException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            BackupHarness h = new BackupHarness(seed);
            WriteScript script = new WriteScript(h.harness);
            SimDisk disk = h.harness.disk();
            script.run(disk, 20 + h.harness.dice.below(30));
            Store store = h.harness.open(disk);
            backup(h, store);
            restore(h, store, script.acknowledged);
            store.close();
        }
        System.out.println("power cuts in backups " + backupCuts + ", in restores " + restoreCuts
                + ", of which the whole was there " + whole);
        assertTrue(backupCuts > 5L * SEEDS && restoreCuts > 20L * SEEDS && whole > SEEDS,
                backupCuts + " " + restoreCuts + " " + whole);
    }

    private void backup(BackupHarness h, Store store) throws IOException, UnusableDirectoryException {
        BackupWriter.FinishedBackup old = h.backup(store);
        byte[] before = h.backups.bytes(BackupHarness.NAME);
        boolean cut = true;
        for (int call = 1; cut; call++) {
            SimDisk to = h.backups.copy();
            to.cutAt(call);
            try (BackupWriter backup = new BackupWriter(store.backupSource(), to, "two.backup")) {
                step(backup);
                cut = false;
            } catch (PowerCut expected) {
                backupCuts++;
            }
            SimDisk left = to.restart();
            assertArrayEquals(before, left.bytes(BackupHarness.NAME));
            if (left.list().contains("two.backup")) {
                assertArrayEquals(old.root(), VerifiedBackup.verify(left, "two.backup", bytes -> { }).root());
            } else {
                assertTrue(cut, "what was said to be done is there");
                assertArrayEquals(old.root(), BackupHarness.backup(store, left, "two.backup").root());
            }
        }
    }

    private static void step(BackupWriter backup) throws IOException {
        boolean done = false;
        while (!done) {
            done = backup.step(500);
        }
    }

    private void restore(BackupHarness h, Store store, Map<String, String> contents)
            throws IOException, UnusableDirectoryException {
        boolean cut = true;
        for (int call = 1; cut; call++) {
            SimDisk target = h.harness.disk();
            target.cutAt(call);
            try {
                h.restore(target, BackupHarness.wish());
                cut = false;
            } catch (PowerCut expected) {
                restoreCuts++;
            }
            SimDisk left = target.restart();
            boolean there = left.list().contains(Manifest.NAME);
            whole += there ? 1 : 0;
            assertTrue(there || cut, "what was said to be done is there");
            Store restored = h.harness.open(there ? left : again(h, left));
            assertEquals(contents, StoreHarness.contents(restored), "call " + call);
            assertArrayEquals(store.root().tree().summary().digest(),
                    restored.root().tree().summary().digest());
            restored.close();
        }
    }

    /** The next try, which may be interrupted too; the directory as it is then. */
    private static SimDisk again(BackupHarness h, SimDisk left)
            throws IOException, UnusableDirectoryException {
        if (left.list().contains(StagingDirectory.NAME)) {
            assertThrows(UnusableDirectoryException.class, () -> h.harness.open(left.copy()),
                    "a part is no store: " + left.list());
        }
        if (h.harness.dice.chance(30)) {
            left.cutAt(1 + h.harness.dice.below(20));
            assertThrows(PowerCut.class, () -> h.restore(left, BackupHarness.wish()));
            return finished(h, left.restart());
        }
        return finished(h, left);
    }

    private static SimDisk finished(BackupHarness h, SimDisk left)
            throws IOException, UnusableDirectoryException {
        if (!left.list().contains(Manifest.NAME)) {
            h.restore(left, BackupHarness.wish());
        }
        assertEquals(List.of(), left.list().stream()
                .filter(name -> name.endsWith(".tmp") || name.equals(StagingDirectory.NAME)).toList());
        return left;
    }
}
