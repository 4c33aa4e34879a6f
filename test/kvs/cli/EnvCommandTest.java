package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kvs.OwnThread;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code env} against a real node. */
class EnvCommandTest {

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

    @Test
    void programHasTheDocumentsAsVariables() throws Exception {
        run("put", "env/db", "{\"host\":\"a b\",\"port\":1}");
        run("put", "env/path", "\"x\"");
        Path seen = home.resolve("seen");
        CommandRun.Result result = run("env", "env/", "--names", "APP_", "--", "sh", "-c",
                "echo \"$APP_DB_HOST:$APP_DB_PORT:$APP_PATH:$1\" > " + seen, "sh", "-x");
        assertEquals(ExitStatus.DONE, result.status(), result.err());
        assertEquals("a b:1:x:-x\n", Files.readString(seen));
    }

    @Test
    void statusIsThatOfTheProgram() {
        run("put", "status/a", "1");
        CommandLine line = new CommandLine(new CommandRun(home).invocation());
        ExitStatus status = line.run(List.of("env", "status/", "--", "sh", "-c", "exit 42"));
        assertEquals(42, line.code(status));
        status = line.run(List.of("env", "status/", "--", "sh", "-c", "kill -9 $$"));
        assertEquals(137, line.code(status));
        status = line.run(List.of("env", "nothing/", "--", "sh", "-c", "exit 42"));
        assertEquals(3, line.code(status));
        CommandRun.Result none = run("env", "status/", home.resolve("none").toString());
        assertEquals(ExitStatus.FAILED, none.status());
        assertTrue(none.err().contains("was not started"), none.err());
    }

    /** The program is told to end, and the next one starts after its end, with the new variables. */
    @Test
    void restartsWhenAVariableChanges() throws Exception {
        Path log = Files.writeString(home.resolve("restart.log"), "");
        run("put", "restart/n", "1");
        String program = "trap 'echo end $N >> " + log + "; exit 0' TERM; echo begin $N >> " + log
                + "; [ $N = 3 ] && exit 7; echo $N > " + home.resolve("ready")
                + ".$N; while :; do sleep 0.05; done";
        CompletableFuture<CommandRun.Result> child = OwnThread.start(() -> run("env",
                "restart/", "--restart", "--", "sh", "-c", program));
        for (int n = 1; n < 3; n++) {
            Path ready = home.resolve("ready." + n);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!Files.exists(ready) && !child.isDone() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertFalse(child.isDone());
            run("put", "restart/n", Integer.toString(n + 1));
        }
        assertEquals(ExitStatus.FAILED, child.get(30, TimeUnit.SECONDS).status());
        assertEquals("begin 1\nend 1\nbegin 2\nend 2\nbegin 3\n", Files.readString(log));
    }
}
