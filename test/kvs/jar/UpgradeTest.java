package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two versions in one cluster: the one before members told each other which protocol they speak, and this
 * one.
 */
class UpgradeTest {

    private static final int NODES = 3;
    private static final int KEYS = 40;
    private static final String OWN_KEYS =
            "{\"permissions_text\":\"cdwr,----,----\",\"applies_to\":\"own_keys\"}";
    /** Between two writes of a client: each costs three nodes, which are compiled late. */
    private static final long WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Writes go on without a credential; what is set about paths needs one. */
    private static final Map<String, String> OPEN = Map.of("KVS_AUTH_ENABLED", "true",
            "KVS_ALLOW_ANONYMOUS_READ", "true",
            "KVS_ALLOW_ANONYMOUS_WRITE", "true", "KVS_TAMPER_LOGGING_ENABLED", "true",
            "KVS_HEARTBEAT_INTERVAL_MS", "250");

    @TempDir
    private Path directory;
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger writes = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    private Path older() throws IOException {
        Optional<Path> jar = OlderJar.find(Files.createDirectories(directory.resolve("older")));
        assumeTrue(jar.isPresent(),
                "the older jar cannot be built here: it needs git and the history of the repository");
        return jar.get();
    }

    private List<Thread> load(Cluster cluster) {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            int client = i;
            Thread thread = new Thread(() -> write(cluster, client));
            thread.setUncaughtExceptionHandler((name, failure) -> failures.add(failure));
            thread.start();
            clients.add(thread);
        }
        return clients;
    }

    private void write(Cluster cluster, int client) {
        for (int i = 1; !ended.get(); i++) {
            String key = "c" + client + "/k" + i % KEYS;
            if (cluster.put(client, key, i)) {
                acknowledged.put(key, i);
                writes.incrementAndGet();
            }
            LockSupport.parkNanos(WRITE_NANOS);
        }
    }

    private static String get(Jar node, String target) throws IOException {
        return new String(node.send("GET", target, new byte[0]).body(), StandardCharsets.UTF_8);
    }

    private static String root(Jar node) throws IOException {
        return get(node, "/sync/merkle/root").replaceAll(".*\"hash\":\"([0-9a-f]+)\".*", "$1");
    }

    private static void becomeEqual(Cluster cluster) throws IOException {
        long start = System.nanoTime();
        while (!equal(cluster)) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, "the roots stay different");
            Jar.pauseBetweenLooks();
        }
    }

    private static boolean equal(Cluster cluster) throws IOException {
        String first = root(cluster.node(0));
        return first.equals(root(cluster.node(1))) && first.equals(root(cluster.node(2)));
    }

    private void nothingIsLost(Cluster cluster) throws IOException {
        assertEquals(List.of(), List.copyOf(failures), "a client ended early");
        for (Map.Entry<String, Integer> known : acknowledged.entrySet()) {
            for (int i = 0; i < NODES; i++) {
                int value = Integer.parseInt(get(cluster.node(i), "/kv/" + known.getKey() + "?raw"));
                assertTrue(value >= known.getValue(), known + " became " + value + " on node" + (i + 1));
            }
        }
        assertTrue(writes.get() > 100, writes + " writes");
    }

    private static int set(Jar node, String path, String body, String bearer) throws IOException {
        return node.send("PUT", "/kv/" + path + "/metadata", body.getBytes(StandardCharsets.UTF_8),
                "Authorization", bearer).statusCode();
    }

    private static void replace(Cluster cluster, int i, Path jar) throws IOException, InterruptedException {
        cluster.replace(i, jar);
        cluster.all();
        assertEquals(401, cluster.node(i).send("GET", "/kv/locked/k", new byte[0]).statusCode());
    }

    /**
     * A record that the older version cannot read is refused until the last member is upgraded, and written
     * soon after.
     */
    private static void ownKeysWait(Cluster cluster, int upgraded, String bearer) throws IOException {
        Jar node = cluster.node(upgraded);
        if (upgraded < NODES - 1) {
            assertEquals(409, set(node, "mine", OWN_KEYS, bearer),
                    "an own-keys record while members cannot read it");
            return;
        }
        long start = System.nanoTime();
        while (set(node, "mine", OWN_KEYS, bearer) != 200) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS,
                    "own-keys metadata stays refused though all members are upgraded");
            Jar.pauseBetweenLooks();
        }
        assertEquals(204, node.send("DELETE", "/kv/mine/metadata?applies_to=own_keys", new byte[0],
                "Authorization", bearer).statusCode());
    }

    /**
     * One by one to this version under load, and back: no acknowledged write is lost, and a lock of before
     * holds all the while.
     */
    @Test
    void membersAreUpgradedOneByOneUnderLoadAndBack() throws Exception {
        Path older = older();
        try (Cluster cluster = new Cluster(directory, older, OPEN)) {
            String bearer = "Bearer " + Jar.out(cluster.home(0), "token", "node.yaml").text().strip();
            byte[] one = "1".getBytes(StandardCharsets.UTF_8);
            assertEquals(201,
                    cluster.node(0).send("PUT", "/kv/locked/k", one, "Authorization", bearer).statusCode());
            assertEquals(201,
                    cluster.node(0).send("PUT", "/kv/mine", one, "Authorization", bearer).statusCode());
            assertEquals(200,
                    set(cluster.node(0), "locked", "{\"permissions_text\":\"cdwr,----,----\"}", bearer));
            List<Thread> clients = load(cluster);
            try {
                for (int i = 0; i < NODES; i++) {
                    replace(cluster, i, Jar.ours());
                    ownKeysWait(cluster, i, bearer);
                }
                for (int i = 0; i < NODES; i++) {
                    replace(cluster, i, older);
                }
            } finally {
                ended.set(true);
                for (Thread client : clients) {
                    client.join();
                }
            }
            becomeEqual(cluster);
            nothingIsLost(cluster);
            System.out.println("three members upgraded and rolled back under load, " + writes
                    + " writes acknowledged");
        }
    }
}
