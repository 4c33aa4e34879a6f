package kvs.bench;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
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
import kvs.jar.Shell;
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
    private static final String NGINX = "nginx";
    private static final String REDIS = "redis";
    private static final String ETCD = "etcd";

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
            for (String onlyReads : List.of(BARE, NGINX)) {
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
        if (installed("nginx")) {
            servers.put(NGINX, nginx(Files.createDirectory(directory.resolve(NGINX)), node.port));
        }
        if (installed("redis-server")) {
            int port = freePort();
            Path home = Files.createDirectory(directory.resolve(REDIS));
            servers.put(REDIS, PeerServer.start(home, port, List.of("redis-server", "--port",
                    Integer.toString(port), "--bind", "127.0.0.1", "--dir", home.toString(), "--save", "",
                    "--appendonly", "yes", "--appendfsync", "always")));
            send(servers.get(REDIS), REDIS, redis("SET", "users/john", HttpBench.DOCUMENT));
        }
        if (installed("etcd")) {
            int port = freePort();
            Path home = Files.createDirectory(directory.resolve(ETCD));
            String url = "http://127.0.0.1:" + port;
            servers.put(ETCD, PeerServer.start(home, port, List.of("etcd", "--data-dir",
                    home.resolve("data").toString(), "--listen-client-urls", url, "--advertise-client-urls",
                    url, "--listen-peer-urls", "http://127.0.0.1:" + freePort())));
            send(servers.get(ETCD), ETCD, etcdPut("users/john"));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean installed(String program) {
        boolean here = Shell.has(program);
        if (!here) {
            report.line(program + " is not installed: left out");
        }
        return here;
    }

    private static BenchServer bare(Path home, int node) throws IOException {
        int port = freePort();
        Path body = Files.writeString(home.resolve("body"), text(node));
        return PeerServer.start(home, port, List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                Path.of(System.getProperty("java.class.path").split(File.pathSeparator)[0]).toAbsolutePath()
                        .toString(), BareLoop.class.getName(), Integer.toString(port), body.toString()));
    }

    private static BenchServer nginx(Path home, int node) throws IOException {
        int port = freePort();
        Path config = Files.writeString(home.resolve("nginx.conf"), """
                worker_processes auto;
                pid HOME/pid;
                error_log HOME/error.log;
                events { worker_connections 1024; }
                http {
                  access_log off;
                  keepalive_requests 1000000000;
                  client_body_temp_path HOME/body;
                  proxy_temp_path HOME/proxy;
                  fastcgi_temp_path HOME/fastcgi;
                  uwsgi_temp_path HOME/uwsgi;
                  scgi_temp_path HOME/scgi;
                  server {
                    listen 127.0.0.1:PORT;
                    location / { default_type application/json; return 200 '%s'; }
                  }
                }
                """.formatted(text(node)).replace("HOME", home.toString())
                .replace("PORT", Integer.toString(port)));
        return PeerServer.start(home, port, List.of("nginx", "-p", home.toString(), "-c", config.toString(),
                "-g", "daemon off;"));
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
            case REDIS -> List.of(redis("GET", "users/john"));
            case ETCD -> List.of(LoadClient.request("POST /v3/kv/range HTTP/1.1", "{\"key\":\""
                    + base64("users/john") + "\"}"));
            default -> List.of(LoadClient.request(HttpBench.GET, ""));
        };
    }

    private static List<byte[]> writes(String peer) {
        return switch (peer) {
            case REDIS -> IntStream.range(0, KEYS).mapToObj(i -> redis("SET", "users/" + i,
                    HttpBench.DOCUMENT)).toList();
            case ETCD -> IntStream.range(0, KEYS).mapToObj(i -> etcdPut("users/" + i)).toList();
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

    /** A command of Redis in the form of its protocol. */
    private static byte[] redis(String... words) {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return command.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void send(BenchServer server, String peer, byte[] request) throws IOException {
        try (LoadClient client = load(server, peer, List.of(request), 1)) {
            LoadClient.Result result = client.paced(1_000, 1);
            if (result.answered() != 1) {
                throw new IOException(peer + ": " + result.firstFailure());
            }
        }
    }

    private static LoadClient load(BenchServer server, String peer, List<byte[]> requests, int count)
            throws IOException {
        return peer.equals(REDIS) ? LoadClient.redis(server.port(), requests, count)
                : new LoadClient(server.port(), requests, count);
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
                sides.add(new BenchSide(each.getKey(), each.getValue(), connections, load(each.getValue(),
                        each.getKey(), requests.of(each.getKey()), connections)));
            }
            new Contest(report, what, sides).run(WARM_ROUNDS, ROUNDS, roundMs);
        } finally {
            for (BenchSide side : sides) {
                side.close();
            }
        }
    }
}
