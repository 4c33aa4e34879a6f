package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as it is installed, with its archives of classes, and commands in a pseudo-terminal. */
class LauncherTest {

    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));

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
        assertTrue(watch.text().startsWith("status 130\n") && watch.text().endsWith(" PUT i/a by operator"
                + " 1\n"),
                watch.text());
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
            Jar.Printed ended = archived(heeds + "sh usr/bin/kvs health --wait 30s --endpoint"
                    + " http://127.0.0.1:1 & script=$!; for i in $(seq 600); do java=$(pgrep -P $script java)"
                    + " && break; sleep 0.05; done; kill -" + signal.split(" ")[0] + " $script;"
                    + " wait $script; echo \"status $?\"; kill -0 $java 2> /dev/null && echo runs");
            assertEquals("status " + signal.split(" ")[1] + "\n", ended.text());
            assertEquals(List.of(), archives("health"));
        }
        assertEquals(0, archived("kvs status > /dev/null").status());
        List<String> kept = archives("status");
        assertTrue(kept.size() == 2 && kept.contains("status-1.jsa.8"), "old ones go: " + kept);
    }

    @Test
    void terminalShowsColoursPromptsAndHidesTheToken() throws Exception {
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
        assertEquals(0, run("kvs put p/a '{\"b\":1}'; kvs put p/b 2").status());
        String pretty = run("python3 terminal.py '' sh usr/bin/kvs get p/a").text().replace("\r", "");
        assertEquals("{\n  \u001b[34m\"b\"\u001b[0m: 1\n}\nstatus 0\n", pretty);
        String plain = run("NO_COLOR=1 python3 terminal.py '' sh usr/bin/kvs get p/a").text().replace("\r",
                "");
        assertEquals("{\n  \"b\": 1\n}\nstatus 0\n", plain);
        String asked = run("python3 terminal.py 'n' sh usr/bin/kvs rm -r p/").text();
        assertTrue(asked.contains("delete 2 keys below p/? [y/N] ") && asked.contains("status 2"), asked);
        String token = run("kvs token 2> /dev/null").text().strip();
        String signed = run("python3 terminal.py '" + token + "' sh usr/bin/kvs login " + node.url + ","
                + node.url.replace("127.0.0.1", "localhost") + " --context far").text();
        assertTrue(signed.contains("Token for " + node.url + ": ") && signed.contains("admin at " + node.url)
                && signed.contains("context 'far' written") && signed.contains("status 0"), signed);
        assertFalse(signed.contains(token), "the token is not echoed");
        assertEquals("{\"b\":1}", run("kvs get p/a --context far").text());
        assertEquals("", run("kvs context rm far > /dev/null").text());
    }
}
