package kvs.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kvs.load.LoadClient;

/**
 * KVS beside the stores and servers that are installed here: a {@link BareLoop} and nginx, which send the
 * same bytes and do nothing else, Redis with an fsync for each write, and etcd by its HTTP gateway. In turn,
 * so that what else the machine does hits all of them; each over 1, 32 and 128 connections, with one request
 * under way on each.
 */
final class PeersBench {

    private static final int[] CONNECTIONS = {1, 32, 128};
    /** The JIT compiler is busy for the first 15 s of load or so. */
    private static final int WARM_ROUNDS = 5;
    private static final int ROUNDS = 5;
    private static final int KEYS = 1_024;
    private static final String KVS = "kvs";
    private static final String BARE = "bare loop";

    private final BenchReport report;
    private final Path directory;
    private final long roundMs;

    PeersBench(BenchReport report, Path directory, int seconds) {
        this.report = report;
        this.directory = directory;
        this.roundMs = seconds * 1_000L;
    }

    void run() throws IOException {
        Map<String, BenchServer> servers = new LinkedHashMap<>();
        try {
            BenchNode node = new BenchNode(directory.resolve("peers"), Map.of("KVS_AUTH_ENABLED", "false",
                    "KVS_RATE_LIMITING_ENABLED", "false"));
            servers.put(KVS, node);
            LoadClient.send(node.port, LoadClient.request("PUT /kv/users/john HTTP/1.1",
                    HttpBench.DOCUMENT));
            startPeers(node, servers);
            for (int connections : CONNECTIONS) {
                contest("GET", servers, connections, PeersBench::reads);
            }
            for (String onlyReads : List.of(BARE, Peers.NGINX)) {
                if (servers.containsKey(onlyReads)) {
                    servers.remove(onlyReads).close();
                }
            }
            report.line("durable PUT: the disk before it");
            for (int connections : CONNECTIONS) {
                contest("durable PUT", servers, connections, PeersBench::writes);
            }
            new BenchReport(directory).line("durable PUT: the disk after it");
        } finally {
            servers.values().forEach(BenchServer::close);
        }
    }

    private void startPeers(BenchNode node, Map<String, BenchServer> servers) throws IOException {
        servers.put(BARE, bare(Files.createDirectory(directory.resolve("bare")), node.port));
        Peers peers = new Peers(report, directory);
        if (peers.installed("nginx")) {
            servers.put(Peers.NGINX, peers.nginx(directory, "return 200 '" + text(node.port) + "';"));
        }
        if (peers.installed("redis-server")) {
            servers.put(Peers.REDIS, peers.redis());
            Peers.send(servers.get(Peers.REDIS), Peers.REDIS,
                    Peers.command("SET", "users/john", HttpBench.DOCUMENT));
        }
        if (peers.installed("etcd")) {
            servers.put(Peers.ETCD, peers.etcd());
            Peers.send(servers.get(Peers.ETCD), Peers.ETCD, etcdPut("users/john"));
        }
    }

    private static BenchServer bare(Path home, int node) throws IOException {
        int port = Peers.freePort();
        Path body = Files.writeString(home.resolve("body"), text(node));
        return PeerServer.start(home, port, List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                Path.of(System.getProperty("java.class.path").split(File.pathSeparator)[0]).toAbsolutePath()
                        .toString(), BareLoop.class.getName(), Integer.toString(port), body.toString()));
    }

    /** The body of the response that the node sends. */
    private static String text(int port) throws IOException {
        try {
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + port + "/kv/users/john")).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<byte[]> reads(String peer) {
        return switch (peer) {
            case Peers.REDIS -> List.of(Peers.command("GET", "users/john"));
            case Peers.ETCD -> List.of(LoadClient.request("POST /v3/kv/range HTTP/1.1", "{\"key\":\""
                    + base64("users/john") + "\"}"));
            default -> List.of(LoadClient.request(HttpBench.GET, ""));
        };
    }

    private static List<byte[]> writes(String peer) {
        return switch (peer) {
            case Peers.REDIS -> IntStream.range(0, KEYS).mapToObj(i -> Peers.command("SET", "users/" + i,
                    HttpBench.DOCUMENT)).toList();
            case Peers.ETCD -> IntStream.range(0, KEYS).mapToObj(i -> etcdPut("users/" + i)).toList();
            default -> LoadClient.requests("PUT /kv/users/# HTTP/1.1", HttpBench.DOCUMENT, KEYS);
        };
    }

    private static byte[] etcdPut(String key) {
        return LoadClient.request("POST /v3/kv/put HTTP/1.1", "{\"key\":\"" + base64(key)
                + "\",\"value\":\"" + base64(HttpBench.DOCUMENT) + "\"}");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The requests to a server, by its name. */
    private interface RequestSource {
        List<byte[]> of(String peer);
    }

    private void contest(String what, Map<String, BenchServer> servers, int connections,
            RequestSource requests) throws IOException {
        List<BenchSide> sides = new ArrayList<>();
        try {
            for (Map.Entry<String, BenchServer> each : servers.entrySet()) {
                sides.add(new BenchSide(each.getKey(), each.getValue(), connections,
                        Peers.load(each.getValue(), each.getKey(), requests.of(each.getKey()),
                                connections)));
            }
            new Contest(report, what, sides).run(WARM_ROUNDS, ROUNDS, roundMs);
        } finally {
            for (BenchSide side : sides) {
                side.close();
            }
        }
    }
}
