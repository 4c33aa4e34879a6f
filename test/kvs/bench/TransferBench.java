package kvs.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import kvs.auth.MetadataAdmin;
import kvs.auth.PermissionBits;
import kvs.auth.Principal;
import kvs.auth.RightsResolver;
import kvs.client.FakeNodes;
import kvs.command.InMemoryInvocation;
import kvs.command.MisuseException;
import kvs.documents.Documents;
import kvs.documents.ModeSwitch;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.NodeMode;
import kvs.store.Store;
import kvs.transfer.AtomicFileOutput;
import kvs.transfer.DiskFileInput;
import kvs.transfer.Export;
import kvs.transfer.ExportFormat;
import kvs.transfer.FileFormat;
import kvs.transfer.Import;
import kvs.transfer.ImportProgress;
import kvs.transfer.NodeEndpoint;
import kvs.transfer.OfflineEndpoint;
import kvs.transfer.PathRenames;
import kvs.transfer.RemoteEndpoint;
import kvs.transfer.TransferReporter;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.Threads;

/** Documents of 100 bytes out of a file and back, into a stopped directory and a node that runs. */
final class TransferBench {

    private static final String FILE = "documents";

    private final BenchReport report;
    private final Path directory;
    private final int keys;
    private final Threads threads = new Threads(Logger.none());

    TransferBench(BenchReport report, Path directory, int keys) {
        this.report = report;
        this.directory = directory;
        this.keys = keys;
    }

    void run() throws IOException, UnusableDirectoryException {
        FileDisk disk = FileDisk.open(directory.resolve("transfer"));
        try (AtomicFileOutput out = new AtomicFileOutput(disk, FILE)) {
            for (int i = 0; i < keys; i++) {
                out.write(line(i));
            }
            out.complete();
        }
        try (NodeEndpoint stopped = stopped()) {
            take(disk, stopped, "import into a stopped directory");
            // Again: every key is there already.
            take(disk, stopped, "the same import again");
        }
        try (NodeEndpoint stopped = stopped()) {
            export(disk, stopped, "export of a stopped directory");
        }
        try (BenchNode node = new BenchNode(directory.resolve("running"),
                Map.of("KVS_AUTH_ENABLED", "false")); NodeEndpoint running = running(node)) {
            take(disk, running, "import into a running node");
            export(disk, running, "export of a running node");
        }
    }

    /** 30 bytes of path, 100 of document. */
    private static byte[] line(int n) {
        return String.format("{\"path\":\"users/%016x/profile\",\"data\":{\"id\":%d,\"name\":\"%-40s\","
                + "\"active\":true,\"n\":%08d}}\n", n, 1_000_000_000L + n, "John Doe", n % 1_000 + 10_000_000)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private NodeEndpoint stopped() throws IOException, UnusableDirectoryException {
        Store store = Store.open(new StorageEnvironment(FileDisk.open(directory.resolve("stopped")),
                Clock.REAL, Dice.real(), BenchReport.log()), StorageSettings.DEFAULT);
        store.start(threads);
        Documents documents = new Documents(store, Clock.REAL, new ModeSwitch(NodeMode.NORMAL),
                new Documents.Settings(1 << 20, 0));
        MetadataAdmin metadataAdmin = MetadataAdmin.of(store, Clock.REAL, Dice.real(),
                new RightsResolver.Settings(new PermissionBits(0), false, false));
        return new OfflineEndpoint(store, documents, metadataAdmin, Principal.OPERATOR_ID, store::close);
    }

    private NodeEndpoint running(BenchNode node) {
        try {
            return new RemoteEndpoint(FakeNodes.realClient("127.0.0.1:" + node.port), Clock.REAL,
                    work -> threads.thread("transfer", true, work).start());
        } catch (MisuseException e) {
            throw new AssertionError(e);
        }
    }

    private static TransferReporter silent() {
        return new TransferReporter(new PrintStream(PrintStream.nullOutputStream(), false,
                StandardCharsets.UTF_8), TransferReporter.TransferProgress.of(
                        InMemoryInvocation.unread(Clock.REAL), true, 0), Clock.REAL);
    }

    private void take(Disk disk, NodeEndpoint site, String name) throws IOException {
        long start = System.nanoTime();
        TransferReporter seen = silent();
        new Import(site, new Import.ImportOptions(FileFormat.NDJSON, false, PathRenames.NONE, false), seen)
                .run(() -> new DiskFileInput(disk.open(FILE, Disk.Mode.READ)),
                        Optional.of(new ImportProgress(disk, FILE, Clock.REAL)));
        report.rate(name, seen.documents(), start);
    }

    private void export(Disk disk, NodeEndpoint site, String name) throws IOException {
        long start = System.nanoTime();
        TransferReporter seen = silent();
        try (AtomicFileOutput out = new AtomicFileOutput(disk, "exported")) {
            new Export(site, new Export.ExportOptions(ExportFormat.NDJSON, "", false), seen).run(out);
            out.complete();
        }
        report.rate(name, seen.documents(), start);
    }
}
