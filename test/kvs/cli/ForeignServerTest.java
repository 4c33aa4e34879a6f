package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import kvs.command.ExitStatus;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.RealTextFiles;
import kvs.world.TextFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a server that is broken, or lies. */
class ForeignServerTest {

    /** Clears the screen of a terminal; as JSON. */
    private static final String CLEAR = "\\u001b[2J\\u009b2J";
    private static final String USER = "0197f3c1-7d5e-7a41-8a1c-2b3c4d5e6f70";

    @TempDir
    private Path home;

    private CommandRun.Result run(ForeignServer server, String... args) {
        return new CommandRun(home).with("KVS_ENDPOINT", server.url()).with("KVS_TOKEN", "t0k").run(args);
    }

    @Test
    void textOfTheServerReachesTheTerminalEscaped() throws IOException {
        String headers = "KVS-Node: n\u001b[2J\r\n";
        String good = ForeignServer.response(200, headers, "{\"status\":\"" + CLEAR + "\",\"nickname\":\""
                + CLEAR + "\",\"error\":\"" + CLEAR + "\",\"token\":\"" + CLEAR + "\",\"id\":\"" + CLEAR
                + "\",\"user_uuid\":\"" + USER + "\",\"expires_at\":1,\"backups\":[]}");
        String bad = ForeignServer.response(404, headers, "{\"detail\":\"" + CLEAR + "\"}");
        try (ForeignServer server = new ForeignServer(head -> head.contains("/kv/") ? bad : good)) {
            for (String command : List.of("get a", "health", "backup ls", "token add",
                    "login " + server.url())) {
                CommandRun.Result result = new CommandRun(home).with("KVS_TOKEN", "t0k")
                        .with("KVS_ENDPOINT", command.startsWith("login") ? "" : server.url())
                        .run(command.split(" "));
                String shown = result.out() + result.err();
                assertTrue(shown.contains("\\u001b[2J"), command + ": " + shown);
                assertTrue(shown.chars().noneMatch(c -> c == 0x1b || c == 0x9b), command + ": " + shown);
            }
        }
        try (ForeignServer full = new ForeignServer(head -> ForeignServer.response(503, "",
                "{\"reason\":\"read_only\"}"));
                ForeignServer server = new ForeignServer(head -> ForeignServer.response(200, headers, "1"))) {
            String noted = new CommandRun(home).run("get", "a", "--endpoint", full.url() + "," + server.url())
                    .err();
            assertTrue(noted.startsWith("kvs: goes on at n\\u001b[2J"), noted);
        }
    }

    /** Keys whose history is too short are told: they would make the node refuse, or stay as they are. */
    @Test
    void planOfARestoreNamesTheKeysThatItWouldLeave() throws IOException {
        String plan = "{\"restored\":1,\"deleted\":1,\"unchanged\":5,\"unknown\":[\"t/old\"],";
        String listed = plan + "\"changes\":[{\"path\":\"t/a\",\"op\":\"put\"},"
                + "{\"path\":\"t/b\",\"op\":\"delete\"}]}";
        String rows = "t/a    would be put back\nt/b    would be deleted\n"
                + "t/old  would be left: unknown then\n";
        try (ForeignServer server = new ForeignServer(head -> ForeignServer.response(200, "", listed))) {
            CommandRun.Result refused = run(server, "restore", "t/", "--to", "1", "--dry-run");
            assertEquals(rows, refused.out());
            assertEquals(ExitStatus.FAILED, refused.status());
            assertTrue(refused.err().contains("t/ would not be put back: the history of 1 keys"),
                    refused.err());
            CommandRun.Result forced = run(server, "restore", "t/", "--to", "1", "--dry-run", "--force");
            assertEquals(rows, forced.out());
            assertEquals(ExitStatus.DONE, forced.status());
            assertEquals("t/  put back  1 restored  1 deleted  5 unchanged  1 left, unknown then\n",
                    run(server, "restore", "t/", "--to", "1", "--force", "--yes").out());
        }
        String cut = plan + "\"unknown_count\":3,\"changes\":[]}";
        try (ForeignServer server = new ForeignServer(head -> ForeignServer.response(200, "", cut))) {
            String err = run(server, "restore", "t/", "--to", "1", "--dry-run", "--force").err();
            assertTrue(err.contains("kvs: and 4 more"), err);
        }
    }

    @Test
    void idOfATokenCannotEndTheRequest() throws IOException {
        try (ForeignServer server = new ForeignServer(head -> ForeignServer.response(204, "", ""))) {
            assertEquals(ExitStatus.DONE, run(server, "token", "rm", "a b\r\nX: y?z").status());
            assertEquals(List.of("DELETE /auth/tokens/a%20b%0D%0AX%3A%20y%3Fz HTTP/1.1"), server.requests);
        }
    }

    @Test
    void listWithoutEndIsGivenUp() throws IOException {
        try (ForeignServer server = new ForeignServer(head -> ForeignServer.response(200, "",
                "{\"next\":\"x\",\"groups\":[],\"conflicts\":[]}"))) {
            for (String[] command : new String[][] {{"group", "ls"}, {"conflicts"}}) {
                CommandRun.Result result = run(server, command);
                assertEquals(ExitStatus.FAILED, result.status());
                assertTrue(result.err().contains("1000 pages"), result.err());
            }
            assertEquals(2_000, server.requests.size());
        }
    }

    @Test
    void versionIsSearchedOnEveryNodeAndWrittenOnce() throws IOException {
        String history = ForeignServer.response(200, "", "{\"revisions\":[{\"uuid\":\"" + USER + "\"}]}");
        try (ForeignServer first = new ForeignServer(head -> head.startsWith("GET") ? history : "");
                ForeignServer second = new ForeignServer(head -> history)) {
            CommandRun.Result result = new CommandRun(home).run("resolve", "a", "--keep", USER, "--timeout",
                    "2s", "--endpoint", "http://127.0.0.1:1," + first.url() + "," + second.url());
            assertEquals(ExitStatus.UNREACHABLE, result.status());
            assertTrue(result.err().contains("it is not known whether this was done"), result.err());
            assertEquals(2, first.requests.size(), first.requests.toString());
            assertEquals(List.of(), second.requests);
        }
        CommandRun.Result silent = new CommandRun(home).run("resolve", "a", "--keep", USER, "--timeout",
                "200ms", "--endpoint", "http://127.0.0.1:1");
        assertEquals(ExitStatus.UNREACHABLE, silent.status(), "it may be there");
    }

    @Test
    void timeoutBoundsTheWholeWait() throws IOException {
        String absent = ForeignServer.response(404, "", "{}");
        try (ForeignServer server = new ForeignServer(head -> head.contains("watch=") ? ForeignServer.SILENCE
                : absent)) {
            CommandRun.Result result = run(server, "wait", "a", "--timeout", "1s");
            assertEquals(ExitStatus.UNREACHABLE, result.status());
            assertEquals("kvs: out of time: when a node last responded, a did not exist\n", result.err());
            assertEquals(2, server.requests.size());
        }
    }

    /** Where two ids were made at the same time, a link keeps the one with which it was made. */
    @Test
    void rotationNamesThisSiteAsThePartnerKnowsIt() throws IOException {
        String known = "0197f3c1-7d5e-7a41-8a1c-000000000007";
        String partners = ForeignServer.response(200, "", "{\"site\":\"" + USER + "\",\"partners\":["
                + "{\"name\":\"b\",\"link\":\"" + USER + "\",\"self\":\"" + known + "\",\"sends\":true,"
                + "\"receives\":true,\"zones\":[{\"paths\":[\"docs\"]}]}]}");
        try (ForeignServer server = new ForeignServer(head -> partners)) {
            Path link = home.resolve("b.link");
            CommandRun.Result result = run(server, "partner", "rotate", "b", "--write-link", link.toString());
            assertEquals(ExitStatus.DONE, result.status(), result.err());
            assertTrue(Files.readString(link).contains("\"site\":\"" + known + "\""), Files.readString(link));
        }
    }

    @Test
    void watchClosesItsConnections() throws IOException {
        String item = "{\"path\":\"a\",\"uuid\":\"u\",\"timestamp\":1,\"author\":\"" + USER
                + "\",\"data\":1}";
        String stream = "HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n\r\nid: 1\ndata: " + item
                + "\n\n";
        String users = ForeignServer.response(200, "", "{\"users\":[{\"uuid\":\"" + USER
                + "\",\"nickname\":\"john\"}]}");
        try (ForeignServer server = new ForeignServer(head -> head.contains("/auth/users") ? users
                : stream)) {
            CommandRun.Result result = run(server, "watch", "a", "--since", "0", "--count", "1");
            assertTrue(result.out().endsWith("PUT a by john 1\n"), result.out() + result.err());
            long begin = System.nanoTime();
            while (server.open.get() > 0 && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(20)) {
                LockSupport.parkNanos(1_000_000);
            }
            assertEquals(0, server.open.get());
        }
    }

    @Test
    void tokenGoesToNoAddressThatOnlyTheWorkingDirectoryNames() throws IOException {
        Path data = Files.createDirectories(home.resolve("data"));
        FileDisk disk = FileDisk.open(data);
        try (ForeignServer server = new ForeignServer(head -> ForeignServer.response(200, "", "1"));
                Closeable held = disk.lock("LOCK").orElseThrow()) {
            assertTrue(Files.exists(data.resolve("LOCK")), held.toString());
            Files.writeString(data.resolve("node.url"), server.url());
            CommandRun.Result other = here(false).run("get", "a");
            assertEquals(ExitStatus.UNREACHABLE, other.status());
            assertTrue(other.err().contains("no node is named"), other.err());
            assertEquals(List.of(), server.requests, "the directory is not of this user");
            assertEquals("1", here(true).run("get", "a").out());
            Files.writeString(data.resolve("node.url"), "http://192.0.2.1:8080");
            for (String command : List.of("get a", "login")) {
                CommandRun.Result far = here(true).run(command.split(" "));
                assertEquals(ExitStatus.MISUSED, far.status(), far.err());
                assertTrue(far.err().contains("the token was not sent: no node is named, and " + data
                        + " names http://192.0.2.1:8080"), far.err());
            }
        }
        assertFalse(Files.exists(home.resolve("config/kvs/local")));
    }

    /** The commands in a working directory that is the home of the test. */
    private CommandRun here(boolean own) {
        TextFiles real = new RealTextFiles(Dice.real());
        TextFiles files = (TextFiles) Proxy.newProxyInstance(TextFiles.class.getClassLoader(),
                new Class<?>[] {TextFiles.class}, (proxy, method, args) -> {
                    try {
                        return switch (method.getName()) {
                            case "absolute" -> home.resolve((String) args[0]).toString();
                            case "ownDirectory" -> own;
                            default -> method.invoke(real, args);
                        };
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new CommandRun(home).with("KVS_DATA_DIR", "").with("KVS_TOKEN", "t0k").with(files);
    }
}
