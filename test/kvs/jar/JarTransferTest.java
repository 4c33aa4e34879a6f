package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kvs.cli.CommandRun;
import kvs.command.ExitStatus;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export} and {@code import} of the real jar, between nodes that run and nodes that do not. */
class JarTransferTest {

    private static final Map<String, String> ACCOUNTS = Map.of("KVS_AUTH_ENABLED", "true");

    @TempDir
    private Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Runs a command with an input and a token; what it prints to its standard output, and what it says. */
    private static Said run(Path directory, String token, String input, String... args) throws IOException {
        Path in = Files.writeString(directory.resolve("input"), input);
        ProcessBuilder builder = Jar.command(directory, args).redirectInput(in.toFile())
                .redirectError(directory.resolve("said").toFile());
        if (!token.isEmpty()) {
            builder.environment().put("KVS_TOKEN", token);
        }
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(Shell.await(process), out,
                Files.readString(directory.resolve("said")));
    }

    private record Said(int status, String out, String err) {

        Said ok() {
            assertEquals(0, status, err);
            return this;
        }
    }

    /**
     * From the environment, from a file that another system made: white space around a secret is not a part
     * of it.
     */
    @Test
    void aTokenIsTrimmedAndNeverShown() throws Exception {
        Path home = home("trim");
        for (String token : List.of("s3cret\r", " s3cret\n", "\ts3cret \r\n")) {
            Said said = run(home, token, "", "export", "http://127.0.0.1:1",
                    directory.resolve("x").toString());
            assertTrue(said.status != 0 && !said.err.contains("s3cret") && !said.err.contains("Exception"),
                    said.err);
            assertFalse(said.err.contains("not a token"), said.err);
        }
        for (String token : List.of("s3\rcret", "s3cret x", "s3cr\u00e9t", "s3cret".repeat(2_000))) {
            CommandRun.Result said = new CommandRun(home).with("KVS_TOKEN", token)
                    .run("export", "http://127.0.0.1:1", directory.resolve("x").toString());
            assertTrue(said.status() != ExitStatus.DONE && said.err().contains("KVS_TOKEN is not a token"),
                    said.err());
            assertFalse(said.err().contains("cret") || said.err().contains("Exception"), said.err());
        }
    }

    private Path home(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    @Test
    void goesFromNodeToNodeByteForByte() throws Exception {
        Path one = home("one");
        Path two = home("two");
        String file = directory.resolve("dump.ndjson").toString();
        byte[] odd = bytes(" {\"n\" : 1.50e+3, \"t\":\"\\u00e4ä\"} ");
        String deep = "[".repeat(128) + "]".repeat(128);
        try (Jar node = Jar.inside(one, Map.of())) {
            node.send("PUT", "/kv/a/odd", odd);
            node.send("PUT", "/kv/a/deep", bytes(deep));
            node.send("PUT", "/kv/b?ttl=1h", bytes("true"));
            node.send("PUT", "/kv/c/%C3%A4%20%22", bytes("\"" + "long ".repeat(1_000) + "\""));
            Said said = run(one, "", "", "export", node.url, file).ok();
            assertTrue(said.out.isEmpty() && said.err.startsWith("exported 4 documents"), said.err);
            assertEquals("rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file))));
            node.end();
        }
        String lines = Files.readString(Path.of(file));
        assertTrue(lines.matches("(?s).*\\{\"path\":\"b\",\"data\":true,\"ttl\":\"59m5.s[0-9]+ms\"\\}\n.*"),
                lines);
        Map<String, String> settings = Map.of("KVS_DEFAULT_TTL", "1m", "KVS_AUTH_ENABLED", "true");
        try (Jar node = Jar.inside(two, settings)) {
            run(two, "", "", "import", file, node.url).ok();
            Said said = run(two, "", "", "export", node.url, "-", "--prefix", "a/").ok();
            // White space around a document is no part of it; all in it is.
            assertEquals("{\"path\":\"a/deep\",\"data\":" + deep + "}\n{\"path\":\"a/odd\",\"data\":"
                    + new String(odd, StandardCharsets.UTF_8).strip() + "}\n", said.out);
            node.end();
        }
        Said stopped = run(two, "", "", "export", "data", "-").ok();
        assertEquals(4, stopped.out.lines().count());
        assertTrue(stopped.out.contains("\"path\":\"b\",\"data\":true,\"ttl\":\"59m"), stopped.out);
        assertEquals(1, stopped.out.lines().filter(line -> line.contains("\"ttl\"")).count(),
                "a default ttl is not for imports");
        run(one, "", stopped.out, "import", "-", "data").ok();
        assertEquals(0, Jar.run(one, "verify", "data").status());
        assertEquals(stopped.out.replaceAll("\"59m.*?\"", ""),
                run(one, "", "", "export", "data", "-").ok().out.replaceAll("\"59m.*?\"", ""));
        try (Jar node = Jar.inside(one, Map.of())) {
            assertArrayEquals(bytes(deep), node.send("GET", "/kv/a/deep?raw", new byte[0]).body());
        }
    }

    @Test
    void carriesLocksAndNeverAccounts() throws Exception {
        Path home = home("one");
        String file = directory.resolve("dump").toString();
        try (Jar node = Jar.inside(home, ACCOUNTS)) {
            String token = Jar.out(home, "token").text().strip();
            String auth = "Bearer " + token;
            assertEquals(201, node.send("PUT", "/kv/k/1", bytes("1"), "Authorization", auth).statusCode());
            String user = new String(node.send("GET", "/auth/whoami", new byte[0], "Authorization", auth)
                    .body(), StandardCharsets.UTF_8)
                    .replaceAll(".*\"user_uuid\":\"([^\"]*)\".*\n?", "$1");
            byte[] lock = bytes("{\"permissions_text\":\"cdwr,----,----\",\"owner_uuid\":\"" + user + "\"}");
            assertEquals(200, node.send("PUT", "/kv/k/metadata", lock, "Authorization", auth).statusCode());
            run(home, token, "", "export", node.url, file, "--metadata").ok();
            String lines = Files.readString(Path.of(file));
            assertTrue(lines.startsWith("{\"path\":\"k\",\"metadata\":{") && lines.contains(
                    "\"permissions_text\":\"cdwr,----,----\"}}\n{\"path\":\"k/1\",\"data\":1}\n"), lines);
            assertFalse(lines.contains("nickname") || lines.contains("user/"), lines);
            Said lost = run(home, "eyJhbGciOi.wrong.token", "", "import", file, node.url);
            assertEquals(1, lost.status);
            assertTrue(lost.err.contains("KVS_TOKEN") && !lost.err.contains("wrong"), lost.err);
            String reader = Jar.out(home, "token", "--scopes", "read").text().strip();
            Said refused = run(home, reader, "", "import", file, node.url);
            assertEquals(1, refused.status);
            assertTrue(refused.err.contains("line 2: the permissions"), refused.err);
            assertEquals(1, run(home, reader, "", "export", node.url, "-", "--metadata").status);
            run(home, "", "", "import", file, node.url, "--metadata", "--rename", "k=l").ok();
            assertEquals(200, node.send("GET", "/kv/l/1", new byte[0], "Authorization", auth).statusCode());
            node.end();
        }
        Path other = home("two");
        Files.createDirectory(other.resolve("data"));
        Said said = run(other, "", "", "import", file, "data", "--metadata");
        assertTrue(said.status == 1 && said.err.contains("there is no user"),
                "the owner of the lock is not known there: " + said.err);
        Files.writeString(Path.of(file),
                Files.readString(Path.of(file)).replaceAll("\"owner_uuid\":\"[^\"]*\",", ""));
        run(other, "", "", "import", file, "data", "--metadata").ok();
        try (Jar node = Jar.inside(other, ACCOUNTS)) {
            String admin = "Bearer " + Jar.out(other, "token").text().strip();
            assertTrue(new String(node.send("GET", "/kv/k/1/metadata", new byte[0], "Authorization", admin)
                    .body(), StandardCharsets.UTF_8).contains("cdwr,----,----"));
            node.end();
        }
        run(other, "", "{\"path\":\"z\",\"data\":1}", "import", "-", "data").ok();
        assertEquals(0, Jar.run(other, "verify-log", "data").status());
        String log = Files.list(other.resolve("data/tamper")).map(JarTransferTest::text)
                .collect(Collectors.joining());
        assertTrue(log.contains("\"import\""), log);
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void saysWhatCannotBe() throws Exception {
        Path home = home("one");
        Files.writeString(home.resolve("f"), "{\"path\":\"a\",\"data\":1}\nx\n");
        for (String[] args : new String[][] {{"export", "http://127.0.0.1:1"}, {"import", "none", "data"},
                {"import", "f", "data", "--rename", "x"}, {"export", "data", "nowhere/f"},
                {"export", "data", "."}, {"import", "f", "data", "none.yaml"}}) {
            assertEquals(2, run(home, "", "", args).status, String.join(" ", args));
        }
        for (String[] args : new String[][] {{"import", "f", "data"}, {"import", "f", "."},
                {"export", ".", "-"},
                {"export", "http://127.0.0.1:1", "-"}, {"export", "http://127.0.0.1:1/kv/", "-"}}) {
            assertEquals(1, run(home, "", "", args).status, String.join(" ", args));
        }
        try (Jar node = Jar.inside(home, Map.of())) {
            Said locked = run(home, "", "", "import", "f", "data");
            assertEquals(1, locked.status);
            assertTrue(locked.err.contains("a node uses") && locked.err.contains(node.url), locked.err);
            Said half = run(home, "", "", "import", "f", node.url);
            assertEquals(1, half.status);
            assertTrue(half.err.contains("line 2: ") && half.err.contains("imported 1 documents"), half.err);
            assertEquals(200, node.send("GET", "/kv/a", new byte[0]).statusCode());
        }
    }

    /** C24: one sentence, and no file that looks like a beginning. */
    @Test
    void leavesNothingOfANodeThatIsNotThere() throws Exception {
        Path home = home("one");
        Files.writeString(home.resolve("f"), "{\"path\":\"a\",\"data\":1}\n");
        try (ServerSocket other = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread greets = new Thread(() -> greet(other));
            greets.start();
            String foreign = "//127.0.0.1:" + other.getLocalPort();
            for (String[] args : new String[][] {{"export", "http://127.0.0.1:1", "out"},
                    {"export", "http:" + foreign, "out"}, {"export", "https:" + foreign, "out"},
                    {"export", "http://nowhere.invalid:80", "out"}, {"import", "f", "http://127.0.0.1:1"}}) {
                Said said = run(home, "", "", args);
                String what = String.join(" ", args) + ": " + said;
                assertEquals(1, said.status, what);
                assertEquals(1, said.err.lines().count(), what);
                assertTrue(said.err.startsWith("kvs: ") && said.out.isEmpty(), what);
                assertFalse(said.err.contains("Exception") || said.err.contains("null"), what);
                try (Stream<Path> files = Files.list(home)) {
                    assertEquals(List.of("f", "input", "said"),
                            files.map(file -> file.getFileName().toString()).sorted().toList(), what);
                }
            }
        }
    }

    /** Speaks another protocol than HTTP, until it is closed. */
    private static void greet(ServerSocket other) {
        try {
            while (true) {
                try (Socket client = other.accept()) {
                    client.getOutputStream().write(bytes("SSH-2.0-other\r\n"));
                    client.shutdownOutput();
                    client.getInputStream().readNBytes(1);
                }
            }
        } catch (IOException closed) {
            assertTrue(other.isClosed(), "not closed");
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void goesOnAfterAKill() throws Exception {
        Path home = home("one");
        int count = Depth.of(15_000, 100_000);
        Path file = home.resolve("big");
        String text = "x".repeat(300);
        Files.writeString(file, IntStream.range(0, count).mapToObj(i -> "{\"path\":\"k/" + i
                + "\",\"data\":{\"text\":\"" + text + i + "\"}}").collect(Collectors.joining("\n")));
        Files.createDirectory(home.resolve("data"));
        int kills = 0;
        Said said;
        do {
            Process process = Jar.command(home, "import", "big", "data")
                    .redirectError(home.resolve("said").toFile()).start();
            for (int i = 0; kills < 2 && process.isAlive() && i < 3_000
                    && !Files.exists(home.resolve("big.progress")); i++) {
                Thread.sleep(5);
            }
            if (kills < 2 && process.isAlive()) {
                process.destroyForcibly();
                kills++;
            }
            said = new Said(Shell.await(process), "", Files.readString(home.resolve("said")));
        } while (said.status == 137);
        assertEquals(0, said.status, said.err);
        assertFalse(Files.exists(home.resolve("big.progress")));
        System.out.println("import killed " + kills + " times, then: " + said.err.lines().toList());
        assertEquals((long) count, run(home, "", "", "export", "data", "-").ok().out.lines().count());
        assertEquals(0, Jar.run(home, "verify", "data").status());
        assertEquals(List.of(), Files.list(home).map(path -> path.getFileName().toString())
                .filter(name -> name.contains(".new")).toList());
    }
}
