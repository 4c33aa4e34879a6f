package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies of requests that are wanted, half wanted, not wanted, late, and asked for. */
class RequestBodyStreamTest {

    private final AtomicInteger hidden = new AtomicInteger();
    private final ConcurrentLinkedQueue<HttpExchange> parked = new ConcurrentLinkedQueue<>();
    private TestServer rig;
    private ExecutorService pool;

    /** The TLS of the server, if it has any. */
    Optional<TlsContexts> tls() {
        return Optional.empty();
    }

    @BeforeEach
    void start() throws IOException {
        rig = new TestServer(tls());
        pool = rig.dependencies.threads().pool("kvs-test", 8);
        rig.on("/ignore", exchange -> answer(exchange, "ignored"))
                .on("/hidden", exchange -> {
                    hidden.incrementAndGet();
                    answer(exchange, "hidden");
                })
                .on("/park", parked::add)
                .on("/two", exchange -> ((NioExchange) exchange).body(2)
                        .thenAccept(body -> answer(exchange, text(body))))
                .on("/blocking", exchange -> pool.execute(() -> blocking(exchange)))
                .start();
    }

    @AfterEach
    void stop() {
        rig.close();
        pool.shutdown();
        assertEquals(0, rig.server.connections());
        assertEquals(List.of(), rig.errors());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static void answer(HttpExchange exchange, String text) {
        try {
            exchange.sendResponseHeaders(200, text.length());
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.ISO_8859_1));
            exchange.getResponseBody().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void blocking(HttpExchange exchange) {
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            answer(exchange,
                    body.length + ":" + text(java.util.Arrays.copyOf(body, Math.min(10, body.length))));
        } catch (IOException e) {
            exchange.close();
        }
    }

    private static String head(String line, long length) {
        return line + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String expecting(String line, long length) {
        return head(line, length).replace("Host: a", "Host: a\r\nExpect: 100-continue");
    }

    private static final String NEXT = "PUT /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

    @Test
    void throwsAwayASmallBodyThatNobodyWants() throws IOException {
        try (RawClient wire = rig.connect()) {
            for (int length : List.of(1, NEXT.length(), 60_000, 64 * 1_024)) {
                String body = (NEXT + "x".repeat(length)).substring(0, length);
                wire.send(head("PUT /ignore", length) + body + head("GET /two", 2) + "ok");
                assertTrue(wire.answer().endsWith("ignored"));
                assertTrue(wire.answer().endsWith("\r\n\r\nok"), length + " bytes");
            }
        }
        assertEquals(0, hidden.get());
    }

    @Test
    void throwsItAwayWhenItComesAfterTheAnswer() throws IOException {
        try (RawClient wire = rig.connect()) {
            assertTrue(wire.send(head("PUT /ignore", 2 * NEXT.length())).answer().endsWith("ignored"));
            wire.send(NEXT);
            assertTrue(wire.send(NEXT + NEXT).answer().endsWith("hidden"));
            assertEquals(1, hidden.get());
        }
    }

    @Test
    void closesBehindALargeBodyThatNobodyWants() throws IOException {
        try (RawClient wire = rig.connect()) {
            wire.send(head("PUT /ignore", 64 * 1_024 + 1) + "x".repeat(500) + NEXT);
            String text = wire.answer();
            assertTrue(text.endsWith("ignored"));
            assertEquals("close", RawClient.field(text, "connection"));
            assertTrue(wire.ended());
        }
        assertEquals(0, hidden.get());
    }

    @Test
    void throwsAwayTheRestOfABodyThatWasReadInPart() throws IOException {
        try (RawClient wire = rig.connect()) {
            wire.send(head("PUT /two", 2 + NEXT.length()) + "ab" + NEXT + head("PUT /two", 3) + "cde" + NEXT);
            assertTrue(wire.answer().endsWith("\r\n\r\nab"));
            assertTrue(wire.answer().endsWith("\r\n\r\ncd"));
            assertTrue(wire.answer().endsWith("hidden"));
        }
        assertEquals(1, hidden.get());
    }

    @Test
    void readsALongBodyOnAThreadThatWaits() throws Exception {
        byte[] body = "0123456789".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        try (RawClient wire = rig.connect()) {
            for (int i = 0; i < 3; i++) {
                wire.send(head("PUT /blocking", body.length)).send(body);
                assertTrue(wire.answer().endsWith("3000000:0123456789"));
                assertTrue(wire.send(head("PUT /blocking", 0)).answer().endsWith("\r\n\r\n0:"));
            }
        }
    }

    @Test
    void tellsWhoWaitsThatABodyEndsEarly() throws IOException {
        rig.on("/told", exchange -> ((NioExchange) exchange).body(100)
                .whenComplete((body, failed) -> answer(exchange, failed.getMessage())));
        for (String sent : List.of("", "a", "a".repeat(99))) {
            assertEquals("", rig.once(head("PUT /blocking", 100) + sent));
            assertTrue(rig.once(head("PUT /told", 100) + sent).endsWith("\r\n\r\nthe body ended early"));
        }
    }

    @Test
    void asksForABodyOnceAndOnlyWhenItIsWanted() throws IOException {
        try (RawClient wire = rig.connect()) {
            assertTrue(wire.send(expecting("PUT /two", 2)).answer()
                    .startsWith("HTTP/1.1 100 Continue\r\n\r\n"));
            assertTrue(wire.send("ab").answer().endsWith("\r\n\r\nab"));
            String sentAnyway = wire.send(expecting("PUT /two", 2) + "cd").answer();
            assertTrue(sentAnyway.startsWith("HTTP/1.1 200") && sentAnyway.endsWith("\r\n\r\ncd"),
                    sentAnyway);
            assertTrue(wire.send(expecting("PUT /blocking", 200_000)).answer().startsWith("HTTP/1.1 100"));
            assertTrue(wire.send("x".repeat(200_000)).answer().startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void neverAsksForABodyThatIsRefused() throws IOException {
        try (RawClient wire = rig.connect()) {
            String text = wire.send(expecting("PUT /ignore", 2)).all();
            assertTrue(text.startsWith("HTTP/1.1 200") && text.endsWith("ignored"), text);
            assertEquals("close", RawClient.field(text, "connection"));
        }
        assertEquals(1, rig.once(expecting("PUT /ignore", NEXT.length()) + NEXT + NEXT)
                .split("HTTP/1.1 ", -1).length - 1);
        assertEquals(0, hidden.get());
    }

    /** In the middle of an answer a word to go on would be taken for its body. */
    @Test
    void asksForNothingOnceTheAnswerHasBegun() throws IOException {
        rig.on("/early", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("early".getBytes(StandardCharsets.US_ASCII));
            ((NioExchange) exchange).body(2).thenAccept(body -> finish(exchange, body));
        });
        try (RawClient wire = rig.connect()) {
            wire.send(expecting("PUT /early", 2));
            assertTrue(wire.head().startsWith("HTTP/1.1 200"));
            String text = wire.send("ab").all();
            assertEquals("5\r\nearly\r\n2\r\nab\r\n0\r\n\r\n", text);
        }
    }

    private static void finish(HttpExchange exchange, byte[] body) {
        try {
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A handler that reads on after its answer must not read the body of the next request. */
    @Test
    void givesTheBodyOfARequestToNobodyElse() throws Exception {
        CompletableFuture<byte[]> late = new CompletableFuture<>();
        rig.on("/late", exchange -> {
            answer(exchange, "first");
            rig.aside(() -> {
                rig.await("the next request is here", () -> !parked.isEmpty());
                ((NioExchange) exchange).body(2)
                        .whenComplete((body, failed) -> late.complete(failed == null ? body : new byte[0]));
            });
        });
        try (RawClient wire = rig.connect()) {
            wire.send(head("PUT /late", 0) + head("PUT /park", 2) + "ab");
            assertTrue(wire.answer().endsWith("first"));
            assertEquals(0, late.get(TestServer.TIMEOUT_MS, TimeUnit.MILLISECONDS).length);
            NioExchange next = (NioExchange) parked.remove();
            next.body(2).whenComplete((body, failed) -> answer(next, failed == null ? text(body) : "stolen"));
            assertTrue(wire.answer().endsWith("\r\n\r\nab"));
        }
    }

    @Test
    void refusesMoreOfABodyThanThereIs() throws IOException {
        rig.on("/much", exchange -> ((NioExchange) exchange).body(4)
                .whenComplete((body, failed) -> answer(exchange, failed == null ? "read" : "refused")));
        try (RawClient wire = rig.connect()) {
            assertTrue(wire.send(head("PUT /much", 3) + "abc").answer().endsWith("refused"));
            assertTrue(wire.send(head("PUT /two", 2) + "ab").answer().endsWith("\r\n\r\nab"));
        }
    }
}
