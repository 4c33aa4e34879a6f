package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kvs.RunTests;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients that are late: each clock strikes, and nobody waits for another. The clocks are real, and short
 * only where they are to strike.
 */
@Tag(RunTests.TIMED)
class TimeoutsTest {

    private static final int SHORT_MS = 300;
    private static final long LONG_MS = 600_000;
    private static final int LARGE = 64 << 20;

    private final ConcurrentLinkedQueue<HttpExchange> parked = new ConcurrentLinkedQueue<>();
    private TestServer rig;

    /** The TLS of the server, if it has any. */
    Optional<TlsContexts> tls() {
        return Optional.empty();
    }

    private void start(long head, long body, long stall, long idle) throws IOException {
        rig = new TestServer(1, TestServer.limits(new ServerLimits.Timeouts(head, body, stall, idle)),
                Clock.REAL, tls());
        rig.on("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        }).on("/park", parked::add).start();
    }

    @AfterEach
    void stop() {
        rig.await("all connections are gone", () -> rig.server.connections() == 0);
        assertEquals(0, rig.server.held());
        assertEquals(List.of(), rig.errors());
        rig.close();
    }

    @Test
    void answersAHeadThatTakesTooLong() throws IOException {
        start(SHORT_MS, LONG_MS, LONG_MS, LONG_MS);
        for (String sent : List.of("G", "\r\nG", "GET / HTTP/1.1\r\nHost: a\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\r\nG")) {
            try (RawClient wire = rig.connect()) {
                String text = wire.send(sent).all();
                assertTrue(text.contains("HTTP/1.1 408 ") && text.contains("Connection: close\r\n"), text);
            }
        }
    }

    @Test
    void closesAConnectionThatRestsTooLongWithoutAWord() throws IOException {
        start(LONG_MS, LONG_MS, LONG_MS, SHORT_MS);
        try (RawClient fresh = rig.connect(); RawClient used = rig.connect()) {
            assertTrue(used.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer().startsWith("HTTP/1.1 204"));
            assertTrue(fresh.ended());
            assertTrue(used.ended());
        }
    }

    @Test
    void tellsAHandlerThatABodyTakesTooLong() throws IOException {
        start(LONG_MS, SHORT_MS, LONG_MS, LONG_MS);
        rig.on("/body", exchange -> ((NioExchange) exchange).body(3).whenComplete((body, failed) -> {
            try {
                exchange.sendResponseHeaders(failed == null ? 500 : 400, -1);
                exchange.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }));
        try (RawClient wire = rig.connect()) {
            String text = wire.send("PUT /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab").all();
            assertTrue(text.startsWith("HTTP/1.1 400") && text.contains("Connection: close\r\n"), text);
        }
    }

    @Test
    void closesWhenABodyThatNobodyWantsDoesNotCome() throws IOException {
        start(LONG_MS, SHORT_MS, LONG_MS, LONG_MS);
        try (RawClient wire = rig.connect()) {
            assertTrue(wire.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab").answer()
                    .startsWith("HTTP/1.1 204"));
            assertTrue(wire.ended());
        }
    }

    @Test
    void doesNotClockAHandler() throws IOException {
        start(SHORT_MS, SHORT_MS, SHORT_MS, SHORT_MS);
        try (RawClient wire = rig.connect()) {
            wire.send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.await("it is parked", () -> !parked.isEmpty());
            rig.dependencies.threads().pause(3 * SHORT_MS);
            HttpExchange exchange = parked.remove();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            assertTrue(wire.answer().startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void cutsAReaderThatDoesNotReadAndFreesItsMaker() throws Exception {
        start(LONG_MS, LONG_MS, SHORT_MS, LONG_MS);
        CompletableFuture<Long> result = new CompletableFuture<>();
        AtomicLong written = new AtomicLong();
        rig.on("/large", exchange -> rig.aside(() -> {
            try {
                exchange.sendResponseHeaders(200, LARGE);
                for (int i = 0; i < LARGE; i += 8_192) {
                    exchange.getResponseBody().write(new byte[8_192]);
                    written.addAndGet(8_192);
                }
                result.complete(0L);
            } catch (IOException cut) {
                result.complete(written.get());
            }
        }));
        try (RawClient wire = rig.connect()) {
            wire.socket().setReceiveBufferSize(4_096);
            wire.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
            long bytes = result.get(TestServer.TIMEOUT_MS, TimeUnit.MILLISECONDS);
            assertTrue(bytes > 0 && bytes < LARGE / 2, bytes + " bytes of an answer that nobody read");
            rig.await("the cut is counted", () -> rig.server.cut() == 1);
        }
    }

    @Test
    void cutsAReaderOfAnAnswerThatIsAllHere() throws Exception {
        start(LONG_MS, LONG_MS, SHORT_MS, LONG_MS);
        rig.on("/large", exchange -> {
            exchange.sendResponseHeaders(200, LARGE);
            exchange.getResponseBody().write(new byte[LARGE]);
            exchange.close();
        });
        try (RawClient wire = rig.connect()) {
            wire.socket().setReceiveBufferSize(4_096);
            wire.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.await("it is kept", () -> rig.server.held() > 0);
            rig.await("it is cut", () -> rig.server.cut() == 1);
            assertEquals(0, rig.server.held());
        }
    }

    /**
     * Three times the heap's share for what nobody reads: one after the other is given up, long before its
     * clock strikes.
     */
    @Test
    void givesUpTheLongestWaitingAnswersWhenAllTogetherHoldTooMuch() throws Exception {
        start(LONG_MS, LONG_MS, LONG_MS, LONG_MS);
        long share = Runtime.getRuntime().maxMemory() / 8;
        byte[] large = new byte[(int) Math.min(LARGE, share / 2)];
        rig.on("/large", exchange -> {
            exchange.sendResponseHeaders(200, 2L * large.length);
            exchange.getResponseBody().write(large);
            exchange.getResponseBody().write(large);
            exchange.close();
        });
        List<RawClient> wires = new java.util.ArrayList<>();
        try {
            for (int i = 0; i < 8 && rig.server.cut() == 0; i++) {
                RawClient wire = rig.connect();
                wires.add(wire);
                wire.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
                rig.await("it is kept or cut", () -> rig.server.held() >= wires.size() * (long) large.length
                        || rig.server.cut() > 0);
            }
            assertTrue(rig.server.cut() > 0);
            assertTrue(rig.server.held() <= share + 2L * large.length);
            rig.await("others are served", () -> served() == 204);
        } finally {
            for (RawClient wire : wires) {
                wire.close();
            }
        }
    }

    private int served() {
        try (RawClient wire = rig.connect()) {
            return Integer.parseInt(wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer().substring(9, 12));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Between the maker and a reader that reads slowly are the buffers of the system and little of ours, and
     * all comes in order.
     */
    @Test
    void slowsAMakerDownToItsReader() throws Exception {
        start(LONG_MS, LONG_MS, LONG_MS, LONG_MS);
        ExecutorService pool = rig.dependencies.threads().pool("kvs-test", 2);
        AtomicLong most = new AtomicLong();
        int bytes = 16 << 20;
        rig.on("/stream", exchange -> pool.execute(() -> {
            try {
                exchange.sendResponseHeaders(200, 0);
                byte[] piece = new byte[1_000];
                for (int sent = 0; sent < bytes; sent += piece.length) {
                    java.util.Arrays.fill(piece, (byte) (sent / piece.length % 128));
                    exchange.getResponseBody().write(piece);
                    most.accumulateAndGet(rig.server.held(), Math::max);
                }
                exchange.getResponseBody().close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }));
        try (RawClient wire = rig.connect()) {
            wire.socket().setReceiveBufferSize(256 * 1_024);
            wire.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.await("its maker waits", () -> rig.server.held() > 64 * 1_024);
            String text = wire.answer();
            String body = text.substring(text.indexOf("\r\n\r\n") + 4);
            assertEquals((bytes + 999) / 1_000 * 1_000, body.length());
            for (int i = 0; i < body.length(); i++) {
                if (body.charAt(i) != i / 1_000 % 128) {
                    throw new AssertionError("byte " + i + " is " + (int) body.charAt(i));
                }
            }
            assertTrue(most.get() < 256 * 1_024, most + " bytes were held");
        }
        pool.shutdown();
    }
}
