package kvs.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The cost of three nodes at rest, and the delay of replication at 1,000 writes a second: from the response
 * on one node to a document that is readable on the next. Several jars are measured alternately.
 */
final class ReplicationBench {

    private static final int NODES = 3;
    private static final int WRITERS = 4;
    private static final int PER_WRITER = 250;
    private static final int WARM_SECONDS = 10;
    private static final int ROUNDS = 3;
    private static final int REST_SECONDS = 20;
    private static final long PROBE_NANOS = 50_000;
    private static final Map<String, String> OPEN = Map.of("KVS_AUTH_ENABLED", "false",
            "KVS_RATE_LIMITING_ENABLED", "false", "KVS_CLUSTER_SECRET",
            "the secret of this bench has 32 characters");

    private final BenchReport report;
    private final Path directory;
    private final int seconds;

    /** Measures for {@code seconds} in each round. */
    ReplicationBench(BenchReport report, Path directory, int seconds) {
        this.report = report;
        this.directory = directory;
        this.seconds = seconds;
    }

    /** Measures the jars, by name. */
    void run(Map<String, String> jars) throws IOException {
        Map<String, List<BenchNode>> clusters = new TreeMap<>();
        try {
            for (Map.Entry<String, String> jar : jars.entrySet()) {
                clusters.put(jar.getKey(), cluster(jar.getKey(), jar.getValue()));
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (Map.Entry<String, List<BenchNode>> each : clusters.entrySet()) {
                    delay(each.getKey(), each.getValue(), round == 0 ? WARM_SECONDS : 1);
                }
            }
            for (int round = 0; round < ROUNDS; round++) {
                rest(clusters);
            }
        } finally {
            clusters.values().forEach(nodes -> nodes.forEach(BenchNode::close));
        }
    }

    private List<BenchNode> cluster(String name, String jar) throws IOException {
        List<BenchNode> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            Map<String, String> settings = new TreeMap<>(OPEN);
            settings.put("KVS_NODE_ID", name + i);
            settings.put("KVS_SEED_NODES",
                    String.join(",", nodes.stream().map(seed -> "127.0.0.1:" + seed.port).toList()));
            nodes.add(new BenchNode(directory.resolve("replication-" + name + i), jar, settings));
        }
        for (BenchNode node : nodes) {
            try (Line line = new Line(node.port)) {
                while (line.get("/health/ready") != 200) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
            }
        }
        return nodes;
    }

    /** All clusters rest at the same time; CPU of each node. */
    private void rest(Map<String, List<BenchNode>> clusters) {
        Map<String, Duration> before = new TreeMap<>();
        clusters.forEach((name, nodes) -> before.put(name, cpu(nodes)));
        long start = System.nanoTime();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(REST_SECONDS));
        clusters.forEach((name, nodes) -> report.figure(name + ": a node at rest, of " + NODES,
                100.0 * cpu(nodes).minus(before.get(name)).toNanos() / NODES / (System.nanoTime() - start),
                "% of a core"));
    }

    private static Duration cpu(List<BenchNode> nodes) {
        return nodes.stream().map(node -> node.process().info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** A document, and the time of the response to its write. */
    private record Written(String path, long answeredNanos) { }

    private void delay(String name, List<BenchNode> nodes, int warmSeconds) throws IOException {
        SynchronousQueue<Written> written = new SynchronousQueue<>();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(warmSeconds + seconds);
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String prefix = "/kv/delay/" + name + "/" + i + "/";
            Thread writer = new Thread(() -> write(nodes.get(0).port, prefix, start, end, written));
            writers.add(writer);
            writer.start();
        }
        List<Long> nanos = new ArrayList<>();
        Duration before = cpu(nodes);
        try (Line line = new Line(nodes.get(1).port)) {
            while (System.nanoTime() < end) {
                Written one = poll(written);
                if (one != null) {
                    while (line.get(one.path) != 200) {
                        LockSupport.parkNanos(PROBE_NANOS);
                    }
                    long now = System.nanoTime();
                    if (now - start > TimeUnit.SECONDS.toNanos(warmSeconds)) {
                        nanos.add(now - one.answeredNanos);
                    }
                }
            }
        }
        writers.forEach(ReplicationBench::join);
        long[] sorted = nanos.stream().mapToLong(each -> each).sorted().toArray();
        report.line(String.format(Locale.ROOT, "%s: readable on the next node at %d writes a second, %d"
                + " samples: p50 %.2f ms, p99 %.2f ms, max %.2f ms; CPU of the three nodes %.0f %% of a core",
                name, WRITERS * PER_WRITER, sorted.length, at(sorted, 50), at(sorted, 99), at(sorted, 100),
                100.0 * cpu(nodes).minus(before).toNanos() / (System.nanoTime() - start)));
    }

    private static double at(long[] sorted, int percent) {
        int at = Math.min(sorted.length - 1, sorted.length * percent / 100);
        return sorted.length == 0 ? -1 : sorted[at] / 1e6;
    }

    private static Written poll(SynchronousQueue<Written> written) {
        try {
            return written.poll(50, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(int port, String prefix, long start, long end,
            SynchronousQueue<Written> written) {
        try (Line line = new Line(port)) {
            long nanos = start;
            String run = Long.toString(start, 36);
            for (int i = 0; nanos < end; i++) {
                String path = prefix + run + "/" + i;
                if (line.put(path, "{\"n\":" + i + "}") > 201) {
                    throw new AssertionError("a write failed");
                }
                written.offer(new Written(path, System.nanoTime()));
                nanos = start + (i + 1) * TimeUnit.SECONDS.toNanos(1) / PER_WRITER;
                LockSupport.parkNanos(nanos - System.nanoTime());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A connection that is kept. */
    private static final class Line implements AutoCloseable {

        private final Socket socket;
        private final byte[] buffer = new byte[1 << 14];

        Line(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
        }

        int get(String path) throws IOException {
            return exchange("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        }

        int put(String path, String body) throws IOException {
            return exchange("PUT " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                    + body);
        }

        /** The status of the response. */
        private int exchange(String request) throws IOException {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            int length = 0;
            while (true) {
                int count = in.read(buffer, length, buffer.length - length);
                if (count < 0) {
                    throw new IOException("closed");
                }
                length += count;
                String text = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
                int head = text.indexOf("\r\n\r\n");
                if (head >= 0) {
                    String size = text.substring(0, head + 2)
                            .replaceFirst("(?is).*\r\ncontent-length: *(\\d+)\r\n.*", "$1");
                    if (!size.matches("\\d+") || length >= head + 4 + Integer.parseInt(size)) {
                        return Integer.parseInt(text.substring(9, 12));
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
