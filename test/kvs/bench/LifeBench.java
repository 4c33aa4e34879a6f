package kvs.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import kvs.log.SpaceUsage;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.UnstampedVersion;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.ThreadedScheduler;
import kvs.world.Threads;

/** The behaviour of a store over time: overwriting and compaction, with few keys and with many. */
final class LifeBench {

    private static final int DOCUMENT_BYTES = 1_000;
    private static final int OVERWRITTEN = 1_000;
    private static final int BATCH = 100;
    private static final int IN_FLIGHT = 8;
    private static final double MB = 1 << 20;

    private final BenchReport report;
    private final Path directory;
    private final int keys;
    private final Threads threads = new Threads(Logger.none());

    LifeBench(BenchReport report, Path directory, int keys) {
        this.report = report;
        this.directory = directory;
        this.keys = keys;
    }

    private Store open(Path where) throws IOException, UnusableDirectoryException {
        return open(where, StorageSettings.DEFAULT);
    }

    private Store open(Path where, StorageSettings settings) throws IOException, UnusableDirectoryException {
        Store store = Store.open(new StorageEnvironment(FileDisk.open(where), Clock.REAL, Dice.real(),
                BenchReport.log()), settings);
        store.start(threads);
        return store;
    }

    /** As many overwrites as {@link #sizes} has keys, of a thousand keys of 1 KB that does not deflate. */
    void overwrites() throws IOException, UnusableDirectoryException {
        Path where = directory.resolve("life");
        Store store = open(where);
        ThreadedScheduler scheduler = new ThreadedScheduler(threads, BenchReport.log(), 1);
        scheduler.start("upkeep", store.maintenance(), 0);
        put(store, OVERWRITTEN, 0);
        report.line("reads while nothing else happens, ns: " + reads(store, 3_000));
        AtomicBoolean loading = new AtomicBoolean(true);
        Thread reader = threads.thread("reader", true, () -> {
            List<String> seen = new ArrayList<>();
            while (loading.get()) {
                seen.add(reads(store, 2_000));
            }
            report.line("reads while it is overwritten and compacted, ns: " + seen);
        });
        reader.start();
        long start = System.nanoTime();
        for (int round = 1; round <= keys / OVERWRITTEN; round++) {
            put(store, OVERWRITTEN, round);
        }
        report.rate("overwrites of 1 KB, batches of " + BATCH, keys, start);
        SpaceUsage busy = store.counts().usage();
        report.line(String.format(Locale.ROOT, "compactions during the load %d, log %.0f MB, in use %.0f MB",
                busy.compactions(), busy.bytes() / MB, busy.liveBytes() / MB));
        for (int second = 1; second <= 10; second++) {
            sleep(1_000);
            SpaceUsage usage = store.counts().usage();
            if (second == 1 || second == 10) {
                report.line(String.format(Locale.ROOT,
                        "%d s after the load: directory %.1f MB, in use %.1f MB, compactions %d", second,
                        bytes(where) / MB, usage.liveBytes() / MB, usage.compactions()));
            }
        }
        loading.set(false);
        Threads.join(reader);
        scheduler.close();
        store.close();
        report.line(String.format(Locale.ROOT, "after the stop: directory %.1f MB", bytes(where) / MB));
    }

    /** Load, restart, compaction, listing, heap and disk. */
    void sizes() throws IOException, UnusableDirectoryException {
        Path where = directory.resolve("sizes");
        Store store = open(where);
        long start = System.nanoTime();
        small(store, 0, keys, 0);
        report.rate(keys + " keys of 100 bytes, batches of 1,000", keys, start);
        report.figure("heap", heap() / MB, "MB");
        report.figure("disk", bytes(where) / MB, "MB");
        start = System.nanoTime();
        store.close();
        report.figure("stop with a checkpoint", (System.nanoTime() - start) / 1e6, "ms");
        start = System.nanoTime();
        Store again = open(where,
                StorageSettings.DEFAULT.keeping(new StorageSettings.SpaceSettings(0, 50, 0)));
        report.figure("restart from a checkpoint", (System.nanoTime() - start) / 1e6, "ms");
        start = System.nanoTime();
        TreeCursor scan = again.root().tree().scan(KeyRange.all());
        long bytes = 0;
        for (int i = 0; i < 100_000 && scan.next(); i++) {
            bytes += again.read(scan.entry()).data().length;
        }
        report.rate("listing with documents" + (bytes == 0 ? " of nothing" : ""),
                Math.min(keys, 100_000), start);
        start = System.nanoTime();
        small(again, 0, keys / 4, 1);
        report.rate("a quarter written again, without a history", keys / 4, start);
        compact(again);
        report.figure("disk after compaction", bytes(where) / MB, "MB");
        again.close();
        for (Path file : files(where)) {
            if (file.toString().endsWith(".checkpoint")) {
                Files.delete(file);
            }
        }
        start = System.nanoTime();
        Store replayed = open(where);
        report.figure("restart by reading the whole log", (System.nanoTime() - start) / 1e6, "ms");
        report.figure("heap after that", heap() / MB, "MB");
        replayed.close();
    }

    private void compact(Store store) {
        ThreadedScheduler scheduler = new ThreadedScheduler(threads, BenchReport.log(), 1);
        long start = System.nanoTime();
        store.compact();
        scheduler.start("upkeep", store.maintenance(), 0);
        sleep(500);
        while (store.counts().usage().busy()) {
            sleep(50);
        }
        report.figure("compaction of everything, " + store.counts().usage().compactions() + " times",
                (System.nanoTime() - start) / 1e6, "ms");
        sleep(2_500);
        scheduler.close();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static List<Path> files(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.toList();
        }
    }

    private static long bytes(Path where) throws IOException {
        long bytes = 0;
        for (Path file : files(where)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private static void sleep(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads for {@code ms}; the median and the 99th percentile of the latency. */
    private static String reads(Store store, long ms) {
        SplittableRandom random = new SplittableRandom(1);
        long[] nanos = new long[1 << 20];
        int count = 0;
        long end = System.nanoTime() + ms * 1_000_000;
        while (System.nanoTime() < end && count < nanos.length) {
            Key key = StoreBench.key(random.nextInt(OVERWRITTEN));
            long start = System.nanoTime();
            store.read(store.root().find(key).orElseThrow());
            nanos[count++] = System.nanoTime() - start;
            if (count % 100 == 0) {
                sleep(1);
            }
        }
        Arrays.sort(nanos, 0, count);
        return "p50 " + nanos[count / 2] + " p99 " + nanos[count * 99 / 100];
    }

    private void put(Store store, int count, int round) {
        SplittableRandom random = new SplittableRandom(round);
        Semaphore room = new Semaphore(IN_FLIGHT);
        for (int from = 0; from < count; from += BATCH) {
            List<UnstampedVersion> unstamped = new ArrayList<>();
            for (int i = from; i < from + BATCH; i++) {
                byte[] text = new byte[DOCUMENT_BYTES];
                for (int c = 1; c < text.length - 1; c++) {
                    text[c] = (byte) random.nextInt('#', '[');
                }
                text[0] = '"';
                text[text.length - 1] = '"';
                unstamped.add(new UnstampedVersion(StoreBench.key(i), Optional.of(store.codec().pack(text)),
                        Version.FOREVER, Version.NOBODY));
            }
            StoreBench.submit(store, unstamped, room);
        }
        room.acquireUninterruptibly(IN_FLIGHT);
    }

    private void small(Store store, int first, int end, int round) {
        Semaphore room = new Semaphore(IN_FLIGHT);
        for (int from = first; from < end; from += 10 * BATCH) {
            List<UnstampedVersion> unstamped = new ArrayList<>();
            for (int i = from; i < Math.min(end, from + 10 * BATCH); i++) {
                byte[] text = String.format("{\"id\":%020d,\"name\":\"%-40s\",\"n\":%08d}", i,
                        "John Doe", round).getBytes(StandardCharsets.US_ASCII);
                unstamped.add(new UnstampedVersion(StoreBench.key(i), Optional.of(store.codec().pack(text)),
                        Version.FOREVER, Version.NOBODY));
            }
            StoreBench.submit(store, unstamped, room);
        }
        room.acquireUninterruptibly(IN_FLIGHT);
    }
}
