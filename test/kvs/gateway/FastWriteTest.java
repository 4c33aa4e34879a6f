package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import kvs.world.Clock;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes of the fast path: the time that is counted, and a response that a bug prevents. */
class FastWriteTest {

    private static final InMemoryApi.Access OPEN = new InMemoryApi.Access(true, true, Optional.empty(), true,
            false);
    private static final int TIMEOUT_MS = 20_000;
    private static final String LOOP = "kvs-loop";

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final AtomicReference<String> thread = new AtomicReference<>("");
    /** Whether the next write is stored and then fails. */
    private final AtomicBoolean fails = new AtomicBoolean();
    private final AtomicBoolean stored = new AtomicBoolean();

    private DocumentFastPath.NodeParts parts(DocumentFastPath.NodeParts parts) {
        return new DocumentFastPath.NodeParts(parts.documents(), parts.inlinePolicy(), () -> {
            if (stored.getAndSet(false)) {
                throw new IllegalStateException("a bug");
            }
            return parts.accepts().getAsBoolean();
        }, parts.responses());
    }

    private void published() {
        thread.set(Thread.currentThread().getName());
        stored.set(fails.getAndSet(false));
    }

    /** The loop that stores a write is the caller of its response; for the writer's thread it has a task. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFaultIsLoggedAndCostsItsConnectionAlone(boolean onLoop) throws IOException {
        var out = new PrintStream(log, true, StandardCharsets.UTF_8);
        try (FastPathNode side = new FastPathNode(OPEN, true, new Logger(out, Logger.Level.ERROR, Clock.REAL),
                this::parts)) {
            side.node.api.node.store.onPublish(own -> published());
            String put = "PUT /kv/open/w HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                    + "Authorization: Bearer " + side.node.tokens.get("operator") + "\r\n\r\n1";
            long until = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
            do {
                assertTrue(side.send(0, put).startsWith("HTTP/1.1 20"));
                assertTrue(System.nanoTime() - until < 0);
            } while (onLoop && !thread.get().startsWith(LOOP));
            fails.set(true);
            try (Socket socket = new Socket(side.address().getAddress(), side.address().getPort())) {
                socket.setSoTimeout(TIMEOUT_MS);
                socket.getOutputStream().write(put.getBytes(StandardCharsets.US_ASCII));
                while (fails.get()) {
                    side.node.api.node.work();
                    assertTrue(System.nanoTime() - until < 0);
                }
                assertEquals("", HttpFrontendTest.all(socket), "closed without a response");
            }
            assertTrue(side.send(0, put).startsWith("HTTP/1.1 200"), "others are served");
            while (side.inFlight() != 0) {
                assertTrue(System.nanoTime() - until < 0, side.inFlight() + " in flight");
            }
            assertTrue(log.toString(StandardCharsets.UTF_8).contains("a bug"));
        }
    }

    /** The time of a request is that without sending: it is counted when its response is not sent yet. */
    @Test
    void writeIsCountedBeforeItsResponseIsSent() throws IOException {
        AtomicReference<FastPathNode> node = new AtomicReference<>();
        AtomicLong counted = new AtomicLong();
        try (FastPathNode side = new FastPathNode(OPEN, true, Logger.none(), parts ->
                new DocumentFastPath.NodeParts(parts.documents(), parts.inlinePolicy(), () -> {
                    Optional.ofNullable(node.get()).ifPresent(ready -> counted.set(created(ready)));
                    return parts.accepts().getAsBoolean();
                }, parts.responses()))) {
            node.set(side);
            long before = created(side);
            assertTrue(side.send(0, "PUT /kv/open/new HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                    + "Authorization: Bearer " + side.node.tokens.get("operator") + "\r\n\r\n1")
                    .startsWith("HTTP/1.1 201"));
            assertEquals(1, side.fastWrites.get());
            assertEquals(before + 1, counted.get());
        }
    }

    /** The number of counted requests that created a document. */
    private static long created(FastPathNode side) {
        String count = "kvs_http_request_duration_seconds_count{route=\"/kv/{path}\",method=\"PUT\","
                + "status=\"201\"} ";
        return side.node.api.metrics.text().lines().filter(line -> line.startsWith(count))
                .mapToLong(line -> Long.parseLong(line.substring(count.length()))).sum();
    }
}
