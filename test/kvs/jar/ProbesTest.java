package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that look whether a node is there, with what they send by default, through the real server. */
class ProbesTest {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    @TempDir
    private Path directory;

    private static String ask(int port, String head) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((head.replace("|", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException down) {
            return "";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jdk"})
    void answerToAnyHostAndWithoutOne(String engine) throws IOException {
        try (Jar node = Jar.inside(directory, Map.of("KVS_HTTP_ENGINE", engine))) {
            for (String probe : List.of("/health/live", "/health/ready")) {
                for (String head : List.of("GET PROBE HTTP/1.0", "HEAD PROBE HTTP/1.0",
                        "GET PROBE HTTP/1.0|Host: kvs1.lan", "GET PROBE HTTP/1.1|Host: kvs1.lan|Connection:"
                                + " close", "GET PROBE HTTP/1.1|Host: kvs|Connection: close")) {
                    String answer = ask(node.port(), head.replace("PROBE", probe));
                    assertTrue(answer.matches("(?s)HTTP/1\\.[01] 200 .*"), head + ": " + answer);
                }
                String answer = ask(node.port(), "GET " + probe + " HTTP/1.1|Connection: close");
                assertTrue(answer.contains(" 400 "), "HTTP/1.1 has a Host: " + answer);
            }
            for (String other : List.of("/health", "/kv/a", "/members/", "/health/live/x")) {
                String answer = ask(node.port(),
                        "GET " + other + " HTTP/1.1|Host: kvs1.lan|Connection: close");
                assertTrue(answer.contains(" 421 ") && answer.contains("allowed_hosts"),
                        other + ": " + answer);
                assertTrue(ask(node.port(), "GET " + other + " HTTP/1.0").contains(" 400 "), other);
            }
        }
    }

    private static Path program(String name) {
        Optional<Path> found = Stream.concat(Stream.of(System.getenv().getOrDefault("PATH", "")
                .split(File.pathSeparator)), Stream.of("/usr/sbin"))
                .map(place -> Path.of(place, name)).filter(Files::isExecutable).findFirst();
        Assumptions.assumeTrue(found.isPresent(), name + " is not installed");
        return found.get();
    }

    /** Runs a program until the answer to a request at its port matches. */
    private String until(List<String> command, int port, String head, String regex) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile()).start();
        try {
            long start = System.nanoTime();
            String answer = "";
            while (!answer.matches("(?s).*" + regex + ".*")) {
                assertTrue(System.nanoTime() - start < PATIENCE_NANOS, regex + " never comes: " + answer
                        + Files.readString(directory.resolve("out")));
                answer = ask(port, head);
            }
            return answer;
        } finally {
            Shell.await(process.destroyForcibly());
        }
    }

    @Test
    void haproxySeesAHealthyNodeByItsDefaultCheck() throws IOException {
        Path haproxy = program("haproxy");
        try (Jar node = Jar.inside(directory, Map.of())) {
            int port = Cluster.free();
            Files.writeString(directory.resolve("haproxy.cfg"), """
                    defaults
                      mode http
                      timeout connect 2s
                      timeout client 5s
                      timeout server 5s
                    frontend stats
                      bind 127.0.0.1:PORT
                      stats enable
                      stats uri /stats
                    backend kvs
                      option httpchk GET /health/ready
                      server n1 127.0.0.1:NODE check inter 200ms rise 1 fall 1
                    """.replace("PORT", Integer.toString(port))
                    .replace("NODE", Integer.toString(node.port())));
            String answer = until(List.of(haproxy.toString(), "-f", directory.resolve("haproxy.cfg")
                    .toString(), "-db"), port, "GET /stats;csv HTTP/1.0", "kvs,n1,[^\n]*L7OK");
            assertTrue(answer.matches("(?s).*kvs,n1,[^\n]*,UP,.*"), answer);
        }
    }

    /** The name of its upstream is the Host that nginx sends. */
    @Test
    void nginxReachesProbesUnderTheNameOfItsUpstream() throws IOException {
        Path nginx = program("nginx");
        try (Jar node = Jar.inside(directory, Map.of())) {
            int port = Cluster.free();
            Files.writeString(directory.resolve("nginx.conf"), """
                    daemon off; master_process off; pid DIR/pid; error_log DIR/error.log crit;
                    events { worker_connections 64; }
                    http {
                      access_log off; client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi;
                      uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
                      upstream kvs { server 127.0.0.1:NODE; }
                      server { listen 127.0.0.1:PORT; location / { proxy_pass http://kvs; } }
                    }
                    """.replace("DIR", directory.toString()).replace("PORT", Integer.toString(port))
                    .replace("NODE", Integer.toString(node.port())));
            List<String> command = List.of(nginx.toString(), "-p", directory.toString(), "-c",
                    directory.resolve("nginx.conf").toString());
            assertEquals(-1, until(command, port, "GET /health/ready HTTP/1.0|Host: any", " 200 ")
                    .indexOf("421"));
            assertTrue(until(command, port, "GET /kv/a HTTP/1.0|Host: any", " 421 ")
                    .contains("allowed_hosts"));
        }
    }
}
