package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kvs.OwnThread;
import kvs.command.ExitStatus;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on history, conflicts and changes, the tree and the editor, against a real node. */
class HistoryCommandsTest {

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

    private static CommandRun command() {
        return new CommandRun(home);
    }

    private static CommandRun.Result done(String... args) {
        CommandRun.Result result = command().run(args);
        assertEquals(ExitStatus.DONE, result.status(), String.join(" ", args) + "\n" + result.err());
        return result;
    }

    private static JsonValue json(String text) throws JsonException {
        return JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String put(String key, String json) {
        return done("put", key, json).out().split("\\s+")[2];
    }

    @Test
    void listsComparesAndPutsBackVersions() {
        String first = put("h/john", "{\"age\":30,\"name\":\"John\"}");
        put("h/john", "{\"age\":31,\"name\":\"John\"}");
        done("rm", "h/john");
        String last = put("h/john", "{\"age\":32,\"name\":\"John\"}");
        List<String> history = done("history", "h/john").out().lines().toList();
        assertEquals(4, history.size());
        assertTrue(history.get(0).startsWith(last) && history.get(0).contains("  PUT current  {\"age\":32,"),
                history.get(0));
        assertTrue(history.get(1).contains("  DELETE"), history.get(1));
        assertTrue(history.get(3).startsWith(first) && history.get(3).contains("nobody"), history.get(3));
        assertEquals(2, done("history", "h/john", "--limit", "2", "-o", "ndjson").out().lines().count());
        String end = first.substring(30);
        assertEquals(" {\n-  \"age\": 30,\n+  \"age\": 32,\n   \"name\": \"John\"\n }\n",
                done("diff", "h/john@" + end, "h/john").out());
        assertEquals("", done("diff", "h/john", "h/john@current").out());
        assertEquals("h/john  put back  " + first + "\n", done("restore", "h/john@" + end).out());
        assertEquals("{\"age\":30,\"name\":\"John\"}", done("get", "h/john").out());
        assertEquals(" {\n-  \"age\": 32,\n+  \"age\": 30,\n   \"name\": \"John\"\n }\n",
                done("diff", "h/john").out());
        assertEquals(ExitStatus.ABSENT, command().run("restore", "h/john@ffff0000").status());
        assertEquals(ExitStatus.ABSENT, command().run("history", "h/nobody").status());
        assertEquals(ExitStatus.MISUSED, command().run("restore", "h/john").status());
        assertEquals(ExitStatus.MISUSED, command().run("restore", "h/john@" + end, "--until", "1").status());
    }

    @Test
    void putsASubtreeBackToAMoment() throws Exception {
        put("t/a", "1");
        put("t/b", "1");
        long moment = timestamp("t/b");
        while (System.currentTimeMillis() <= moment) {
            Thread.onSpinWait();
        }
        put("t/a", "2");
        put("t/c", "2");
        String to = Long.toString(moment);
        assertEquals("t/a  would be put back\nt/c  would be deleted\n",
                done("restore", "t/", "--to", to, "--dry-run").out());
        CommandRun.Result refused = command().run("restore", "t/", "--to", to);
        assertTrue(refused.status() == ExitStatus.MISUSED && refused.err().contains("add --yes to change 2"
                + " keys"),
                refused.err());
        assertEquals("t/  put back  1 restored  1 deleted  1 unchanged\n",
                done("restore", "t/", "--to", to, "--yes").out());
        assertEquals("t/a\nt/b\n", done("ls", "t/").out());
        assertEquals("1", done("get", "t/a").out());
        assertEquals("2", done("get", "t/c", "--revision",
                done("history", "t/c", "-o", "raw").out().lines().toList().get(1)).out());
        assertEquals(ExitStatus.ABSENT, command().run("get", "t/c", "--at", to).status());
        assertEquals("1", done("get", "t/a", "--at", to).out());
        assertEquals(ExitStatus.MISUSED, command().run("restore", "t/").status());
        assertEquals(ExitStatus.MISUSED, command().run("restore", "t/", "--to", "yesterday").status());
        done("restore", "t/a", "--to", to);
    }

    private static long timestamp(String key) throws Exception {
        return json(done("get", key, "-o", "json").out()).field("timestamp")
                .orElseThrow().asLong();
    }

    @Test
    void thereAreNoConflictsOnOneNode() {
        put("c/a", "1");
        assertEquals("", done("conflicts", "c/").out());
        assertEquals("[]\n", done("conflicts", "-o", "json").out());
        assertEquals(ExitStatus.ABSENT, command().run("resolve", "c/a", "--keep", "ffff").status());
        assertEquals(ExitStatus.MISUSED, command().run("resolve", "c/a").status());
        String old = put("c/a", "2");
        put("c/a", "3");
        assertTrue(done("resolve", "c/a", "--keep", old).out().startsWith("c/a  resolved  " + old));
        assertEquals("2", done("get", "c/a").out());
    }

    @Test
    void drawsTheTreeWithNumbers() {
        put("tree/x/1", "1");
        put("tree/x/2", "22");
        put("tree/y/z/3", "3");
        put("tree/leaf", "4");
        List<String> drawn = done("tree", "tree").out().lines().toList();
        assertTrue(drawn.get(0).matches("tree/ +4 keys +\\d+ B"), drawn.get(0));
        assertEquals("├── leaf", drawn.get(1));
        assertTrue(drawn.get(2).matches("├── x/ +2 keys +\\d+ B"), drawn.get(2));
        assertEquals("│   ├── 1", drawn.get(3));
        assertTrue(drawn.get(6).matches("    └── z/ +1 keys +\\d+ B"), drawn.get(6));
        assertEquals(7, drawn.size());
        assertTrue(done("tree", "tree/", "--depth", "0", "-o", "json").out()
                .matches("\\[\\{\"path\":\"tree/\",\"keys\":4,\"bytes\":\\d+\\}\\]\n"));
        assertEquals("└── …", done("tree", "tree/", "--limit", "1").out().lines().toList().get(2));
        assertEquals(ExitStatus.ABSENT, command().run("tree", "nothing/here").status());
    }

    private static String script(String name, String text) throws Exception {
        Path file = Files.writeString(home.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    @Test
    void editsADocument() throws Exception {
        put("e/a", "{\"n\":1}");
        String more = script("more", "sed 's/1/2/' \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"");
        CommandRun.Result edited = command().with("EDITOR", more).run("edit", "e/a");
        assertTrue(edited.out().startsWith("replaced  e/a  "), edited.out() + edited.err());
        assertEquals("{\n  \"n\": 2\n}\n", done("get", "e/a").out());
        assertTrue(command().with("EDITOR", "true").run("edit", "e/a").err().contains("e/a is unchanged"));
        CommandRun.Result bad = command().with("EDITOR", script("bad", "echo '{' > \"$1\"")).run("edit",
                "e/a");
        assertEquals(ExitStatus.FAILED, bad.status());
        assertTrue(bad.err().contains("it is not JSON") && bad.err().contains("Your text is in "), bad.err());
        assertEquals(ExitStatus.FAILED, command().with("EDITOR", "false").run("edit", "e/a").status());
        String fresh = script("fresh", "echo '[7]' > \"$1\"");
        assertTrue(command().with("VISUAL", fresh).run("edit", "e/new").out().startsWith("created  e/new  "));
        assertEquals("[7]\n", done("get", "e/new").out());
    }

    @Test
    void editShowsTheDifferenceWhenSomebodyWasFaster() throws Exception {
        put("e/b", "{\"n\":1}");
        String slow = script("slow", "curl -s -o /dev/null -X PUT '" + node.url() + "/kv/e/b' -d '{\"n\":9}';"
                + " echo '{\"n\":2}' > \"$1\"");
        CommandRun.Result beaten = command().with("EDITOR", slow).run("edit", "e/b");
        assertEquals(ExitStatus.CONDITION_FAILED, beaten.status(), beaten.err());
        assertTrue(beaten.out().contains("-  \"n\": 9\n+  \"n\": 2\n"), beaten.out());
        String twice = script("twice", "[ -e \"$1.seen\" ] || curl -s -o /dev/null -X PUT '" + node.url()
                + "/kv/e/b' -d '{\"n\":10}'; touch \"$1.seen\"; echo '{\"n\":3}' > \"$1\"");
        CommandRun.Result agreed = command().atTerminal("y\n", "").with("EDITOR", twice).run("edit", "e/b");
        assertEquals(ExitStatus.DONE, agreed.status(), agreed.err());
        assertEquals("{\"n\":3}\n", done("get", "e/b").out());
    }

    @Test
    void waitsForAStateOfAKey() throws Exception {
        assertEquals(ExitStatus.UNREACHABLE, command().run("wait", "w/none", "--timeout", "50ms").status());
        done("wait", "w/none", "--absent");
        for (String[] goal : new String[][] {{"--exists"}, {"--changed"}, {"--field", ".state=done"}}) {
            String key = "w/" + goal[0].substring(2);
            if (!goal[0].equals("--exists")) {
                put(key, "{\"state\":\"new\"}");
            }
            String[] args = goal.length == 1 ? new String[] {"wait", key, goal[0], "--timeout", "60s"}
                    : new String[] {"wait", key, goal[0], goal[1], "--timeout", "60s"};
            CompletableFuture<CommandRun.Result> waiting =
                    OwnThread.start(() -> command().run(args));
            for (int i = 0; !waiting.isDone(); i++) {
                put(key, "{\"state\":\"done\",\"i\":" + i + "}");
            }
            assertEquals(ExitStatus.DONE, waiting.get(1, TimeUnit.MINUTES).status(), goal[0]);
        }
        CompletableFuture<CommandRun.Result> gone =
                OwnThread.start(() -> command().run("wait", "w/exists", "--absent"));
        done("rm", "w/exists");
        assertEquals(ExitStatus.DONE, gone.get(1, TimeUnit.MINUTES).status());
        assertEquals(ExitStatus.MISUSED, command().run("wait", "a", "--absent", "--exists").status());
    }

    @Test
    void watchPrintsChangesAndGoesOnFromAPosition() throws Exception {
        put("x/a", "{\"v\":\n1}");
        String first = done("watch", "x/", "--present", "--count", "1", "-o", "ndjson").out();
        String position = json(first).field("position").orElseThrow().string();
        put("x/b", "2");
        done("rm", "x/a");
        put("elsewhere", "3");
        List<String> lines = done("watch", "x/", "--since", position, "--count", "2").out().lines().toList();
        assertTrue(lines.get(0).matches("\\S+ PUT x/b on \\S+ 2"), lines.get(0));
        assertTrue(lines.get(1).matches("\\S+ DELETE x/a on \\S+"), lines.get(1));
        assertEquals("x/b\n", done("watch", "x/b", "--present", "--count", "1", "-o", "raw").out());
        CompletableFuture<CommandRun.Result> live =
                OwnThread.start(() -> command().run("watch", "live/", "--count", "1"));
        for (int i = 0; !live.isDone(); i++) {
            put("live/a", Integer.toString(i));
        }
        assertTrue(live.get(1, TimeUnit.MINUTES).out().contains(" PUT live/a "));
    }
}
