package kvs.backup;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.model.Version;
import kvs.recovery.StoreNotes;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import kvs.world.Logger;

/** Makes backups of stores on simulated disks, restores them, and looks at what came of it. */
final class BackupHarness {

    static final String NAME = "one.backup";

    final StoreHarness harness;
    final SimDisk backups;

    BackupHarness(long seed) {
        harness = new StoreHarness(seed);
        backups = harness.disk();
    }

    /** A whole backup of the present state. */
    BackupWriter.FinishedBackup backup(Store store) throws IOException {
        return backup(store, backups, NAME);
    }

    static BackupWriter.FinishedBackup backup(Store store, SimDisk to, String name) throws IOException {
        try (BackupWriter backup = new BackupWriter(store.backupSource(), to, name)) {
            while (!backup.step(500)) {
                assertTrue(backup.bytes() < 1 << 26);
            }
            return backup.made().orElseThrow();
        }
    }

    StorageEnvironment doors(SimDisk disk) {
        return new StorageEnvironment(disk, harness.clock, harness.dice, Logger.none());
    }

    /** All of it, with small files, remembering everything. */
    static Restore.RestoreOptions wish() {
        return until(Version.FOREVER);
    }

    static Restore.RestoreOptions until(long untilMs) {
        return new Restore.RestoreOptions(untilMs,
                old -> new Restore.CarriedNotes(others(old.notes()), old.own()), view -> List.of(), 3_000,
                bytes -> { });
    }

    private static Map<String, byte[]> others(StoreNotes notes) {
        Map<String, byte[]> others = new TreeMap<>(notes.all());
        others.keySet().removeIf(name -> name.startsWith("covered/") || name.startsWith("floor"));
        return others;
    }

    Restore.Result restore(SimDisk to, Restore.RestoreOptions options)
            throws IOException, UnusableDirectoryException {
        return Restore.run(backups, NAME, doors(to), options);
    }

    /**
     * Ids of the present version of each key and of its past, as text; "!" behind those that lost a conflict.
     */
    static Map<String, List<String>> chains(Store store) {
        Map<String, List<String>> seen = new TreeMap<>();
        TreeCursor scan = store.root().tree().scan(KeyRange.all());
        while (scan.next()) {
            Entry entry = scan.entry();
            List<String> versions = new ArrayList<>(List.of(store.read(entry).uuid().toString()));
            store.olderVersions(entry).forEach(
                    old -> versions.add(old.version().orElseThrow().uuid() + (old.conflict() ? "!" : "")));
            seen.put(new String(entry.key(), StandardCharsets.UTF_8), versions);
        }
        store.root().tree().check();
        return seen;
    }
}
