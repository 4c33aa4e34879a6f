package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kvs.OwnThread;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as it is installed, with its archives of classes, and commands in a pseudo-terminal. */
class LauncherTest {

    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));
    private static final long BATCH_NANOS = 300_000_000L;
    private static final long PAGE_NANOS = 1_200_000_000L;

    @TempDir
    private static Path home;
    private static Jar node;

    @BeforeAll
    static void installs() throws IOException {
        Files.createDirectories(home.resolve("usr/bin"));
        Files.createDirectories(home.resolve("usr/lib/kvs"));
        Files.copy(ROOT.resolve("conf/kvs"), home.resolve("usr/bin/kvs"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(Jar.ours(), home.resolve("usr/lib/kvs/kvs.jar"));
        node = Jar.start(home, Map.of("KVS_AUTH_ENABLED", "true"));
    }

    @AfterAll
    static void stops() throws IOException {
        node.close();
    }

    /** Runs a script in which {@code kvs} is the launcher, whose home is the directory of the test. */
    private static Jar.Printed run(String script) throws IOException {
        return Shell.run(home, "export KVS_JAVA_OPTS=-Duser.home=$HOME; kvs() { sh usr/bin/kvs \"$@\"; }\n"
                + script);
    }

    private static Jar.Printed archived(String script) throws IOException {
        return run("export XDG_CACHE_HOME=$HOME/archives; " + script);
    }

    private static List<String> archives(String command) throws IOException {
        Path cache = home.resolve("archives/kvs");
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(command))
                    .sorted().toList();
        }
    }

    @Test
    void archiveIsMadeOnceUsedAndNeverAnError() throws Exception {
        assertEquals(3, archived("kvs get none").status());
        assertEquals(List.of(), archives("get"), "a command that failed makes no archive");
        assertEquals(0, archived("printf '{\"b\":1}' | kvs put a -").status(), "its input");
        assertEquals("{\"b\":1}", archived("kvs get a").text());
        List<String> made = archives("get");
        assertEquals(1, made.size(), made.toString());
        assertTrue(made.get(0).endsWith(".jsa"), made.toString());
        long begin = System.nanoTime();
        assertEquals("{\"b\":1}", archived("kvs get a").text());
        System.out.println("kvs get by the launcher: " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        assertEquals(made, archives("get"));
        Path archive = home.resolve("archives/kvs").resolve(made.get(0));
        Files.delete(archive);
        Files.writeString(archive, "this is no archive");
        assertEquals("{\"b\":1}", archived("kvs get a").text(), "a bad archive is ignored, without a word");
        Files.setLastModifiedTime(home.resolve("usr/lib/kvs/kvs.jar"),
                FileTime.fromMillis(1_700_000_000_000L));
        assertEquals("{\"b\":1}", archived("kvs get a").text());
        assertEquals(1, archives("get").size(), "that of the other jar is gone");
        assertFalse(archives("get").equals(made));
        assertEquals("{\"b\":1}", archived("unset XDG_CACHE_HOME; HOME=/nonexistent; kvs get a").text(),
                "no place for an archive");
    }

    @Test
    void interruptHasItsStatus() throws Exception {
        String heeds = "env --default-signal=INT ";
        assumeTrue(Shell.run(home, heeds + "true").status() == 0, "no env that resets signals here");
        Jar.Printed watch = run("kvs put i/a 1 > /dev/null; " + heeds
                + "sh usr/bin/kvs watch i/ --present > seen &"
                + " watch=$!; for i in $(seq 600); do [ -s seen ] && break; sleep 0.1; done; kill -INT"
                + " $watch;"
                + " wait $watch; echo \"status $?\"; cat seen");
        assertTrue(watch.text().matches("status 130\n\\S+ PUT i/a by operator on \\S+ 1\n"), watch.text());
    }

    @Test
    void firstRunThatIsEndedLeavesNothing() throws Exception {
        String heeds = "env --default-signal=INT ";
        assumeTrue(Shell.run(home, heeds + "true").status() == 0, "no env that resets signals here");
        assumeTrue(Shell.has("pgrep"), "needs pgrep");
        Path cache = Files.createDirectories(home.resolve("archives/kvs"));
        Path killed = Files.writeString(cache.resolve("status-1.jsa.7"), "");
        Files.setLastModifiedTime(killed, FileTime.fromMillis(1_700_000_000_000L));
        Files.writeString(cache.resolve("status-1.jsa.8"), "");
        for (String signal : List.of("INT 130", "TERM 143")) {
            String name = signal.split(" ")[0];
            try (ServerSocket silent = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
                OwnThread.run(() -> holdFirst(silent, home.resolve("asked-" + name)));
                // Java itself may complain when it is ended in its own start: the command has asked by then.
                Jar.Printed ended = archived(heeds + "sh usr/bin/kvs health --wait 30s --endpoint"
                        + " http://127.0.0.1:" + silent.getLocalPort() + " & script=$!;"
                        + " for i in $(seq 1200); do [ -e asked-" + name + " ] && break; sleep 0.05; done;"
                        + " java=$(pgrep -P $script java); kill -" + name + " $script;"
                        + " wait $script; echo \"status $?\"; kill -0 $java 2> /dev/null && echo runs");
                assertEquals("status " + signal.split(" ")[1] + "\n", ended.text());
                assertEquals(List.of(), archives("health"));
            }
        }
        assertEquals(0, archived("kvs status > /dev/null").status());
        List<String> kept = archives("status");
        assertTrue(kept.size() == 2 && kept.contains("status-1.jsa.8"), "old ones go: " + kept);
    }

    /** Takes one connection, makes a file then, and answers nothing until its client is gone. */
    private static void holdFirst(ServerSocket server, Path made) {
        try (Socket client = server.accept()) {
            Files.writeString(made, "");
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException ended) {
            // The client was killed, or never came: then its file is missing, and the test says so.
        }
    }

    /** Runs a command in a pseudo-terminal, and types these answers, each after a question. */
    private static String terminal(String variables, String answers, String command) throws IOException {
        assumeTrue(Shell.has("python3"), "needs python3 for a pseudo-terminal");
        Files.writeString(home.resolve("terminal.py"), """
                import os, pty, select, sys, time
                answers = [a.encode() + b"\\n" for a in sys.argv[1].split("|") if a]
                marks = [b"? [y/N] ", b": "]
                pid, fd = pty.fork()
                if pid == 0:
                    os.execvp(sys.argv[2], sys.argv[2:])
                seen = b""
                while True:
                    try:
                        data = os.read(fd, 4096)
                    except OSError:
                        break
                    if not data:
                        break
                    seen += data
                    if answers and seen.endswith(tuple(marks)):
                        time.sleep(0.2)
                        os.write(fd, answers.pop(0))
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                sys.stdout.buffer.write(seen)
                print("status", status)
                """);
        return run(variables + " python3 terminal.py '" + answers + "' sh usr/bin/" + command).text()
                .replace("\r\n", "\n");
    }

    @Test
    void terminalShowsColoursPromptsAndHidesTheToken() throws Exception {
        assertEquals(0, run("kvs put p/a '{\"b\":1}'; kvs put p/b 2").status());
        String pretty = terminal("", "", "kvs get p/a");
        assertEquals("{\n  \u001b[34m\"b\"\u001b[0m: 1\n}\nstatus 0\n", pretty);
        String plain = terminal("NO_COLOR=1", "", "kvs get p/a");
        assertEquals("{\n  \"b\": 1\n}\nstatus 0\n", plain);
        String asked = terminal("", "n", "kvs rm -r p/");
        assertTrue(asked.contains("delete 2 keys below p/? [y/N] ") && asked.contains("status 2"), asked);
        String token = run("kvs token 2> /dev/null").text().strip();
        String signed = terminal("", token, "kvs login " + node.url + ","
                + node.url.replace("127.0.0.1", "localhost") + " --context far");
        assertTrue(signed.contains("Token for " + node.url + ": ") && signed.contains("admin at " + node.url)
                && signed.contains("context 'far' written") && signed.contains("status 0"), signed);
        assertFalse(signed.contains(token), "the token is not echoed");
        assertEquals("{\"b\":1}", run("kvs get p/a --context far").text());
        assertEquals("", run("kvs context rm far > /dev/null").text());
    }

    /** What takes over a second shows how far it is, how fast, and the time left, and removes that line. */
    @Test
    void terminalShowsTheProgressOfATransfer() throws Exception {
        StringBuilder documents = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            documents.append("{\"path\":\"t/").append(i).append("\",\"data\":").append(i).append("}\n");
        }
        Files.writeString(home.resolve("many.ndjson"), documents);
        HttpServer slow = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        slow.createContext("/", LauncherTest::serveSlowly);
        slow.start();
        String url = " http://127.0.0.1:" + slow.getAddress().getPort();
        try {
            String taken = terminal("", "", "kvs import many.ndjson" + url);
            assertTrue(taken.matches("(?s).*\r[0-9.]+ KB of [0-9.]+ KB \\(\\d+ %\\), [0-9.]+ KB/s, [0-9hms ]+"
                    + " left +.*\r +\rimported 10,000 documents, .*status 0\n"), taken);
            String written = terminal("", "", "kvs export" + url + " all.ndjson");
            assertTrue(written.matches("(?s).*\r1 001 documents of 4 000 documents \\(25 %\\), \\d+"
                    + " documents/s, [0-9hms ]+ left +.*\r +\rexported 1,0.."
                    + " documents, .*status 0\n"), written);
            assertFalse(run("kvs export" + url + " all.ndjson").text().contains("\r"), "not in a pipe");
        } finally {
            slow.stop(0);
        }
    }

    /** A node that takes its time for each batch, and for each page behind the first one. */
    private static void serveSlowly(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestURI().toString();
        exchange.getRequestBody().readAllBytes();
        String body = "[]";
        if (target.startsWith("/kv/_batch")) {
            LockSupport.parkNanos(BATCH_NANOS);
            body = "{\"results\":[" + "{\"status\":201},".repeat(1_999) + "{\"status\":201}]}";
        } else if (target.contains("start_key")) {
            body = page(0, 1_000, ",\"next\":\"t/x\"");
        } else if (target.equals("/kv/?limit=1")) {
            body = "{\"keys\":[],\"prefixes\":[],\"count\":4000,\"bytes\":1}";
        } else if (target.startsWith("/kv/_range")) {
            LockSupport.parkNanos(PAGE_NANOS);
            body = page(1_000, 1_001, "");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String page(int from, int to, String next) {
        return IntStream.range(from, to).mapToObj(i -> "{\"path\":\"t/" + i + "\",\"data\":" + i + "}")
                .collect(Collectors.joining(",", "{\"items\":[", "]" + next + "}"));
    }
}
