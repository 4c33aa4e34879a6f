package kvs.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import kvs.log.EncodedDocument;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.Threads;

/** The costs of the store on a real disk. */
final class StoreBench {

    private static final int IN_FLIGHT = 32;
    private static final int LOAD_BATCH = 1_000;
    /** Writes made ahead, so that the store is measured and not the making of documents. */
    private static final int MADE = 50_000;

    private final BenchReport report;
    private final Path directory;
    private final int keys;
    private final Threads threads = new Threads(Logger.none());

    StoreBench(BenchReport report, Path directory, int keys) {
        this.report = report;
        this.directory = directory;
        this.keys = keys;
    }

    void run() throws IOException, UnusableDirectoryException {
        Store store = open("ordered");
        load(store, "batch load in key order", false);
        gets(store, "store get of 100 bytes", keys / 2);
        puts(store);
        blocking(store);
        inflated(store);
        store.close();
        long start = System.nanoTime();
        Store again = open("ordered");
        report.figure("restart from a checkpoint of " + again.root().tree().summary().count() + " keys",
                (System.nanoTime() - start) / 1e6, "ms");
        again.close();
        Store random = open("random");
        load(random, "batch load in random order", true);
        random.close();
        FileDisk disk = FileDisk.open(directory.resolve("random"));
        for (String name : disk.list()) {
            if (name.endsWith(".checkpoint")) {
                disk.delete(name);
            }
        }
        start = System.nanoTime();
        open("random").close();
        report.figure("restart by replay of the whole log, and stop",
                (System.nanoTime() - start) / 1e6, "ms");
        for (int round = 0; round < 3; round++) {
            long warm = System.nanoTime();
            open("ordered").close();
            report.figure("restart and stop, warm", (System.nanoTime() - warm) / 1e6, "ms");
        }
    }

    private Store open(String name) throws IOException, UnusableDirectoryException {
        Store store = Store.open(new StorageEnvironment(FileDisk.open(directory.resolve(name)), Clock.REAL,
                Dice.real(), BenchReport.log()), StorageSettings.DEFAULT);
        store.start(threads);
        return store;
    }

    static Key key(long n) {
        return Key.ofBytes(String.format("users/%016x/profile", n).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] value(long n) {
        return String.format("{\"id\":%020d,\"name\":\"%-40s\",\"active\":true,\"n\":%08d}", n,
                "John Doe", n % 1_000).getBytes(StandardCharsets.US_ASCII);
    }

    private void load(Store store, String name, boolean random) {
        Semaphore room = new Semaphore(16);
        long start = System.nanoTime();
        for (int from = 0; from < keys; from += LOAD_BATCH) {
            List<UnstampedVersion> unstamped = new ArrayList<>();
            for (int i = from; i < from + LOAD_BATCH; i++) {
                unstamped.add(draft(store, random ? i * 0x9E3779B97F4A7C15L : i));
            }
            submit(store, unstamped, room);
        }
        room.acquireUninterruptibly(16);
        report.rate(name, keys, start);
    }

    private static UnstampedVersion draft(Store store, long n) {
        return new UnstampedVersion(key(n), Optional.of(store.codec().pack(value(n))), Version.FOREVER,
                Version.NOBODY);
    }

    static void submit(Store store, List<UnstampedVersion> unstamped, Semaphore room) {
        room.acquireUninterruptibly();
        store.submit(new Write() {
            @Override
            public void decide(Transaction transaction) {
                unstamped.forEach(transaction::put);
            }

            @Override
            public void written() {
                room.release();
            }

            @Override
            public void refused(Refusal refusal) {
                throw refusal;
            }

            @Override
            public int bytes() {
                return 200;
            }
        });
    }

    private void gets(Store store, String name, int count) {
        SplittableRandom random = new SplittableRandom(2);
        for (int round = 0; round < 2; round++) {
            long bytes = 0;
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                bytes += store.read(store.root().find(key(random.nextInt(keys))).orElseThrow()).data().length;
            }
            report.rate(name + (bytes > 0 ? "" : " of nothing"), count, start);
        }
    }

    private void puts(Store store) {
        SplittableRandom random = new SplittableRandom(3);
        int count = keys / 4;
        List<List<UnstampedVersion>> made = new ArrayList<>();
        for (int i = 0; i < MADE; i++) {
            made.add(List.of(draft(store, random.nextInt(keys))));
        }
        for (int round = 0; round < 3; round++) {
            Semaphore room = new Semaphore(IN_FLIGHT);
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                submit(store, made.get(random.nextInt(MADE)), room);
            }
            room.acquireUninterruptibly(IN_FLIGHT);
            report.rate("durable put, 32 in flight by call-back", count, start);
        }
    }

    private void blocking(Store store) {
        int each = keys / 200;
        long start = System.nanoTime();
        CountDownLatch done = new CountDownLatch(IN_FLIGHT);
        for (int t = 0; t < IN_FLIGHT; t++) {
            SplittableRandom random = new SplittableRandom(t);
            threads.thread("put-" + t, true, () -> {
                for (int i = 0; i < each; i++) {
                    Semaphore room = new Semaphore(1);
                    submit(store, List.of(draft(store, random.nextInt(keys))), room);
                    room.acquireUninterruptibly();
                }
                done.countDown();
            }).start();
        }
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        report.rate("durable put, 32 blocking threads", (long) each * IN_FLIGHT, start);
    }

    private void inflated(Store store) {
        byte[] text = ("{\"text\":\"" + "the quick brown fox ".repeat(60) + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
        EncodedDocument document = store.codec().pack(text);
        List<UnstampedVersion> unstamped = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            unstamped.add(new UnstampedVersion(key(-i - 1L), Optional.of(document), Version.FOREVER,
                    Version.NOBODY));
        }
        Semaphore room = new Semaphore(1);
        submit(store, unstamped, room);
        room.acquireUninterruptibly();
        for (int round = 0; round < 2; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 200_000; i++) {
                store.read(store.root().find(key(-(i % 1_000) - 1L)).orElseThrow());
            }
            report.rate("store get of 1.2 KB inflated", 200_000, start);
        }
    }
}
