package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import kvs.command.ExitStatus;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.proof.AuditState;
import kvs.proof.Proof;
import kvs.proof.ProofKey;
import kvs.proof.RejectedProofException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on proofs, with the directory of a node that has run. */
class ProofCommandsTest {

    @TempDir
    private static Path home;
    private static CommandRun commands;
    private static String data;

    @BeforeAll
    static void nodeWritesADocument() throws IOException {
        commands = new CommandRun(home);
        try (CommandRun.RunningNode node = commands.startNode(Map.of("KVS_TAMPER_LOGGING_ENABLED", "true"))) {
            data = node.directory().toString();
            CommandRun.Result put = commands.run("put", "docs/plan", "{\"step\": 1}", "--endpoint",
                    node.url());
            assertEquals(ExitStatus.DONE, put.status(), put.err());
        }
        run(ExitStatus.DONE, "prove", "docs/plan", at("plan.proof"), data, at("config.yaml"));
    }

    private static String at(String name) {
        return home.resolve(name).toString();
    }

    private static CommandRun.Result run(ExitStatus expected, String... args) {
        return expect(commands, expected, args);
    }

    private static String key() {
        return run(ExitStatus.DONE, "prove", data).out();
    }

    @Test
    void documentIsProvenWithItsLine() throws IOException {
        CommandRun elsewhere = new CommandRun(Files.createDirectory(home.resolve("elsewhere")));
        CommandRun.Result checked = elsewhere.run("check", at("plan.proof"));
        assertEquals(ExitStatus.DONE, checked.status(), checked.err());
        assertTrue(checked.out().matches("(?s)docs/plan: version [0-9a-f-]{36} of \\S+, 11 bytes, by .*\n"
                + "it was the version of node \\S+ \\(life [0-9a-f-]{36}\\) at \\S+\n"
                + "tamper log: line \\d+:[0-9a-f]{64}, put at \\S+ by .* from \\S+; its head was"
                + " \\d+:[0-9a-f]{64}\nsigned by the key ([a-z]+ ){7}[a-z]+, sha256 [0-9a-f]{64}\n"),
                checked.out());
        assertTrue(checked.out().endsWith(key().substring("key: ".length())), "the words of the node's key");
        CommandRun.Result document = elsewhere.run("check", at("plan.proof"), "--document");
        assertEquals("{\"step\": 1}", document.out());
        assertTrue(document.err().startsWith("docs/plan: version "));
    }

    @Test
    void keyIsKeptAndCompared() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(Path.of(data, "proof.key"))));
        String sha256 = key().replaceAll("(?s).*sha256 (\\w+)\n", "$1");
        run(ExitStatus.DONE, "check", at("plan.proof"), "--key", sha256.toUpperCase(Locale.ROOT));
        String other = run(ExitStatus.DAMAGED_FILE, "check", at("plan.proof"), "--key", "0".repeat(64)).err();
        assertTrue(other.contains("proves nothing of that key: it is signed by the key"), other);
        run(ExitStatus.MISUSED, "check", at("plan.proof"), "--key", "acid");
    }

    @Test
    void changedFileProvesNothing() throws IOException {
        String text = Files.readString(home.resolve("plan.proof"));
        Files.writeString(home.resolve("changed.proof"), text.replace("docs/plan", "docs/pman"));
        String changed = run(ExitStatus.DAMAGED_FILE, "check", at("changed.proof")).err();
        assertTrue(changed.contains("proves nothing: it was changed since it was signed"), changed);
        Files.writeString(home.resolve("changed.proof"), text.substring(0, text.length() / 2));
        String cut = run(ExitStatus.DAMAGED_FILE, "check", at("changed.proof")).err();
        assertTrue(cut.contains("it is cut off"), cut);
        Files.writeString(home.resolve("changed.proof"), text.replace("kvs-proof 1", "kvs-proof 2"));
        run(ExitStatus.NEWER_FILE, "check", at("changed.proof"));
    }

    /** Who signs with a key of their own cannot make the command say a line about another key. */
    @Test
    void valuesBeginNoLine() throws IOException {
        ProofKey mine = ProofKey.generate();
        Version version = new VersionIdHasher().seal(new Version(Key.of("a"), Version.NOBODY, 1,
                new Dot(new UUID(1, 2), 7), 1, new Version.Lineage(0, 0), Version.NOBODY, Version.NOBODY,
                2, false, new byte[] {'1'}));
        String lie = "x\nsigned by the key " + key().substring("key: ".length());
        Files.write(home.resolve("lie.proof"), new Proof(1, lie, new UUID(1, 2), version,
                new AuditState(Optional.empty(), lie, lie, "", Map.of())).encode(mine));
        String checked = run(ExitStatus.DONE, "check", at("lie.proof")).out();
        assertEquals(1, checked.lines().filter(line -> line.startsWith("signed by the key")).count(),
                checked);
        assertEquals(4, checked.lines().count(), checked);
        assertTrue(checked.contains(", 1 bytes, until 1970-01-01T00:00:00.002Z, by nobody"), checked);
    }

    /** The line is shown at once, although the log writes it a second later by itself. */
    @Test
    void runningNodeProvesWhatIsThere() throws IOException {
        CommandRun site = new CommandRun(Files.createDirectory(home.resolve("running")));
        try (CommandRun.RunningNode node = site.startNode(Map.of("KVS_TAMPER_LOGGING_ENABLED", "true"))) {
            String file = at("running.proof");
            expect(site, ExitStatus.DONE, "put", "docs/plan", "{\"step\": 2}", "--endpoint", node.url());
            CommandRun.Result made = expect(site, ExitStatus.DONE, "prove", "docs/plan", file, "--endpoint",
                    node.url());
            assertTrue(made.out().matches("version [0-9a-f-]{36} of docs/plan is proven by \\S+\ntamper log:"
                    + " line \\d+\nkey: ([a-z]+ ){7}[a-z]+, sha256 [0-9a-f]{64}\n"), made.out());
            String words = made.out().replaceAll("(?s).*\nkey: ", "");
            assertEquals("key: " + words, site.run("prove", node.directory().toString()).out());
            String checked = run(ExitStatus.DONE, "check", file).out();
            assertTrue(checked.contains("tamper log: line ") && checked.endsWith(words), checked);
            assertEquals("{\"step\": 2}", run(ExitStatus.DONE, "check", file, "--document").out());
            byte[] sound = Files.readAllBytes(Path.of(file));
            for (int at = 0; at < sound.length; at += 97) {
                byte[] changed = sound.clone();
                changed[at] ^= 4;
                Files.write(home.resolve("flipped.proof"), changed);
                CommandRun.Result refused = commands.run("check", at("flipped.proof"));
                assertTrue(refused.status() == ExitStatus.DAMAGED_FILE
                        || refused.status() == ExitStatus.NEWER_FILE, at + refused.out() + refused.err());
            }
            expect(site, ExitStatus.DONE, "rm", "docs/plan", "--endpoint", node.url());
            String ended = expect(site, ExitStatus.DONE, "prove", "docs/plan", at("ended.proof"),
                    "--endpoint", node.url()).out();
            assertTrue(ended.contains(" of docs/plan, which deletes it, is proven by "), ended);
            assertTrue(ended.contains("\ntamper log: line "), ended);
            String none = expect(site, ExitStatus.ABSENT, "prove", "docs/none", at("none.proof"),
                    "--endpoint", node.url()).err();
            assertTrue(none.contains("nothing was proven: there is no document docs/none"), none);
            expect(site, ExitStatus.MISUSED, "prove", "_reserved", at("none.proof"), "--endpoint",
                    node.url());
            expect(site, ExitStatus.FAILED, "prove", "docs/plan", file, "--endpoint", node.url());
            expect(site, ExitStatus.MISUSED, "prove", "docs/plan", at("none.proof"), data, "--node", "n1");
            assertFalse(Files.exists(home.resolve("none.proof")));
        }
    }

    /** A member that took the write shows its line; both know the heads of each other's logs. */
    @Test
    void clusterProvesWithTheHeadsOfItsLogs() throws Exception {
        CommandRun one = new CommandRun(Files.createDirectory(home.resolve("cluster")));
        CommandRun two = new CommandRun(home.resolve("cluster")).with("KVS_DATA_DIR", at("cluster/data2"));
        Map<String, String> settings = Map.of("KVS_TAMPER_LOGGING_ENABLED", "true",
                "KVS_HEARTBEAT_INTERVAL_MS", "100", "KVS_SUSPECT_AFTER_MS", "500");
        Map<String, String> first = new TreeMap<>(settings);
        first.put("KVS_NODE_ID", "n1");
        try (CommandRun.RunningNode n1 = one.startNode(first)) {
            Map<String, String> second = new TreeMap<>(settings);
            second.putAll(Map.of("KVS_NODE_ID", "n2", "KVS_SEED_NODES", n1.url().replace("http://", "")));
            try (CommandRun.RunningNode n2 = two.startNode(second)) {
                expect(one, ExitStatus.DONE, "put", "docs/plan", "3", "--endpoint", n1.url());
                Proof taker = withHead(one, n1, "n1.proof");
                Proof other = withHead(one, n2, "n2.proof");
                assertTrue(taker.audit().line().isPresent(), taker.audit().absent());
                assertTrue(other.audit().absent().contains("made on another member"), other.audit().absent());
                assertEquals(taker.version().uuid(), other.version().uuid());
                assertEquals(Set.of(other.life()), taker.audit().remembered().keySet());
                assertEquals(Set.of(taker.life()), other.audit().remembered().keySet());
                String checked = run(ExitStatus.DONE, "check", at("n1.proof")).out();
                assertTrue(checked.contains("\nit remembered line " + taker.audit().remembered()
                        .get(other.life()) + " of the tamper log of life " + other.life() + "\n"), checked);
                byte[] sound = Files.readAllBytes(home.resolve("n1.proof"));
                for (int at = 0; at < sound.length; at += 5) {
                    byte[] changed = sound.clone();
                    changed[at] ^= 1;
                    assertThrows(RejectedProofException.class, () -> Proof.decode(changed), "byte " + at);
                }
            }
        }
    }

    /** A proof of docs/plan by a node that has the document, and has heard of the other one's log. */
    private static Proof withHead(CommandRun site, CommandRun.RunningNode node, String name)
            throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < end) {
            Files.deleteIfExists(home.resolve(name));
            CommandRun.Result made = site.run("prove", "docs/plan", at(name), "--endpoint", node.url());
            if (made.status() == ExitStatus.DONE) {
                Proof proof = Proof.decode(Files.readAllBytes(home.resolve(name))).proof();
                if (!proof.audit().remembered().isEmpty()) {
                    return proof;
                }
            }
            LockSupport.parkNanos(50_000_000);
        }
        throw new AssertionError("no head of another log at " + node.url());
    }

    private static CommandRun.Result expect(CommandRun site, ExitStatus expected, String... args) {
        CommandRun.Result result = site.run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + "\n" + result.out() + result.err());
        return result;
    }

    @Test
    void documentWithoutALineIsProvenAndSaysSo() throws IOException {
        Path directory = Files.createDirectory(home.resolve("quiet"));
        byte[] line = "{\"path\":\"a\",\"data\":1}\n".getBytes(StandardCharsets.UTF_8);
        assertEquals(ExitStatus.DONE, new CommandRun(home).run(line, "import", "-", directory.toString())
                .status());
        String made = run(ExitStatus.DONE, "prove", "a", at("a.proof"), directory.toString()).out();
        assertTrue(made.contains("tamper log: this node has none"), made);
        assertTrue(run(ExitStatus.DONE, "check", at("a.proof")).out().contains("tamper log: this node has"));
        run(ExitStatus.ABSENT, "prove", "b", at("b.proof"), directory.toString());
        run(ExitStatus.FAILED, "prove", "a", at("a.proof"), directory.toString());
        assertFalse(Files.exists(home.resolve("b.proof")));
    }

    @Test
    void changedLogShowsNoLine() throws IOException {
        Path copy = Files.createDirectory(home.resolve("copy"));
        try (var files = Files.walk(Path.of(data))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(Path.of(data).relativize(file));
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
        Path log;
        try (var files = Files.list(copy.resolve("tamper"))) {
            log = files.filter(file -> file.toString().endsWith(".tamper")).findFirst().orElseThrow();
        }
        Files.writeString(log, Files.readString(log).replace("docs/plan", "docs/plam"));
        Files.delete(copy.resolve("proof.key"));
        CommandRun.Result result = commands.run("prove", "docs/plan", at("copy.proof"), copy.toString(),
                at("config.yaml"));
        assertEquals(ExitStatus.DONE, result.status(), result.err());
        assertTrue(result.out().contains("tamper log: it is not as it was written: "), result.out());
        assertFalse(result.out().contains(key()), "a copy without the key has another one");
        String checked = run(ExitStatus.DONE, "check", at("copy.proof")).out();
        assertTrue(checked.contains("tamper log: it is not as it was written: "), checked);
    }
}
