package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kvs.store.DeadlineWrite;
import kvs.world.Logger;
import kvs.world.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is stopped for longer than its clients wait, and goes on. */
class FreezeTest {

    @TempDir
    private Path directory;

    private static void put(Socket socket, String path, String document) throws IOException {
        socket.getOutputStream().write(("PUT /kv/" + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + document.length() + "\r\n\r\n" + document).getBytes(StandardCharsets.US_ASCII));
    }

    /** Both engines at once: the time is spent on waiting. */
    @Test
    void doesNotDoLaterWhatItsClientsHaveGivenUp() throws IOException {
        List<Jar> nodes = new ArrayList<>();
        List<Socket> sockets = new ArrayList<>();
        try {
            for (String engine : List.of("nio", "jdk")) {
                nodes.add(Jar.start(Files.createDirectory(directory.resolve(engine)),
                        Map.of("KVS_HTTP_ENGINE", engine)));
            }
            for (Jar node : nodes) {
                assertEquals(201, node.send("PUT", "/kv/k", "1".getBytes(StandardCharsets.US_ASCII),
                        "Content-Type", "application/json").statusCode());
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), node.port()));
                ProcessFreeze.stop(node.process());
                try (Socket gone = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
                    put(gone, "k", "2");
                }
                put(sockets.get(sockets.size() - 1), "k", "3");
            }
            new Threads(Logger.none()).pause(DeadlineWrite.WAIT_MS_MAX + 1_000);
            for (int i = 0; i < nodes.size(); i++) {
                ProcessFreeze.resume(nodes.get(i).process());
                String text = new String(sockets.get(i).getInputStream().readAllBytes(),
                        StandardCharsets.US_ASCII);
                assertTrue(text.startsWith("HTTP/1.1 503"), text);
                int status = 503;
                while (status == 503) {
                    status = nodes.get(i).send("PUT", "/kv/later", "1".getBytes(StandardCharsets.US_ASCII),
                            "Content-Type", "application/json").statusCode();
                }
                assertEquals(201, status);
                assertEquals("1", new String(nodes.get(i).send("GET", "/kv/k?raw", new byte[0]).body(),
                        StandardCharsets.US_ASCII));
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
            for (Jar node : nodes) {
                node.close();
            }
        }
    }
}
