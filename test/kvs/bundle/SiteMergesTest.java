package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import kvs.documents.ModeSwitch;
import kvs.model.NodeMode;
import kvs.sim.SimDice;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/** The work on files that arrived, when the machine fails in the middle of it. */
class SiteMergesTest {

    private boolean broken;

    private SiteMerges merges(BundleLab lab, Executor threads) {
        Site site = new Site(new Site.Dependencies(lab.b, new ModeSwitch(NodeMode.NORMAL),
                new Site.ClusterState(() -> true, () -> false, List::of, Optional::empty),
                lab.harness.clock, new SimDice(1),
                Logger.none(), BackgroundPacer::alone));
        return new SiteMerges(site, () -> {
            if (broken) {
                throw new IllegalStateException("a bug");
            }
            return lab.stick;
        }, threads);
    }

    @Test
    void nextWorkBeginsAfterOneThatGotNoThread() throws Exception {
        try (BundleLab lab = new BundleLab(3, "docs")) {
            SiteMerges merges = merges(lab, work -> {
                if (broken) {
                    throw new RejectedExecutionException("no thread");
                }
                work.run();
            });
            byte[] file = lab.bundle();
            UUID id = merges.begin(file.length).id();
            merges.receive(id, 0, file);
            broken = true;
            assertThrows(RejectedExecutionException.class, () -> merges.start(id, true));
            assertEquals("receiving", merges.status(id).state());
            assertFalse(merges.isRunning());
            broken = false;
            merges.start(id, true);
            assertEquals(FileVerdict.SOUND, merges.status(id).result().orElseThrow().verdict());
        }
    }

    @Test
    void internalErrorEndsTheWorkAndSaysWhatStays() throws Exception {
        try (BundleLab lab = new BundleLab(3, "docs")) {
            SiteMerges merges = merges(lab, work -> {
                broken = true;
                try {
                    work.run();
                } catch (IllegalStateException bug) {
                    broken = false;
                }
            });
            byte[] file = lab.bundle();
            UUID id = merges.begin(file.length).id();
            merges.receive(id, 0, file);
            merges.start(id, false);
            FileResult result = merges.status(id).result().orElseThrow();
            assertEquals(FileVerdict.INTERRUPTED, result.verdict());
            assertTrue(result.sentence().contains("what was merged stays"), result.sentence());
            assertFalse(merges.isRunning());
        }
    }
}
