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
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
        assertTrue(none.err().contains("was not started: there is no such file"), none.err());
    }

    /** A variable that no program starts with is told before the program is stopped. */
    @Test
    void programGoesOnWhenTheNextEnvironmentIsTooLong() throws Exception {
        run("put", "long/n", "1");
        Path stop = home.resolve("stop");
        Path log = home.resolve("long.log");
        CommandRun.Running child = new CommandRun(home).start("env", "long/", "--restart", "--", "sh", "-c",
                "echo begin >> " + log + "; until [ -e " + stop + " ]; do sleep 0.05; done; echo end >> "
                        + log);
        until(child, () -> Files.exists(log));
        String large = "\"" + "x".repeat(140_000) + "\"";
        run("put", "long/large", "@" + Files.writeString(home.resolve("large.json"), large));
        until(child, () -> child.err().contains("the program goes on as it is: no environment was made:"
                + " large makes a variable of 140006 bytes"));
        Files.writeString(stop, "");
        until(child, child::isDone);
        assertEquals("begin\nend\n", Files.readString(log));
    }

    private static void until(CommandRun.Running child, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, child::err);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
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
