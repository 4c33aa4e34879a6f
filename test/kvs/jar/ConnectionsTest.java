package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limits on the connections of a node. */
class ConnectionsTest {

    private static final String NEIGHBOUR = "127.0.0.2";
    private static final int PATIENCE_MS = 20_000;

    @TempDir
    private Path directory;
    private final List<Socket> open = new ArrayList<>();

    @BeforeEach
    void ours() {
        assumeFalse(Jar.JDK_ENGINE, "the engine jdk has limits of its own");
    }

    /** Requests the health over a new connection from {@code address}, which stays open; the status. */
    private int ask(Jar node, String address) throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        socket.setSoTimeout(PATIENCE_MS);
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                URI.create(node.url).getPort()));
        return ask(socket);
    }

    private static int ask(Socket socket) throws IOException {
        socket.getOutputStream().write(
                "HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new IOException("closed after: " + head);
            }
            head.append((char) b);
        }
        return Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    @Test
    void ofOneAddressAreNoMoreThanTheLimit() throws Exception {
        try (Jar node = Jar.inside(directory, Map.of("KVS_MAX_CONNECTIONS_PER_ADDRESS", "5"))) {
            for (int i = 0; i < 5; i++) {
                assertEquals(200, ask(node, NEIGHBOUR));
            }
            assertEquals(429, ask(node, NEIGHBOUR));
            for (int i = 0; i < 20; i++) {
                assertEquals(200, ask(node, "127.0.0.1"), "this machine is not counted");
            }
            open.get(0).close();
            int status = 429;
            for (int i = 0; i < 100 && status == 429; i++) {
                status = ask(node, NEIGHBOUR);
            }
            assertEquals(200, status, "a place that was left is free again");
            String metrics = new String(node.send("GET", "/metrics", new byte[0]).body(),
                    StandardCharsets.UTF_8);
            assertTrue(metrics.contains("\nkvs_http_connections_refused_total "), metrics);
        } finally {
            close();
        }
    }

    @Test
    void theOneThatRestsLongestMakesRoom() throws Exception {
        try (Jar node = Jar.inside(directory, Map.of("KVS_MAX_CONNECTIONS", "16"))) {
            for (int i = 0; i < 40; i++) {
                assertEquals(200, ask(node, "127.0.0.1"));
            }
            assertEquals(200, ask(open.get(39)), "the last one is still there");
        } finally {
            close();
        }
    }

    private void close() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }
}
