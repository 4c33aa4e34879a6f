package kvs.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import kvs.auth.Bits;
import kvs.auth.Caller;
import kvs.auth.Ownership;
import kvs.auth.Permissions;
import kvs.data.Documents;
import kvs.data.Modes;
import kvs.model.Mode;
import kvs.store.Doors;
import kvs.store.Store;
import kvs.store.StoreException;
import kvs.store.StoreSettings;
import kvs.transfer.Bookmark;
import kvs.transfer.Export;
import kvs.transfer.FileInput;
import kvs.transfer.FileOutput;
import kvs.transfer.Import;
import kvs.transfer.Renames;
import kvs.transfer.RunningNode;
import kvs.transfer.Site;
import kvs.transfer.StoppedNode;
import kvs.transfer.Wire;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.FileDisk;
import kvs.world.HttpNetwork;
import kvs.world.Log;
import kvs.world.Threads;

/** Documents of 100 bytes out of a file and back, into a stopped directory and a node that runs. */
final class TransferBench {

    private static final String FILE = "documents";
    private static final int PERIOD_MS = 1_000;

    private final Report report;
    private final Path directory;
    private final int keys;
    private final Threads threads = new Threads(Log.none());

    TransferBench(Report report, Path directory, int keys) {
        this.report = report;
        this.directory = directory;
        this.keys = keys;
    }

    void run() throws IOException, StoreException {
        FileDisk disk = FileDisk.open(directory.resolve("transfer"));
        try (FileOutput out = new FileOutput(disk, FILE)) {
            for (int i = 0; i < keys; i++) {
                out.write(line(i));
            }
            out.complete();
        }
        try (Site stopped = stopped()) {
            take(disk, stopped, "import into a stopped directory");
            // Again: every key is there already.
            take(disk, stopped, "the same import again");
        }
        try (Site stopped = stopped()) {
            export(disk, stopped, "export of a stopped directory");
        }
        try (BenchNode node = new BenchNode(directory.resolve("running"), Map.of("KVS_AUTH_ENABLED", "false"));
                Site running = running(node)) {
            take(disk, running, "import into a running node");
            export(disk, running, "export of a running node");
        }
    }

    /** 30 bytes of path, 100 of document. */
    private static byte[] line(int n) {
        return String.format("{\"path\":\"users/%016x/profile\",\"data\":{\"id\":%d,\"name\":\"%-40s\",\"active\":true,\"n\":%08d}}\n", n,
                1_000_000_000L + n, "John Doe", n % 1_000 + 10_000_000).getBytes(StandardCharsets.US_ASCII);
    }

    private Site stopped() throws IOException, StoreException {
        Store store = Store.open(new Doors(FileDisk.open(directory.resolve("stopped")), Clock.REAL, Dice.real(), Log.stderr(Log.Level.WARN)),
                StoreSettings.DEFAULT);
        store.start(threads);
        Documents documents = new Documents(store, Clock.REAL, new Modes(Mode.NORMAL), new Documents.Settings(1 << 20, 0));
        Ownership ownership = Ownership.of(store, Clock.REAL, Dice.real(), new Permissions.Settings(new Bits(0), false, false));
        return new StoppedNode(store, documents, ownership, Caller.OPERATOR_ID, store::close);
    }

    private Site running(BenchNode node) {
        Wire wire = new Wire(new HttpNetwork(PERIOD_MS, Optional.empty()), new Wire.Place("127.0.0.1:" + node.port, Optional.empty()), Clock.REAL,
                threads::pause);
        return new RunningNode(wire, work -> threads.thread("transfer", true, work).start());
    }

    private static kvs.transfer.Report silent() {
        return new kvs.transfer.Report(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8), false, Clock.REAL);
    }

    private void take(Disk disk, Site site, String name) throws IOException {
        long start = System.nanoTime();
        kvs.transfer.Report seen = silent();
        new Import(site, new Import.Plan(false, Renames.NONE), seen).run(() -> new FileInput(disk.open(FILE, Disk.Mode.READ)),
                Optional.of(new Bookmark(disk, FILE, Clock.REAL)));
        report.rate(name, seen.documents(), start);
    }

    private void export(Disk disk, Site site, String name) throws IOException {
        long start = System.nanoTime();
        kvs.transfer.Report seen = silent();
        try (FileOutput out = new FileOutput(disk, "exported")) {
            new Export(site, new Export.Query("", false), seen).run(out);
            out.complete();
        }
        report.rate(name, seen.documents(), start);
    }
}
