package kvs.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import kvs.load.LoadClient;
import kvs.tls.TestCertificate;
import kvs.world.Threads;

/**
 * The cost of TLS: reads over connections that stay, of our engine without and with it, and of the JDK's
 * server with it, in turn; and full handshakes with a key of P-256 and one of RSA, by clients that know no
 * session. Client and node share the machine, so a rate is that of both; the CPU of the node is its own.
 */
final class TlsBench {

    private static final int WARM_ROUNDS = 4;
    private static final int ROUNDS = 5;
    private static final int CLIENTS = 4;

    private final BenchReport report;
    private final Path directory;
    private final long roundMs;

    TlsBench(BenchReport report, Path directory, int seconds) {
        this.report = report;
        this.directory = directory;
        this.roundMs = seconds * 1_000L;
    }

    void run() throws IOException {
        Map<String, BenchNode> nodes = new LinkedHashMap<>();
        Map<String, String> tls = settings(TestCertificate.FIRST);
        try {
            nodes.put("plain", node("plain", "nio", Map.of()));
            nodes.put("tls", node("tls", "nio", tls));
            nodes.put("tls jdk", node("jdk", "jdk", tls));
            reading(nodes);
            nodes.put("tls rsa", node("rsa", "nio", settings(TestCertificate.RSA)));
            for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
                handshakes("tls", nodes.get("tls"), TestCertificate.FIRST, round >= 0);
                handshakes("tls rsa", nodes.get("tls rsa"), TestCertificate.RSA, round >= 0);
                handshakes("tls jdk", nodes.get("tls jdk"), TestCertificate.FIRST, round >= 0);
            }
        } finally {
            nodes.values().forEach(BenchNode::close);
        }
    }

    private Map<String, String> settings(TestCertificate used) throws IOException {
        Path cert = Files.writeString(directory.resolve(used + "-cert.pem"), used.cert());
        Path key = Files.writeString(directory.resolve(used + "-key.pem"), used.key());
        key.toFile().setReadable(false, false);
        key.toFile().setReadable(true, true);
        return Map.of("KVS_TLS_CERT", cert.toString(), "KVS_TLS_KEY", key.toString());
    }

    private BenchNode node(String name, String engine, Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("KVS_AUTH_ENABLED", "false");
        all.put("KVS_RATE_LIMITING_ENABLED", "false");
        all.put("KVS_HTTP_ENGINE", engine);
        return new BenchNode(Files.createTempDirectory(directory, name).resolve("home"), all);
    }

    private void reading(Map<String, BenchNode> nodes) throws IOException {
        SSLContext trust = TestCertificate.FIRST.client();
        List<BenchSide> sides = new ArrayList<>();
        try {
            for (Map.Entry<String, BenchNode> each : nodes.entrySet()) {
                BenchNode node = each.getValue();
                boolean plain = each.getKey().equals("plain");
                byte[] put = LoadClient.request("PUT /kv/users/john HTTP/1.1", HttpBench.DOCUMENT);
                try (LoadClient writer = load(node, put, 1, plain, trust)) {
                    writer.paced(1_000, 1);
                }
                byte[] get = LoadClient.request(HttpBench.GET, "");
                sides.add(new BenchSide(each.getKey(), node, BenchSide.CONNECTIONS,
                        load(node, get, BenchSide.CONNECTIONS, plain, trust)));
            }
            new Contest(report, "GET", sides).run(WARM_ROUNDS, ROUNDS, roundMs);
        } finally {
            for (BenchSide side : sides) {
                side.close();
            }
        }
    }

    private static LoadClient load(BenchNode node, byte[] request, int count, boolean plain, SSLContext trust)
            throws IOException {
        return plain ? new LoadClient(node.port, List.of(request), count)
                : new LoadClient(node.port, List.of(request), count, trust);
    }

    /** A round of connections that open, agree on keys, and close. */
    private void handshakes(String name, BenchNode node, TestCertificate used, boolean counts)
            throws IOException {
        double cpu = node.cpuSeconds();
        long start = System.nanoTime();
        List<Thread> clients = new ArrayList<>();
        int[] done = new int[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            clients.add(new Thread(() ->
                    done[client] = handshakes(node.port, used,
                            start + TimeUnit.MILLISECONDS.toNanos(roundMs))));
        }
        clients.forEach(Thread::start);
        clients.forEach(Threads::join);
        int count = IntStream.of(done).sum();
        if (counts) {
            report.rate("full handshakes, " + name, count, start);
            report.figure("full handshakes, " + name + ", CPU of the node",
                    (node.cpuSeconds() - cpu) * 1e6 / Math.max(1, count), "us a handshake");
        }
    }

    private static int handshakes(int port, TestCertificate used, long untilNanos) {
        int count = 0;
        try {
            while (System.nanoTime() - untilNanos < 0) {
                try (SSLSocket socket = (SSLSocket) used.client().getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), port)) {
                    socket.startHandshake();
                    count++;
                }
            }
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
        return count;
    }
}
