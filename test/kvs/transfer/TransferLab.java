package kvs.transfer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.auth.MetadataAdmin;
import kvs.auth.PermissionBits;
import kvs.auth.Principal;
import kvs.auth.RightsResolver;
import kvs.command.InMemoryInvocation;
import kvs.documents.Documents;
import kvs.documents.ModeSwitch;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.NodeMode;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.world.Disk;
import kvs.world.Logger;
import kvs.world.Threads;

/** Directories of stopped nodes and files in memory, and time that passes only when it is told to. */
final class TransferLab {

    static final int DOCUMENT_MAX = 2_000;
    static final String FILE = "dump.ndjson";
    private static final StorageSettings SMALL = new StorageSettings(20_000, 3_000, true, 3, false);

    final SimClock clock = new SimClock();
    final SimDice dice;
    /** Where the file is. */
    SimDisk files;
    /** The settings of the stores: many small segments. */
    StorageSettings storage = SMALL;
    /** Maximum bytes of a document. */
    int documentMax = DOCUMENT_MAX;
    /** Whether the last directory that was closed had been written to. */
    boolean written;
    /** What was said. */
    final ByteArrayOutputStream said = new ByteArrayOutputStream();

    TransferLab() {
        this(7);
    }

    /** One whose disks keep what they please of what was not forced. */
    TransferLab(long seed) {
        dice = new SimDice(seed);
        files = new SimDisk(dice);
    }

    SimDisk directory() {
        return new SimDisk(dice);
    }

    OfflineEndpoint open(SimDisk disk) throws IOException {
        try {
            Store store = Store.open(new StorageEnvironment(disk, clock, dice, Logger.none()), storage);
            long before = store.head();
            // The store's own thread would look for work only every now and then while it is closed.
            AtomicBoolean open = new AtomicBoolean(true);
            Thread writer = new Threads(Logger.none()).thread("writer", true, () -> {
                while (open.get()) {
                    if (!store.step()) {
                        Thread.yield();
                    }
                }
            });
            writer.start();
            Documents documents = new Documents(store, clock, new ModeSwitch(NodeMode.NORMAL),
                    new Documents.Settings(documentMax, 60_000));
            var permissions = new RightsResolver.Settings(
                    PermissionBits.parse("cdwr,c-wr,c--r").orElseThrow(), false, false);
            return new OfflineEndpoint(store, documents, MetadataAdmin.of(store, clock, dice, permissions),
                    Principal.OPERATOR_ID, () -> {
                open.set(false);
                Threads.join(writer);
                written = store.head() > before;
                store.close();
            });
        } catch (UnusableDirectoryException e) {
            throw new AssertionError(e);
        }
    }

    TransferReporter report() {
        said.reset();
        return new TransferReporter(new PrintStream(said, true, StandardCharsets.UTF_8),
                TransferReporter.TransferProgress.of(InMemoryInvocation.unread(clock), true, 0), clock);
    }

    String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    /** Imports the file as far as it goes. */
    TransferReporter take(DocumentTarget target, Import.ImportOptions plan) throws IOException {
        TransferReporter report = report();
        new Import(target, plan, report).run(() -> new DiskFileInput(files.open(FILE, Disk.Mode.READ)),
                Optional.of(new ImportProgress(files, FILE, clock)));
        return report;
    }

    /** Imports these lines into a directory, which is closed again. */
    TransferReporter take(SimDisk disk, String lines, Import.ImportOptions plan) throws IOException {
        files.put(FILE, lines.getBytes(StandardCharsets.UTF_8));
        try (OfflineEndpoint node = open(disk)) {
            return take(node, plan);
        }
    }

    static Import.ImportOptions plain() {
        return plain(PathRenames.NONE);
    }

    static Import.ImportOptions plain(PathRenames renames) {
        return new Import.ImportOptions(FileFormat.NDJSON, false, renames, false);
    }

    static Import.ImportOptions withMetadata(PathRenames renames) {
        return new Import.ImportOptions(FileFormat.NDJSON, true, renames, false);
    }

    static Import.ImportOptions foreign(FileFormat format) {
        return new Import.ImportOptions(format, false, PathRenames.NONE, false);
    }

    /** Exports a directory. */
    String export(SimDisk disk, String prefix, boolean metadata) throws IOException {
        return export(disk, new Export.ExportOptions(ExportFormat.NDJSON, prefix, metadata));
    }

    /** Exports a directory. */
    String export(SimDisk disk, Export.ExportOptions options) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OfflineEndpoint node = open(disk)) {
            new Export(node, options, report()).run(out);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What is in a directory: path to document. */
    Map<String, String> contents(SimDisk disk) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (OfflineEndpoint node = open(disk)) {
            for (TransferItem item : node.documents("", Optional.empty()).items()) {
                TransferItem.DocumentItem document = (TransferItem.DocumentItem) item;
                contents.put(document.key().text(), new String(document.json(), StandardCharsets.UTF_8));
            }
        }
        return contents;
    }

    /** A target that takes a few items at a time and breaks after some batches; a second passes with each. */
    final class Brittle implements DocumentTarget {

        private final DocumentTarget inner;
        private final int itemsMax;
        private int left;
        final List<List<TransferItem>> batches = new ArrayList<>();

        Brittle(DocumentTarget inner, int itemsMax, int batches) {
            this.inner = inner;
            this.itemsMax = itemsMax;
            this.left = batches;
        }

        @Override
        public Optional<String> id() throws IOException {
            return inner.id();
        }

        @Override
        public int documentBytesMax() {
            return inner.documentBytesMax();
        }

        @Override
        public int itemsMax() {
            return itemsMax;
        }

        @Override
        public int flightsMax() {
            return inner.flightsMax();
        }

        @Override
        public CompletionStage<List<PutOutcome>> put(PutBatch batch) {
            if (left-- <= 0) {
                return CompletableFuture.failedFuture(new IOException("broken"));
            }
            clock.advance(1_000);
            batches.add(batch.items());
            return inner.put(batch);
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }
}
