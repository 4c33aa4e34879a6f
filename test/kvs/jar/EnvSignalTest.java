package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code env} as a service runs it: a signal to it ends its program first. */
class EnvSignalTest {

    private static final String PROGRAM = "trap 'sleep 0.2; echo \"$WORD\" > ended; exit 0' TERM; : > ready;"
            + " while :; do sleep 0.02; done";

    @TempDir
    private Path directory;

    @Test
    void programEndsBeforeItsCommand() throws Exception {
        try (Jar node = Jar.start(directory)) {
            node.send("PUT", "/kv/app/word", "\"good bye\"".getBytes(StandardCharsets.UTF_8));
            Process env = Jar.command(directory, "env", "app/", "--endpoint", node.url, "--", "sh", "-c",
                    PROGRAM).inheritIO().start();
            try {
                long start = System.nanoTime();
                while (!Files.exists(directory.resolve("ready"))) {
                    assertTrue(env.isAlive() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30));
                    Jar.pauseBetweenLooks();
                }
                env.destroy();
                assertTrue(env.waitFor(30, TimeUnit.SECONDS));
                assertEquals(128 + 15, env.exitValue());
                assertEquals("good bye\n", Files.readString(directory.resolve("ended")));
            } finally {
                env.descendants().forEach(ProcessHandle::destroyForcibly);
                env.destroyForcibly();
            }
        }
    }
}
