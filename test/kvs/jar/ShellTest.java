package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limit of a script, which also holds when what it has started keeps its output open. */
class ShellTest {

    private static final long LIMIT_MS = 400;

    @TempDir
    private static Path directory;

    /** Numbers of processes that a script printed before its limit. */
    private static List<Long> ended(String script) {
        IOException over = assertThrows(IOException.class, () -> Shell.run(directory, script, LIMIT_MS));
        assertTrue(over.getMessage().startsWith("the script was ended after 400 ms"), over.getMessage());
        return over.getMessage().replaceFirst(".*printed: ", "").lines().map(Long::parseLong).toList();
    }

    private static void awaitEnd(long pid) {
        long start = System.nanoTime();
        while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
            assertTrue(System.nanoTime() - start < 10_000_000_000L, "process " + pid + " goes on");
            Jar.pause();
        }
    }

    @Test
    void endsAScriptAndWhatItHasStarted() {
        List<Long> pids = ended("sleep 60 & echo $!; (sleep 60 & echo $!; wait) & wait");
        assertEquals(2, pids.size());
        pids.forEach(ShellTest::awaitEnd);
    }

    @Test
    void orphanThatKeepsTheOutputOpenDoesNotHoldTheTestUp() {
        List<Long> pids = ended("sleep 60 & echo $!; sleep 0.1");
        ProcessHandle.of(pids.get(0)).ifPresent(ProcessHandle::destroyForcibly);
        awaitEnd(pids.get(0));
    }

    /** The end of a process is seen while every thread of the pool that all futures share is busy. */
    @Test
    void waitsWithoutTheSharedPool() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        try {
            IntStream.range(0, 2 * ForkJoinPool.getCommonPoolParallelism()).forEach(task ->
                    ForkJoinPool.commonPool().execute(() -> {
                try {
                    done.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }));
            assertEquals(new Jar.Printed(3, "a\n"), Shell.run(directory, "echo a; exit 3"));
        } finally {
            done.countDown();
        }
    }
}
