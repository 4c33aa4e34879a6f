package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The freeze of a process by signals. */
final class ProcessFreeze {

    private static final Path KILL = Path.of("/bin/kill");

    private ProcessFreeze() { }

    /** Stops a process: the signal has been sent long before each thread of a busy machine has met it. */
    static void stop(Process process) throws IOException {
        Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
        assumeTrue(Files.isDirectory(threads), "there is no " + threads);
        signal(process, "-STOP");
        try (Stream<Path> each = Files.list(threads)) {
            for (Path thread : each.toList()) {
                while (!stopped(thread)) {
                    Jar.pauseBetweenLooks();
                }
            }
        }
    }

    /** Lets it go on. */
    static void resume(Process process) throws IOException {
        signal(process, "-CONT");
    }

    private static void signal(Process process, String name) throws IOException {
        assumeTrue(Files.isExecutable(KILL), "there is no " + KILL);
        assertEquals(0, Shell.await(new ProcessBuilder(KILL.toString(), name, Long.toString(process.pid()))
                .inheritIO().start()));
    }

    /** Whether the kernel tells the state of the thread, the letter behind its name, as stopped. */
    private static boolean stopped(Path thread) {
        try {
            return Files.readString(thread.resolve("stat")).matches("(?s).*\\) T .*");
        } catch (IOException gone) {
            return Files.notExists(thread);
        }
    }
}
