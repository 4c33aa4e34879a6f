package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Reason;
import kvs.recovery.DirectoryVerification;
import kvs.sim.SimDisk;
import kvs.world.Logger;
import kvs.world.Threads;
import org.junit.jupiter.api.Test;

/** The commit of a group by the thread that has collected its writes. */
class CommitTest {

    private static final CommitRule ALWAYS = state -> true;
    private static final int WRITERS = 4;
    private static final int GROUPS_EACH = 50;
    /** Segments that hold all groups of a test. */
    private static final StorageSettings LARGE = new StorageSettings(1 << 20, 1 << 16, true, 3, false)
            .keeping(new StorageSettings.SpaceSettings(2, 50, 0));

    private final StoreHarness harness = new StoreHarness(1);
    private final Threads threads = new Threads(Logger.none());
    private final SimDisk disk = harness.disk();

    private static StoreHarness.Batch batch(Store store, String key) {
        return new StoreHarness.Batch(store, Map.of(key, Optional.of("1")));
    }

    @Test
    void makesOneDurableGroupAndReportsItsEndOnce() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk, LARGE);
        List<StoreHarness.Batch> batches = List.of(batch(store, "a"), batch(store, "b"));
        AtomicInteger ends = new AtomicInteger();
        store.onComplete(() -> {
            assertTrue(batches.stream().allMatch(one -> one.written));
            ends.incrementAndGet();
        });
        long groups = store.counts().writes().groups();
        assertTrue(store.commit(List.copyOf(batches), ALWAYS));
        assertEquals(1, store.counts().writes().groups() - groups);
        assertEquals(1, ends.get());
        Map<String, String> all = Map.of("a", "1", "b", "1");
        assertEquals(all, StoreHarness.contents(store));
        assertEquals(all, StoreHarness.contents(harness.open(disk.survivor())));
        store.close();
    }

    @Test
    void leavesWritesToTheWriterThatHasOthers() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk, LARGE);
        store.submit(batch(store, "queued"));
        StoreHarness.Batch mine = batch(store, "mine");
        assertFalse(store.commit(List.of(mine), ALWAYS));
        assertTrue(store.step());
        assertFalse(mine.written);
        assertFalse(store.commit(List.of(mine), state -> false));
        assertFalse(mine.written || mine.refused.isPresent());
        store.close();
    }

    @Test
    void tellsTheRuleTheTimeOfTheLastFsyncAndWhetherThereIsRoom()
            throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk, LARGE);
        List<CommitRule.StoreState> states = new ArrayList<>();
        CommitRule noting = state -> {
            states.add(state);
            return true;
        };
        assertTrue(store.commit(List.of(batch(store, "a")), noting));
        assertFalse(states.get(0).hasRoom(), "there is no segment yet");
        disk.afterChange(() -> harness.clock.advance(3));
        assertTrue(store.commit(List.of(batch(store, "b")), noting));
        assertTrue(states.get(1).hasRoom());
        disk.afterChange(() -> { });
        assertTrue(store.commit(List.of(batch(store, "c")), noting));
        assertEquals(TimeUnit.MILLISECONDS.toNanos(3), states.get(2).lastFsyncNanos());
        store.close();
    }

    @Test
    void refusesAllWritesAfterAFailedFsync() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk, LARGE);
        assertTrue(store.commit(List.of(batch(store, "a")), ALWAYS));
        // Behind the write.
        disk.failAt(2, SimDisk.Fault.EIO, false);
        StoreHarness.Batch failed = batch(store, "b");
        assertTrue(store.commit(List.of(failed), ALWAYS));
        assertEquals(Reason.STORE_FAILED, failed.refused.orElseThrow().reason());
        assertFalse(store.commit(List.of(batch(store, "c")), ALWAYS));
        assertEquals("1", StoreHarness.contents(harness.open(disk.restart())).get("a"));
    }

    @Test
    void commitsNothingWhenTheStoreIsClosing() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk, LARGE);
        store.endWrites();
        StoreHarness.Batch late = batch(store, "late");
        assertFalse(store.commit(List.of(late), ALWAYS));
        store.submit(late);
        assertEquals(Reason.BUSY, late.refused.orElseThrow().reason());
        store.close();
    }

    /** Callers that commit or submit, beside the thread of the writer: each write is done once. */
    @Test
    void sharesTheLogWithTheThreadOfTheWriter() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk, LARGE);
        store.start(threads);
        CountDownLatch done = new CountDownLatch(WRITERS);
        List<StoreHarness.Batch> all = new ArrayList<>();
        AtomicInteger here = new AtomicInteger();
        for (int writer = 0; writer < WRITERS; writer++) {
            List<StoreHarness.Batch> mine = new ArrayList<>();
            for (int i = 0; i < GROUPS_EACH; i++) {
                mine.add(batch(store, "w" + writer + "/" + i));
            }
            all.addAll(mine);
            threads.thread("caller-" + writer, true, () -> {
                for (StoreHarness.Batch one : mine) {
                    if (store.commit(List.of(one), ALWAYS)) {
                        here.incrementAndGet();
                    } else {
                        store.submit(one);
                    }
                }
                done.countDown();
            }).start();
        }
        try {
            assertTrue(done.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        store.endWrites();
        assertTrue(all.stream().allMatch(one -> one.written && one.receipts.size() == 1));
        assertEquals(WRITERS * GROUPS_EACH, StoreHarness.contents(store).size());
        assertTrue(here.get() > 0, "no group was done by its caller");
        store.close();
        assertEquals(List.of(), DirectoryVerification.faults(disk));
        assertEquals(WRITERS * GROUPS_EACH, StoreHarness.contents(harness.open(disk.restart())).size());
    }
}
