package kvs.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import kvs.load.EventCrowd;
import kvs.load.LoadClient;

/**
 * Thousands of event streams of one node: what each costs at rest, how long a write takes to reach all and
 * what that costs, and the latency of a good client beside streams that begin at an old position.
 */
final class StreamsBench {

    private static final int STREAMS = 5_000;
    private static final int WARM_WRITES = 20;
    private static final int WRITES = 40;
    private static final int PAUSE_MS = 20;
    private static final int IDLE_MS = 15_000;
    private static final long PATIENCE_MS = 120_000;
    /** Keys that streams from an old position read. */
    private static final int OLD_KEYS = 1_000;
    private static final int GOOD_CONNECTIONS = 4;
    private static final int GOOD_PER_SECOND = 500;
    private static final int GOOD_MS = 3_000;
    private static final double NANOS_A_MS = 1e6;
    private static final double MICROS = 1e6;
    private static final Map<String, String> SETTINGS = Map.of("KVS_AUTH_ENABLED", "false",
            "KVS_RATE_LIMITING_ENABLED", "false", "KVS_MAX_WAITS_PER_CLIENT", "100000");
    private static final String ALIKE = "";

    private final BenchReport report;
    private final Path directory;
    private final int count;

    /** A bench with as many streams as this process may open files. */
    StreamsBench(BenchReport report, Path directory) throws IOException {
        this.report = report;
        this.directory = directory;
        this.count = Math.min(STREAMS, CrowdBench.openFilesMax() - CrowdBench.FILES);
    }

    void run() throws IOException {
        try (BenchNode node = new BenchNode(directory.resolve("streams"), SETTINGS)) {
            for (int i = 0; i < OLD_KEYS; i++) {
                put(node, "old/" + i);
            }
            live(node, "of one view", i -> ALIKE);
            live(node, "of a view each", i -> "&limit=" + (OLD_KEYS + i));
            behind(node, "of one view", i -> ALIKE);
            behind(node, "of a view each", i -> "&limit=" + (OLD_KEYS + i));
        }
    }

    private static void put(BenchNode node, String key) throws IOException {
        LoadClient.send(node.port, LoadClient.request("PUT /kv/" + key + " HTTP/1.1", HttpBench.DOCUMENT));
    }

    private void open(BenchNode node, EventCrowd crowd, String since, IntFunction<String> view)
            throws IOException {
        for (int i = 0; i < count; i++) {
            crowd.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port),
                    "GET /kv/_changes?since=" + since + view.apply(i) + " HTTP/1.1\r\nHost: localhost\r\n"
                            + "Accept: text/event-stream\r\n\r\n", false);
        }
    }

    /** Streams that have everything. */
    private void live(BenchNode node, String views, IntFunction<String> view) throws IOException {
        try (EventCrowd crowd = new EventCrowd()) {
            long before = node.residentBytes();
            open(node, crowd, "now", view);
            crowd.await(PATIENCE_MS, EventCrowd.Reader::opened);
            crowd.readFor(1_000);
            String streams = count + " streams " + views;
            report.figure(streams + ", memory of each", (node.residentBytes() - before) / (double) count,
                    "bytes");
            double idle = node.cpuSeconds();
            crowd.readFor(IDLE_MS);
            report.figure(streams + " at rest", (node.cpuSeconds() - idle) * 100_000 / IDLE_MS,
                    "% of a core");
            writes(node, crowd, WARM_WRITES, 0);
            double cpu = node.cpuSeconds();
            double[] ms = writes(node, crowd, WRITES, WARM_WRITES);
            report.figure(streams + ", CPU of an event", (node.cpuSeconds() - cpu) * MICROS / WRITES / count,
                    "us");
            report.figure(streams + ", a write has reached all, p50", ms[ms.length / 2], "ms");
            report.figure(streams + ", a write has reached all, most", ms[ms.length - 1], "ms");
        }
    }

    private static double[] writes(BenchNode node, EventCrowd crowd, int writes, int before)
            throws IOException {
        double[] ms = new double[writes];
        for (int i = 0; i < writes; i++) {
            long events = before + i + 1;
            long began = System.nanoTime();
            put(node, "new/" + i);
            crowd.await(PATIENCE_MS, reader -> reader.events() >= events);
            ms[i] = (System.nanoTime() - began) / NANOS_A_MS;
            crowd.readFor(PAUSE_MS);
        }
        Arrays.sort(ms);
        return ms;
    }

    /** Streams that begin at the start of everything, all at once, and a good client beside them. */
    private void behind(BenchNode node, String views, IntFunction<String> view) throws IOException {
        try (LoadClient good = new LoadClient(node.port,
                List.of(LoadClient.request("GET /kv/old/1 HTTP/1.1", "")), GOOD_CONNECTIONS);
                EventCrowd crowd = new EventCrowd()) {
            report.figure("GET alone, p99", p99(good), "ms");
            long began = System.nanoTime();
            double cpu = node.cpuSeconds();
            open(node, crowd, "0", view);
            CompletableFuture<Double> beside = CompletableFuture.supplyAsync(() -> p99(good));
            crowd.await(PATIENCE_MS, reader -> reader.events() >= OLD_KEYS);
            double seconds = (System.nanoTime() - began) / NANOS_A_MS / TimeUnit.SECONDS.toMillis(1);
            String streams = count + " streams " + views + " from the start, " + OLD_KEYS + " events each";
            report.figure(streams + ", all have all", seconds, "s");
            double micros = (node.cpuSeconds() - cpu) * MICROS;
            report.figure(streams + ", CPU of an event", micros / OLD_KEYS / count, "us");
            report.figure("GET beside " + streams + ", p99", beside.join(), "ms");
        }
    }

    private static double p99(LoadClient good) {
        try {
            return good.paced(GOOD_PER_SECOND, GOOD_MS).latencies().percentileMs(99);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
