package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import kvs.log.ReplicatedVersion;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import kvs.world.Logger;
import kvs.world.Task;

/** Opens stores on simulated disks and looks at what is in them. */
public final class StoreHarness {

    public static final StorageSettings SMALL = new StorageSettings(3_000, 700, true, 3, false)
            .keeping(new StorageSettings.SpaceSettings(2, 50, 0));

    public final SimClock clock = new SimClock();
    public final SimDice dice;

    public StoreHarness(long seed) {
        dice = new SimDice(seed);
    }

    public SimDisk disk() {
        return new SimDisk(dice);
    }

    public Store open(SimDisk disk) throws IOException, UnusableDirectoryException {
        return open(disk, SMALL);
    }

    public Store open(SimDisk disk, StorageSettings settings) throws IOException, UnusableDirectoryException {
        return Store.open(new StorageEnvironment(disk, clock, dice, Logger.none()), settings);
    }

    /** What readers see, tombstones left out: path to document. */
    public static Map<String, String> contents(Store store) {
        Map<String, String> contents = new TreeMap<>();
        TreeCursor scan = store.root().tree().scan(KeyRange.all());
        while (scan.next()) {
            Entry entry = scan.entry();
            Key key = Key.ofBytes(entry.key());
            Version version = store.read(store.root().find(key).orElseThrow());
            assertEquals(entry.deleted(), version.deleted());
            if (!version.deleted()) {
                contents.put(key.text(), new String(version.data(), StandardCharsets.UTF_8));
            }
        }
        store.root().tree().check();
        return contents;
    }

    /** A write of some keys that remembers what became of it. */
    public static class Batch implements Write {

        final Map<String, Optional<String>> changes;
        final List<WriteReceipt> receipts = new ArrayList<>();
        Optional<Refusal> refused = Optional.empty();
        public boolean written;
        private final Store store;

        Batch(Store store, Map<String, Optional<String>> changes) {
            this.store = store;
            this.changes = changes;
        }

        @Override
        public void decide(Transaction transaction) {
            changes.forEach((path, text) -> receipts.add(transaction.put(new UnstampedVersion(Key.of(path),
                    text.map(t -> store.codec().pack(t.getBytes(StandardCharsets.UTF_8))), Version.FOREVER,
                    Version.NOBODY))));
        }

        @Override
        public void written() {
            written = true;
        }

        @Override
        public void refused(Refusal refusal) {
            refused = Optional.of(refusal);
        }

        @Override
        public int bytes() {
            return 100;
        }

        /** What {@code before} becomes by this write. */
        void apply(Map<String, String> before) {
            changes.forEach((path, text) -> {
                if (text.isPresent()) {
                    before.put(path, text.get());
                } else {
                    before.remove(path);
                }
            });
        }
    }

    /** Does one write on this thread, as one that has collected writes does. */
    static Batch commit(Store store, Map<String, Optional<String>> changes) {
        Batch batch = new Batch(store, changes);
        if (!store.commit(List.of(batch), state -> true)) {
            store.submit(batch);
            store.step();
        }
        return batch;
    }

    /** Submits one write and does it. */
    public static Batch write(Store store, Map<String, Optional<String>> changes) {
        Batch batch = new Batch(store, changes);
        store.submit(batch);
        store.step();
        return batch;
    }

    public static Batch put(Store store, String path, String text) {
        return write(store, Map.of(path, Optional.of(text)));
    }

    public static Batch delete(Store store, String path) {
        return write(store, Map.of(path, Optional.empty()));
    }

    /** Lets a second pass in which nothing is written, with the duty that looks for it. */
    static void rest(StoreHarness harness, Store store) {
        Task rest = store.tasks().get("rest");
        for (long passed = 0; passed < 1_000; ) {
            long wait = rest.step();
            store.step();
            harness.clock.advance(wait);
            passed += wait;
        }
    }

    /** Has a store take what another one has of a key. */
    public static void take(Store store, Store from, String key) throws IOException {
        Optional<Entry> entry = from.root().find(Key.of(key));
        if (entry.isPresent()) {
            ReplicatedVersion arrival = ReplicatedVersion.decode(from.held(entry.get()).orElseThrow().frame(),
                    store.codec(), new VersionIdHasher()).orElseThrow();
            act(store, tx -> tx.merge(arrival, false));
        }
    }

    /** Forgets a key if it is dead; whether it was. */
    public static boolean purge(Store store, String key) {
        Optional<Entry> entry = store.root().find(Key.of(key)).filter(Entry::deleted);
        if (entry.isPresent()) {
            Version dead = store.read(entry.get());
            act(store, tx -> tx.purge(dead));
        }
        return entry.isPresent();
    }

    /** Has the writer do something at once, which must not be refused. */
    public static void act(Store store, Consumer<Transaction> what) {
        store.submit(new Write() {
            @Override
            public void decide(Transaction transaction) {
                what.accept(transaction);
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal.detail());
            }
        });
        store.step();
    }
}
