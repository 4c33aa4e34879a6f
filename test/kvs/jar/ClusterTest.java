package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes of the real jar. */
class ClusterTest {

    private static final byte[] NOTHING = {};
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final int WRITES_BETWEEN = 30;

    @TempDir
    private Path directory;
    private final List<Integer> ports = new ArrayList<>();

    /** A way to start a node: as a process, or in that of the test. */
    private interface Start {

        Jar start(Path home, Map<String, String> settings, String file) throws IOException;
    }

    /** Starts node 1, 2 or 3 as the original's set-up does, in a directory of its own. */
    private Jar node(int number, Map<String, String> more) throws IOException {
        return node(number, more, Jar::inside);
    }

    /** The same as a process, which can be killed. */
    private Jar process(int number, Map<String, String> more) throws IOException {
        return node(number, more, Jar::start);
    }

    private Jar node(int number, Map<String, String> more, Start way) throws IOException {
        while (ports.size() < 3) {
            ports.add(Cluster.another(ports));
        }
        boolean first = !Files.exists(directory.resolve("n" + number));
        try {
            return open(number, more, way);
        } catch (IOException e) {
            if (!first || !Cluster.taken(e)) {
                throw e;
            }
            System.out.println("port " + ports.get(number - 1) + " was taken meanwhile: " + ports);
            ports.set(number - 1, Cluster.another(ports));
            return open(number, more, way);
        }
    }

    private Jar open(int number, Map<String, String> more, Start way) throws IOException {
        Path home = directory.resolve("n" + number);
        Files.createDirectories(home);
        List<String> seeds = ports.subList(0, number - 1).stream()
                .map(port -> "\"127.0.0.1:" + port + "\"").toList();
        Files.writeString(home.resolve("node.yaml"),
                "node_id: \"node" + number + "\"\nseed_nodes: [" + String.join(", ", seeds) + "]\n");
        Map<String, String> settings = new TreeMap<>(more);
        settings.put("KVS_PORT", Integer.toString(ports.get(number - 1)));
        settings.putIfAbsent("KVS_CLUSTER_SECRET", "the secret of this test has 32 characters");
        return way.start(home, settings, "node.yaml");
    }

    private static String get(Jar node, String target) throws IOException {
        return new String(node.send("GET", target, NOTHING).body(), StandardCharsets.UTF_8);
    }

    /** How long it takes until a node says that, ms. */
    private static long until(Jar node, String target, String regex) throws IOException {
        long start = System.nanoTime();
        while (!get(node, target).matches("(?s).*" + regex + ".*")) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS,
                    target + " never says " + regex + ": " + get(node, target));
            Jar.pauseBetweenLooks();
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    @Test
    void nodesFindEachOtherLoseEachOtherAndFindEachOtherAgain() throws Exception {
        try (Jar one = node(1, Map.of()); Jar two = process(2, Map.of()); Jar three = node(3, Map.of())) {
            String all = "node1.*alive.*node2.*alive.*node3.*alive";
            long ms = Math.max(until(one, "/members/", all),
                    Math.max(until(two, "/members/", all), until(three, "/members/", all)));
            System.out.println("three nodes list each other " + ms + " ms after the last one was up");
            assertTrue(get(one, "/health").contains("\"member_count\":3"));
            two.kill();
            until(one, "/members/", "node2[^}]*suspect");
            until(three, "/members/", "node2[^}]*suspect");
        }
        try (Jar two = node(2, Map.of())) {
            assertTrue(get(two, "/health").contains("no seed has responded yet: 127.0.0.1:" + ports.get(0)));
            try (Jar one = node(1, Map.of())) {
                until(one, "/members/", "node1.*alive.*node2.*alive");
                until(two, "/members/", "node1.*alive.*node2.*alive");
            }
        }
    }

    @Test
    void whoDoesNotKnowTheSecretLearnsNothing() throws Exception {
        try (Jar one = node(1, Map.of());
                Jar two = node(2, Map.of("KVS_CLUSTER_SECRET", "some other secret of 32 characters"))) {
            until(two, "/health", "it does not know our cluster secret");
            assertEquals(1, get(one, "/members/").split("\"id\"").length - 1);
            for (String target : List.of("/members/join", "/members/heartbeat", "/members/gossip")) {
                var answer = one.send("POST", target, new byte[100]);
                assertEquals(401, answer.statusCode(), target);
                assertTrue(answer.headers().firstValue("KVS-Peer").isEmpty());
            }
        }
    }

    private String log(int number) throws IOException {
        return Files.readString(directory.resolve("n" + number).resolve("stderr"));
    }

    /** Each machine has made a secret of its own: both name the file to copy. */
    @Test
    void bothSidesOfADifferingSecretSayWhatToCopy() throws Exception {
        Map<String, String> none = Map.of("KVS_CLUSTER_SECRET", "");
        try (Jar one = node(1, none); Jar two = node(2, none)) {
            String first = directory.resolve("n1/.kvs/cluster.secret").toString();
            String second = directory.resolve("n2/.kvs/cluster.secret").toString();
            until(two, "/health", "it does not know our cluster secret[^\"]*copy the file " + second);
            until(one, "/health",
                    "a node at 127.0.0.1 has another cluster secret[^\"]*copy the file " + first);
            assertTrue(log(1).contains("a node with another cluster secret or cluster_name was refused")
                    && log(1).contains(first), log(1));
            assertTrue(log(2).contains("it does not know our cluster secret or cluster_name")
                    && log(2).contains(second), log(2));
        }
    }

    /** The first token is asked for on another node than the first user, at once. */
    @Test
    void theFirstTokenIsMadeAtOnceOnWhicheverNode() throws Exception {
        Map<String, String> accounts = Map.of("KVS_AUTH_ENABLED", "true");
        try (Jar one = node(1, accounts); Jar two = node(2, accounts)) {
            until(two, "/health/ready", "ok");
            until(one, "/members/", "node2[^}]*alive");
            String made = new String(
                    one.send("POST", "/auth/users", "{\"nickname\":\"x\"}".getBytes(StandardCharsets.UTF_8),
                            "Content-Type", "application/json").body(), StandardCharsets.UTF_8);
            String body = "{\"user_uuid\":" + made.replaceAll("(?s).*\"uuid\":(\"[^\"]+\").*", "$1")
                    + ",\"scopes\":[\"read\"]}";
            assertEquals(201, two.send("POST", "/auth/tokens", body.getBytes(StandardCharsets.UTF_8),
                    "Content-Type", "application/json").statusCode(), made);
        }
    }

    /**
     * Who is killed is a line in the log and a problem of the others within seconds; health and metric say
     * one number.
     */
    @Test
    void aKilledMemberIsNamed() throws Exception {
        try (Jar one = node(1, Map.of()); Jar two = process(2, Map.of())) {
            until(one, "/members/", "node2[^}]*alive");
            until(one, "/health", "\"status\":\"ok\".*\"problems\":\\[\\]");
            until(one, "/metrics", "kvs_problems 0\n");
            two.kill();
            until(one, "/health", "\"status\":\"degraded\".*\"problems\":\\[\"member node2 at [^\"]* has been"
                    + " silent for [^\"]*s: no process listens");
            until(one, "/metrics", "kvs_problems [1-9]\n");
            isLoggedOnce("\"a member is suspect\",\"member\":\"node2\"");
            isLoggedOnce("\"a member joined\",\"member\":\"node2\"");
        }
    }

    /** Events are written by a duty that runs once a second. */
    private void isLoggedOnce(String event) throws IOException {
        long start = System.nanoTime();
        while (!log(1).contains(event)) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, event + " is never logged: " + log(1));
            Jar.pauseBetweenLooks();
        }
        assertEquals(1, log(1).lines().filter(line -> line.contains(event)).count(), log(1));
    }

    private static final Map<String, String> OPEN = Map.of("KVS_AUTH_ENABLED", "false");

    /**
     * kill -9 of each node in turn, under load; what a client was told is stored is there afterwards, on
     * every node.
     */
    @Test
    void killingEachInTurnLosesNothing() throws Exception {
        List<Jar> nodes = new ArrayList<>();
        Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger writes = new AtomicInteger();
        try {
            for (int number = 1; number <= 3; number++) {
                nodes.add(process(number, OPEN));
            }
            until(nodes.get(2), "/members/", "node1.*alive.*node2.*alive.*node3.*alive");
            List<Thread> clients = new ArrayList<>();
            for (int c = 0; c < 3; c++) {
                int client = c;
                clients.add(new Thread(() -> {
                    for (int i = 1; !ended.get(); i++) {
                        String key = "c" + client + "/k" + i % 40;
                        if (put(nodes.get(client), key, i)) {
                            acknowledged.put(key, i);
                            writes.incrementAndGet();
                        }
                        Jar.pauseBetweenLooks();
                    }
                }));
            }
            clients.forEach(Thread::start);
            for (int number = 1; number <= 3; number++) {
                until(nodes.get(number % 3), "/health", "\"member_count\":3");
                untilWritten(writes, number * WRITES_BETWEEN);
                nodes.get(number - 1).kill();
                nodes.set(number - 1, process(number, OPEN));
            }
            until(nodes.get(0), "/health", "\"member_count\":3");
            untilWritten(writes, 4 * WRITES_BETWEEN);
            ended.set(true);
            for (Thread client : clients) {
                client.join();
            }
            long start = System.nanoTime();
            while (nodes.stream().map(ClusterTest::root).distinct().count() > 1) {
                assertTrue(System.nanoTime() - start < PATIENCE_NANOS, "the roots stay different");
                Jar.pauseBetweenLooks();
            }
            System.out.println("each of three nodes killed under load, " + writes + " writes acknowledged,"
                    + " roots equal " + (System.nanoTime() - start) / 1_000_000 + " ms after the load");
            for (Map.Entry<String, Integer> known : acknowledged.entrySet()) {
                for (Jar node : nodes) {
                    int value = Integer.parseInt(get(node, "/kv/" + known.getKey() + "?raw"));
                    assertTrue(value >= known.getValue(), known + " became " + value);
                }
            }
        } finally {
            ended.set(true);
            for (Jar node : nodes) {
                node.close();
            }
        }
    }

    private static void untilWritten(AtomicInteger writes, int count) {
        long start = System.nanoTime();
        while (writes.get() < count) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, writes + " writes");
            Jar.pauseBetweenLooks();
        }
    }

    /** A write that may not have reached the node, or not been answered, is not acknowledged. */
    private static boolean put(Jar node, String key, int value) {
        try {
            int status = node.send("PUT", "/kv/" + key,
                    Integer.toString(value).getBytes(StandardCharsets.UTF_8)).statusCode();
            return status == 200 || status == 201;
        } catch (IOException down) {
            return false;
        }
    }

    private static String root(Jar node) {
        try {
            return get(node, "/sync/merkle/root").replaceAll(".*\"hash\":\"([0-9a-f]+)\".*", "$1");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A node with seeds makes the first user once it agrees with its cluster that there is none. */
    private static void firstUser(Jar node, int expected) throws IOException {
        long start = System.nanoTime();
        int status = 0;
        while (status != expected) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, "the first user: " + status);
            Jar.pauseBetweenLooks();
            status = node.send("POST", "/auth/users", "{\"nickname\":\"x\"}".getBytes(StandardCharsets.UTF_8),
                    "Content-Type", "application/json").statusCode();
        }
    }

    @Test
    void theFirstUserOfAClusterIsMadeOnce() throws Exception {
        try (Jar one = node(1, Map.of("KVS_AUTH_ENABLED", "true"));
                Jar two = node(2, Map.of("KVS_AUTH_ENABLED", "true"))) {
            firstUser(two, 201);
            until(one, "/sync/merkle/root", root(two));
            firstUser(one, 403);
            firstUser(two, 403);
        }
    }

    /**
     * Accounts replicate like everything else: who is known to one node is known to all, and their locks too.
     */
    @Test
    void accountsAndLocksHoldOnEveryNode() throws Exception {
        try (Jar one = node(1, Map.of("KVS_AUTH_ENABLED", "true"));
                Jar two = node(2, Map.of("KVS_AUTH_ENABLED", "true"))) {
            until(two, "/health", "\"mode\":\"normal\"");
            String auth = "Bearer " + Jar.out(directory.resolve("n1"), "token", "node.yaml").text().strip();
            assertEquals(201, one.send("PUT", "/kv/secret/k", "1".getBytes(StandardCharsets.UTF_8),
                    "Authorization", auth).statusCode());
            assertEquals(200, one.send("PUT", "/kv/secret/metadata",
                    "{\"permissions_text\":\"cdwr,----,----\"}".getBytes(StandardCharsets.UTF_8),
                    "Authorization", auth).statusCode());
            String equal = root(one);
            until(two, "/sync/merkle/root", equal);
            assertEquals(401, two.send("GET", "/kv/secret/k", NOTHING).statusCode());
            assertEquals(200, two.send("GET", "/kv/secret/k", NOTHING, "Authorization", auth).statusCode());
            assertEquals(403,
                    two.send("POST", "/auth/users", "{\"nickname\":\"x\"}".getBytes(StandardCharsets.UTF_8),
                            "Content-Type", "application/json").statusCode(), "there is an administrator");
        }
    }
}
