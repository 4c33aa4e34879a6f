package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node on a disk of 24 MB, which is filled by documents and by somebody else. */
class DiskFullTest {

    private static final byte[] NOTHING = {};
    private static final Map<String, String> SETTINGS = Map.of("KVS_DATA_DIR", "disk/data",
            "KVS_SEGMENT_SIZE", "1MiB", "KVS_DISK_RESERVE", "3MiB", "KVS_REVISION_HISTORY_MAX", "0",
            "KVS_AUTH_ENABLED", "false", "KVS_RATE_LIMITING_ENABLED", "false");
    private static final long PATIENCE_MS = 60_000;
    private static final long POLL_MS = 5;
    /** After a refusal: the node may make room meanwhile. */
    private static final long REFUSED_MS = 50;
    /** Of the 24 MB, when nearly all is deleted. */
    private static final long ROOM_BYTES = 15 << 20;

    @TempDir
    private Path directory;
    private final Map<String, String> acknowledged = new TreeMap<>();

    @BeforeEach
    void mount() throws IOException {
        assumeTrue(Shell.has("mount"), "mount is not installed");
        assumeTrue(Shell.run(directory, "mkdir disk && mount -t tmpfs -o size=24m tmpfs disk").status() == 0,
                "this user may not mount a small disk");
    }

    @AfterEach
    void unmount() throws IOException {
        Shell.run(directory, "umount disk");
    }

    @Test
    void findsAWayOutOfAFullDisk() throws Exception {
        try (Jar node = Jar.start(directory, SETTINGS)) {
            for (int round = 0; round < 2; round++) {
                int refused = fill(node);
                assertTrue(refused > 0 && acknowledged.size() > 100, acknowledged.size() + " documents fit");
                String health = text(node.send("GET", "/health", NOTHING));
                assertTrue(health.contains("full"), health);
                check(node);
                for (String key : acknowledged.keySet().stream().toList()) {
                    assertEquals(204, patiently(node, "DELETE", key, NOTHING), key);
                    acknowledged.remove(key);
                }
                assertEquals(201,
                        patiently(node, "PUT", "again" + round, "1".getBytes(StandardCharsets.UTF_8)));
                acknowledged.put("again" + round, "1");
                awaitRoom();
            }
            Path foreign = directory.resolve("disk/foreign");
            Shell.run(directory, "head -c 24M /dev/zero > disk/foreign");
            fill(node);
            check(node);
            Files.delete(foreign);
            assertEquals(201, patiently(node, "PUT", "last", "2".getBytes(StandardCharsets.UTF_8)));
            acknowledged.put("last", "2");
            node.kill();
        }
        try (Jar node = Jar.start(directory, SETTINGS)) {
            check(node);
        }
        assertEquals(0, Jar.run(directory, "verify", "disk/data").status());
    }

    /**
     * Not one byte is free: what was set aside is given back, and everything that a start writes has room.
     */
    @Test
    void startsOnAFullDiskWithWhatWasSetAside() throws Exception {
        prepare(true);
        fillUp();
        try (Jar node = Jar.start(directory, SETTINGS)) {
            check(node);
            assertEquals(204, patiently(node, "DELETE", "k3", NOTHING));
            acknowledged.remove("k3");
            Files.delete(directory.resolve("disk/foreign"));
            assertEquals(201, patiently(node, "PUT", "last", "2".getBytes(StandardCharsets.UTF_8)));
            check(node);
        }
    }

    /** Nothing is left to give back, and every file that a start makes is missing: reads are served. */
    @Test
    void servesReadsWhateverCannotBeWritten() throws Exception {
        prepare(false);
        Path data = directory.resolve("disk/data");
        for (String name : List.of("LOCK", "RESERVE", "admin.token", "node.url", "tamper/HEAD")) {
            Files.deleteIfExists(data.resolve(name));
        }
        Files.deleteIfExists(directory.resolve(".kvs/cluster.secret"));
        Shell.run(directory, "rm -rf .kvs && mkdir disk/home && ln -s disk/home .kvs");
        fillUp();
        Map<String, String> settings = new TreeMap<>(SETTINGS);
        settings.putAll(Map.of("KVS_DISK_RESERVE", "0", "KVS_AUTH_ENABLED", "true",
                "KVS_ALLOW_ANONYMOUS_READ", "true"));
        try (Jar node = Jar.start(directory, settings)) {
            check(node);
            assertEquals(401, node.send("DELETE", "/kv/k3", NOTHING).statusCode());
        }
    }

    private void prepare(boolean reserve) throws Exception {
        try (Jar node = Jar.start(directory, SETTINGS)) {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < 200; i++) {
                String mine = document(random);
                assertEquals(201,
                        node.send("PUT", "/kv/k" + i, mine.getBytes(StandardCharsets.UTF_8)).statusCode());
                acknowledged.put("k" + i, mine);
            }
            Path set = directory.resolve("disk/data/RESERVE");
            long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
            while (reserve && !Files.exists(set) && System.nanoTime() < end) {
                Thread.sleep(POLL_MS);
            }
            assertEquals(reserve, Files.exists(set) && reserve);
            node.kill();
        }
    }

    /** Takes what the disk has, to the last byte. */
    private void fillUp() throws IOException {
        Shell.run(directory, "head -c 24M /dev/zero > disk/foreign");
        assertEquals(0, directory.resolve("disk").toFile().getUsableSpace());
    }

    /** What was deleted is given back to the disk; somebody else could take it before. */
    private void awaitRoom() throws Exception {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        long free = 0;
        while (free < ROOM_BYTES && System.nanoTime() < end) {
            Thread.sleep(POLL_MS);
            free = directory.resolve("disk").toFile().getUsableSpace();
        }
        assertTrue(free >= ROOM_BYTES, free + " bytes are free");
    }

    /** Writes until nothing is taken any more; how often that was answered with 507. */
    private int fill(Jar node) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        int refused = 0;
        for (int i = 0; refused < 20; i++) {
            assertTrue(i < 5_000, "the disk does not fill");
            String text = document(random);
            HttpResponse<byte[]> answer = node.send("PUT", "/kv/k" + i,
                    text.getBytes(StandardCharsets.UTF_8));
            if (answer.statusCode() == 507) {
                refused++;
                Thread.sleep(REFUSED_MS);
                assertTrue(text(answer).contains("disk"), text(answer));
            } else {
                assertTrue(answer.statusCode() / 100 == 2, text(answer));
                acknowledged.put("k" + i, text);
            }
        }
        return refused;
    }

    private static String document(SplittableRandom random) {
        StringBuilder value = new StringBuilder("\"");
        for (int c = 0; c < 48_000; c++) {
            value.append((char) random.nextInt('#', '['));
        }
        return value.append('"').toString();
    }

    /** What a client does who is told that room is being made. */
    private static int patiently(Jar node, String method, String key, byte[] body) throws Exception {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        int status = 507;
        while (status == 507 && System.nanoTime() < end) {
            status = node.send(method, "/kv/" + key, body).statusCode();
            if (status == 507) {
                Thread.sleep(POLL_MS);
            }
        }
        return status;
    }

    private void check(Jar node) throws IOException {
        for (Map.Entry<String, String> each : acknowledged.entrySet()) {
            HttpResponse<byte[]> answer = node.send("GET", "/kv/" + each.getKey() + "?raw", NOTHING);
            assertEquals(200, answer.statusCode(), each.getKey());
            assertEquals(each.getValue(), text(answer), each.getKey());
        }
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
