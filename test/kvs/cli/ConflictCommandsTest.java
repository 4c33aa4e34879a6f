package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import kvs.command.ExitStatus;
import kvs.json.JsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on conflicts, with two nodes that have both written a key before they met. */
class ConflictCommandsTest {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    private Path directory;

    private CommandRun.RunningNode start(String name, int port, String seeds) throws IOException {
        Map<String, String> settings = new TreeMap<>(Map.of("KVS_AUTH_ENABLED", "false", "KVS_NODE_ID", name,
                "KVS_PORT", Integer.toString(port), "KVS_CLUSTER_SECRET", "a secret of 32 characters or"
                + " more"));
        if (!seeds.isEmpty()) {
            settings.put("KVS_SEED_NODES", seeds);
        }
        return new CommandRun(Files.createDirectories(directory.resolve(name))).startNode(settings);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private CommandRun.Result run(String... args) {
        return new CommandRun(directory).run(args);
    }

    @Test
    void conflictIsListedAndResolvedFromTheNodeThatKeepsTheLoser() throws Exception {
        int port = freePort();
        try (CommandRun.RunningNode one = start("one", port, "")) {
            String loser;
            int other = freePort();
            try (CommandRun.RunningNode two = start("two", other, "")) {
                assertEquals(ExitStatus.DONE, run("put", "c", "1", "--endpoint", two.url()).status());
                loser = id(two);
                while (System.currentTimeMillis() <= timestamp(two)) {
                    Thread.onSpinWait();
                }
                assertEquals(ExitStatus.DONE, run("put", "c", "2", "--endpoint", one.url()).status());
            }
            try (CommandRun.RunningNode two = start("two", other, "127.0.0.1:" + port)) {
                String both = one.url() + "," + two.url();
                String listed = "";
                long begin = System.nanoTime();
                while (listed.isEmpty() && System.nanoTime() - begin < PATIENCE_NANOS) {
                    listed = run("conflicts", "-o", "ndjson", "--endpoint", both).out();
                }
                assertEquals("{\"path\":\"c\",\"winner\":\"" + id(one) + "\",\"losers\":[\"" + loser
                        + "\"]}\n",
                        listed);
                assertEquals(ExitStatus.ABSENT,
                        run("resolve", "c", "--keep", "ffff0000", "--endpoint", both).status());
                CommandRun.Result resolved = run("resolve", "c", "--keep", loser.substring(28), "--endpoint",
                        both);
                assertEquals("c  resolved  " + loser + "\n", resolved.out(), resolved.err());
                assertEquals("1", run("get", "c", "--endpoint", two.url()).out());
                assertEquals(ExitStatus.DONE, run("wait", "c", "--field", ".=1", "--timeout", "30s",
                        "--endpoint", one.url()).status());
                assertTrue(run("conflicts", "--endpoint", two.url()).out().isEmpty());
            }
        }
    }

    private String id(CommandRun.RunningNode node) throws Exception {
        return member(node, "uuid").string();
    }

    private long timestamp(CommandRun.RunningNode node) throws Exception {
        return member(node, "timestamp").asLong();
    }

    private JsonValue member(CommandRun.RunningNode node, String name) throws Exception {
        String text = run("get", "c", "-o", "json", "--stale", "--endpoint", node.url()).out();
        return JsonValue.parse(text.getBytes(StandardCharsets.UTF_8)).field(name).orElseThrow();
    }
}
