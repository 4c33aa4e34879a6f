package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kvs.store.DeadlineWrite;
import kvs.world.Logger;
import kvs.world.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A process that is stopped for longer than its clients wait, and goes on. */
@Isolated("measures time")
class FreezeTest {

    private static final Path KILL = Path.of("/bin/kill");

    @TempDir
    private Path directory;

    private static void signal(Jar node, String name) throws IOException {
        assertEquals(0, Shell.await(new ProcessBuilder(KILL.toString(), name,
                Long.toString(node.process().pid())).inheritIO().start()));
    }

    /** Stops the node: the signal has been sent long before each thread of a busy machine has met it. */
    private static void stop(Jar node) throws IOException {
        signal(node, "-STOP");
        Path threads = Path.of("/proc", Long.toString(node.process().pid()), "task");
        assumeTrue(Files.isDirectory(threads), "there is no " + threads);
        try (Stream<Path> each = Files.list(threads)) {
            for (Path thread : each.toList()) {
                while (!stopped(thread)) {
                    Jar.pauseBetweenLooks();
                }
            }
        }
    }

    /** Whether the kernel tells the state of the thread, the letter behind its name, as stopped. */
    private static boolean stopped(Path thread) {
        try {
            return Files.readString(thread.resolve("stat")).matches("(?s).*\\) T .*");
        } catch (IOException gone) {
            return Files.notExists(thread);
        }
    }

    private static void put(Socket socket, String path, String document) throws IOException {
        socket.getOutputStream().write(("PUT /kv/" + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + document.length() + "\r\n\r\n" + document).getBytes(StandardCharsets.US_ASCII));
    }

    /** Both engines at once: the time is spent on waiting. */
    @Test
    void doesNotDoLaterWhatItsClientsHaveGivenUp() throws IOException {
        assumeTrue(Files.isExecutable(KILL), "there is no " + KILL);
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
                stop(node);
                try (Socket gone = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
                    put(gone, "k", "2");
                }
                put(sockets.get(sockets.size() - 1), "k", "3");
            }
            new Threads(Logger.none()).pause(DeadlineWrite.WAIT_MS_MAX + 1_000);
            for (int i = 0; i < nodes.size(); i++) {
                signal(nodes.get(i), "-CONT");
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
