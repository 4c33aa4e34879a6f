package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kvs.command.ExitStatus;
import kvs.json.JsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of people who run nodes, against two real nodes. */
class OperationCommandsTest {

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    private static Path home;
    private static CommandRun.RunningNode first;
    private static CommandRun.RunningNode second;

    private static CommandRun other() {
        return new CommandRun(home).with("KVS_DATA_DIR", home.resolve("data2").toString());
    }

    private static CommandRun.RunningNode startSecond() throws Exception {
        return other().startNode(Map.of("KVS_NODE_ID", "node2", "KVS_HEARTBEAT_INTERVAL_MS", "100",
                "KVS_SUSPECT_AFTER_MS", "500", "KVS_SEED_NODES", first.url().replace("http://", "")));
    }

    @BeforeAll
    static void startsTwoNodes() throws Exception {
        first = new CommandRun(home).startNode(Map.of("KVS_NODE_ID", "node1", "KVS_HEARTBEAT_INTERVAL_MS",
                "100", "KVS_SUSPECT_AFTER_MS", "500"));
        second = startSecond();
        until("2 of 2 alive, in sync");
    }

    @AfterAll
    static void stopsThem() {
        second.close();
        first.close();
    }

    /** The first report of the first node with that text. */
    private static CommandRun.Result until(String text) {
        return until(text, "status");
    }

    /** Runs a command until that is in what it prints. */
    private static CommandRun.Result until(String text, String... command) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        CommandRun.Result result = run(command);
        while (!(result.out() + result.err()).contains(text)) {
            assertTrue(System.nanoTime() < end, text + " is not in " + result);
            result = run(command);
        }
        return result;
    }

    private static CommandRun.Result run(String... args) {
        return new CommandRun(home).run(args);
    }

    private static CommandRun.Result done(String... args) {
        CommandRun.Result result = run(args);
        assertEquals(ExitStatus.DONE, result.status(), String.join(" ", args) + "\n" + result.err());
        return result;
    }

    private static JsonValue json(String text) throws Exception {
        return JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void statusShowsMembersAndTellsHealthyFromDegraded() throws Exception {
        CommandRun.Result healthy = until("kvs OK  2 of 2 alive, in sync, ");
        assertEquals(ExitStatus.DONE, healthy.status(), healthy.out());
        assertTrue(healthy.out().matches("(?s).*"
                + "\nnode1\\*  alive +lag - .* versions  .* free  up .*\nnode2 .*"),
                healthy.out());
        JsonValue report = json(done("status", "-o", "json").out());
        assertEquals(2, report.field("members").orElseThrow().elements().size());
        assertEquals("ok\n", done("status", "-o", "raw").out());
        second.close();
        try {
            degradedWithoutTheSecond();
            until("a member is suspect", "events", "--since", "1h-ago");
        } finally {
            second = startSecond();
        }
        until("kvs OK  2 of 2 alive");
    }

    private static void degradedWithoutTheSecond() {
        CommandRun.Result degraded = until("kvs DEGRADED  1 of 2 alive, ");
        assertEquals(ExitStatus.FAILED, degraded.status());
        assertTrue(degraded.out().contains("\nnode2   silent "), degraded.out());
        assertTrue(degraded.out().contains("→ kvs members rm node2, if it does not come back"),
                degraded.out());
        assertTrue(degraded.out().contains("\n! ") && degraded.out().contains("\n  → "), degraded.out());
        String both = second.url() + "," + first.url();
        CommandRun.Result elsewhere = run("status", "--endpoint", both, "--timeout", "2s");
        assertTrue(elsewhere.out().startsWith("kvs DEGRADED  1 of 2 alive, "), elsewhere.out());
        assertTrue(elsewhere.err().startsWith("kvs: no node responds at " + second.url()), elsewhere.err());
        assertEquals(ExitStatus.UNREACHABLE, run("status", "--endpoint", second.url()).status());
    }

    @Test
    void eventsAreShownFromATimeOn() throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        String all = done("events", "--since", "10 min ago").out();
        while (!all.contains("a member joined") && System.nanoTime() < end) {
            all = done("events", "--since", "10 min ago").out();
        }
        assertTrue(all.lines().findFirst().orElseThrow().matches("\\S+Z  info .*"), all);
        assertTrue(all.contains("a member joined"), all);
        assertEquals("", done("events", "--since", "now", "--limit", "0").out());
        String line = done("events", "--limit", "1", "-o", "ndjson").out();
        assertEquals(1, line.lines().count());
        long id = json(line).field("id").orElseThrow().asLong();
        assertTrue(id > 0 && !json(line).field("event").orElseThrow().string().isEmpty());
        assertEquals(ExitStatus.MISUSED, run("events", "--since", "yesterdey").status());
    }

    @Test
    void membersAreListedAndAnUnknownOneIsNotRemoved() throws Exception {
        String listed = done("members").out();
        assertTrue(listed.contains("node1  ") && listed.contains("node2  "), listed);
        assertEquals(2, json(done("members", "ls", "-o", "json").out()).elements().size());
        CommandRun.Result none = run("members", "rm", "no/de");
        assertEquals(ExitStatus.ABSENT, none.status());
        assertTrue(none.err().startsWith("kvs: no/de was not removed: node1 knows no other member"),
                none.err());
        assertEquals("node2  removed\n", done("members", "rm", "node2").out());
        until("kvs OK  2 of 2 alive");
    }

    @Test
    void nodeLeavesAfterAQuestionAndComesBack() throws Exception {
        CommandRun.Result refused = other().run("members", "leave");
        assertEquals(ExitStatus.MISUSED, refused.status());
        assertTrue(refused.err().contains("add --yes to make the node at " + second.url()), refused.err());
        CommandRun.Result left = other().run("members", "leave", "--yes");
        assertEquals("node2  left  2 nodes have its writes\n", left.out(), left.err());
        assertTrue(other().run("status").out().startsWith("kvs LEFT  "));
        second.close();
        second = startSecond();
        until("kvs OK  2 of 2 alive");
    }

    @Test
    void modeIsShownAndChanged() throws Exception {
        assertEquals("node2  normal\n", other().run("mode").out());
        assertEquals("node2  read-only\n", other().run("mode", "read-only", "on").out());
        CommandRun.Result refused = other().run("put", "mode", "1");
        assertTrue(refused.status() != ExitStatus.DONE && refused.err().contains("kvs mode read-only off"),
                refused.err());
        assertEquals("node2  read-only\n", other().run("mode").out());
        assertEquals("node2  normal\n", other().run("mode", "read-only", "off").out());
        assertEquals(ExitStatus.MISUSED, run("mode", "read-only", "maybe").status());
        assertEquals(ExitStatus.MISUSED, run("mode", "read-only").status());
    }

    @Test
    void severalNodesNeedAChoice() throws Exception {
        String both = first.url() + "," + second.url();
        String token = run("token").out().strip();
        CommandRun.Result unclear = run("compact", "--endpoint", both);
        assertEquals(ExitStatus.MISUSED, unclear.status());
        assertTrue(unclear.err().contains("2 are named. Choose one by --node ID"), unclear.err());
        for (String name : new String[]{"node2", second.url(), second.url().replace("http://", "")}) {
            CommandRun.Result chosen = new CommandRun(home).with("KVS_TOKEN", token)
                    .run("mode", "--node", name, "--endpoint", both);
            assertEquals("node2  normal\n", chosen.out(), chosen.err());
        }
        assertEquals(ExitStatus.ABSENT, new CommandRun(home).with("KVS_TOKEN", token)
                .run("mode", "--node", "node9", "--endpoint", both).status());
    }

    @Test
    void backupIsMadeListedAndVerified() throws Exception {
        done("put", "backed/up", "1");
        String made = done("backup", "now").out();
        assertTrue(made.matches("\\S+\\.backup  \\S+Z  .* keys\n"), made);
        assertTrue(done("backup", "ls").out().contains(made.split(" ")[0]));
        assertTrue(json(done("backup", "ls", "-o", "json").out()).elements().get(0).field("keys")
                .isPresent());
        String file = home.resolve("backups").resolve(made.split(" ")[0]).toString();
        assertTrue(done("backup", "verify", file).out().startsWith("sound: "));
        Path damaged = Files.write(home.resolve("damaged.backup"), new byte[100]);
        assertEquals(ExitStatus.FAILED, run("backup", "verify", damaged.toString()).status());
        assertTrue(done("status").out().contains(", backup "));
    }

    @Test
    void compactionAndVerificationAreAwaited() {
        done("put", "space", "1");
        assertTrue(done("compact").out().matches("compacted  .* freed  .* log  .* of it needed\n"));
        assertTrue(done("compact", "--no-wait").out().startsWith("begun  "));
        assertTrue(done("verify").out().matches("sound  \\d+ keys  .*  0 unreadable versions\n"));
        assertEquals(ExitStatus.FORBIDDEN, new CommandRun(home).with("KVS_TOKEN",
                run("token", "--scopes", "read").out().strip()).run("verify").status());
    }
}
