package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.command.ExitStatus;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.proof.AuditState;
import kvs.proof.Proof;
import kvs.proof.ProofKey;
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
        CommandRun.Result result = commands.run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + "\n" + result.out() + result.err());
        return result;
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
