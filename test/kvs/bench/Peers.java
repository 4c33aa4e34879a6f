package kvs.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kvs.jar.Shell;
import kvs.load.LoadClient;

/** The stores and servers of others that a comparison starts, and the words that they are spoken to in. */
final class Peers {

    static final String NGINX = "nginx";
    static final String REDIS = "redis";
    static final String ETCD = "etcd";

    private final BenchReport report;
    private final Path directory;

    /** Those whose directories are in {@code directory}. */
    Peers(BenchReport report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Whether a program is installed; the report tells when it is not. */
    boolean installed(String program) {
        boolean here = Shell.has(program);
        if (!here) {
            report.line(program + " is not installed: left out");
        }
        return here;
    }

    /** Redis with an fsync for each write. */
    BenchServer redis() throws IOException {
        int port = freePort();
        Path home = Files.createTempDirectory(directory, REDIS);
        return PeerServer.start(home, port, List.of("redis-server", "--port", Integer.toString(port),
                "--bind", "127.0.0.1", "--dir", home.toString(), "--save", "", "--appendonly", "yes",
                "--appendfsync", "always"));
    }

    /** A node of etcd, alone. */
    BenchServer etcd() throws IOException {
        int port = freePort();
        Path home = Files.createTempDirectory(directory, ETCD);
        String url = "http://127.0.0.1:" + port;
        return PeerServer.start(home, port, List.of("etcd", "--data-dir", home.resolve("data").toString(),
                "--listen-client-urls", url, "--advertise-client-urls", url, "--listen-peer-urls",
                "http://127.0.0.1:" + freePort()));
    }

    /** A server of nginx that answers as the lines of its {@code location /} say; its root is a directory. */
    BenchServer nginx(Path root, String location) throws IOException {
        int port = freePort();
        Path home = Files.createTempDirectory(directory, NGINX);
        Path config = Files.writeString(home.resolve("nginx.conf"), """
                user USER;
                worker_processes auto;
                pid HOME/pid;
                error_log HOME/error.log;
                events { worker_connections 1024; }
                http {
                  access_log off;
                  sendfile on;
                  keepalive_requests 1000000000;
                  client_body_temp_path HOME/body;
                  proxy_temp_path HOME/proxy;
                  fastcgi_temp_path HOME/fastcgi;
                  uwsgi_temp_path HOME/uwsgi;
                  scgi_temp_path HOME/scgi;
                  server {
                    listen 127.0.0.1:PORT;
                    root ROOT;
                    location / { default_type application/json; LOCATION }
                  }
                }
                """.replace("HOME", home.toString()).replace("PORT", Integer.toString(port))
                .replace("USER", System.getProperty("user.name"))
                .replace("ROOT", root.toString()).replace("LOCATION", location));
        return PeerServer.start(home, port, List.of(NGINX, "-p", home.toString(), "-c", config.toString(),
                "-g", "daemon off;"));
    }

    /** A command of Redis in the form of its protocol, of ASCII. */
    static byte[] command(String... words) {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return command.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends one request to a server, which must answer it. */
    static void send(BenchServer server, String peer, byte[] request) throws IOException {
        try (LoadClient client = load(server, peer, List.of(request), 1)) {
            LoadClient.Result result = client.paced(1_000, 1);
            if (result.answered() != 1) {
                throw new IOException(peer + ": " + result.firstFailure());
            }
        }
    }

    /** A load over {@code count} connections, in the language of the peer. */
    static LoadClient load(BenchServer server, String peer, List<byte[]> requests, int count)
            throws IOException {
        return peer.equals(REDIS) ? LoadClient.redis(server.port(), requests, count)
                : new LoadClient(server.port(), requests, count);
    }
}
