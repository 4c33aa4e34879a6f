package kvs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.log.EncodedDocument;
import kvs.log.Manifest;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.SequenceNumbers;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.recovery.DirectoryVerification;
import kvs.sim.SimDisk;
import kvs.tree.Entry;
import kvs.world.Logger;
import kvs.world.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreTest {

    private final StoreHarness harness = new StoreHarness(9);
    private final SimDisk disk = harness.disk();

    private Version version(Store store, String path) {
        return store.read(store.root().find(Key.of(path)).orElseThrow());
    }

    private void stop(Store store) throws IOException, UnusableDirectoryException {
        Map<String, String> before = StoreHarness.contents(store);
        byte[] digest = store.root().tree().summary().digest();
        store.close();
        assertEquals(List.of(), DirectoryVerification.faults(disk));
        disk.list().stream().filter(name -> name.endsWith(".checkpoint")).toList().forEach(disk::lose);
        Store again = harness.open(disk);
        assertEquals(before, StoreHarness.contents(again));
        assertArrayEquals(digest, again.root().tree().summary().digest());
        again.close();
    }

    @Test
    void stampsAVersionSoThatItBeatsWhatItReplaces() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        Version first = version(store, "a");
        harness.clock.setWall(harness.clock.wallMs() - 50_000);
        StoreHarness.put(store, "a", "2");
        Version second = version(store, "a");
        assertTrue(second.timestamp() > first.timestamp() && second.rank().compareTo(first.rank()) > 0);
        assertEquals(first.timestamp(), second.lineage().prevTimestamp());
        assertEquals(0, first.lineage().shadowsUntil());
        assertEquals(Version.FOREVER, second.lineage().shadowsUntil());
        assertEquals(new VersionIdHasher().of(second), second.uuid());
        assertEquals(8, second.uuid().version());
        assertEquals(2, second.uuid().variant());
        assertEquals(store.origin(), second.dot().origin());
        assertEquals(first.dot().seq() + 1, second.dot().seq());
        stop(store);
    }

    @Test
    void countsWritesToReservedKeysInEachView() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        long before = store.root().reservedChanges();
        StoreHarness.put(store, "a", "2");
        assertEquals(before, store.root().reservedChanges());
        StoreView old = store.root();
        List<Long> seen = new ArrayList<>();
        Key reserved = Key.ofBytes(new byte[] {0, 'k'});
        store.submit(transaction -> {
            seen.add(transaction.reservedChanges());
            transaction.put(new UnstampedVersion(reserved, Optional.empty(), Version.FOREVER,
                    Version.NOBODY));
        });
        store.submit(transaction -> seen.add(transaction.reservedChanges()));
        while (store.step()) {
            seen.add(store.root().reservedChanges());
        }
        assertEquals(List.of(before, before + 1, before + 1), seen);
        assertEquals(before, old.reservedChanges());
        stop(store);
    }

    /** One wrong hour stamps what was written in it, and nothing that comes after it. */
    @ParameterizedTest
    @CsvSource({"70000, false", "7200000, true", "172800000, false", "31536000000, true"})
    void aWrongHourEndsWithTheHour(long aheadMs, boolean restarts)
            throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.put(store, "before", "1");
        long right = harness.clock.wallMs();
        harness.clock.setWall(right + aheadMs);
        StoreHarness.put(store, "wrong", "1");
        StoreHarness.delete(store, "dead");
        harness.clock.setWall(right + aheadMs + 2 * 3_600_000);
        StoreHarness.purge(store, "dead");
        harness.clock.setWall(right + 5);
        if (restarts) {
            store.close();
            store = harness.open(disk);
        }
        StoreHarness.put(store, "after", "1");
        StoreHarness.put(store, "dead", "2");
        assertEquals(right + 5, version(store, "after").timestamp());
        assertEquals(right + 5, version(store, "dead").timestamp());
        StoreHarness.put(store, "wrong", "2");
        assertEquals(right + aheadMs + 1, version(store, "wrong").timestamp(),
                "but a write beats what its node had seen");
        assertEquals(1, store.root().tree().ahead(right + 60_005, 10).count());
        stop(store);
        store = harness.open(disk);
        StoreHarness.put(store, "later", "1");
        assertEquals(right + 5, version(store, "later").timestamp(),
                "also when the log is read from its beginning");
        store.close();
    }

    @Test
    void countsWhatItDoes() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        for (int i = 0; i < 40; i++) {
            StoreHarness.put(store, "k" + i, "\"" + "x".repeat(200) + "\"");
        }
        store.submit(new StoreHarness.Batch(store, Map.of("a", Optional.of("1"), "b", Optional.of("2"))));
        assertEquals(1, store.counts().writes().queued());
        assertEquals(100, store.counts().writes().queuedBytes());
        assertEquals(40, store.counts().writes().groups());
        store.step();
        StoreCounts counts = store.counts();
        assertEquals(0, counts.writes().queued() + counts.writes().queuedBytes());
        assertEquals(41, counts.writes().groups());
        assertTrue(counts.writes().records() >= 42, counts.toString());
        assertTrue(counts.log().fsyncs() >= 41, counts.toString());
        assertEquals(disk.list().stream().filter(name -> name.endsWith(".log")).count(),
                counts.log().segments());
        assertTrue(counts.log().segments() > 3 && counts.log().bytes() > 41 * 200, counts.toString());
        assertTrue(counts.checkpoints().grownBytes() > 41 * 200, counts.toString());
        Maintenance checkpoints = (Maintenance) store.maintenance();
        checkpoints.requestCheckpoint();
        store.step();
        checkpoints.step();
        assertEquals(1, store.counts().checkpoints().written());
        assertEquals(0, store.counts().checkpoints().grownBytes());
        long bytes = store.counts().log().bytes();
        store.close();
        Store again = harness.open(disk);
        assertEquals(bytes, again.counts().log().bytes());
        stop(again);
    }

    @Test
    void neverGivesANumberTwiceAlsoWhenTheClockGoesBack() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        long boot = SequenceNumbers.bootOf(version(store, "a").dot().seq());
        store.close();
        harness.clock.setWall(1_000);
        Store again = harness.open(disk);
        StoreHarness.put(again, "a", "2");
        assertEquals(boot + 1, SequenceNumbers.bootOf(version(again, "a").dot().seq()));
        assertTrue(version(again, "a").timestamp() > 1_000_000);
        stop(again);
    }

    @Test
    void undoesARefusedWriteAndNoOther() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.Batch good = new StoreHarness.Batch(store, Map.of("a", Optional.of("1")));
        StoreHarness.Batch bad = new StoreHarness.Batch(store, Map.of("b", Optional.of("2"))) {
            @Override
            public void decide(Transaction transaction) {
                super.decide(transaction);
                throw new Refusal(Reason.CONDITION_FAILED, "no");
            }
        };
        StoreHarness.Batch buggy = new StoreHarness.Batch(store, Map.of("c", Optional.of("3"))) {
            @Override
            public void decide(Transaction transaction) {
                super.decide(transaction);
                throw new IllegalStateException("planted");
            }
        };
        StoreHarness.Batch last = new StoreHarness.Batch(store, Map.of("d", Optional.of("4")));
        List.of(good, bad, buggy, last).forEach(store::submit);
        assertTrue(store.step());
        assertTrue(good.written && last.written);
        assertEquals(Reason.CONDITION_FAILED, bad.refused.orElseThrow().reason());
        assertEquals(Reason.INTERNAL, buggy.refused.orElseThrow().reason());
        assertEquals(Map.of("a", "1", "d", "4"), StoreHarness.contents(store));
        stop(store);
    }

    @Test
    void answersEverybodyWhenItsWriterBreaks() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.Batch first = new StoreHarness.Batch(store, Map.of("a", Optional.of("1")));
        StoreHarness.Batch breaking = new StoreHarness.Batch(store, Map.of()) {
            @Override
            public void decide(Transaction transaction) {
                throw new AssertionError("planted");
            }
        };
        StoreHarness.Batch last = new StoreHarness.Batch(store, Map.of("b", Optional.of("2")));
        List.of(first, breaking, last).forEach(store::submit);
        assertThrows(AssertionError.class, store::step);
        for (StoreHarness.Batch batch : List.of(first, breaking, last, StoreHarness.put(store, "c", "3"))) {
            assertEquals(Reason.STORE_FAILED, batch.refused.orElseThrow().reason());
        }
        store.close();
        assertEquals(Map.of(), StoreHarness.contents(harness.open(disk)));
    }

    @Test
    void keepsTheOwnerOfAKey() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        UUID ann = new UUID(1, 2);
        UUID bob = new UUID(3, 4);
        for (UUID author : List.of(ann, bob)) {
            store.submit(new StoreHarness.Batch(store, Map.of("a", Optional.of("1"))) {
                @Override
                public void decide(Transaction transaction) {
                    transaction.put(new UnstampedVersion(Key.of("a"),
                            Optional.of(EncodedDocument.plain(new byte[] {'1'})), Version.FOREVER, author));
                }
            });
            store.step();
        }
        assertEquals(ann, version(store, "a").owner());
        assertEquals(bob, version(store, "a").author());
        store.close();
        Store again = harness.open(disk);
        assertEquals(ann, again.owner(again.root().find(Key.of("a")).orElseThrow()));
        stop(again);
    }

    @Test
    void deletesByATombstoneAndPurgesForGood() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        StoreHarness.put(store, "b", "1");
        StoreHarness.delete(store, "a");
        Entry dead = store.root().find(Key.of("a")).orElseThrow();
        assertTrue(dead.deleted() && dead.deadAt(0));
        Version tombstone = store.read(dead);
        store.submit(new StoreHarness.Batch(store, Map.of()) {
            @Override
            public void decide(Transaction transaction) {
                transaction.purge(tombstone);
            }
        });
        store.step();
        assertTrue(store.root().find(Key.of("a")).isEmpty());
        assertEquals(1, store.root().tree().summary().count());
        harness.clock.setWall(tombstone.timestamp() - 10_000);
        StoreHarness.put(store, "c", "1");
        assertTrue(version(store, "c").timestamp() >= tombstone.timestamp(),
                "the node clock never falls below what was purged");
        stop(store);
    }

    @Test
    void packsLargeDocumentsAndGivesThemBackByteForByte() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        for (int size : List.of(0, 511, 512, 513, 5_000, 200_000)) {
            String text = "\"" + "ab ".repeat(size / 3) + "\"";
            StoreHarness.put(store, "s" + size, text);
            Entry entry = store.root().find(Key.of("s" + size)).orElseThrow();
            assertEquals(text.length(), entry.dataBytes());
            assertEquals(size > 511, entry.recordBytes() < text.length() / 2 + 200 && size > 511);
            assertEquals(text, StoreHarness.contents(store).get("s" + size));
        }
        stop(store);
    }

    @Test
    void refusesASecondProcess() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        assertTrue(assertThrows(UnusableDirectoryException.class, () -> harness.open(disk)).getMessage()
                .contains("another process"));
        store.close();
        harness.open(disk).close();
    }

    @Test
    void refusesSegmentsThatNoManifestNames() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        store.close();
        SimDisk without = disk.copy();
        without.lose(Manifest.NAME);
        assertTrue(assertThrows(UnusableDirectoryException.class, () -> harness.open(without)).getMessage()
                .contains("MANIFEST"));
        SimDisk strange = disk.copy();
        strange.put("00000099.log", disk.bytes("00000001.log"));
        assertTrue(assertThrows(UnusableDirectoryException.class, () -> harness.open(strange)).getMessage()
                .contains("00000099.log"));
    }

    @Test
    void removesWhatAnInterruptedStepLeft() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.put(store, "a", "1");
        store.close();
        disk.put("MANIFEST.tmp", new byte[10]);
        disk.put("00000007.checkpoint.tmp", new byte[10]);
        disk.put("00000055.log", new byte[2_000]);
        disk.put("admin.token", new byte[3]);
        Store again = harness.open(disk);
        assertEquals(List.of("00000001.checkpoint", "00000001.log", "MANIFEST", "admin.token"), disk.list());
        again.close();
    }

    /** A process that stood still must not do later what its clients have given up. */
    @Test
    void refusesAWriteThatWaitedTooLongForTheWriter() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.Batch prompt = new StoreHarness.Batch(store, Map.of("a", Optional.of("1")));
        StoreHarness.Batch late = new StoreHarness.Batch(store, Map.of("b", Optional.of("1")));
        store.submit(new DeadlineWrite(late, harness.clock));
        harness.clock.advance(1);
        store.submit(new DeadlineWrite(prompt, harness.clock));
        harness.clock.advance(DeadlineWrite.WAIT_MS_MAX);
        store.step();
        assertTrue(prompt.written);
        assertEquals(Reason.BUSY, late.refused.orElseThrow().reason());
        assertEquals(Map.of("a", "1"), StoreHarness.contents(store));
        stop(store);
    }

    @Test
    void refusesWritesWhileAndAfterStopping() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        StoreHarness.Batch queued = new StoreHarness.Batch(store, Map.of("a", Optional.of("1")));
        store.submit(queued);
        store.close();
        assertTrue(queued.written, "what was queued is finished");
        assertEquals(Reason.BUSY, StoreHarness.put(store, "b", "2").refused.orElseThrow().reason());
    }

    @Test
    void writesACheckpointByItselfWhenTheLogHasGrown() throws IOException, UnusableDirectoryException {
        Store store = harness.open(disk);
        for (int i = 0; i < 60; i++) {
            StoreHarness.put(store, "k" + i % 4, "\"" + "x".repeat(200) + "\"");
            store.maintenance().step();
        }
        assertTrue(disk.list().stream().anyMatch(name -> name.endsWith(".checkpoint")));
        assertTrue(disk.list().stream().filter(name -> name.endsWith(".checkpoint")).count() < 3);
        stop(store);
    }

    @Test
    void takesWritesOfManyThreads() throws Exception {
        Threads threads = new Threads(Logger.none());
        Store store = harness.open(disk, new StorageSettings(1 << 20, 1 << 16, true, 3, false));
        store.start(threads);
        AtomicInteger count = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(8 * 500);
        List<Thread> callers = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int caller = t;
            callers.add(threads.thread("caller-" + t, false, () -> {
                for (int i = 0; i < 500; i++) {
                    store.submit(new StoreHarness.Batch(store,
                            Map.of("t" + caller + "/" + i, Optional.of("" + i))) {
                        @Override
                        public void written() {
                            count.incrementAndGet();
                            done.countDown();
                        }
                    });
                }
            }));
        }
        callers.forEach(Thread::start);
        done.await();
        assertEquals(4_000, count.get());
        assertEquals(4_000, StoreHarness.contents(store).size());
        stop(store);
        assertFalse(disk.list().isEmpty());
    }
}
