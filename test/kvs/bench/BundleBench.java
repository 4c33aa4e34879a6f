package kvs.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.LongConsumer;
import kvs.bundle.BundleHead;
import kvs.bundle.BundleMaker;
import kvs.bundle.BundleReceiver;
import kvs.bundle.FileResult;
import kvs.bundle.MadeBundle;
import kvs.bundle.Partner;
import kvs.bundle.SiteRecords;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.TransactionWrite;
import kvs.store.UnstampedVersion;
import kvs.transfer.AtomicFileOutput;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.Threads;

/**
 * Bundles between two sites whose directories are open: a full one, and deltas of {@value #CHANGES} changes.
 * Each figure of seconds has that of the processor, of all threads of the process.
 */
final class BundleBench {

    private static final int CHANGES = 100;
    private static final int LOAD_BATCH = 1_000;
    private static final int IN_FLIGHT = 16;
    private static final int ROUNDS = 3;
    private static final LongConsumer SILENT = done -> { };

    private final BenchReport report;
    private final Path directory;
    private final int keys;
    private final Threads threads = new Threads(Logger.none());
    private final FileDisk stick;
    private final Site a = new Site(new UUID(0xa, 0xa));
    private final Site b = new Site(new UUID(0xb, 0xb));

    /** One of the two sites. */
    private static final class Site {
        final UUID id;
        Store store;
        Partner other;

        Site(UUID id) {
            this.id = id;
        }
    }

    /** The act that is measured. */
    @FunctionalInterface
    private interface Act {
        void run() throws IOException;
    }

    BundleBench(BenchReport report, Path directory, int keys) throws IOException {
        this.report = report;
        this.directory = directory;
        this.keys = keys;
        this.stick = FileDisk.open(directory.resolve("stick"));
    }

    void run() throws IOException, UnusableDirectoryException {
        a.store = open("a");
        b.store = open("b");
        byte[] secret = new byte[Partner.SECRET_BYTES];
        secret[0] = 7;
        a.other = new Partner("b", new UUID(1, 1), List.of(secret), b.id,
                List.of(Zone.of(List.of(Zone.ROOT))), true, true, 0);
        b.other = Partner.ofLink("a", a.other.linkText(a.id), 0);
        write(a.store, tx -> SiteRecords.add(tx, a.other, a.id));
        write(b.store, tx -> SiteRecords.add(tx, b.other, b.id));
        load();
        timed("full bundle made", keys, () -> make(a, "full", true));
        timed("full bundle verified", keys, () -> take(b, "full", false));
        timed("full bundle merged", keys, () -> take(b, "full", true));
        timed("first bundle back made", 0, () -> make(b, "back", false));
        timed("first bundle back merged", 0, () -> take(a, "back", true));
        for (int round = 0; round < ROUNDS; round++) {
            change(round);
            String file = "delta" + round;
            timed("delta of " + CHANGES + " made", CHANGES, () -> make(a, file, false));
            timed("delta of " + CHANGES + " verified", CHANGES, () -> take(b, file, false));
            timed("delta of " + CHANGES + " merged", CHANGES, () -> take(b, file, true));
            String receipt = "receipt" + round;
            timed("receipt made", 0, () -> receipt(b, receipt));
            timed("receipt taken", 0, () -> take(a, receipt, true));
        }
        a.store.close();
        b.store.close();
    }

    private Store open(String name) throws IOException, UnusableDirectoryException {
        Store store = Store.open(new StorageEnvironment(FileDisk.open(directory.resolve(name)), Clock.REAL,
                Dice.real(), BenchReport.log()), StorageSettings.DEFAULT);
        store.start(threads);
        return store;
    }

    private static <T> T write(Store store, Function<Transaction, T> decision) {
        TransactionWrite<T> write = new TransactionWrite<>(SiteRecords.BYTES, decision);
        store.submit(write);
        return write.done().join();
    }

    private void load() {
        Semaphore room = new Semaphore(IN_FLIGHT);
        for (int from = 0; from < keys; from += LOAD_BATCH) {
            List<UnstampedVersion> unstamped = new ArrayList<>();
            for (int i = from; i < from + LOAD_BATCH; i++) {
                // Not in the order of the keys: a log that was written for long has none.
                unstamped.add(version(i * 0x9E3779B97F4A7C15L, 0));
            }
            StoreBench.submit(a.store, unstamped, room);
        }
        room.acquireUninterruptibly(IN_FLIGHT);
    }

    private UnstampedVersion version(long n, int round) {
        byte[] text = String.format("{\"id\":%d,\"name\":\"%-40s\",\"active\":true,\"n\":%d}", n, "John Doe",
                10_000_000 + round).getBytes(StandardCharsets.US_ASCII);
        return new UnstampedVersion(StoreBench.key(n), Optional.of(a.store.codec().pack(text)),
                Version.FOREVER, Version.NOBODY);
    }

    private void change(int round) {
        for (int i = 0; i < CHANGES; i++) {
            long n = (long) i * (keys / CHANGES);
            UnstampedVersion next = version(n * 0x9E3779B97F4A7C15L, round + 1);
            write(a.store, tx -> tx.put(next));
        }
    }

    private void make(Site site, String name, boolean full) throws IOException {
        long number = write(site.store, tx -> SiteRecords.takeNumber(tx, site.other));
        BundleHead head = file(site, name, BundleHead.Kind.BUNDLE, full, number);
        write(site.store, tx -> MadeBundle.note(tx, site.other, head));
    }

    private void receipt(Site site, String name) throws IOException {
        file(site, name, BundleHead.Kind.RECEIPT, true, 0);
    }

    private BundleHead file(Site site, String name, BundleHead.Kind kind, boolean full, long number)
            throws IOException {
        try (BundleMaker maker = new BundleMaker(site.store);
                AtomicFileOutput out = new AtomicFileOutput(stick, name)) {
            BundleHead head = maker.head(new BundleMaker.Request(kind, site.other, site.id, number,
                    Clock.REAL.wallMs(), 0), full ? Optional.empty()
                            : Optional.of(new SiteRecords(site.store.root()).statements(site.other)),
                    Dice.real());
            maker.write(head, site.other, out, SILENT);
            out.complete();
            try (DiskFile made = stick.open(name, Disk.Mode.READ)) {
                report.figure(name, made.size(), "bytes");
            }
            return head;
        }
    }

    private void take(Site site, String name, boolean merges) throws IOException {
        BundleReceiver receiver = new BundleReceiver(site.store, Clock.REAL, new BundleReceiver.SiteWrites() {
            @Override
            public Optional<String> obstacle() {
                return Optional.empty();
            }

            @Override
            public void begin(String words) { }

            @Override
            public <T> T run(TransactionWrite<T> write) {
                site.store.submit(write);
                return write.done().join();
            }
        });
        try (DiskFile file = stick.open(name, Disk.Mode.READ)) {
            FileResult result = merges ? receiver.merge(file, SILENT) : receiver.verify(file, SILENT);
            if (!result.verdict().isGood()) {
                throw new IOException(name + ": " + result.sentence());
            }
        }
    }

    private void timed(String what, int count, Act act) throws IOException {
        long cpu = cpuNanos();
        long start = System.nanoTime();
        act.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        report.figure(what, seconds * 1e3, "ms");
        report.figure(what + ", processor", (cpuNanos() - cpu) / 1e6, "ms");
        if (count > CHANGES) {
            report.figure(what, count / seconds, "per second");
        }
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }
}
