package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import kvs.RunTests;
import kvs.sim.Depth;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The admission of many connections, their distribution over loops, and their end. */
@Tag(RunTests.TIMED)
class ManyConnectionsTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final ConcurrentLinkedQueue<HttpExchange> parked = new ConcurrentLinkedQueue<>();
    private TestServer rig;

    /** The TLS of the server, if it has any. */
    Optional<TlsContexts> tls() {
        return Optional.empty();
    }

    private static HttpHandler says(String text) {
        return exchange -> {
            exchange.sendResponseHeaders(200, text.length());
            exchange.getResponseBody().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            exchange.close();
        };
    }

    /** One loop: only idle connections of the same loop can make space. */
    private void start(int connections, int perAddress) throws IOException {
        rig = new TestServer(1, new ServerLimits(connections, perAddress,
                client -> client.getHostAddress().equals("127.0.0.1"), 4_096, 20, TestServer.PATIENT),
                Clock.REAL, tls());
        rig.on("/", says("root")).on("/park", parked::add).start();
    }

    @AfterEach
    void stop() {
        rig.close();
        assertEquals(0, rig.server.connections());
        assertEquals(List.of(), rig.errors());
    }

    /** The begin of the refusal of a connection: nobody waits for a handshake only to refuse. */
    private String refusal(int status) {
        return tls().isPresent() ? "" : "HTTP/1.1 " + status + " ";
    }

    private RawClient stranger() throws IOException {
        return rig.connect(InetAddress.getByName("127.0.0.2"));
    }

    @Test
    void letsTheLongestIdleGiveWay() throws IOException {
        start(3, 100);
        try (RawClient busy = rig.connect()) {
            busy.send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.await("it is parked", () -> !parked.isEmpty());
            try (RawClient older = rig.connect(); RawClient newer = rig.connect()) {
                assertTrue(older.send(GET).answer().endsWith("root"));
                rig.dependencies.threads().pause(20);
                assertTrue(newer.send(GET).answer().endsWith("root"));
                try (RawClient last = rig.connect()) {
                    assertTrue(last.send(GET).answer().endsWith("root"));
                    assertTrue(older.ended());
                    assertTrue(newer.send(GET).answer().endsWith("root"));
                    assertEquals(3, rig.server.connections());
                    assertEquals(0, rig.server.refused());
                }
            }
            says("woken").handle(parked.remove());
            assertTrue(busy.answer().endsWith("woken"));
        }
    }

    @Test
    void refusesOneMoreWhenNobodyRests() throws IOException {
        start(2, 100);
        try (RawClient first = rig.connect(); RawClient second = rig.connect()) {
            first.send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
            second.send("GET /half HTTP/1.1\r\n");
            rig.await("both are busy", () -> !parked.isEmpty() && rig.server.connections() == 2);
            rig.dependencies.threads().pause(50);
            try (RawClient third = rig.connect()) {
                assertTrue(third.all().startsWith(refusal(503)));
            }
            assertEquals(1, rig.server.refused());
            assertTrue(second.send("Host: a\r\n\r\n").answer().endsWith("root"));
        }
        rig.await("one is free", () -> rig.server.connections() <= 1);
        try (RawClient fourth = rig.connect()) {
            assertTrue(fourth.send(GET).answer().endsWith("root"));
        }
    }

    @Test
    void countsTheConnectionsOfAnAddress() throws IOException {
        start(100, 2);
        RawClient first = stranger();
        try (RawClient second = stranger()) {
            assertTrue(first.send(GET).answer().endsWith("root"));
            assertTrue(second.send(GET).answer().endsWith("root"));
            try (RawClient third = stranger()) {
                assertTrue(third.all().startsWith(refusal(429)));
            }
            for (int i = 0; i < 5; i++) {
                RawClient exempt = rig.connect();
                assertTrue(exempt.send(GET).answer().endsWith("root"));
            }
            first.close();
            rig.await("it is gone", () -> rig.server.connections() == 6);
            try (RawClient third = stranger()) {
                assertTrue(third.send(GET).answer().endsWith("root"));
            }
        }
    }

    @Test
    void finishesWhatIsUnderWayAndTakesNothingNewWhenItStops() throws Exception {
        start(100, 100);
        try (RawClient parkedOne = rig.connect(); RawClient idle = rig.connect();
                RawClient half = rig.connect(); RawClient fresh = rig.connect()) {
            parkedOne.send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n" + GET);
            half.send("GET / HT");
            assertTrue(idle.send(GET).answer().endsWith("root"));
            rig.await("it is parked", () -> !parked.isEmpty());
            Thread stopper = rig.aside(() -> rig.server.stop(60));
            assertTrue(idle.ended());
            assertThrows(IOException.class, rig::connect);
            assertTrue(fresh.ended(), "no request came");
            String rest = half.send("TP/1.1\r\nHost: a\r\n\r\n").answer();
            assertTrue(rest.endsWith("root") && RawClient.field(rest, "connection").equals("close"), rest);
            assertTrue(half.ended());
            assertTrue(stopper.isAlive());
            says("last").handle(parked.remove());
            String text = parkedOne.answer();
            assertTrue(text.endsWith("last") && RawClient.field(text, "connection").equals("close"), text);
            assertTrue(parkedOne.ended());
            kvs.world.Threads.join(stopper);
        }
    }

    /** The kernel has taken a connection that the server has not: closing the port resets it. */
    @Test
    void servesWhatWaitedWhenItStops() throws Exception {
        start(100, 100);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        rig.on("/busy", exchange -> {
            entered.countDown();
            rig.await("it may go on", () -> leave.getCount() == 0);
            says("busy").handle(exchange);
        });
        try (RawClient idle = rig.connect(); RawClient busy = rig.connect()) {
            assertTrue(idle.send(GET).answer().endsWith("root"));
            busy.send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
            assertTrue(entered.await(TestServer.TIMEOUT_MS, TimeUnit.MILLISECONDS));
            try (RawClient late = rig.connect()) {
                Thread sender = rig.aside(() -> sendTo(late));
                idle.send(GET);
                Thread stopper = rig.aside(() -> rig.server.stop(60));
                rig.await("it stops", () -> stopper.getState() == Thread.State.WAITING
                        || stopper.getState() == Thread.State.TIMED_WAITING);
                leave.countDown();
                for (RawClient client : List.of(busy, late, idle)) {
                    String text = client.answer();
                    assertTrue(text.startsWith("HTTP/1.1 200 "), text);
                    assertTrue(client.ended());
                }
                kvs.world.Threads.join(sender);
                kvs.world.Threads.join(stopper);
            }
        }
    }

    private static void sendTo(RawClient client) {
        try {
            client.send(GET);
        } catch (IOException closed) {
            throw new java.io.UncheckedIOException(closed);
        }
    }

    @Test
    void cutsWhatIsUnderWayWhenTheTimeToStopIsOver() throws Exception {
        start(100, 100);
        try (RawClient wire = rig.connect()) {
            wire.send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.await("it is parked", () -> !parked.isEmpty());
            rig.server.stop(0);
            assertTrue(wire.ended());
            assertEquals(0, rig.server.connections());
            assertThrows(RejectedExecutionException.class,
                    () -> ((NioExchange) parked.remove()).execute(() -> { }));
        }
        rig.server.stop(0);
    }

    @Test
    void servesByTheLongestPathThatFits() throws IOException {
        start(100, 100);
        rig.on("/a", says("a")).on("/a/b/", says("b"));
        HttpContext removed = rig.server.createContext("/a/b/c", says("c"));
        assertThrows(IllegalArgumentException.class, () -> rig.server.createContext("/a"));
        assertThrows(IllegalArgumentException.class, () -> rig.server.createContext("a"));
        try (RawClient wire = rig.connect()) {
            for (String[] pair : new String[][] {{"/", "root"}, {"/x/a/b", "root"}, {"/a", "a"}, {"/ab", "a"},
                    {"/a/b", "a"}, {"/a/b/", "b"},
                    {"/a/b/x", "b"}, {"/a/b/cd?q=/", "c"}, {"/%61/b/c", "c"}}) {
                String text = wire.send("GET " + pair[0] + " HTTP/1.1\r\nHost: a\r\n\r\n").answer();
                assertTrue(text.endsWith("\r\n\r\n" + pair[1]), pair[0] + ": " + text);
            }
            rig.server.removeContext(removed);
            assertThrows(IllegalArgumentException.class, () -> rig.server.removeContext("/a/b/c"));
            assertTrue(wire.send("GET /a/b/c HTTP/1.1\r\nHost: a\r\n\r\n").answer().endsWith("\r\n\r\nb"));
            rig.server.removeContext("/");
            assertTrue(wire.send(GET).all().startsWith("HTTP/1.1 404 "));
        }
        for (String target : List.of("*", "a:80", "/[", "/%", "/a b")) {
            assertTrue(rig.once("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n")
                    .matches("(?s)HTTP/1.1 (400|404) .*"), target);
        }
    }

    @Test
    void runsFiltersInTheirOrder() throws IOException {
        start(100, 100);
        List<String> order = new ArrayList<>();
        HttpContext context = rig.server.createContext("/filtered", says("filtered"));
        for (String name : List.of("first", "second")) {
            context.getFilters().add(Filter.beforeHandler(name, exchange -> order.add(name)));
        }
        context.getFilters().add(Filter.afterHandler("after",
                exchange -> order.add("after " + exchange.getResponseCode())));
        assertTrue(rig.once("GET /filtered HTTP/1.1\r\nHost: a\r\n\r\n").endsWith("filtered"));
        assertEquals(List.of("first", "second", "after 200"), order);
        assertNull(context.getAuthenticator());
    }

    @Test
    void closesWhatItsExecutorRejects() throws IOException {
        start(100, 100);
        rig.server.setExecutor(work -> {
            throw new RejectedExecutionException("full");
        });
        try (RawClient wire = rig.connect()) {
            assertTrue(wire.send(GET).ended());
        }
        rig.server.setExecutor(null);
        assertTrue(rig.once(GET).endsWith("root"));
    }

    @Test
    void survivesThousandsOfConnectionsThatComeAndGo() throws IOException {
        start(50, 50);
        for (int i = 0; i < (tls().isPresent() ? Depth.of(100, 1_500) : 1_500); i++) {
            try (RawClient wire = rig.connect()) {
                wire.socket().setSoLinger(i % 3 == 0, 0);
                wire.send(i % 2 == 0 ? GET : GET.substring(0, i % GET.length()));
            }
        }
        rig.await("all are gone", () -> rig.server.connections() == 0);
        assertTrue(rig.once(GET).endsWith("root"));
    }
}
