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
import kvs.auth.Bits;
import kvs.auth.Caller;
import kvs.auth.Ownership;
import kvs.auth.Permissions;
import kvs.data.Documents;
import kvs.data.Modes;
import kvs.model.Mode;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.Doors;
import kvs.store.Store;
import kvs.store.StoreException;
import kvs.store.StoreSettings;
import kvs.world.Disk;
import kvs.world.Log;
import kvs.world.Threads;

/** Directories of stopped nodes and files in memory, and time that passes only when it is told to. */
final class Lab {

    static final int DOCUMENT_MAX = 2_000;
    static final String FILE = "dump.ndjson";
    private static final StoreSettings SMALL = new StoreSettings(20_000, 3_000, true, 3, false);

    final SimClock clock = new SimClock();
    final SimDice dice;
    /** Where the file is. */
    SimDisk files;
    /** What was said. */
    final ByteArrayOutputStream said = new ByteArrayOutputStream();

    Lab() {
        this(7);
    }

    /** One whose disks keep what they please of what was not forced. */
    Lab(long seed) {
        dice = new SimDice(seed);
        files = new SimDisk(dice);
    }

    SimDisk directory() {
        return new SimDisk(dice);
    }

    StoppedNode open(SimDisk disk) throws IOException {
        try {
            Store store = Store.open(new Doors(disk, clock, dice, Log.none()), SMALL);
            // The store's own thread would look for work only every now and then while it is closed.
            AtomicBoolean open = new AtomicBoolean(true);
            Thread writer = new Threads(Log.none()).thread("writer", true, () -> {
                while (open.get()) {
                    if (!store.step()) {
                        Thread.yield();
                    }
                }
            });
            writer.start();
            Documents documents = new Documents(store, clock, new Modes(Mode.NORMAL), new Documents.Settings(DOCUMENT_MAX, 60_000));
            var permissions = new Permissions.Settings(Bits.parse("cdwr,c-wr,c--r").orElseThrow(), false, false);
            return new StoppedNode(store, documents, Ownership.of(store, clock, dice, permissions), Caller.OPERATOR_ID, () -> {
                open.set(false);
                Threads.join(writer);
                store.close();
            });
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    Report report() {
        said.reset();
        return new Report(new PrintStream(said, true, StandardCharsets.UTF_8), false, clock);
    }

    String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    /** Imports the file as far as it goes. */
    Report take(Target target, Import.Plan plan) throws IOException {
        Report report = report();
        new Import(target, plan, report).run(() -> new FileInput(files.open(FILE, Disk.Mode.READ)),
                Optional.of(new Bookmark(files, FILE, clock)));
        return report;
    }

    /** Imports these lines into a directory, which is closed again. */
    Report take(SimDisk disk, String lines, Import.Plan plan) throws IOException {
        files.put(FILE, lines.getBytes(StandardCharsets.UTF_8));
        try (StoppedNode node = open(disk)) {
            return take(node, plan);
        }
    }

    static Import.Plan plain() {
        return new Import.Plan(false, Renames.NONE);
    }

    /** Exports a directory. */
    String export(SimDisk disk, String prefix, boolean metadata) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (StoppedNode node = open(disk)) {
            new Export(node, new Export.Query(prefix, metadata), report()).run(out);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What is in a directory: path to document. */
    Map<String, String> contents(SimDisk disk) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (StoppedNode node = open(disk)) {
            for (Item item : node.documents("", Optional.empty()).items()) {
                Item.Document document = (Item.Document) item;
                contents.put(document.key().text(), new String(document.json(), StandardCharsets.UTF_8));
            }
        }
        return contents;
    }

    /** A target that takes a few items at a time and breaks after some batches; a second passes with each. */
    final class Brittle implements Target {

        private final Target inner;
        private final int itemsMax;
        private int left;
        final List<List<Item>> batches = new ArrayList<>();

        Brittle(Target inner, int itemsMax, int batches) {
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
        public CompletionStage<List<Optional<String>>> put(List<Item> items) {
            if (left-- <= 0) {
                return CompletableFuture.failedFuture(new IOException("broken"));
            }
            clock.advance(1_000);
            batches.add(items);
            return inner.put(items);
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }
}
