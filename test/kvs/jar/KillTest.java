package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The test of kill -9 on the real jar under load, again and again: no acknowledged write is lost. */
@Tag(Depth.DEEP)
class KillTest {

    private static final int ROUNDS = Depth.of(3, 20);
    private static final int CLIENTS = 8;
    private static final int KEYS = 50;
    /** Writes before a node is killed. */
    private static final int LEAST = 20;
    private static final int WAITS_MAX = 2_000;
    private static final long WAIT_MS = 5;

    @TempDir
    private Path directory;

    /** A client's knowledge of a key: the last acknowledged value, and one that is perhaps stored. */
    private record Known(int acknowledged, int sent) { }

    @Test
    void losesNothingAcknowledged() throws Exception {
        Map<String, Known> known = new ConcurrentHashMap<>();
        int writes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (Jar node = Jar.start(directory)) {
                check(node, known);
                writes += load(node, known, 120 + 40 * (round % 5));
            }
        }
        try (Jar node = Jar.start(directory)) {
            check(node, known);
            assertEquals(143, node.stop());
        }
        assertEquals(0, Jar.run(directory, "verify", "data").status());
        System.out.println("killed " + ROUNDS + " times under load, " + writes
                + " writes acknowledged, 0 lost");
        assertTrue(writes >= ROUNDS * LEAST, "only " + writes + " writes");
    }

    /** Writes from all clients until the node is killed in the middle; the number of acknowledged writes. */
    private static int load(Jar node, Map<String, Known> known, long forMs) throws InterruptedException {
        AtomicBoolean killed = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        int[] counts = new int[CLIENTS];
        for (int c = 0; c < CLIENTS; c++) {
            int client = c;
            clients.add(new Thread(() -> {
                for (int i = 0; !killed.get(); i++) {
                    counts[client] += write(node, known, "c" + client + "/k" + i % KEYS) ? 1 : 0;
                }
            }));
        }
        clients.forEach(Thread::start);
        Thread.sleep(forMs);
        // A busy machine may need longer to accept a first write.
        for (int waits = 0; waits < WAITS_MAX && Arrays.stream(counts).sum() < LEAST; waits++) {
            Thread.sleep(WAIT_MS);
        }
        node.kill();
        killed.set(true);
        for (Thread client : clients) {
            client.join();
        }
        return Arrays.stream(counts).sum();
    }

    private static boolean write(Jar node, Map<String, Known> known, String key) {
        Known before = known.getOrDefault(key, new Known(0, 0));
        int next = before.sent + 1;
        known.put(key, new Known(before.acknowledged, next));
        try {
            int status = node.send("PUT", "/kv/" + key, document(key, next)).statusCode();
            assertTrue(status == 200 || status == 201, "status " + status);
            known.put(key, new Known(next, next));
            return true;
        } catch (IOException dead) {
            return false;
        }
    }

    private static byte[] document(String key, int n) {
        return ("{\"key\":\"" + key + "\",\"n\":" + n + ",\"pad\":\"" + "x".repeat(n % 700) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void check(Jar node, Map<String, Known> known) throws IOException {
        for (Map.Entry<String, Known> one : known.entrySet()) {
            var answer = node.send("GET", "/kv/" + one.getKey() + "?raw", new byte[0]);
            Known expected = one.getValue();
            if (answer.statusCode() == 404) {
                assertEquals(0, expected.acknowledged, one.getKey() + " is lost");
                continue;
            }
            String text = new String(answer.body(), StandardCharsets.UTF_8);
            int n = Integer.parseInt(text.replaceAll(".*\"n\":([0-9]+).*", "$1"));
            assertTrue(n >= expected.acknowledged && n <= expected.sent,
                    one.getKey() + ": " + n + ", known " + expected);
            assertArrayEquals(document(one.getKey(), n), answer.body());
            known.put(one.getKey(), new Known(n, Math.max(n, expected.sent)));
        }
    }
}
