package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Three nodes of the real jar without accounts, each with a directory of its own; the first one has no seeds.
 */
final class Cluster implements AutoCloseable {

    private static final byte[] NOTHING = {};
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int NODES = 3;
    private static final int TRIES = 100;
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;

    private final Path directory;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Jar> nodes = new ArrayList<>();
    private final Map<String, String> settings;
    /** The jar of the processes; empty for nodes in the process of the test. */
    private Optional<Path> jar;

    Cluster(Path directory) throws IOException {
        this(directory, Jar.ours(), Map.of());
    }

    /** Nodes of another jar, with other settings. */
    Cluster(Path directory, Path jar, Map<String, String> more) throws IOException {
        this(directory, Optional.of(jar), more);
    }

    /** Nodes in the process of the test, none of which can be killed. */
    static Cluster inside(Path directory) throws IOException {
        return new Cluster(directory, Optional.empty(), Map.of());
    }

    private Cluster(Path directory, Optional<Path> jar, Map<String, String> more) throws IOException {
        this.directory = directory;
        this.jar = jar;
        this.settings = new TreeMap<>(Map.of("KVS_AUTH_ENABLED", "false",
                "KVS_CLUSTER_SECRET", "the secret of this test has 32 characters"));
        settings.putAll(more);
        for (int i = 0; i < NODES; i++) {
            ports.add(another(ports));
        }
        try {
            for (int i = 0; i < NODES; i++) {
                nodes.add(first(i));
            }
            all();
        } catch (IOException | AssertionError e) {
            close();
            throw e;
        }
    }

    /**
     * A port that nobody has, below those that systems give to connections: one of these may be taken before
     * the node is up.
     */
    static int free() throws IOException {
        for (int port : new Random().ints(TRIES, LOWEST, HIGHEST).toArray()) {
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                System.out.println("port " + port + " is taken");
            }
        }
        throw new IOException("no port is free");
    }

    /** The same, and none of these. */
    static int another(List<Integer> ports) throws IOException {
        int port = free();
        return ports.contains(port) ? another(ports) : port;
    }

    /** Whether somebody else on this machine has taken the port meanwhile. */
    static boolean taken(IOException e) {
        return e.getMessage().contains("Address already in use");
    }

    private Jar first(int i) throws IOException {
        try {
            return open(i);
        } catch (IOException e) {
            if (!taken(e)) {
                throw e;
            }
            System.out.println("port " + ports.get(i) + " was taken meanwhile");
            ports.set(i, another(ports));
            return open(i);
        }
    }

    private Jar open(int i) throws IOException {
        Path home = Files.createDirectories(home(i));
        List<String> seeds = ports.stream().filter(port -> !port.equals(ports.get(i)))
                .map(port -> "\"127.0.0.1:" + port + "\"").toList();
        boolean first = i == 0 && nodes.isEmpty();
        String listed = first ? "" : String.join(", ", seeds);
        Files.writeString(home.resolve("node.yaml"),
                "node_id: \"node" + (i + 1) + "\"\nseed_nodes: [" + listed + "]\n");
        Map<String, String> all = new TreeMap<>(settings);
        all.put("KVS_PORT", Integer.toString(ports.get(i)));
        return jar.isPresent() ? Jar.start(jar.get(), home, all, "node.yaml")
                : Jar.inside(home, all, "node.yaml");
    }

    Path home(int i) {
        return directory.resolve("n" + i);
    }

    Jar node(int i) {
        return nodes.get(i);
    }

    /** Starts a node in the place of one that was stopped. */
    void start(int i) throws IOException {
        nodes.set(i, open(i));
    }

    /** Stops a node as a service does and starts another jar in its place. */
    void replace(int i, Path other) throws IOException, InterruptedException {
        nodes.get(i).stop();
        nodes.get(i).close();
        jar = Optional.of(other);
        start(i);
    }

    void stop(int i) throws IOException {
        nodes.get(i).close();
    }

    /** Kills a node and removes its directory. */
    void destroy(int i) throws IOException {
        nodes.get(i).kill();
        try (Stream<Path> files = Files.walk(home(i))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Waits until all are there and have what the others have. */
    void all() throws IOException {
        for (int i = 0; i < NODES; i++) {
            until(i, "/members/", "node1[^}]*alive.*node2[^}]*alive.*node3[^}]*alive");
            until(i, "/health/ready", "ok");
        }
    }

    void until(int i, String target, String regex) throws IOException {
        long start = System.nanoTime();
        String said = "";
        while (!said.matches("(?s).*" + regex + ".*")) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS,
                    target + " of node" + (i + 1) + " never says " + regex + ": " + said);
            Jar.pauseBetweenLooks();
            said = new String(nodes.get(i).send("GET", target, NOTHING).body(), StandardCharsets.UTF_8);
        }
    }

    /** Whether a write was acknowledged. */
    boolean put(int i, String key, int value) {
        try {
            return nodes.get(i).sendUnchecked("PUT", "/kv/" + key,
                    Integer.toString(value).getBytes(StandardCharsets.UTF_8)).statusCode() / 100 == 2;
        } catch (IOException down) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (Jar node : nodes) {
            node.close();
        }
    }
}
