package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies in chunks over sockets: for handlers on the loop, that bound what they take, and for threads that
 * read a stream.
 */
class ChunkedBodyTest {

    private static final int MOST = 1_000;
    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

    private final AtomicInteger hidden = new AtomicInteger();
    private TestServer rig;

    /** The TLS of the server, if it has any. */
    Optional<TlsContexts> tls() {
        return Optional.empty();
    }

    @BeforeEach
    void start() throws IOException {
        start(TestServer.PATIENT);
    }

    private void start(ServerLimits.Timeouts times) throws IOException {
        rig = new TestServer(1, TestServer.limits(times), Clock.REAL, tls());
        rig.on("/echo", exchange -> ((NioExchange) exchange).body(MOST, more -> { })
                .whenComplete((body, failed) -> answer(exchange, failed != null ? failed.getMessage()
                        : body.length > MOST ? "too long" : new String(body, StandardCharsets.ISO_8859_1))));
        rig.on("/full", exchange -> ((NioExchange) exchange).body(MOST, more -> {
            throw new IllegalStateException("no room");
        }).whenComplete((body, failed) -> answer(exchange, failed != null ? failed.getMessage() : "empty")));
        rig.on("/read", exchange -> rig.aside(() -> read(exchange)))
                .on("/ignore", exchange -> answer(exchange, "ignored"));
        rig.on("/hidden", exchange -> {
            hidden.incrementAndGet();
            answer(exchange, "hidden");
        }).start();
    }

    @AfterEach
    void stop() {
        rig.await("all connections are gone", () -> rig.server.connections() == 0);
        assertEquals(0, rig.server.held());
        assertEquals(List.of(), rig.errors());
        rig.close();
    }

    private static void answer(HttpExchange exchange, String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException closed) {
            exchange.setAttribute("why", closed);
        } finally {
            exchange.close();
        }
    }

    private static void read(HttpExchange exchange) {
        try {
            answer(exchange, Integer.toString(exchange.getRequestBody().readAllBytes().length));
        } catch (IOException broken) {
            answer(exchange, "broken: " + broken.getMessage());
        }
    }

    private static String put(String path, String chunks) {
        return "PUT " + path + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
    }

    @Test
    void takesBodiesAndTheRequestsBehindThem() throws IOException {
        try (RawClient wire = rig.connect()) {
            wire.send(put("/echo", "3\r\nabc\r\n2;x\r\nde\r\n0\r\nX: y\r\n\r\n") + put("/echo", "0\r\n\r\n")
                    + put("/read", "1\r\nx\r\n0\r\n\r\n") + put("/echo", "1\r\nz\r\n0\r\n\r\n") + HIDDEN);
            assertTrue(wire.answer().endsWith("\r\n\r\nabcde"));
            assertTrue(wire.answer().endsWith("\r\n\r\n"));
            assertTrue(wire.answer().endsWith("\r\n\r\n1"));
            assertTrue(wire.answer().endsWith("\r\n\r\nz"));
            assertTrue(wire.answer().endsWith("\r\n\r\nhidden"));
        }
    }

    @Test
    void takesOneByteAfterTheOther() throws IOException {
        try (RawClient wire = rig.connect()) {
            for (char c : put("/echo", "a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n").toCharArray()) {
                wire.send(Character.toString(c));
            }
            assertTrue(wire.answer().endsWith("\r\n\r\n0123456789x"));
        }
    }

    @Test
    void readsALongOneAsAStream() throws IOException {
        String chunk = "4e20\r\n" + "x".repeat(20_000) + "\r\n";
        try (RawClient wire = rig.connect()) {
            assertTrue(wire.send(put("/read", chunk.repeat(50) + "0\r\n\r\n")).answer()
                    .endsWith("\r\n\r\n1000000"));
            assertTrue(wire.send(HIDDEN).answer().endsWith("hidden"));
        }
    }

    @Test
    void welcomesWhoWaitsForAWord() throws IOException {
        try (RawClient wire = rig.connect()) {
            wire.send("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                    + "Expect: 100-continue\r\n\r\n");
            assertTrue(wire.answer().startsWith("HTTP/1.1 100 "));
            assertTrue(wire.send("1\r\nx\r\n0\r\n\r\n").answer().endsWith("\r\n\r\nx"));
        }
    }

    /** Where the next request would begin is not known, so there is none. */
    @Test
    void endsWhenABodyIsNotReadToItsEnd() throws IOException {
        String longer = "3e9\r\n" + "x".repeat(1_001) + "\r\n0\r\n\r\n";
        for (String request : List.of(put("/echo", longer), put("/full", "1\r\nx\r\n0\r\n\r\n"),
                put("/ignore", "1\r\nx\r\n0\r\n\r\n"))) {
            String text = rig.once(request + HIDDEN);
            assertTrue(text.startsWith("HTTP/1.1 200 ") && text.contains("Connection: close\r\n"), text);
            assertTrue(text.endsWith("too long") || text.endsWith("no room") || text.endsWith("ignored"),
                    text);
        }
        assertTrue(rig.once(put("/echo", "3e8\r\n" + "x".repeat(1_000) + "\r\n0\r\n\r\n"))
                .endsWith("x".repeat(1_000)));
        assertEquals(0, hidden.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"100000000\r\n", "\r\n", "1\nx\n0\n\n", "1 \r\nx\r\n0\r\n\r\n",
        "0x1\r\nx\r\n0\r\n\r\n", "1\r\nxx\r\n0\r\n\r\n", "2\r\nx\r\n0\r\n\r\n", "1;a\n\r\nx\r\n0\r\n\r\n",
        "0\r\n X: y\r\n\r\n", "-1\r\n", "ffffffffffffffff\r\n", "1\r\nx\r\n", "1\r\nx\r\n0\r\n", ""})
    void refusesWhatIsMalformedAndAllThatFollows(String chunks) throws IOException {
        String text = rig.once(put("/echo", chunks + HIDDEN));
        assertTrue(text.startsWith("HTTP/1.1 200 ") && text.contains("Connection: close\r\n"), text);
        assertTrue(text.endsWith("malformed, or have too much overhead")
                || text.endsWith("the body ended early"), text);
        assertTrue(rig.once(put("/read", chunks + HIDDEN)).contains("\r\n\r\nbroken: "));
        assertEquals(0, hidden.get());
    }

    /** Time is earned by what is the body's own, so nobody holds a place by sending framing. */
    @Test
    void aSlowSenderIsCutOff() throws IOException {
        stop();
        start(new ServerLimits.Timeouts(600_000, 300, 600_000, 600_000));
        try (RawClient wire = rig.connect()) {
            String text = wire.send(put("/echo", "5\r\nab")).all();
            assertTrue(text.endsWith("the request took too long") && text.contains("Connection: close\r\n"),
                    text);
        }
    }
}
