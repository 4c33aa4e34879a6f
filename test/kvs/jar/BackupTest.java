package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of the real jar, by a running node and by hand. */
class BackupTest {

    private static final byte[] NOTHING = {};
    private static final int KEYS = Depth.of(600, 2_000);

    @TempDir
    private Path directory;

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String member(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"?([^\",}]*)").matcher(json);
        assertTrue(matcher.find(), json);
        return matcher.group(1);
    }

    private static byte[] document(int number) {
        return ("{\"n\":" + number + ",\"text\":\"" + "x".repeat(200) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Writes keys one after the other until it is stopped; how many were acknowledged. */
    private static final class Load extends Thread {

        private final Jar node;
        private final AtomicInteger acknowledged = new AtomicInteger();
        private final AtomicBoolean over = new AtomicBoolean();

        Load(Jar node) {
            this.node = node;
        }

        @Override
        public void run() {
            try {
                for (int i = 0; !over.get(); i++) {
                    assertEquals(201, node.send("PUT", "/kv/load/" + i, document(i)).statusCode());
                    if (acknowledged.incrementAndGet() % 16 == 0) {
                        Jar.pause();
                    }
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void aBackupUnderLoadIsAStateThatExisted() throws Exception {
        String name;
        String made;
        int before;
        int after;
        try (Jar node = Jar.inside(directory, Map.of())) {
            for (int i = 0; i < KEYS; i++) {
                node.send("PUT", "/kv/k" + i % 500, document(i));
            }
            Load load = new Load(node);
            load.start();
            while (load.acknowledged.get() < 50) {
                Thread.sleep(1);
            }
            before = load.acknowledged.get();
            HttpResponse<byte[]> answer = node.send("POST", "/admin/backup", NOTHING);
            after = load.acknowledged.get();
            assertEquals(201, answer.statusCode(), text(answer));
            made = text(answer);
            name = member(made, "name");
            load.over.set(true);
            load.join();
            String list = text(node.send("GET", "/admin/backups", NOTHING));
            assertTrue(list.contains(name) && !list.contains("\"error\""), list);
            String figures = text(node.send("GET", "/metrics", NOTHING));
            assertTrue(figures.contains("kvs_backup_last_size_bytes " + member(made, "bytes")), figures);
            node.end();
        }
        Path file = directory.resolve("backups").resolve(name);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        Jar.Printed verified = Jar.run(directory, "verify", file.toString());
        assertEquals(0, verified.status());
        assertTrue(verified.text().contains(member(made, "root")), verified.text());
        Jar.Printed restored = Jar.run(directory, "restore", "backups/" + name, "second/data");
        assertEquals(0, restored.status(), restored.text());
        assertEquals(0, Jar.run(directory, "verify", "second/data").status());
        try (Jar node = Jar.inside(directory, Map.of("KVS_DATA_DIR", "second/data"))) {
            assertEquals(member(made, "root"),
                    member(text(node.send("GET", "/sync/merkle/root", NOTHING)), "hash"));
            int held = Integer.parseInt(member(made, "keys")) - 500;
            assertTrue(held >= before && held <= after + 1, before + " " + held + " " + after);
            for (int i = 0; i < held; i += 7) {
                assertArrayEquals(document(i), node.send("GET", "/kv/load/" + i + "?raw", NOTHING).body());
            }
            assertEquals(404, node.send("GET", "/kv/load/" + held, NOTHING).statusCode());
            assertEquals(201, node.send("PUT", "/kv/load/" + held, document(0)).statusCode());
            assertTrue(text(node.send("GET", "/health", NOTHING)).contains("\"problems\":[]"));
            node.end();
        }
    }

    /** What was given out before the restore is refused after it, unless somebody says otherwise. */
    @Test
    void tokensAreVoidAfterARestore() throws Exception {
        Map<String, String> auth = Map.of("KVS_AUTH_ENABLED", "true");
        String token;
        try (Jar node = Jar.inside(directory, auth)) {
            String json = "application/json";
            String user = member(text(node.send("POST", "/auth/users", "{\"nickname\":\"a\"}".getBytes(
                    StandardCharsets.US_ASCII), "Content-Type", json)), "uuid");
            token = member(text(node.send("POST",
                    "/auth/tokens", ("{\"user_uuid\":\"" + user + "\",\"scopes\":[\"read\",\"write\"]}")
                            .getBytes(StandardCharsets.US_ASCII), "Content-Type", json)), "token");
            assertEquals(201,
                    node.send("PUT", "/kv/a", document(1), "Authorization", "Bearer " + token).statusCode());
            node.end();
        }
        assertEquals(0, Jar.run(directory, "backup", "one.backup", "data").status());
        assertEquals(1, Jar.run(directory, "backup", "one.backup", "data").status(), "the file is there");
        String bytes = Files.readString(directory.resolve("one.backup"), StandardCharsets.ISO_8859_1);
        assertFalse(bytes.contains(token)
                || bytes.contains(Files.readString(directory.resolve("data/admin.token")).strip())
                || bytes.contains(Files.readString(directory.resolve(".kvs/cluster.secret")).strip()),
                "no secret is in it");
        Jar.Printed revoked = Jar.run(directory, "restore", "one.backup", "revoked");
        assertTrue(revoked.status() == 0 && revoked.text().contains("revoked 1 tokens"), revoked.text());
        assertEquals(0, Jar.run(directory, "restore", "one.backup", "kept", "--keep-tokens").status());
        for (String data : List.of("revoked", "kept")) {
            try (Jar node = Jar.inside(directory, Map.of("KVS_AUTH_ENABLED", "true", "KVS_DATA_DIR", data))) {
                int status = node.send("GET", "/kv/a", NOTHING, "Authorization", "Bearer " + token)
                        .statusCode();
                assertEquals(data.equals("kept") ? 200 : 401, status, data);
                node.end();
            }
        }
    }

    @Test
    void refusesWhatItShouldNotTouch() throws Exception {
        try (Jar node = Jar.inside(directory, Map.of())) {
            node.send("PUT", "/kv/a", document(1));
            assertEquals(1, Jar.run(directory, "backup", "x", "data").status(), "a node uses it");
            node.end();
        }
        Files.createDirectories(directory.resolve("full/sub"));
        assertEquals(0, Jar.run(directory, "backup", "x", "data").status());
        Files.write(directory.resolve("bad"), new byte[500]);
        List<String> before = tree();
        for (String[] args : new String[][] {{"restore", "x", "full"}, {"restore", "x", "data"},
                {"restore", "bad", "new"}, {"verify", "bad"},
                {"backup", "x", "data"}, {"backup", "y", "full"}}) {
            assertEquals(1, Jar.run(directory, args).status(), String.join(" ", args));
        }
        for (String[] args : new String[][] {{"restore", "x"}, {"restore", "none", "new"},
                {"restore", "x", "new", "--until", "yesterday"},
                {"restore", "x", "new", "--until", "1", "--keep-tokens"}, {"backup", "y"},
                {"backup", "y", "none"}}) {
            assertEquals(2, Jar.run(directory, args).status(), String.join(" ", args));
        }
        assertEquals(before, tree());
        assertEquals(0,
                Jar.run(directory, "restore", "x", "new", "--until", "2100-01-01T00:00:00Z").status());
        Files.writeString(directory.resolve("bad.yaml"), "\nbackup_schedule: \"0 24 * * *\"\n");
        Jar.Printed bad = Jar.run(directory, "bad.yaml");
        assertEquals(2, bad.status());
        assertTrue(bad.text().contains("line 2: backup_schedule: hour '24'"), bad.text());
    }

    private List<String> tree() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.walk(directory)) {
            all.forEach(path -> names.add(path.toString()));
        }
        names.sort(null);
        return names;
    }
}
