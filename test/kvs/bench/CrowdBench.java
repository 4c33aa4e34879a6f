package kvs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import kvs.load.LoadClient;
import kvs.load.SlowCrowd;

/**
 * The effect of many connections on a node: the memory of idle ones, and the service that a good client
 * receives beside slow ones.
 */
final class CrowdBench {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final int WARM_MS = 5_000;
    private static final int IDLE = 5_000;
    /** File descriptors that this process needs beside its sockets. */
    static final int FILES = 500;
    private static final int OPENED_A_SECOND = 2_000;
    private static final int SLOW = 500;
    private static final int ARRIVAL_MS = 5_000;
    private static final int STAY_MS = 10_000;
    private static final int GOOD_CONNECTIONS = 8;
    private static final int GOOD_A_SECOND = 200;
    private static final int LARGE_BYTES = 500_000;

    private final BenchReport report;
    private final String engine;
    private final BenchNode node;
    private final List<byte[]> get = List.of(LoadClient.request(HttpBench.GET, ""));

    CrowdBench(BenchReport report, String engine, BenchNode node) {
        this.report = report;
        this.engine = engine;
        this.node = node;
    }

    void run() throws IOException {
        LoadClient.send(node.port, LoadClient.request("PUT /kv/users/john HTTP/1.1", HttpBench.DOCUMENT));
        LoadClient.send(node.port,
                LoadClient.request("PUT /kv/large HTTP/1.1", '"' + "x".repeat(LARGE_BYTES) + '"'));
        // A load beforehand: the memory that the node takes in any case is then allocated.
        try (BenchSide warm = new BenchSide(engine, node, get)) {
            warm.round(WARM_MS);
        }
        idle();
        slow();
    }

    /** Connections that made one request each and stay open. */
    private void idle() throws IOException {
        int count = Math.min(IDLE, openFilesMax() - FILES);
        if (count < IDLE) {
            report.line("only " + count
                    + " idle connections: this process may not open more files, see ulimit -n");
        }
        try (LoadClient idle = new LoadClient(node.port, get, count)) {
            long before = node.residentBytes();
            LoadClient.Result opened = idle.paced(OPENED_A_SECOND, count * 1_000L / OPENED_A_SECOND);
            double mebibytes = (node.residentBytes() - before) / (double) (1 << 20);
            report.figure(engine + ": " + idle.open() + " of " + count + " idle connections open, "
                    + opened.failures() + " requests failed", mebibytes, "MiB");
        }
    }

    static int openFilesMax() throws IOException {
        return Files.exists(LIMITS) ? Integer.parseInt(Files.readString(LIMITS)
                .replaceFirst("(?s).*Max open files +(\\d+) .*", "$1")) : Integer.MAX_VALUE;
    }

    private void slow() throws IOException {
        try (LoadClient good = new LoadClient(node.port, get, GOOD_CONNECTIONS);
                SlowCrowd crowd = new SlowCrowd(node.port, SLOW, "/kv/large?raw")) {
            print("alone", good.paced(GOOD_A_SECOND, ARRIVAL_MS), crowd);
            good.beside(crowd::step);
            print("while slow clients arrive", good.paced(GOOD_A_SECOND, ARRIVAL_MS), crowd);
            print("beside slow clients", good.paced(GOOD_A_SECOND, STAY_MS), crowd);
        }
    }

    private void print(String when, LoadClient.Result result, SlowCrowd crowd) {
        report.line(String.format(Locale.ROOT,
                "%s: a good client %s: %.2f %% of its answers, %s; slow: %d, %d connected, %d cut", engine,
                when, 100.0 * result.answered() / (result.answered() + result.failures()), result.latencies(),
                crowd.size(), crowd.connected(), crowd.cuts()));
    }
}
