package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kvs.model.NodeMode;
import kvs.model.ReplicationRules;
import kvs.sim.SimClock;
import kvs.sim.SimDisk;
import kvs.tree.Tree;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

class PurgerTest {

    private static final long HOUR_MS = 3_600_000;
    private static final long WINDOW_MS = 720 * HOUR_MS;
    private final LocalDocuments node = new LocalDocuments();
    private Purger purger = new Purger(node.store, node.clock, Logger.none(), () -> WINDOW_MS,
            Purger.PurgeConstraints.NONE);

    @Test
    void takesAShortLivedKeyOutAnHourAfterItsDeath() {
        node.put("session", "1", 60_000);
        node.put("other", "1");
        sleepUntil(60_000 + HOUR_MS - 1_000);
        assertEquals(2, count());
        sleepUntil(60_000 + HOUR_MS + ReplicationRules.PURGE_STEP_MS);
        assertEquals(1, count());
        assertEquals(1, purger.total());
        assertTrue(node.get("other").isPresent());
    }

    @Test
    void keepsATombstoneOfALastingKeyForTheWindow() {
        node.put("a", "1");
        node.delete("a");
        sleepUntil(WINDOW_MS - 1_000);
        assertEquals(1, count());
        sleepUntil(WINDOW_MS + ReplicationRules.PURGE_STEP_MS);
        assertEquals(0, count());
        node.restart();
        assertEquals(0, count());
    }

    @Test
    void purgesAtFullTenMinutesOnly() {
        node.put("a", "1", 1);
        long due = node.clock.wallMs() + 1 + HOUR_MS;
        long full = (due + ReplicationRules.PURGE_STEP_MS - 1) / ReplicationRules.PURGE_STEP_MS
                * ReplicationRules.PURGE_STEP_MS;
        sleepUntil(full - 1 - SimClock.START_MS);
        assertEquals(1, count());
        sleepUntil(full - SimClock.START_MS);
        assertEquals(0, count());
    }

    @Test
    void sparesAKeyThatWasWrittenAgain() {
        node.put("a", "1", 1);
        node.clock.advance(2 * HOUR_MS);
        purger.step();
        node.documents.put(node.putOp("a", "2", ExpiryPolicy.NEVER, Preconditions.NONE), node.access);
        node.work();
        round();
        assertEquals("2", node.get("a").orElseThrow());
    }

    @Test
    void purgesAlsoWhenReadOnly() {
        node.put("a", "1", 1);
        node.modes.change(NodeMode.READ_ONLY);
        sleepUntil(2 * HOUR_MS);
        assertEquals(0, count());
    }

    @Test
    void manyAreTakenInPieces() {
        for (int round = 0; round < 3; round++) {
            List<Operation> ops = new ArrayList<>();
            for (int i = 0; i < DocumentLimits.PURGE_STEP; i++) {
                ops.add(node.putOp("k" + round + "/" + i, "1", new ExpiryPolicy.TimeToLive(1),
                        Preconditions.NONE));
            }
            node.done(node.documents.batch(ops, true, node.access));
        }
        node.put("z", "1");
        node.clock.advance(2 * HOUR_MS);
        assertEquals(3, round());
        assertEquals(1, count());
    }

    @Test
    void goesOnAfterTheDiskWasFull() {
        node.put("a", "1", 1);
        node.clock.advance(2 * HOUR_MS);
        purger.step();
        node.disk.failAt(1, SimDisk.Fault.ENOSPC, true);
        node.work();
        node.disk.mend();
        assertEquals(1, count());
        round();
        assertEquals(0, count());
    }

    @Test
    void goesOnWhenTheWallWentBackFromAFarFuture() {
        node.put("a", "1", 1);
        long now = node.clock.wallMs();
        node.clock.setWall(now + 1_000 * WINDOW_MS);
        purger = new Purger(node.store, node.clock, Logger.none(), () -> WINDOW_MS,
                Purger.PurgeConstraints.NONE);
        node.clock.setWall(now);
        sleepUntil(2 * HOUR_MS);
        assertEquals(0, count());
    }

    /** A wall that is a year ahead for some minutes must not take what lives for a month. */
    @Test
    void takesNothingUnderAWallThatHasJumped() {
        node.put("month", "1", WINDOW_MS);
        sleepUntil(2 * HOUR_MS);
        node.put("hour", "1", 1);
        long right = node.clock.wallMs();
        node.clock.setWall(right + 12 * WINDOW_MS);
        minutes(50);
        assertEquals(2, count());
        node.clock.setWall(right + HOUR_MS);
        minutes(71);
        assertEquals(1, count(), "the one that is dead by the right wall");
        assertEquals("1", node.get("month").orElseThrow());
    }

    @Test
    void treeIsAsIfTheKeyHadNeverBeen() {
        node.put("b", "1");
        byte[] digest = tree().summary().digest();
        node.put("a", "1", 1);
        sleepUntil(2 * HOUR_MS);
        assertArrayEquals(digest, tree().summary().digest());
        tree().check();
    }

    private void minutes(int count) {
        for (int i = 0; i < count; i++) {
            node.clock.advance(60_000);
            for (int step = 0; step < 3; step++) {
                purger.step();
                node.store.step();
            }
        }
    }

    /** Steps until a round is over; how many pieces were written. */
    private int round() {
        int pieces = 0;
        while (purger.step() < ReplicationRules.PURGE_STEP_MS / 2 && pieces < 100) {
            pieces += node.store.step() ? 1 : 0;
        }
        return pieces;
    }

    /** Runs the purger as a scheduler would, until that long after the start. */
    private void sleepUntil(long sinceStart) {
        long end = SimClock.START_MS + sinceStart;
        long wait = step();
        while (node.clock.wallMs() + wait <= end) {
            node.clock.advance(wait);
            wait = step();
        }
        node.clock.advance(end - node.clock.wallMs());
    }

    private long step() {
        long wait = purger.step();
        node.work();
        return Math.max(1, wait);
    }

    private long count() {
        return tree().summary().count();
    }

    private Tree tree() {
        return node.store.root().tree();
    }
}
