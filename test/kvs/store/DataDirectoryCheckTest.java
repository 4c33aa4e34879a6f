package kvs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import kvs.backup.VerifiedBackup;
import kvs.log.Checksum;
import kvs.log.DataDirectoryCheck;
import kvs.log.Manifest;
import kvs.log.UnusableDirectoryException;
import kvs.recovery.DirectoryVerification;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories of newer versions and of other programs are named and not touched. */
class DataDirectoryCheckTest {

    private final StoreHarness harness = new StoreHarness(1);

    private SimDisk store() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        Store store = harness.open(disk);
        assertTrue(StoreHarness.put(store, "a", "1").written);
        store.close();
        return disk;
    }

    private static void manifest(SimDisk disk, String text, boolean proven) {
        String crc = proven ? "crc "
                + Integer.toHexString(Checksum.ofKey(text.getBytes(StandardCharsets.UTF_8))) + "\n" : "";
        disk.lose(Manifest.NAME);
        disk.put(Manifest.NAME, (text + crc).getBytes(StandardCharsets.UTF_8));
    }

    private static String body(SimDisk disk) {
        String text = new String(disk.bytes(Manifest.NAME), StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf("crc "));
    }

    /** Says why a directory is refused, by each of those who look; nothing in it changes. */
    private String refused(SimDisk disk) {
        Map<String, byte[]> before = new TreeMap<>();
        disk.names().forEach(name -> before.put(name, disk.bytes(name)));
        String why = assertThrows(UnusableDirectoryException.class, () -> harness.open(disk)).getMessage();
        assertEquals(why, assertThrows(UnusableDirectoryException.class,
                () -> DataDirectoryCheck.check(disk, Set.of())).getMessage());
        assertEquals(why, assertThrows(UnusableDirectoryException.class,
                () -> DirectoryVerification.run(disk, finding -> { })).getMessage());
        assertEquals(List.copyOf(before.keySet()), disk.names());
        before.forEach((name, bytes) -> assertArrayEquals(bytes, disk.bytes(name), name));
        return why;
    }

    @Test
    void namesADirectoryOfANewerVersion() throws IOException, UnusableDirectoryException {
        SimDisk format = store();
        manifest(format, body(format).replace("kvs 1\n", "kvs 2\n"), true);
        SimDisk other = store();
        manifest(other, body(other).replace("kvs 1\n", "kvs 37\n") + "something else\n", false);
        SimDisk line = store();
        manifest(line, body(line) + "mirror 7\n", true);
        for (SimDisk disk : List.of(format, other, line)) {
            String why = refused(disk);
            assertTrue(why.contains("written by a newer version") && why.contains("start that version")
                    && !why.contains("Restore"), why);
        }
    }

    /** A bit of our own first line, or of what follows it. */
    @Test
    void takesRotForRot() throws IOException, UnusableDirectoryException {
        for (int at = 0; at < 40; at++) {
            SimDisk disk = store();
            disk.flip(Manifest.NAME, at, 2);
            String why = assertThrows(UnusableDirectoryException.class, () -> harness.open(disk))
                    .getMessage();
            assertTrue(why.contains("Restore the directory from a backup"), at + ": " + why);
        }
    }

    @Test
    void namesAForeignManifest() {
        SimDisk badger = harness.disk();
        badger.put(Manifest.NAME,
                new byte[] {'B', 'd', 'g', 'r', 0, 0, 0, 8, 27, '[', '2', 'J', 7, (byte) 0xff});
        badger.put("000001.vlog", new byte[20]);
        badger.put("LOCK", new byte[0]);
        SimDisk empty = harness.disk();
        empty.put(Manifest.NAME, new byte[0]);
        SimDisk large = harness.disk();
        large.put(Manifest.NAME, "x\u202e".repeat(500).getBytes(StandardCharsets.UTF_8));
        for (SimDisk disk : List.of(badger, empty, large)) {
            String why = refused(disk);
            assertTrue(why.contains("is not a data directory of KVS") && why.contains("Nothing was changed")
                    && why.length() < 400, why);
            assertTrue(why.chars().allMatch(c -> c >= 0x20 && c != 0x7f && c != 0x202e), why);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"KEYREGISTRY", "000001.vlog", "CURRENT", "pg_version\u001b[2J", "dump.rdb",
        "holiday.jpg"})
    void namesAForeignDirectoryWithoutManifest(String name) {
        SimDisk disk = harness.disk();
        disk.put("LOCK", new byte[0]);
        disk.put(name, new byte[10]);
        String why = assertThrows(UnusableDirectoryException.class,
                () -> DataDirectoryCheck.check(disk, Set.of())).getMessage();
        assertTrue(why.contains("is not a data directory of KVS: it contains '")
                && why.indexOf('\u001b') < 0, why);
        assertDoesNotThrow(() -> DataDirectoryCheck.check(disk, Set.of(name)));
    }

    /** What a first start leaves that was cut, at any point, and what an operator puts there before. */
    @Test
    void takesWhatIsEmptyOrWasBegun() throws IOException, UnusableDirectoryException {
        DataDirectoryCheck.check(harness.disk(), Set.of());
        SimDisk begun = harness.disk();
        for (String name : List.of("LOCK", "MANIFEST.tmp", "cluster.secret", "cluster.secret.1a2b.new",
                "config.yaml", ".gitkeep", "RESERVE")) {
            begun.put(name, new byte[1]);
        }
        DataDirectoryCheck.check(begun, Set.of());
        Store store = harness.open(begun);
        assertTrue(StoreHarness.put(store, "a", "1").written);
        store.close();
        begun.put("what else", new byte[1]);
        DataDirectoryCheck.check(begun, Set.of());
        for (long call = 1; call < 12; call++) {
            SimDisk disk = harness.disk();
            disk.cutAt(call);
            assertThrows(kvs.sim.PowerCut.class, () -> harness.open(disk).close());
            SimDisk left = disk.restart();
            DataDirectoryCheck.check(left, Set.of());
            harness.open(left).close();
        }
    }

    @Test
    void tellsWhatAFileIsThatIsNoBackup() throws IOException {
        SimDisk disk = harness.disk();
        String part = "file of a data directory";
        Map<String, String> files = Map.of("KVSBAK 2", "newer version", "KVSLOG 1", part, "KVSCMP 1", part,
                "KVSCHK 3", part, "kvs 1\norigin", part, "{\"path\":\"a\"", "use 'import'",
                "\ufeff{\"path\"", "use 'import'", "PK\3\4....", "does not begin like a backup");
        for (Map.Entry<String, String> file : files.entrySet()) {
            disk.put("file", (file.getKey() + " ".repeat(500)).getBytes(StandardCharsets.UTF_8));
            String why = assertThrows(UnusableDirectoryException.class,
                    () -> VerifiedBackup.verify(disk, "file", bytes -> { })).getMessage();
            assertTrue(why.contains(file.getValue()), why);
            disk.lose("file");
        }
        assertFalse(disk.has("file"));
    }
}
