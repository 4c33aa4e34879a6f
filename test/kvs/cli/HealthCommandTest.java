package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probe of a container: each state of a node has an exit status. */
class HealthCommandTest {

    @TempDir
    private Path home;

    private CommandRun.Result run(String... args) {
        return new CommandRun(home).run(args);
    }

    @Test
    void tellsReadyFromNotReadyAndSilent() throws Exception {
        assertEquals(ExitStatus.UNREACHABLE, run("health").status(), "no node was ever here");
        assertEquals(ExitStatus.UNREACHABLE, run("health", "--wait", "300ms").status());
        CommandRun.RunningNode node = new CommandRun(home).startNode(Map.of("KVS_READ_ONLY", "true",
                "KVS_JAVA_OPTS", "-Xmx1g"));
        CommandRun.Result unready = run("health");
        assertEquals(ExitStatus.FAILED, unready.status(), unready.err());
        assertTrue(unready.out().startsWith("read_only  http://127.0.0.1:"), unready.out());
        assertEquals(ExitStatus.FAILED, run("health", "--wait", "300ms").status());
        assertEquals(ExitStatus.DONE, run("health", "--live").status());
        node.close();
        assertEquals(ExitStatus.UNREACHABLE, run("health", "--live").status(), "the node has stopped");
        node = new CommandRun(home).startNode(Map.of());
        CommandRun.Result ready = run("health", "--wait", "20s");
        assertEquals(ExitStatus.DONE, ready.status(), ready.err());
        assertTrue(ready.out().startsWith("ok  "), ready.out());
        assertEquals(ExitStatus.DONE, run("health", "--endpoint", node.url()).status());
        node.close();
    }
}
