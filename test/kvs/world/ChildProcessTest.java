package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

    @TempDir
    private Path directory;

    private static String reason(String program, String variable) {
        return assertThrows(IOException.class,
                () -> ChildProcess.start(List.of(program), Map.of("N", variable))).getMessage();
    }

    /** The name of a program, which the message of the JDK has too, is no reason. */
    @Test
    void startThatFailsTellsTheReason() {
        assertEquals("there is no such file", reason(directory.resolve("quota").toString(), ""));
        assertEquals("permission is denied", reason(directory.toString(), ""));
        assertEquals("its arguments and variables are too long", reason("true", "x".repeat(140_000)));
    }

    @Test
    void endIsToldWithTheStatusOnANamedThread() throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        ChildProcess child = ChildProcess.start(List.of("sh", "-c", "exit $N"), Map.of("N", "7"));
        child.onEnd(status -> end.complete(Thread.currentThread().getName() + " " + status));
        assertEquals("kvs-child 7", end.get(30, TimeUnit.SECONDS));
        assertEquals(7, child.await());
        assertFalse(child.isAlive());
        child.stop(1);
    }
}
