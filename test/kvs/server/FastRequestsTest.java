package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The requests that take the fast path of a server, and those that do not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FastRequestsTest {

    private static final String FIELDS = "Host: h\r\n";
    private final List<String> fast = new CopyOnWriteArrayList<>();
    private final AtomicInteger admissions = new AtomicInteger();
    private TestServer server;
    private volatile FastLoop served;
    private volatile long sinceRequest;

    Optional<TlsContexts> tls() {
        return Optional.empty();
    }

    @BeforeAll
    void start() throws IOException {
        server = new TestServer(1, TestServer.limits(TestServer.PATIENT), Clock.REAL, tls());
        server.server.fastPath((fields, remote, local, loop) -> {
            served = loop;
            admissions.incrementAndGet();
            return List.of(fields).contains("X-Unknown") ? Optional.empty()
                    : Optional.of(new TestSender());
        });
        server.on("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        }).start();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        fast.clear();
        admissions.set(0);
    }

    /** A sender all of whose requests are taken, but for those of {@code /slow}. */
    private final class TestSender implements FastPath.Sender {

        @Override
        public boolean respond(boolean head, byte[] target, ResponseBuffer response) {
            return FastRequestsTest.this.respond(head, target, response);
        }

        @Override
        public Optional<Consumer<PendingResponse>> write(String method, byte[] target, byte[] body) {
            String text = new String(target, StandardCharsets.US_ASCII);
            if (text.startsWith("/slow")) {
                return Optional.empty();
            }
            sinceRequest = served.nanosSinceRequest();
            fast.add(method + " " + text + " " + new String(body, StandardCharsets.US_ASCII));
            return Optional.of(response -> server.aside(() -> {
                response.onLoop(() -> end(response, text));
                server.server.wake();
            }));
        }

        private void end(PendingResponse response, String target) {
            if (!response.isPlain() || target.startsWith("/full")) {
                full(response);
                return;
            }
            ResponseBuffer whole = response.begin(201);
            whole.add(ResponseBuffer.fields("Content-length", "0"));
            whole.endLine();
            response.send();
        }

        private void full(PendingResponse response) {
            try {
                NioExchange exchange = response.exchange();
                exchange.sendResponseHeaders(201, -1);
                exchange.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private boolean respond(boolean head, byte[] target, ResponseBuffer response) {
        String text = new String(target, StandardCharsets.US_ASCII);
        response.add(ResponseBuffer.fields("X-Kept", "1"));
        if (text.startsWith("/slow")) {
            return false;
        }
        fast.add((head ? "HEAD " : "GET ") + text);
        String body = text.startsWith("/long") ? "x".repeat(8 << 20) : "fast";
        response.add(ResponseBuffer.fields("Content-length", Integer.toString(body.length())));
        response.endLine();
        response.add(head ? "" : body);
        return true;
    }

    private static String request(String line, String... fields) {
        return line + "\r\n" + FIELDS + String.join("", fields) + "\r\n";
    }

    /** A loop that serves other requests than writes does not wait for the disk. */
    @Test
    void measuresTheTimeSinceAnyRequestButAWriteOfTheFastPath() throws IOException {
        for (String other : List.of("GET /a HTTP/1.1", "GET /slow HTTP/1.1", "OPTIONS /a HTTP/1.1")) {
            long began = System.nanoTime();
            server.once(request(other));
            server.once(request("DELETE /b HTTP/1.1"));
            assertTrue(sinceRequest <= System.nanoTime() - began, other);
            server.once(request("DELETE /b HTTP/1.1"));
            assertTrue(sinceRequest > 0, "a write of the fast path counts");
        }
    }

    private void isSlow(String line, String... fields) throws IOException {
        fast.clear();
        String answer = server.once(request(line, fields));
        assertEquals(List.of(), fast, line);
        assertFalse(answer.contains("X-Kept"), answer);
    }

    @Test
    void respondsToPlainReads() throws IOException {
        try (RawClient client = server.connect()) {
            assertTrue(client.send(request("GET /a/b-c_d~e.f!$&'()*+,;=:@ HTTP/1.1")).answer()
                    .endsWith("\r\n\r\nfast"));
            assertTrue(client.send(request("HEAD /a HTTP/1.1")).head().endsWith("Content-length: 4\r\n\r\n"));
            assertTrue(client.send(request("GET /slow HTTP/1.1")).answer().startsWith("HTTP/1.1 204"));
            assertTrue(client.send(request("GET /a HTTP/1.1")).answer()
                    .startsWith("HTTP/1.1 200 OK\r\nDate: "));
        }
        assertEquals(List.of("GET /a/b-c_d~e.f!$&'()*+,;=:@", "HEAD /a", "GET /a"), fast);
        assertEquals(1, admissions.get());
    }

    @Test
    void takesWritesWhateverTheLengthOfTheirBody() throws IOException {
        try (RawClient client = server.connect()) {
            for (String body : List.of("1", "22", "333", "4444444444")) {
                assertTrue(client.send(put("/a", body)).answer().startsWith("HTTP/1.1 201"));
            }
            assertTrue(client.send(request("DELETE /a HTTP/1.1")).answer().startsWith("HTTP/1.1 201"));
            assertTrue(client.send(put("/b", "5")).answer().startsWith("HTTP/1.1 201"));
            assertTrue(client.send(put("/slow", "6")).answer().startsWith("HTTP/1.1 204"));
        }
        assertEquals(List.of("PUT /a 1", "PUT /a 22", "PUT /a 333", "PUT /a 4444444444", "DELETE /a ",
                "PUT /b 5"), fast);
        assertEquals(3, admissions.get());
    }

    private static String put(String target, String body) {
        return request("PUT " + target + " HTTP/1.1", "Content-Length: " + body.length() + "\r\n") + body;
    }

    @Test
    void leavesBodiesInPiecesAndWithOtherLengthsToTheParser() throws IOException {
        try (RawClient client = server.connect()) {
            client.send(put("/a", "1")).answer();
            fast.clear();
            client.send(put("/a", "22").replace("22", "2"));
            lookAtAll();
            assertTrue(client.send("2").answer().startsWith("HTTP/1.1 204"));
            client.send(put("/a", "1") + put("/b", "2"));
            assertTrue(client.answer().startsWith("HTTP/1.1 204"));
            client.answer();
            assertFalse(fast.contains("PUT /a 1"));
        }
        for (String length : List.of("0x1", "-1", "1,1", "9999999999", "")) {
            isSlow("PUT /a HTTP/1.1", "Content-Length: " + length + "\r\n");
        }
        isSlow("GET /a HTTP/1.1", "Content-Length: 1\r\n", "\r\n1");
    }

    @Test
    void leavesEverythingElseToTheParser() throws IOException {
        for (String target : List.of("/a?b", "/a%20b", "/a#b", "/a//b", "/a/../b", "/./a", "/.a", "a", "//a",
                "*", "http://h/a", "/a{", "/a\"", "/a\u00e4")) {
            isSlow("GET " + target + " HTTP/1.1");
        }
        for (String line : List.of("get /a HTTP/1.1", "GET  /a HTTP/1.1", "GET /a  HTTP/1.1",
                "GET /a HTTP/1.0", "GET /a HTTP/2.0", "GET /a", "GET\t/a HTTP/1.1", "\r\nGET /a HTTP/1.1",
                "POST /a HTTP/1.1", "OPTIONS /a HTTP/1.1", " GET /a HTTP/1.1")) {
            isSlow(line);
        }
        for (String field : List.of("Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n",
                "Connection: close\r\n", "Host: h\r\n", "X-Bad : 1\r\n", " folded\r\n",
                "X-Bad: \u0000\r\n", "X-Bad: 1\n", "X-Unknown: 1\r\n",
                "X-Long: " + "x".repeat(HeaderBlock.BYTES_MAX) + "\r\n")) {
            isSlow("GET /a HTTP/1.1", field);
        }
    }

    /** Waits until the loop has read what was sent before: it looks at all connections in each turn. */
    private void lookAtAll() throws IOException {
        try (RawClient other = server.connect()) {
            for (int turn = 0; turn < 2; turn++) {
                other.send(request("GET /slow HTTP/1.1")).answer();
            }
        }
    }

    @Test
    void leavesHeadsInPiecesAndRequestsBehindOthersToTheParser() throws IOException {
        String one = request("GET /a HTTP/1.1");
        try (RawClient client = server.connect()) {
            client.send(one).answer();
            fast.clear();
            client.send(one + request("GET /b HTTP/1.1"));
            assertTrue(client.answer().startsWith("HTTP/1.1 204"));
            client.answer();
            assertFalse(fast.contains("GET /a"));
            fast.clear();
            client.send(one.substring(0, 10));
            lookAtAll();
            client.send(one.substring(10));
            assertTrue(client.answer().startsWith("HTTP/1.1 204"));
            client.send("\r\n" + one);
            assertTrue(client.answer().startsWith("HTTP/1.1 204"));
            assertEquals(List.of(), fast);
            client.send(one).answer();
            assertEquals(List.of("GET /a"), fast);
        }
    }

    @Test
    void examinesNoneOfAClientWhoseFieldsAreAlwaysUnknown() throws IOException {
        try (RawClient client = server.connect()) {
            for (int i = 0; i < 3 * FastRequests.UNKNOWN_MAX; i++) {
                client.send(request("GET /a HTTP/1.1", "X-Unknown: " + i + "\r\n")).answer();
            }
        }
        assertEquals(FastRequests.UNKNOWN_MAX, admissions.get());
        assertEquals(List.of(), fast);
    }

    @Test
    void examinesNoneOfAClientWhoseFieldsAreTooLong() throws IOException {
        String longField = "X-Long: " + "x".repeat(HeaderBlock.BYTES_MAX) + "\r\n";
        try (RawClient client = server.connect()) {
            for (int i = 0; i < FastRequests.UNKNOWN_MAX; i++) {
                client.send(request("GET /a HTTP/1.1", longField)).answer();
            }
            client.send(request("GET /a HTTP/1.1")).answer();
        }
        assertEquals(List.of(), fast);
    }

    @Test
    void waitsForAClientThatDoesNotRead() throws IOException {
        try (RawClient client = server.connect()) {
            client.send(request("GET /long HTTP/1.1"));
            server.await("the response", () -> !fast.isEmpty());
            client.send(request("GET /a HTTP/1.1"));
            String answer = client.answer();
            assertTrue(answer.endsWith("\r\n\r\n" + "x".repeat(8 << 20)), answer.substring(0, 200));
            assertTrue(client.answer().endsWith("\r\n\r\nfast"));
        }
    }
}
