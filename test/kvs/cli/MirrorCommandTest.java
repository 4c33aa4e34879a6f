package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kvs.OwnThread;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code mirror} against a real node. */
class MirrorCommandTest {

    @TempDir
    private static Path home;
    private static CommandRun.RunningNode node;

    @BeforeAll
    static void startsANode() throws Exception {
        node = new CommandRun(home).startNode(Map.of("KVS_AUTH_ENABLED", "false"));
    }

    @AfterAll
    static void stopsIt() {
        node.close();
    }

    private static CommandRun.Result run(String... args) {
        return new CommandRun(home).run(args);
    }

    private static CommandRun.Result done(String... args) {
        CommandRun.Result result = run(args);
        assertEquals(ExitStatus.DONE, result.status(), String.join(" ", args) + "\n" + result.err());
        return result;
    }

    private static String text(Path file) throws Exception {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Test
    void filesAreThoseOfThePresentMoment() throws Exception {
        Path out = home.resolve("once");
        Path log = home.resolve("once.log");
        done("put", "once/db", "{\"host\": \"h\",\n \"port\": 1}");
        done("put", "once/web/name", "\"shop\"");
        String[] mirror = {"mirror", "once/", out.toString(), "--once", "--exec", "echo ran >> " + log};
        assertEquals(out + "/db  written\n" + out + "/web/name  written\n",
                done(mirror).out().lines().sorted().map(line -> line.replaceAll(" {2,}", "  ") + "\n")
                        .reduce("", String::concat));
        assertEquals("{\"host\": \"h\",\n \"port\": 1}", text(out.resolve("db")), "byte for byte");
        assertEquals("\"shop\"", text(out.resolve("web/name")));
        assertEquals("", done(mirror).out(), "nothing has changed");
        assertEquals("ran\n", text(log));
        done("rm", "once/db");
        done("put", "once/web", "1");
        done(mirror);
        assertFalse(Files.exists(out.resolve("db")));
        assertEquals("1", text(out.resolve("web/%value")));
        assertEquals("ran\nran\n", text(log));
        done("mirror", "once/", out.toString(), "--once", "--text");
        assertEquals("shop", text(out.resolve("web/name")));
    }

    @Test
    void foreignFileInTheWayIsToldAndFailsOnce() throws Exception {
        Path out = Files.createDirectories(home.resolve("foreign"));
        Files.writeString(out.resolve("a"), "mine");
        done("put", "foreign/a", "1");
        done("put", "foreign/b", "2");
        CommandRun.Result result = run("mirror", "foreign", out.toString(), "--once");
        assertEquals(ExitStatus.FAILED, result.status());
        assertTrue(result.err().startsWith("kvs: foreign/a has no file: " + out + "/a is not of this"),
                result.err());
        assertEquals("mine", text(out.resolve("a")));
        assertEquals("2", text(out.resolve("b")));
    }

    @Test
    void commandThatFailsRunsAgain() throws Exception {
        Path out = home.resolve("failing");
        done("put", "failing/a", "1");
        CommandRun.Result result = run("mirror", "failing/", out.toString(), "--once", "--exec", "exit 3");
        assertEquals(ExitStatus.FAILED, result.status());
        assertTrue(result.err().contains("the command ended with status 3"), result.err());
        done("mirror", "failing/", out.toString(), "--once", "--exec", "echo ran > " + home.resolve("ok"));
        assertEquals("ran\n", text(home.resolve("ok")));
    }

    @Test
    void templatesAreReplacedAllOrNone() throws Exception {
        Path one = Files.writeString(home.resolve("one.in"), "{{ key \"tpl/db\" \"host\" }}\n");
        Path two = Files.writeString(home.resolve("two.in"), "{{ key \"tpl/port\" }}\n");
        Path out = home.resolve("tpl");
        String[] mirror = {"mirror", "tpl/", out.toString(), "--once", "--template",
                one + "=" + home.resolve("conf/one"), "--template", two + "=" + home.resolve("conf/two"),
                "--exec", "cat " + home.resolve("conf/one") + " " + home.resolve("conf/two") + " >> "
                        + home.resolve("tpl.log")};
        done("put", "tpl/db", "{\"host\":\"h1\"}");
        CommandRun.Result missing = run(mirror);
        assertEquals(ExitStatus.FAILED, missing.status());
        assertEquals("kvs: nothing was changed: a template needs what is not there: tpl/port\n",
                missing.err());
        assertFalse(Files.exists(home.resolve("conf/one")));
        assertFalse(Files.exists(out.resolve("db")));
        done("put", "tpl/port", "5432");
        done(mirror);
        assertEquals("h1\n5432\n", text(home.resolve("tpl.log")));
        done("put", "tpl/db", "{\"host\":\"h2\"}");
        done("rm", "tpl/port");
        assertEquals(ExitStatus.FAILED, run(mirror).status());
        assertEquals("h1\n", text(home.resolve("conf/one")));
        done("put", "tpl/port", "1");
        done(mirror);
        assertEquals("h1\n5432\nh2\n1\n", text(home.resolve("tpl.log")));
        try (var files = Files.list(home.resolve("conf"))) {
            assertEquals(2, files.count(), "nothing is left over");
        }
        CommandRun.Result both = run("mirror", "tpl/", out.toString(), "--once", "--template", one + "="
                + home.resolve("same"), "--template", two + "=" + home.resolve("./same"));
        assertEquals(ExitStatus.MISUSED, both.status());
        assertTrue(both.err().contains("two templates would make " + home.resolve("same")), both.err());
        assertEquals(ExitStatus.MISUSED, run("mirror", "other/", home.resolve("x").toString(), "--template",
                one + "=" + home.resolve("y")).status(), "a key outside the prefix");
    }

    /** Whenever the command runs, the files are those of one batch. */
    @Test
    void commandNeverSeesPartsOfTwoBatches() throws Exception {
        Path out = home.resolve("batches");
        Path log = Files.writeString(home.resolve("batches.log"), "");
        String ended = out + "/.kvs-mirror";
        CompletableFuture<CommandRun.Result> mirror = OwnThread.start(() -> run("mirror",
                "batches/", out.toString(), "--exec", "cat " + out + "/* >> " + log + "; if grep -q 29 " + out
                        + "/k0; then rm -r " + ended + "; : > " + ended + "; fi"));
        for (int n = 10; n < 30; n++) {
            StringBuilder ops = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                ops.append(i == 0 ? "" : ",").append("{\"op\":\"put\",\"path\":\"batches/k" + i
                        + "\",\"data\":\"" + n + "\"}");
            }
            assertEquals(200, post("{\"atomic\":true,\"ops\":[" + ops + "]}"));
        }
        assertEquals(ExitStatus.FAILED, mirror.get(60, TimeUnit.SECONDS).status(), "no state");
        String seen = text(log);
        String last = "\"29\"".repeat(20);
        assertTrue(seen.endsWith(last), seen);
        for (int at = 0; at < seen.length(); at += last.length()) {
            assertEquals(seen.substring(at, at + 4).repeat(20), seen.substring(at, at + last.length()));
        }
    }

    private static int post(String body) throws Exception {
        HttpRequest batch = HttpRequest.newBuilder(URI.create(node.url() + "/kv/_batch"))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return HttpClient.newHttpClient().send(batch, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
