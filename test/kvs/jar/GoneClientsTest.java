package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that go away while they wait: each gives its place back at once, not when its wait of a minute is
 * over.
 */
class GoneClientsTest {

    private static final int CLIENTS = 64;
    private static final int TRIES = 100;
    private static final int PAUSE_MS = 50;

    @TempDir
    private static Path directory;
    private static Jar node;
    private static String tag;
    private static String listing = "";

    @BeforeAll
    static void start() throws IOException {
        assumeFalse(Jar.JDK_ENGINE, "the engine jdk hears of a client only when it writes to it");
        node = Jar.inside(directory, Map.of());
        tag = node.send("PUT", "/kv/here/a", "1".getBytes(StandardCharsets.UTF_8)).headers()
                .firstValue("ETag").orElseThrow();
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    private static Socket waiting(String target, String field) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
        String known = field.replace("TAG", tag).replace("LISTING", listing);
        socket.getOutputStream().write(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n"
                + (known.isEmpty() ? "" : known + "\r\n") + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Whether no place is left for one more who waits. */
    private static boolean full() throws IOException {
        HttpResponse<byte[]> one = node.send("GET", "/kv/here/a?watch=1ms", new byte[0],
                "If-None-Match", tag);
        return one.statusCode() == 429;
    }

    /** Some that came before may have found the places taken by those who were leaving. */
    private static void fill(List<Socket> sockets, String target, String field) throws IOException {
        int tries = 0;
        while (!full()) {
            assertTrue(tries++ < TRIES, "the places are not taken");
            sockets.add(waiting(target, field));
        }
    }

    private static void awaitPlace() throws Exception {
        int tries = 0;
        while (full()) {
            assertTrue(tries++ < TRIES, "the places are not given back");
            Thread.sleep(PAUSE_MS);
        }
    }

    @ParameterizedTest
    @CsvSource({"/kv/here/a?watch=60s, If-None-Match: TAG", "/kv/here/?watch=60s, If-None-Match: LISTING",
        "/kv/none?watch=60s, ''",
        "/kv/_changes?since=now&wait=60s, ''", "/kv/_changes?since=now, Accept: text/event-stream"})
    void placesAreGivenBackAtOnce(String target, String field) throws Exception {
        for (boolean reset : List.of(false, true)) {
            listing = node.send("GET", "/kv/here/", new byte[0]).headers().firstValue("ETag").orElseThrow();
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                sockets.add(waiting(target, field));
            }
            fill(sockets, target, field);
            for (Socket socket : sockets) {
                socket.setSoLinger(reset, 0);
                socket.close();
            }
            awaitPlace();
        }
    }

    /** It may still read: it is answered as if its time were up. */
    @ParameterizedTest
    @CsvSource({"/kv/here/a?watch=60s, If-None-Match: TAG, 304", "/kv/none?watch=60s, '', 404",
        "/kv/_changes?since=now&wait=60s, '', 200"})
    void whoOnlySendsNoMoreIsAnswered(String target, String field, int status) throws Exception {
        try (Socket socket = waiting(target, field)) {
            socket.setSoTimeout(TRIES * PAUSE_MS);
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertEquals("HTTP/1.1 " + status, answer.substring(0, 12));
        }
    }
}
