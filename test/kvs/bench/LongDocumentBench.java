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
 * Documents of 1 MB over HTTP, written durably and read in each form, by one jar or by two in turn. A request
 * is 1 MB, so a rate is MB a second.
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
            for (Map.Entry<String, byte[]> each : DOCUMENTS.entrySet()) {
                String document = new String(each.getValue(), StandardCharsets.US_ASCII);
                String path = "/kv/" + each.getKey();
                measure("durable PUT of " + each.getKey(), nodes,
                        LoadClient.request("PUT " + path + " HTTP/1.1", document));
                measure("GET of " + each.getKey(), nodes,
                        LoadClient.request("GET " + path + " HTTP/1.1", ""));
                measure("GET of " + each.getKey() + ", raw, gzip", nodes, LoadClient.request("GET " + path
                        + "?raw HTTP/1.1\r\nAccept-Encoding: gzip", ""));
            }
        } finally {
            nodes.values().forEach(BenchNode::close);
        }
    }

    private void measure(String what, Map<String, BenchNode> nodes, byte[] request) throws IOException {
        List<BenchSide> sides = new ArrayList<>();
        try {
            for (Map.Entry<String, BenchNode> node : nodes.entrySet()) {
                sides.add(new BenchSide(node.getKey(), node.getValue(), List.of(request), CONNECTIONS));
            }
            new Contest(report, what, sides).run(WARM_ROUNDS, ROUNDS, roundMs);
        } finally {
            for (BenchSide side : sides) {
                side.close();
            }
        }
    }
}
