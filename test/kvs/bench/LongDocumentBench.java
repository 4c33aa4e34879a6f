package kvs.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.deflate.Texts;
import kvs.load.LoadClient;

/**
 * Documents of 1 MB over HTTP, written durably and read in each form, by one jar or by two in turn; beside
 * one jar Redis with an fsync for each write, and nginx, which sends them from files. A request is 1 MB, so a
 * rate is MB a second.
 */
final class LongDocumentBench {

    private static final int BYTES = 1_000_000;
    private static final int CONNECTIONS = 4;
    private static final int WARM_ROUNDS = 3;
    private static final int ROUNDS = 5;
    /** Documents by what deflating them saves: a quarter, two thirds, nearly all. */
    private static final Map<String, byte[]> DOCUMENTS = documents();

    private final BenchReport report;
    private final Path directory;
    private final long roundMs;
    private final Map<String, String> jars;
    private final Map<String, BenchServer> peers = new LinkedHashMap<>();

    /** Compares the jars by their names. */
    LongDocumentBench(BenchReport report, Path directory, int seconds, Map<String, String> jars) {
        this.report = report;
        this.directory = directory;
        this.roundMs = seconds * 1_000L;
        this.jars = jars;
    }

    private static Map<String, byte[]> documents() {
        Map<String, byte[]> documents = new LinkedHashMap<>();
        documents.put("base64", Texts.base64(BYTES));
        documents.put("records", Texts.records(BYTES));
        documents.put("repeated", Texts.repeated(BYTES, 200));
        return documents;
    }

    void run() throws IOException {
        Map<String, BenchNode> nodes = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, String> jar : jars.entrySet()) {
                nodes.put(jar.getKey(), new BenchNode(
                        Files.createTempDirectory(directory, jar.getKey()).resolve("home"), jar.getValue(),
                        Map.of("KVS_AUTH_ENABLED", "false", "KVS_RATE_LIMITING_ENABLED", "false",
                                "KVS_REVISION_HISTORY_ENABLED", "false")));
            }
            startPeers();
            for (Map.Entry<String, byte[]> each : DOCUMENTS.entrySet()) {
                String document = new String(each.getValue(), StandardCharsets.US_ASCII);
                String name = each.getKey();
                String path = "/kv/" + name;
                measure("durable PUT of " + name, nodes, LoadClient.request("PUT " + path + " HTTP/1.1",
                        document), Map.of(Peers.REDIS, Peers.command("SET", name, document)));
                measure("GET of " + name, nodes, LoadClient.request("GET " + path + " HTTP/1.1", ""),
                        Map.of(Peers.REDIS, Peers.command("GET", name), Peers.NGINX,
                                LoadClient.request("GET /" + name + " HTTP/1.1", "")));
                measure("GET of " + name + ", raw, gzip", nodes, LoadClient.request("GET " + path
                        + "?raw HTTP/1.1\r\nAccept-Encoding: gzip", ""), Map.of());
            }
        } finally {
            nodes.values().forEach(BenchNode::close);
            peers.values().forEach(BenchServer::close);
        }
    }

    private void startPeers() throws IOException {
        Peers others = new Peers(report, directory);
        if (jars.size() == 1 && others.installed("redis-server")) {
            peers.put(Peers.REDIS, others.redis());
        }
        if (jars.size() == 1 && others.installed("nginx")) {
            Path root = Files.createTempDirectory(directory, "root");
            for (Map.Entry<String, byte[]> each : DOCUMENTS.entrySet()) {
                Files.write(root.resolve(each.getKey()), each.getValue());
            }
            peers.put(Peers.NGINX, others.nginx(root, ""));
        }
    }

    private void measure(String what, Map<String, BenchNode> nodes, byte[] request,
            Map<String, byte[]> others) throws IOException {
        List<BenchSide> sides = new ArrayList<>();
        try {
            for (Map.Entry<String, BenchNode> node : nodes.entrySet()) {
                sides.add(new BenchSide(node.getKey(), node.getValue(), List.of(request), CONNECTIONS));
            }
            for (Map.Entry<String, BenchServer> peer : peers.entrySet()) {
                if (others.containsKey(peer.getKey())) {
                    sides.add(new BenchSide(peer.getKey(), peer.getValue(), CONNECTIONS, Peers.load(
                            peer.getValue(), peer.getKey(), List.of(others.get(peer.getKey())),
                            CONNECTIONS)));
                }
            }
            new Contest(report, what, sides).run(WARM_ROUNDS, ROUNDS, roundMs);
        } finally {
            for (BenchSide side : sides) {
                side.close();
            }
        }
    }
}
