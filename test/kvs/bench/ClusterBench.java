package kvs.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The cost of a cluster of three nodes on this machine: the delay of replication, the time and the transfer
 * that a joining node needs, and the effect of a node that stands still.
 */
final class ClusterBench {

    private static final int WRITES = 1_000;
    private static final int BATCH = 1_000;
    private static final long STOP_MS = 30_000;
    private static final String HEAP = "-Xmx256m";
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).build();
    private static final Map<String, String> OPEN = Map.of("KVS_AUTH_ENABLED", "false",
            "KVS_RATE_LIMITING_ENABLED", "false", "KVS_TAMPER_LOGGING_ENABLED", "false",
            "KVS_CLUSTER_SECRET", "the secret of this bench has 32 characters");

    private final BenchReport report;
    private final Path directory;
    private final String jar;
    private final int keys;

    /** Measures three nodes of {@code jar}. */
    ClusterBench(BenchReport report, Path directory, String jar, int keys) {
        this.jar = jar;
        this.report = report;
        this.directory = directory;
        this.keys = keys;
    }

    void run() throws IOException {
        try (BenchNode one = node("one", "", List.of()); BenchNode two = node("two", "", List.of(one))) {
            until(two, "/health/ready", "ok");
            load(one);
            until(two, "/sync/merkle/root",
                    text(one, "/sync/merkle/root").replaceAll(".*\"hash\":\"([0-9a-f]+)\".*", "$1"));
            long[] alone = puts(one, System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
            long start = System.nanoTime();
            try (BenchNode three = node("three", HEAP, List.of(one, two))) {
                joined(one, three, alone, start);
                lag(one, three);
                stopped(one, three);
            }
        }
    }

    private BenchNode node(String name, String heap, List<BenchNode> seeds) throws IOException {
        Map<String, String> settings = new TreeMap<>(OPEN);
        settings.put("KVS_NODE_ID", name);
        settings.put("KVS_SEED_NODES",
                String.join(",", seeds.stream().map(seed -> "127.0.0.1:" + seed.port).toList()));
        if (!heap.isEmpty()) {
            settings.put("JAVA_TOOL_OPTIONS", heap);
        }
        return new BenchNode(directory.resolve(name), jar, settings);
    }

    private void load(BenchNode node) throws IOException {
        long start = System.nanoTime();
        for (int from = 0; from < keys; from += BATCH) {
            StringBuilder ops = new StringBuilder("{\"ops\":[");
            for (int i = from; i < Math.min(keys, from + BATCH); i++) {
                ops.append(i == from ? "" : ",").append("{\"op\":\"put\",\"path\":\"load/").append(i)
                        .append("\",\"data\":{\"n\":").append(i).append(",\"text\":\"some sixty bytes of a"
                                + " document that is not very large, but real\"}}");
            }
            send(node, "POST", "/kv/_batch", ops.append("]}").toString());
        }
        report.line(keys + " keys loaded into one of two nodes in " + ms(start) + " ms");
    }

    private void joined(BenchNode one, BenchNode three, long[] alone, long start) throws IOException {
        List<Long> during = new ArrayList<>();
        long reads = 0;
        while (!text(three, "/health/ready").contains("\"ok\"")) {
            Arrays.stream(puts(one, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200)))
                    .forEach(during::add);
            reads += send(three, "GET", "/kv/load/1", "").statusCode() != 503 ? 1 : 0;
        }
        report.line("a new node with " + HEAP + " had " + keys + " keys after " + ms(start)
                + " ms and answered " + reads + " of our reads meanwhile");
        report.line("PUT on another node, one client, p50 and p99: " + percentiles(alone) + " before, "
                + percentiles(during.stream().mapToLong(each -> each).sorted().toArray()) + " meanwhile");
    }

    private void lag(BenchNode one, BenchNode three) throws IOException {
        long[] nanos = new long[WRITES];
        for (int i = 0; i < WRITES; i++) {
            BenchNode from = i % 2 == 0 ? one : three;
            BenchNode to = i % 2 == 0 ? three : one;
            send(from, "PUT", "/kv/lag", Integer.toString(i));
            long answered = System.nanoTime();
            while (!text(to, "/kv/lag?raw").equals(Integer.toString(i))) {
                Thread.onSpinWait();
            }
            nanos[i] = System.nanoTime() - answered;
        }
        Arrays.sort(nanos);
        report.line("from the answer of PUT on one node to GET on another, p50 and p99: "
                + percentiles(nanos));
    }

    private void stopped(BenchNode one, BenchNode three) throws IOException {
        long[] before = puts(one, System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
        three.signal("STOP");
        long[] during;
        try {
            during = puts(one, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MS));
        } finally {
            three.signal("CONT");
        }
        long start = System.nanoTime();
        until(three, "/sync/merkle/root",
                text(one, "/sync/merkle/root").replaceAll(".*\"hash\":\"([0-9a-f]+)\".*", "$1"));
        report.line("PUT on one node, p50 and p99: " + percentiles(before) + "; while another stood still for"
                + " 30 s: " + percentiles(during) + "; that one had caught up " + ms(start) + " ms later");
    }

    /** One client writes until {@code end}; the latency of each write, ns, ascending. */
    private static long[] puts(BenchNode node, long end) throws IOException {
        List<Long> nanos = new ArrayList<>();
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            send(node, "PUT", "/kv/load/" + nanos.size() % 10_000, "{\"again\":true}");
            nanos.add(System.nanoTime() - start);
        }
        return nanos.stream().mapToLong(each -> each).sorted().toArray();
    }

    private static String percentiles(long[] sorted) {
        return sorted.length == 0 ? "none"
                : micros(sorted[sorted.length / 2]) + " and " + micros(sorted[sorted.length * 99 / 100]);
    }

    private static String micros(long nanos) {
        return nanos / 100_000 / 10.0 + " ms";
    }

    private static long ms(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private static void until(BenchNode node, String target, String part) throws IOException {
        long start = System.nanoTime();
        while (!text(node, target).contains(part)) {
            if (ms(start) > 300_000) {
                throw new AssertionError(target + " never says " + part);
            }
        }
    }

    private static String text(BenchNode node, String target) throws IOException {
        return send(node, "GET", target, "").body();
    }

    private static HttpResponse<String> send(BenchNode node, String method, String target, String body)
            throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port + target))
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body)).build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
