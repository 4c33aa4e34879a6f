package kvs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.load.LoadClient;

/**
 * The comparison of the HTTP engines, or of two jars, side by side in one run: reading, durable writing,
 * latency at half of the maximum, the cost of idle connections, and the service that a good client receives
 * beside a crowd of slow ones. The load comes from this process, the node is another process.
 */
final class HttpBench {

    private static final String ENGINE = "KVS_HTTP_ENGINE";
    /** The JIT compiler is busy for the first 15 s of load or so. */
    private static final int WARM_ROUNDS = 5;
    private static final int ROUNDS = 5;
    /**
     * A few writers wait for the disk, more of them wait for the node: writes that queued up while the disk
     * was busy share one fsync.
     */
    private static final int MANY_CONNECTIONS = 128;
    private static final int HALF_ROUNDS = 5;
    private static final int KEYS = 1_024;
    static final String GET = "GET /kv/users/john HTTP/1.1";
    static final String DOCUMENT = "{\"name\":\"John Doe\",\"age\":30,\"email\":\"john@example.com\"}";

    /** A jar and an engine, under a name for the report. */
    private record Contender(String name, String jar, String engine) { }

    private final BenchReport report;
    private final Path directory;
    private final long roundMs;
    /** All contenders, to be compared with the first. */
    private final List<Contender> contenders;

    /**
     * Compares the engines of the jar that was built; with another jar ({@code before} is not empty), that
     * jar with this one.
     */
    HttpBench(BenchReport report, Path directory, int seconds, String before) {
        this.report = report;
        this.directory = directory;
        this.roundMs = seconds * 1_000L;
        String jar = System.getProperty("kvs.jar");
        this.contenders = before.isEmpty()
                ? List.of(new Contender("jdk", jar, "jdk"), new Contender("nio", jar, "nio"))
                : List.of(new Contender("before", before, "nio"), new Contender("now", jar, "nio"));
    }

    void run() throws IOException {
        reads();
        writes();
        with(Map.of("KVS_AUTH_ENABLED", "false"), nodes -> {
            for (Map.Entry<String, BenchNode> each : nodes.entrySet()) {
                new CrowdBench(report, each.getKey(), each.getValue()).run();
            }
        });
    }

    /** Reads of one document alone, without accounts and with a token. */
    void reads() throws IOException {
        with(Map.of("KVS_AUTH_ENABLED", "false"), this::reading);
        with(Map.of(), this::readingWithToken);
    }

    /** Durable writes alone, without accounts. */
    void writes() throws IOException {
        with(Map.of("KVS_AUTH_ENABLED", "false"), this::writing);
    }

    /** A measurement on one node of each contender. */
    private interface Measured {
        void of(Map<String, BenchNode> nodes) throws IOException;
    }

    /** Starts a node of each contender; one that does not start is left out, and the report says so. */
    private void with(Map<String, String> settings, Measured measured) throws IOException {
        Map<String, BenchNode> nodes = new LinkedHashMap<>();
        try {
            for (Contender contender : contenders) {
                start(contender, settings, nodes);
            }
            measured.of(nodes);
        } finally {
            nodes.values().forEach(BenchNode::close);
        }
    }

    private void start(Contender contender, Map<String, String> settings, Map<String, BenchNode> nodes)
            throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("KVS_RATE_LIMITING_ENABLED", "false");
        all.put(ENGINE, contender.engine());
        Path home = Files.createTempDirectory(directory, contender.name()).resolve("home");
        try {
            nodes.put(contender.name(), new BenchNode(home, contender.jar(), all));
        } catch (IOException e) {
            report.line(contender.name() + ": " + e.getMessage());
        }
    }

    private void reading(Map<String, BenchNode> nodes) throws IOException {
        for (BenchNode node : nodes.values()) {
            LoadClient.send(node.port, LoadClient.request("PUT /kv/users/john HTTP/1.1", DOCUMENT));
        }
        contest("GET", nodes, BenchSide.CONNECTIONS, node -> List.of(LoadClient.request(GET, "")));
    }

    private void readingWithToken(Map<String, BenchNode> nodes) throws IOException {
        Map<BenchNode, String> tokens = new HashMap<>();
        for (BenchNode node : nodes.values()) {
            tokens.put(node, "\r\nAuthorization: Bearer " + node.token());
            LoadClient.send(node.port,
                    LoadClient.request("PUT /kv/users/john HTTP/1.1" + tokens.get(node), DOCUMENT));
        }
        contest("GET with a token", nodes, BenchSide.CONNECTIONS,
                node -> List.of(LoadClient.request(GET + tokens.get(node), "")));
    }

    private void writing(Map<String, BenchNode> nodes) throws IOException {
        new BenchReport(directory).line("durable PUT: the disk before it");
        for (int connections : new int[] {BenchSide.CONNECTIONS, MANY_CONNECTIONS}) {
            contest("durable PUT", nodes, connections,
                    node -> LoadClient.requests("PUT /kv/users/# HTTP/1.1", DOCUMENT, KEYS));
        }
        new BenchReport(directory).line("durable PUT: the disk after it");
    }

    /** The requests for a node. */
    private interface RequestSource {
        List<byte[]> of(BenchNode node);
    }

    /** Measures the maximum of each contender, then half of that, evenly. */
    private void contest(String what, Map<String, BenchNode> nodes, int connections, RequestSource asked)
            throws IOException {
        List<BenchSide> sides = new ArrayList<>();
        try {
            for (Map.Entry<String, BenchNode> each : nodes.entrySet()) {
                sides.add(new BenchSide(each.getKey(), each.getValue(), asked.of(each.getValue()),
                        connections));
            }
            Contest contest = new Contest(report, what, sides);
            contest.run(WARM_ROUNDS, ROUNDS, roundMs);
            contest.half(HALF_ROUNDS, roundMs);
        } finally {
            for (BenchSide side : sides) {
                side.close();
            }
        }
    }
}
