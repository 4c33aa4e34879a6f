package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that does the operations in a file, against a real node. */
class ApplyCommandTest {

    private static final int OPS_MAX = 10_000;

    @TempDir
    private static Path home;
    private static CommandRun.RunningNode node;

    @BeforeAll
    static void startsANode() throws Exception {
        node = new CommandRun(home).startNode(Map.of());
    }

    @AfterAll
    static void stopsIt() {
        node.close();
    }

    private static CommandRun.Result run(String... args) {
        return new CommandRun(home).run(args);
    }

    private static CommandRun.Result apply(String lines, String... options) throws Exception {
        String file = Files.writeString(home.resolve("changes.ndjson"), lines).toString();
        String[] args = new String[options.length + 2];
        args[0] = "apply";
        args[1] = file;
        System.arraycopy(options, 0, args, 2, options.length);
        return run(args);
    }

    private static String put(String path) {
        return "{\"op\":\"put\",\"path\":\"" + path + "\",\"data\":{\"é\":[1, 2]}}\n";
    }

    @Test
    void doesAllOrNothing() throws Exception {
        CommandRun.Result done = apply(put("all/a") + "\n" + put("all/b").strip());
        assertEquals("1  put  all/a  done  201\n3  put  all/b  done  201\n", done.out(), done.err());
        assertEquals("{\"é\":[1, 2]}", run("get", "all/b").out(), "byte for byte");
        CommandRun.Result failed = apply(put("all/c")
                + "{\"op\":\"put\",\"path\":\"all/a\",\"data\":2,\"if_none_match\":\"*\"}\n");
        assertEquals(ExitStatus.CONDITION_FAILED, failed.status());
        assertTrue(failed.out().startsWith("2  put  all/a  failed  412  "), failed.out());
        assertEquals("kvs: nothing was done: 1 of 2 operations failed\n", failed.err());
        assertEquals(ExitStatus.ABSENT, run("get", "all/c").status());
    }

    @Test
    void doesEachLineForItself() throws Exception {
        CommandRun.Result some = apply("{\"op\":\"delete\",\"path\":\"each/none\"}\n" + put("each/a"),
                "--no-atomic");
        assertEquals(ExitStatus.FAILED, some.status());
        assertTrue(some.out().matches("(?s)1  delete  each/none  failed  404  .*2  put +each/a +done +201\n"),
                some.out());
        assertEquals("kvs: 1 of 2 operations failed\n", some.err());
        assertEquals(ExitStatus.DONE, run("get", "each/a").status());
    }

    @Test
    void tellsTheLimitOfABatch() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i <= OPS_MAX; i++) {
            lines.append("{\"op\":\"put\",\"path\":\"many/").append(i).append("\",\"data\":1}\n");
        }
        CommandRun.Result tooMany = apply(lines.toString());
        assertEquals(ExitStatus.FAILED, tooMany.status());
        assertTrue(tooMany.err().startsWith("kvs: nothing was done: a batch takes at most 10000 operations"
                + " and 32 MiB, and ") && tooMany.err().contains(" has 10001 operations"), tooMany.err());
        assertEquals(ExitStatus.ABSENT, run("ls", "many/").status());
        assertEquals(ExitStatus.DONE, apply(lines.toString(), "--no-atomic", "-o", "raw").status());
        assertEquals(ExitStatus.DONE, run("get", "many/" + OPS_MAX).status());
    }

    @Test
    void refusesWhatIsNoOperation() throws Exception {
        CommandRun.Result bad = apply(put("bad/a") + "{\"op\":\"inc\",\"path\":\"a\"}\n");
        assertEquals(ExitStatus.MISUSED, bad.status());
        assertTrue(bad.err().contains("nothing was done: line 2 of ") && bad.err().contains("not 'inc'"),
                bad.err());
        assertTrue(apply("{\"path\":\"a\"}").err().contains("is not an operation such as"));
        assertTrue(apply("\n \n").err().contains("has no operation"));
        assertEquals(ExitStatus.FAILED, apply(put("bad/a") + "{\"op\":\"put\",\"path\":\"a\"}\n").status());
        assertEquals(ExitStatus.ABSENT, run("get", "bad/a").status());
        assertEquals(ExitStatus.MISUSED, run("apply", home.resolve("none").toString()).status());
    }

    @Test
    void asksBeforeSeveralKeysAreDeletedAndShowsThemFirst() throws Exception {
        assertEquals(ExitStatus.DONE, apply(put("gone/a") + put("gone/b")).status());
        String deletes = "{\"op\":\"delete\",\"path\":\"gone/a\"}\n{\"op\":\"delete\",\"path\":\"gone/b\"}\n";
        assertEquals("1  delete  gone/a  would be done\n2  delete  gone/b  would be done\n",
                apply(deletes, "--dry-run").out());
        CommandRun.Result asked = apply(deletes);
        assertEquals(ExitStatus.MISUSED, asked.status());
        assertTrue(asked.err().contains("add --yes to delete 2 keys"), asked.err());
        CommandRun.Result done = new CommandRun(home).run(deletes.getBytes(StandardCharsets.UTF_8), "apply",
                "-", "--yes");
        assertEquals(ExitStatus.DONE, done.status(), done.err());
        assertEquals(ExitStatus.ABSENT, run("get", "gone/b").status());
    }
}
