package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loss of bytes at the end of the log of a node that was killed. */
class KilledNodeRotTest {

    private static final int WAITS_MAX = 200;
    private static final long WAIT_MS = 50;

    @TempDir
    private Path directory;

    /**
     * A log that is idle for a second is closed: later losses of the disk are named, however much reads as
     * zeros. Before that, sectors tell rot from a torn write.
     */
    @Test
    void namesWhatTheDiskLosesOfTheLastWrites() throws Exception {
        Path log = directory.resolve("data/00000001.log");
        try (Jar node = Jar.start(directory)) {
            StringBuilder ops = new StringBuilder("{\"ops\":[");
            for (int i = 0; i < 1_000; i++) {
                ops.append(i == 0 ? "" : ",").append("{\"op\":\"put\",\"path\":\"b/").append(i)
                        .append("\",\"data\":").append(i).append('}');
            }
            assertEquals(200, node.send("POST", "/kv/_batch",
                    ops.append("]}").toString().getBytes(StandardCharsets.UTF_8)).statusCode());
            node.kill();
        }
        rot(log, 60_000, 9, 4);
        Jar.Printed faults = Jar.run(directory, "verify", "data");
        assertTrue(faults.status() == 1 && faults.text().contains("unreadable record"), faults.text());
        try (Jar node = Jar.start(directory)) {
            int damaged = 0;
            for (int i = 0; i < 1_000; i++) {
                int status = node.send("GET", "/kv/b/" + i, new byte[0]).statusCode();
                assertTrue(status == 200 || status == 500, "b/" + i + ": " + status);
                damaged += status == 500 ? 1 : 0;
            }
            assertTrue(damaged == 1 || damaged == 2, damaged + " are damaged");
            assertEquals(201,
                    node.send("PUT", "/kv/last", "1".getBytes(StandardCharsets.UTF_8)).statusCode());
            awaitClosed(log);
            node.kill();
        }
        rot(log, 4_096, 4_096, 0);
        String refused = Jar.run(directory, "config.yaml").text();
        assertTrue(refused.contains("00000001.log") && refused.contains("--force-degraded"), refused);
    }

    /** Waits until MANIFEST has the end of the log. */
    private void awaitClosed(Path log) throws Exception {
        Path manifest = directory.resolve("data/MANIFEST");
        boolean closed = false;
        for (int waits = 0; waits < WAITS_MAX && !closed; waits++) {
            Thread.sleep(WAIT_MS);
            long known = Files.readString(manifest).lines().filter(line -> line.startsWith("segment "))
                    .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                    .max().orElse(0);
            closed = known >= end(Files.readAllBytes(log));
        }
        assertTrue(closed, "MANIFEST does not know the end of a log that rests");
    }

    private static int end(byte[] log) {
        int end = log.length;
        while (log[end - 1] == 0) {
            end--;
        }
        return end;
    }

    /**
     * Spoils {@code bytes} bytes, {@code before} bytes before the end of a log: a bit of each, or all when
     * {@code mask} is 0.
     */
    private static void rot(Path log, int before, int bytes, int mask) throws IOException {
        byte[] content = Files.readAllBytes(log);
        int from = end(content) - before;
        for (int at = from; at < from + bytes; at++) {
            content[at] = (byte) (mask == 0 ? 0 : content[at] ^ mask);
        }
        Files.write(log, content);
    }
}
