package kvs.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kvs.load.LoadClient;

/**
 * The latency of a good client beside a hostile one, which sends 256 requests a second with one header of
 * 30 KB, all of one character: for each header and each character that may stand in it.
 */
final class HostileBench {

    private static final int LENGTH = 30_000;
    private static final int REQUESTS = 256;
    private static final int GOOD_PER_SECOND = 500;
    private static final long ROUND_MS = 1_000;
    private static final String CHARACTERS = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~05aAdhmswW";
    private static final List<String> FIELDS = List.of("X-Forwarded-For", "Authorization", "Accept",
            "Content-Type", "Cookie", "Forwarded", "If-Match", "If-None-Match", "If-Unmodified-Since",
            "KVS-Peer", "KVS-Position", "Last-Event-ID", "Origin", "Range", "Sec-Fetch-Site",
            "X-Request-Id");

    private final BenchReport report;
    private final Path directory;

    HostileBench(BenchReport report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    void run() throws IOException {
        Map<String, String> settings = Map.of("KVS_AUTH_ENABLED", "false",
                "KVS_RATE_LIMITING_ENABLED", "false", "KVS_TRUSTED_PROXIES", "127.0.0.1");
        try (BenchNode node = new BenchNode(directory.resolve("hostile"), settings)) {
            LoadClient.send(node.port, LoadClient.request("PUT /kv/users/john HTTP/1.1", HttpBench.DOCUMENT));
            try (LoadClient good = new LoadClient(node.port,
                    List.of(LoadClient.request(HttpBench.GET, "")), 4)) {
                good.run(5 * ROUND_MS);
                report.figure("good client alone, p99", p99(good), "ms");
                double worst = 0;
                for (String field : FIELDS) {
                    double p99 = beside(field, node, good);
                    worst = Math.max(worst, p99);
                    report.figure("good client beside " + REQUESTS + " requests a second with 30 KB of "
                            + field + ", p99", p99, "ms");
                }
                report.figure("good client beside hostile headers, worst p99", worst, "ms");
            }
        }
    }

    private double beside(String field, BenchNode node, LoadClient good) throws IOException {
        List<byte[]> requests = CHARACTERS.chars().mapToObj(c -> LoadClient.request(
                HttpBench.GET + "\r\n" + field + ": " + Character.toString(c).repeat(LENGTH), "")).toList();
        try (LoadClient hostile = new LoadClient(node.port, requests, REQUESTS / 4)) {
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> send(hostile));
            double p99 = p99(good);
            load.join();
            return p99;
        }
    }

    private static void send(LoadClient hostile) {
        try {
            hostile.paced(REQUESTS, ROUND_MS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double p99(LoadClient good) throws IOException {
        return good.paced(GOOD_PER_SECOND, ROUND_MS).latencies().percentileMs(99);
    }
}
