package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.backup.BackupWriter;
import kvs.backup.Restore;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Version;
import kvs.recovery.StoreNotes;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.UnstampedVersion;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/**
 * A node whose directory was made of a backup comes back to its cluster as an old copy does, whoever it is
 * then.
 */
class RestoredNodeTest {

    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final String NAME = "b";

    private final SimCluster cluster = new SimCluster(1);
    private final SimDisk backups = new SimDisk(cluster.dice);

    private void three() {
        cluster.windowMs = 2 * HOUR_MS;
        cluster.idleMs = 250;
        cluster.heartbeatMs = 5_000;
        cluster.start(new Start("a", "b", "c"));
        cluster.start(new Start("b", "a", "c"));
        cluster.start(new Start("c", "a", "b"));
        cluster.run(30_000);
    }

    private Node node(String id) {
        return cluster.nodes.get(id);
    }

    private Version write(String id, String path, String json) {
        var done = node(id).write(path, json, 0);
        cluster.run(1_000);
        return done.join();
    }

    private void backup(String id) throws IOException {
        try (BackupWriter backup = new BackupWriter(node(id).store.backupSource(), backups, NAME)) {
            boolean done = false;
            while (!done) {
                done = backup.step(1_000);
            }
        }
    }

    private SimDisk restored(long untilMs, UnstampedVersion... voids)
            throws IOException, UnusableDirectoryException {
        SimDisk target = new SimDisk(cluster.dice);
        Restore.run(backups, NAME, new StorageEnvironment(target, cluster.clock, cluster.dice, Logger.none()),
                new Restore.RestoreOptions(untilMs,
                        old -> CoverageNotes.carried(old, untilMs == Version.FOREVER),
                        view -> List.of(voids), bytes -> { }));
        return target;
    }

    /** What renewal writes down of an old copy, a backup carries to its new life. */
    @Test
    void itRemembersWhatAnOldCopyDoes() throws IOException, UnusableDirectoryException {
        three();
        write("b", "k", "1");
        backup("b");
        StoreNotes before = node("b").store.notes();
        final long head = node("b").store.head();
        Store store = Store.open(new StorageEnvironment(restored(Version.FOREVER), cluster.clock,
                cluster.dice, Logger.none()), StorageSettings.DEFAULT);
        StoreNotes notes = store.notes();
        assertEquals(head, notes.number("copied").orElseThrow());
        assertTrue(notes.find("sure").isPresent() && notes.find("node").isEmpty()
                && notes.number("whole").orElseThrow() == 0);
        assertEquals(2, notes.all().keySet().stream()
                .filter(name -> name.startsWith("peer/") && before.find(name).isPresent()).count());
        store.close();
    }

    @Test
    void itFetchesWhatItLacksAndBringsNothingBack() throws IOException, UnusableDirectoryException {
        three();
        write("b", "kept", "1");
        write("b", "changed", "1");
        write("b", "deleted", "1");
        backup("b");
        UUID old = node("b").store.origin();
        write("b", "changed", "2");
        write("b", "new", "1");
        write("a", "deleted", "");
        cluster.pass(3 * HOUR_MS);
        cluster.nodes.forEach((id, each) -> assertTrue(each.version("deleted").isEmpty(), "purged on " + id));
        cluster.replace("b", restored(Version.FOREVER));
        UUID begun = node("b").store.origin();
        assertNotEquals(old, begun);
        assertEquals("1", node("b").value("changed"));
        assertTrue(node("b").store.covered().of(old) > 0, "it covers of its old life what the backup held");
        cluster.run(5 * MINUTE_MS);
        assertEquals(begun, node("b").store.origin(), "one new life is enough");
        assertTrue(cluster.equal());
        cluster.nodes.forEach((id, each) -> {
            assertEquals("1 2 1 ", each.value("kept") + " " + each.value("changed") + " " + each.value("new")
                    + " " + each.value("deleted"), id);
            assertTrue(each.coverageTracker.whole(), id);
        });
        Version written = write("b", "kept", "2");
        cluster.run(20_000);
        assertEquals("2", node("a").value("kept"));
        assertTrue(node("c").store.durable().covers(written.dot()));
    }

    @Test
    void itMayBeAnotherNode() throws IOException, UnusableDirectoryException {
        three();
        write("b", "k", "1");
        backup("b");
        SimDisk target = restored(Version.FOREVER);
        UUID begun = begun(target);
        cluster.start(new Start("d", "a", "b", "c"));
        cluster.replace("d", target);
        cluster.run(5 * MINUTE_MS);
        assertEquals(begun, node("d").store.origin());
        write("d", "k", "2");
        write("b", "l", "2");
        cluster.run(MINUTE_MS);
        assertTrue(cluster.equal());
        cluster.nodes.forEach((id, each) -> assertEquals("22", each.value("k") + each.value("l"), id));
    }

    private UUID begun(SimDisk disk) {
        String manifest = new String(disk.bytes("MANIFEST"), StandardCharsets.US_ASCII);
        return UUID.fromString(manifest.split("\\s+")[3]);
    }

    /** The others have what came later, and it wins there as everywhere. */
    @Test
    void anOlderStateCatchesUpToo() throws IOException, UnusableDirectoryException {
        three();
        write("b", "k", "1");
        write("a", "other", "1");
        cluster.run(MINUTE_MS);
        final long then = cluster.clock.wallMs();
        cluster.run(MINUTE_MS);
        write("b", "k", "2");
        write("b", "new", "1");
        backup("b");
        cluster.replace("b", restored(then));
        assertEquals("1", node("b").value("k") + node("b").value("new"));
        assertFalse(node("b").coverageTracker.whole(), "it does not know what it lacks");
        assertEquals(Coverage.NONE, node("b").store.covered());
        cluster.run(5 * MINUTE_MS);
        assertTrue(cluster.equal() && node("b").coverageTracker.whole());
        assertEquals("21", node("b").value("k") + node("b").value("new"));
    }

    @Test
    void alone() throws IOException, UnusableDirectoryException {
        three();
        write("a", "k", "1");
        backup("a");
        Start alone = new Start("z");
        for (long until : new long[] {Version.FOREVER, cluster.clock.wallMs()}) {
            SimDisk target = restored(until,
                    new UnstampedVersion(Key.of("void"), Optional.empty(), Version.FOREVER, Version.NOBODY));
            cluster.start(alone);
            cluster.replace("z", target);
            cluster.run(MINUTE_MS);
            assertTrue(node("z").coverageTracker.whole() && node("z").coverageTracker.refusal().isEmpty());
            assertEquals("1", node("z").value("k"));
            assertTrue(node("z").store.covered().covers(node("z").version("void").orElseThrow().dot()));
            write("z", "k", "1");
        }
    }
}
