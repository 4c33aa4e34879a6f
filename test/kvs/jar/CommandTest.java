package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import kvs.cli.CommandRun;
import kvs.json.JsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the real jar. */
class CommandTest {

    @TempDir
    private Path directory;

    @Test
    void greetsWritesItsSettingsAndStopsGracefully() throws Exception {
        byte[] document = " {\"a\": 1.50 }\n".getBytes(StandardCharsets.UTF_8);
        try (Jar node = Jar.start(directory)) {
            JsonValue line = JsonValue.parse(node.greeting.getBytes(StandardCharsets.UTF_8));
            assertEquals("started", line.field("message").orElseThrow().string());
            assertEquals(node.url, line.field("address").orElseThrow().string());
            assertEquals(directory.toRealPath().resolve("data").toString(),
                    line.field("directory").orElseThrow().string());
            assertEquals(0, line.field("keys").orElseThrow().asLong());
            JsonValue changed = line.field("settings").orElseThrow();
            assertEquals("false", changed.field("auth_enabled").orElseThrow().string());
            assertEquals("0", changed.field("port").orElseThrow().string());
            assertTrue(changed.field("data_dir").isEmpty() && line.field("seconds").isPresent()
                    && line.field("version").isPresent());
            assertEquals(201, node.send("PUT", "/kv/a", document).statusCode());
            assertEquals(143, node.stop());
        }
        assertEquals(Files.readString(Path.of(System.getProperty("kvs.root"), "conf", "kvs.yaml")),
                Files.readString(directory.resolve("config.yaml")));
        for (String name : new String[] {"config.yaml", "data/MANIFEST", "data/00000001.log",
                "data/00000001.checkpoint", "data/LOCK"}) {
            assertEquals("rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))),
                    name);
        }
        Map<String, String> quiet = Map.of("KVS_LOG_LEVEL", "error", "KVS_CLUSTER_SECRET", "s".repeat(40));
        try (Jar node = Jar.start(directory, quiet, "config.yaml")) {
            assertTrue(node.greeting.contains("\"keys\":1")
                    && node.greeting.contains("\"cluster_secret\":\"(set)\""), node.greeting);
            assertFalse(node.greeting.contains("ssss"), node.greeting);
            assertEquals(0, node.process().getInputStream().available(),
                    "nothing for people where nobody looks");
            assertArrayEquals(document, node.send("GET", "/kv/a?raw", new byte[0]).body());
        }
    }

    @Test
    void refusesASecondNodeOnTheSameData() throws IOException {
        try (Jar node = Jar.start(directory)) {
            Jar.Printed second = Jar.run(directory);
            assertEquals(1, second.status());
            assertTrue(second.text().contains("another process"), second.text());
            Jar.Printed verify = Jar.run(directory, "verify", "data");
            assertEquals(1, verify.status());
            assertTrue(verify.text().contains("stop it first"), verify.text());
            assertEquals(200, node.send("GET", "/health", new byte[0]).statusCode());
        }
    }

    /** Some in the process of the test: the program differs by its streams only. */
    @Test
    void saysWhatIsWrongWithItsArgumentsAndSettings() throws IOException {
        Files.writeString(directory.resolve("bad.yaml"), "port: no\nprot: 1\n");
        Jar.Printed bad = Jar.run(directory, "bad.yaml");
        assertEquals(2, bad.status());
        assertTrue(bad.text().contains("line 1") && bad.text().contains("did you mean 'port'"), bad.text());
        Files.write(directory.resolve("latin.yaml"),
                "node_id: \"Küche\"\n".getBytes(StandardCharsets.ISO_8859_1));
        Jar.Printed latin = Jar.run(directory, "latin.yaml");
        assertTrue(latin.status() == 1
                && latin.text().endsWith("latin.yaml is not UTF-8: name a text file\n"), latin.text());
        String nowhere = Jar.run(directory, "verify", "nowhere").text();
        assertTrue(nowhere.startsWith("kvs: there is no file or directory nowhere\nusage: kvs verify "),
                nowhere);
        CommandRun command = new CommandRun(directory);
        String here = directory.toString();
        String nothing = directory.resolve("nothing").toString();
        for (String[] args : new String[][] {{nothing + ".yaml"}, {"--nonsense"}, {"a", "b"},
                {"verify", nothing}, {"restamp"}, {"restamp", nothing}, {"restamp", here, here},
                {"verify-log"}, {"verify-log", here, "--head"}, {"verify-log", here, "--head", "1:2"},
                {"token", "--user"}, {"token", "--ttl", "soon"}, {"token", "--scopes", "root"},
                {"token", nothing + ".yaml"}, {"token", "--ttl", "1h", "--ttl", "2h"}}) {
            assertEquals(2, command.run(args).status().code(), String.join(" ", args));
        }
        assertEquals(6, Jar.run(directory, "verify", "--endpoint", "127.0.0.1:1").status(), "a running node");
        assertEquals(1, command.run("verify", here).status().code());
        assertEquals(1, command.run("verify-log", here).status().code());
        assertEquals(1, command.run("restamp", here).status().code());
        assertTrue(Jar.run(directory, "token").text().contains("there is no data directory"));
        assertTrue(Jar.run(directory, "--help").text().contains("  verify-log  check"));
        assertTrue(Jar.run(directory, "--version").text().startsWith("kvs "));
    }

    @Test
    void printsThePagesOfTheManual() throws IOException {
        Jar.Printed index = Jar.run(directory, "docs");
        assertEquals(0, index.status());
        assertTrue(index.text().startsWith("# KVS: the manual\n"), index.text());
        Jar.Printed page = Jar.run(directory, "docs", "configuration");
        assertEquals(0, page.status());
        assertTrue(page.text().startsWith("# Configuration\n"), page.text());
        Jar.Printed unknown = Jar.run(directory, "docs", "configuratoin");
        assertEquals(2, unknown.status());
        assertTrue(unknown.text().contains("did you mean 'configuration'? The pages are index, "),
                unknown.text());
        assertEquals(2, Jar.run(directory, "docs", "--all").status());
    }

    @Test
    void verifyListsEveryFault() throws Exception {
        try (Jar node = Jar.start(directory)) {
            for (int i = 0; i < 5; i++) {
                assertEquals(201, node.send("PUT", "/kv/k" + i,
                        ("\"" + "v".repeat(100) + "\"").getBytes(StandardCharsets.UTF_8)).statusCode());
            }
            node.stop();
        }
        assertEquals(0, Jar.run(directory, "verify", "data").status());
        Path log = directory.resolve("data/00000001.log");
        byte[] bytes = Files.readAllBytes(log);
        int faults = 0;
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        for (int at = text.indexOf("vvvv"); at >= 0 && faults < 3; at = text.indexOf("\"vvvv", at + 101)) {
            bytes[at + 10] ^= 1;
            faults++;
        }
        Files.write(log, bytes);
        Jar.Printed verify = Jar.run(directory, "verify", "data");
        assertEquals(1, verify.status());
        assertEquals(faults, verify.text().lines().filter(line -> line.startsWith("FAULT ")).count(),
                verify.text());
        try (Jar node = Jar.start(directory)) {
            assertEquals(500, node.send("GET", "/kv/k0", new byte[0]).statusCode());
            assertEquals(200, node.send("GET", "/kv/k4", new byte[0]).statusCode());
            assertTrue(new String(node.send("GET", "/health", new byte[0]).body(), StandardCharsets.UTF_8)
                    .contains("unreadable"));
        }
    }

    /** What a node finds at its start stands in its log and in /health. */
    @Test
    void warnsOfASecretThatOthersMayRead() throws Exception {
        Path config = Files.writeString(directory.resolve("own.yaml"),
                "cluster_secret: " + "s".repeat(40) + "\n");
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r--r--"));
        Files.createDirectory(directory.resolve("backups"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx---r-x")));
        Files.setPosixFilePermissions(directory.resolve("backups"),
                PosixFilePermissions.fromString("rwxrwxrwx"));
        try (Jar node = Jar.start(directory, "own.yaml")) {
            String health = new String(node.send("GET", "/health", new byte[0]).body(),
                    StandardCharsets.UTF_8);
            assertTrue(health.contains("own.yaml, which holds the cluster secret,"
                    + " may be read by others (mode 0644)"), health);
            assertTrue(health.contains("backups, which holds backups, may be read and changed by"
                    + " others (mode 0777)"), health);
            assertTrue(Files.readString(directory.resolve("stderr"))
                    .contains("other users of this machine have access to files of this node"));
        }
    }
}
