package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Responses without an end, over real sockets. */
class EventStreamTest {

    private static final int COMMENT_MS = 600;
    private static final int NEVER_MS = 600_000;
    private static final int LONG = 8 << 20;
    private final CompletableFuture<EventStream> stream = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private TestServer server;

    Optional<TlsContexts> tls() {
        return Optional.empty();
    }

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(tls()).on("/events", begins(NEVER_MS)).on("/idle", begins(COMMENT_MS))
                .start();
    }

    private HttpHandler begins(long commentMs) {
        return exchange -> {
            NioExchange nio = (NioExchange) exchange;
            nio.sendResponseHeaders(200, 0);
            stream.complete(nio.events(new EventStream.IdleComment(bytes(":\n\n"), commentMs),
                    ended::countDown));
        };
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private <T> T onLane(Function<EventStream, T> work) {
        EventStream open = stream.orTimeout(TestServer.TIMEOUT_MS, TimeUnit.MILLISECONDS).join();
        return CompletableFuture.supplyAsync(() -> work.apply(open), open.lane())
                .orTimeout(TestServer.TIMEOUT_MS, TimeUnit.MILLISECONDS).join();
    }

    private boolean offer(byte[] bytes) {
        return onLane(open -> open.offer(bytes));
    }

    private void awaitEnd() throws InterruptedException {
        assertTrue(ended.await(TestServer.TIMEOUT_MS, TimeUnit.MILLISECONDS));
    }

    @Test
    void sendsACommentWhenItIsSilent() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n").head();
            long began = System.nanoTime();
            assertTrue(offer(bytes("x")));
            String first = client.chunk();
            while (first.equals(":\n\n")) {
                // Its thread was held before the offer.
                first = client.chunk();
            }
            assertEquals("x", first);
            for (int i = 0; i < 2; i++) {
                assertEquals(":\n\n", client.chunk());
            }
            long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            assertTrue(ms >= 2 * COMMENT_MS * 2 / 3 - 100, ms + " ms for two comments");
        }
        awaitEnd();
    }

    /** Ten long pieces are taken one after the other, each when the one before has arrived. */
    @Test
    void takesBytesWhenItsClientHasThoseBefore() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n").head();
            assertTrue(offer(new byte[LONG]));
            assertFalse(offer(bytes("no")), "the client has not read");
            assertFalse(onLane(EventStream::isReady));
            CompletableFuture<Boolean> next = new CompletableFuture<>();
            onLane(open -> {
                open.whenReady(() -> next.complete(open.offer(bytes("yes"))));
                return true;
            });
            assertFalse(next.isDone());
            assertEquals(LONG, client.chunk().length());
            assertTrue(next.orTimeout(TestServer.TIMEOUT_MS, TimeUnit.MILLISECONDS).join());
            assertEquals("yes", client.chunk());
        }
    }

    @Test
    void endsForAClientThatSendsNoMore() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n").head();
            offer(bytes("x"));
            assertEquals("x", client.chunk());
            if (tls().isEmpty()) {
                client.end();
                assertEquals("", client.chunk(), "the last chunk");
            }
        }
        awaitEnd();
        assertFalse(onLane(EventStream::isReady));
    }

    /** A client of HTTP/1.0 knows no chunks: its connection ends with the stream. */
    @Test
    void endsTheConnectionOfAnOldClient() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /events HTTP/1.0\r\nHost: a\r\n\r\n").head();
            assertTrue(offer(bytes("data: 1\n\n")));
            onLane(open -> {
                open.end(bytes("end\n"));
                open.end(bytes("twice"));
                return true;
            });
            assertEquals("data: 1\n\nend\n", client.all());
        }
        awaitEnd();
    }

    @Test
    void aServerThatStopsEndsIt() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n").head();
            onLane(open -> {
                open.end(bytes("bye"));
                return true;
            });
            assertEquals("bye", client.chunk());
            assertEquals("", client.chunk());
            server.close();
            awaitEnd();
        }
    }
}
