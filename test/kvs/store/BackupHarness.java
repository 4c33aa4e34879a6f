package kvs.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kvs.model.Version;
import kvs.sim.SimDisk;
import kvs.tree.Entry;
import kvs.tree.Range;
import kvs.tree.Scan;
import kvs.world.Log;

/** Makes backups of stores on simulated disks, restores them, and looks at what came of it. */
final class BackupHarness {

    static final String NAME = "one.backup";

    final Harness harness;
    final SimDisk backups;

    BackupHarness(long seed) {
        harness = new Harness(seed);
        backups = harness.disk();
    }

    /** A whole backup of the present state. */
    Backup.Made backup(Store store) throws IOException {
        return backup(store, backups, NAME);
    }

    static Backup.Made backup(Store store, SimDisk to, String name) throws IOException {
        try (Backup backup = new Backup(store.backupSource(), to, name)) {
            while (!backup.step(500)) {
                assertTrue(backup.bytes() < 1 << 26);
            }
            return backup.made().orElseThrow();
        }
    }

    Doors doors(SimDisk disk) {
        return new Doors(disk, harness.clock, harness.dice, Log.none());
    }

    /** All of it, with small files, remembering everything. */
    static Restore.Wish wish() {
        return until(Version.FOREVER);
    }

    static Restore.Wish until(long untilMs) {
        return new Restore.Wish(untilMs, old -> new Restore.Memory(others(old.notes()), old.own()), view -> List.of(), 3_000, bytes -> { });
    }

    private static Map<String, byte[]> others(Notes notes) {
        Map<String, byte[]> others = new TreeMap<>(notes.all());
        others.keySet().removeIf(name -> name.startsWith("covered/") || name.startsWith("floor"));
        return others;
    }

    Restore.Result restore(SimDisk to, Restore.Wish wish) throws IOException, StoreException {
        return Restore.run(backups, NAME, doors(to), wish);
    }

    /** Ids of the present version of each key and of its past, as text; "!" behind those that lost a conflict. */
    static Map<String, List<String>> chains(Store store) {
        Map<String, List<String>> seen = new TreeMap<>();
        Scan scan = store.root().tree().scan(Range.all());
        while (scan.next()) {
            Entry entry = scan.entry();
            List<String> versions = new ArrayList<>(List.of(store.read(entry).uuid().toString()));
            store.past(entry).forEach(old -> versions.add(old.version().orElseThrow().uuid() + (old.conflict() ? "!" : "")));
            seen.put(new String(entry.key(), StandardCharsets.UTF_8), versions);
        }
        store.root().tree().check();
        return seen;
    }
}
