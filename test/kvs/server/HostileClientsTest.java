package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import kvs.RunTests;
import kvs.sim.SimClock;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The harm that one client, or one fault, must not do to the other clients. */
@Tag(RunTests.TIMED)
class HostileClientsTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static final int LARGE = 8 << 20;
    /** The most that the server holds for clients, but for one response. */
    private static final long SHARE = Runtime.getRuntime().maxMemory() / 8;
    /** The amount that it holds without a look at which clients move. */
    private static final long FREELY = SHARE / 2;

    private final List<RawClient> wires = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private TestServer rig;

    /** The TLS of the server, if it has any. */
    Optional<TlsContexts> tls() {
        return Optional.empty();
    }

    private static void say(HttpExchange exchange, String text) throws IOException {
        exchange.sendResponseHeaders(200, text.length());
        exchange.getResponseBody().write(text.getBytes(StandardCharsets.US_ASCII));
        exchange.close();
    }

    private void start(ServerLimits limits, String path, HttpHandler handler) throws IOException {
        rig = new TestServer(1, limits, Clock.REAL, tls()).on("/", exchange -> say(exchange, "root"))
                .on(path, handler).start();
    }

    @AfterEach
    void stop() throws IOException {
        stopped.set(true);
        for (RawClient wire : wires) {
            wire.close();
        }
        rig.close();
        assertEquals(0, rig.server.connections());
        assertEquals(0, rig.server.held());
    }

    private RawClient connect() throws IOException {
        wires.add(rig.connect());
        return wires.get(wires.size() - 1);
    }

    @Test
    void streamsThatNeverPauseLeaveTheLoopToOthers() throws Exception {
        ExecutorService pool = rigless();
        start(TestServer.limits(TestServer.PATIENT), "/stream", exchange -> pool.execute(() -> {
            try {
                exchange.sendResponseHeaders(200, 0);
                while (!stopped.get()) {
                    exchange.getResponseBody().write(new byte[100]);
                    exchange.getResponseBody().flush();
                }
            } catch (IOException disconnected) {
                exchange.setAttribute("why", disconnected);
            } finally {
                exchange.close();
            }
        }));
        for (int i = 0; i < 8; i++) {
            RawClient stream = connect().send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
            Thread reader = new Thread(() -> {
                try {
                    stream.socket().getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                } catch (IOException closed) {
                    stopped.set(true);
                }
            });
            reader.setDaemon(true);
            reader.start();
        }
        for (int i = 0; i < 20; i++) {
            assertTrue(connect().send(GET).answer().endsWith("root"));
        }
        assertFalse(stopped.get());
    }

    private ExecutorService rigless() {
        return new kvs.world.Threads(kvs.world.Logger.none()).pool("kvs-hardship", 16);
    }

    @Test
    void anErrorCostsOneConnection() throws IOException {
        start(TestServer.limits(TestServer.PATIENT), "/error", exchange -> {
            throw new AssertionError("planned");
        });
        RawClient other = connect();
        assertTrue(other.send(GET).answer().endsWith("root"));
        assertTrue(connect().send("GET /error HTTP/1.1\r\nHost: a\r\n\r\n").ended());
        assertTrue(other.send(GET).answer().endsWith("root"));
        assertTrue(connect().send(GET).answer().endsWith("root"));
    }

    @Test
    void oneThatCannotBeMadeKeepsNobodyOut() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        start(new ServerLimits(100, 100, client -> {
            if (asked.incrementAndGet() == 2) {
                throw new OutOfMemoryError("planned");
            }
            return false;
        }, 4_096, 20, TestServer.PATIENT), "/none", exchange -> say(exchange, "none"));
        assertTrue(connect().send(GET).answer().endsWith("root"));
        assertTrue(connect().ended());
        for (int i = 0; i < 3; i++) {
            assertTrue(connect().send(GET).answer().endsWith("root"));
        }
    }

    @Test
    void headsThatAreNeverWholeAreGivenUpForMemory() throws IOException {
        int head = 1 << 20;
        start(new ServerLimits(10_000, 10_000, client -> false, 2 * head, 20, TestServer.PATIENT), "/none",
                exchange -> say(exchange, "none"));
        byte[] part = new byte[head];
        java.util.Arrays.fill(part, (byte) 'a');
        byte[] begin = "GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(begin, 0, part, 0, begin.length);
        for (long sent = 0; sent < SHARE + SHARE / 4; sent += head) {
            connect().send(part);
            assertTrue(rig.server.held() <= SHARE + 4L * head, "held " + rig.server.held());
        }
        rig.await("the oldest are given up", () -> rig.server.cut() > 0);
        assertTrue(connect().send(GET).answer().endsWith("root"));
    }

    @Test
    void manyRequestsOfOneLetOthersIn() throws IOException {
        AtomicInteger served = new AtomicInteger();
        AtomicInteger before = new AtomicInteger(-1);
        AtomicReference<RawClient> one = new AtomicReference<>();
        start(TestServer.limits(TestServer.PATIENT), "/count", exchange -> {
            if (served.incrementAndGet() == 20) {
                // The loop is here: when it looks at its connections next, this request has arrived.
                one.get().send("GET /look HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            say(exchange, "counted");
        });
        rig.on("/look", exchange -> {
            before.compareAndSet(-1, served.get());
            say(exchange, "look");
        });
        one.set(connect());
        assertTrue(one.get().send(GET).answer().endsWith("root"));
        connect().send("GET /count HTTP/1.1\r\nHost: a\r\n\r\n".repeat(300));
        assertTrue(one.get().answer().endsWith("look"));
        assertTrue(before.get() < 100, before + " were served first");
        rig.await("all are served", () -> served.get() == 300);
    }

    /** Readers at full speed are not slow only because they must wait for their turn. */
    @Test
    void manyLargeAnswersAtOnceAreAllSentWhole() throws Exception {
        int large = 1 << 20;
        int count = (int) (SHARE / large) + 20;
        byte[] body = new byte[large];
        start(new ServerLimits(10_000, 10_000, client -> false, 4_096, 20, TestServer.PATIENT),
                "/large", exchange -> {
            exchange.sendResponseHeaders(200, large);
            ((NioExchange) exchange).give(body.clone());
            exchange.close();
        });
        AtomicInteger whole = new AtomicInteger();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RawClient wire = connect();
            readers.add(new Thread(() -> {
                try {
                    whole.addAndGet(wire.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").answer()
                            .length() > large ? 1 : 0);
                } catch (IOException cut) {
                    whole.addAndGet(-count);
                }
            }));
        }
        readers.forEach(Thread::start);
        for (Thread reader : readers) {
            reader.join();
        }
        assertEquals(count, whole.get());
        assertEquals(0, rig.server.cut());
    }

    /**
     * A client that reads slowly, but does read, has a claim to the rest; one that reads nothing while memory
     * is short has none.
     */
    @Test
    void whoStandsIsGivenUpForMemoryAndWhoReadsIsNot() throws Exception {
        startLarge(Clock.REAL);
        RawClient reader = ask();
        for (long held = 0; held < FREELY + FREELY / 2; held += LARGE) {
            ask();
        }
        rig.await("it is too much", () -> rig.server.held() > FREELY);
        InputStream in = reader.socket().getInputStream();
        long read = 0;
        while (rig.server.cut() == 0) {
            read += in.readNBytes(16_384).length;
            rig.dependencies.threads().pause(20);
        }
        rig.await("who stands is given up", () -> rig.server.held() <= FREELY);
        read += in.readAllBytes().length;
        assertTrue(read > LARGE, "only " + read + " bytes");
    }

    /** Three seconds while there is memory for it, none when far too much is held. */
    @Test
    void whoStandsHasATimeThatDependsOnWhatIsHeld() throws IOException {
        SimClock clock = new SimClock();
        startLarge(clock);
        RawClient small = connect().send("GET / HTTP/1.1\r\nHo");
        RawClient first = ask();
        rig.await("a little is held", () -> rig.server.held() > 0);
        for (int i = 0; i < 3; i++) {
            pass(clock, 5_000);
        }
        assertEquals(0, rig.server.cut());
        first.close();
        rig.await("it is gone", () -> rig.server.connections() == 1);
        askUntil(() -> rig.server.held() > FREELY + FREELY / 4);
        pass(clock, 2_900);
        assertEquals(0, rig.server.cut());
        for (int i = 0; i < 20 && rig.server.held() > FREELY; i++) {
            // The system may accept a little more of some.
            pass(clock, 500);
        }
        assertTrue(rig.server.cut() > 0 && rig.server.held() <= FREELY, "held " + rig.server.held());
        long before = rig.server.cut();
        for (long asked = 0; asked < SHARE; asked += LARGE) {
            ask();
            assertTrue(rig.server.held() <= SHARE + 2 * LARGE, "held " + rig.server.held());
        }
        rig.await("who stands is given up at once", () -> rig.server.cut() > before);
        assertTrue(small.send("st: a\r\n\r\n").answer().startsWith("HTTP/1.1 404"), "little is held for it");
    }

    /** The order in which clients connected does not count. */
    @Test
    void whoHasStoodLongestIsGivenUpFirst() throws IOException {
        SimClock clock = new SimClock();
        startLarge(clock);
        RawClient late = connect();
        askUntil(() -> rig.server.held() > SHARE - 3L * LARGE);
        pass(clock, 1_000);
        late.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        askUntil(() -> rig.server.cut() > 0);
        assertTrue(late.socket().getInputStream().readAllBytes().length > LARGE);
    }

    @Test
    void aBodyThatItsHandlerHasReadIsNotHeld() throws IOException {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        CompletableFuture<Boolean> go = new CompletableFuture<>();
        start(TestServer.limits(TestServer.PATIENT), "/put", exchange -> rig.aside(() -> {
            try {
                read.complete(exchange.getRequestBody().readAllBytes().length);
                go.join();
                say(exchange, "put");
            } catch (IOException e) {
                read.completeExceptionally(e);
            }
        }));
        RawClient wire = connect()
                .send("PUT /put HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789");
        assertEquals(10, read.join());
        rig.await("nothing is held", () -> rig.server.held() == 0);
        go.complete(true);
        assertTrue(wire.answer().endsWith("put"));
    }

    private void startLarge(Clock clock) throws IOException {
        byte[] body = new byte[LARGE];
        rig = new TestServer(1, new ServerLimits(10_000, 10_000, client -> false, 4_096, 20,
                TestServer.PATIENT), clock, tls()).on("/large", exchange -> {
            exchange.sendResponseHeaders(200, LARGE);
            ((NioExchange) exchange).give(body);
            exchange.close();
        }).start();
    }

    private RawClient ask() throws IOException {
        return connect().send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    private void askUntil(BooleanSupplier enough) throws IOException {
        while (!enough.getAsBoolean()) {
            long held = rig.server.held();
            ask();
            rig.await("more is held", () -> rig.server.held() > held || enough.getAsBoolean());
        }
    }

    /** Lets time pass, and the loop notice: it looks some times a second whatever its clock says. */
    private void pass(SimClock clock, long ms) {
        clock.advance(ms);
        long reads = clock.reads();
        rig.await("the loop looks twice", () -> clock.reads() > reads + 1);
    }

    /**
     * On the heap each garbage collection would copy it, and its first bytes for as long as its last ones.
     */
    @Test
    void whatIsNotReadIsHeldOffTheHeap() throws Exception {
        byte[] body = new byte[16 << 20];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31 + i / 256);
        }
        start(TestServer.limits(TestServer.PATIENT), "/large", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            ((NioExchange) exchange).give(body);
            exchange.close();
        });
        for (int round = 0; round < 2; round++) {
            long before = offHeap();
            RawClient slow = connect().send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n" + GET);
            rig.await("it is set aside",
                    () -> rig.server.held() > 1 << 20 && rig.server.held() < body.length);
            assertTrue(round > 0 || offHeap() - before > 1 << 20);
            String answer = slow.answer();
            byte[] read = answer.substring(answer.indexOf("\r\n\r\n") + 4)
                    .getBytes(StandardCharsets.ISO_8859_1);
            assertTrue(Arrays.equals(body, read), "another body came");
            assertTrue(slow.answer().endsWith("root"));
            rig.await("nothing is held", () -> rig.server.held() == 0);
        }
    }

    private static long offHeap() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    @Test
    void whoIsOverTheLimitOfAnAddressTakesNobodysPlace() throws IOException {
        start(new ServerLimits(4, 2, client -> client.getHostAddress().equals("127.0.0.1"), 4_096, 20,
                TestServer.PATIENT), "/none", exchange -> say(exchange, "none"));
        RawClient idle = connect();
        assertTrue(idle.send(GET).answer().endsWith("root"));
        assertTrue(connect().send(GET).answer().endsWith("root"));
        for (int i = 0; i < 5; i++) {
            RawClient stranger = rig.connect(InetAddress.getByName("127.0.0.2"));
            wires.add(stranger);
            assertTrue(i < 2 ? stranger.send(GET).answer().endsWith("root")
                    : stranger.all().startsWith(tls().isPresent() ? "" : "HTTP/1.1 429 "));
        }
        assertTrue(idle.send(GET).answer().endsWith("root"));
    }

    /**
     * Bytes that arrived too early are held, and no longer once they are served, though the connection stays.
     */
    @Test
    void holdsNothingForAConnectionThatRests() throws IOException {
        java.util.concurrent.ConcurrentLinkedQueue<HttpExchange> parked =
                new java.util.concurrent.ConcurrentLinkedQueue<>();
        start(TestServer.limits(TestServer.PATIENT), "/park", parked::add);
        RawClient wire = connect().send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n" + GET.repeat(3));
        rig.await("it is parked", () -> !parked.isEmpty());
        assertEquals(3L * GET.length(), rig.server.held());
        NioExchange first = (NioExchange) parked.remove();
        first.execute(() -> {
            try {
                say(first, "first");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(wire.answer().endsWith("first"));
        for (int i = 0; i < 3; i++) {
            assertTrue(wire.answer().endsWith("root"));
        }
        rig.await("nothing is held", () -> rig.server.held() == 0);
        assertTrue(wire.send(GET).answer().endsWith("root"));
    }

    @Test
    void halfAnAnswerUpToTheEndDoesNotLookWhole() throws IOException {
        start(TestServer.limits(TestServer.PATIENT), "/half", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("half of a list".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        RawClient old = connect().send("GET /half HTTP/1.0\r\n\r\n");
        assertThrows(SocketException.class, () -> old.socket().getInputStream().readAllBytes());
    }

    @Test
    void norDoesOneThatTheStopCuts() throws IOException {
        java.util.concurrent.ConcurrentLinkedQueue<HttpExchange> begun =
                new java.util.concurrent.ConcurrentLinkedQueue<>();
        start(TestServer.limits(TestServer.PATIENT), "/half", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("half of a list".getBytes(StandardCharsets.US_ASCII));
            begun.add(exchange);
        });
        RawClient old = connect().send("GET /half HTTP/1.0\r\n\r\n");
        rig.await("it has begun", () -> !begun.isEmpty());
        rig.server.stop(0);
        assertThrows(SocketException.class, () -> old.socket().getInputStream().readAllBytes());
    }

    @Test
    void anEmptyLineAfterARequestIsNotTheNext() throws IOException {
        start(TestServer.limits(new ServerLimits.Timeouts(1_000, 600_000, 600_000, 600_000)), "/none",
                exchange -> say(exchange, "none"));
        RawClient wire = connect();
        assertTrue(wire.send(GET + "\r\n").answer().endsWith("root"));
        rig.await("longer than a head may take", new java.util.function.BooleanSupplier() {
            private final long until = System.nanoTime() + 1_500_000_000;

            @Override
            public boolean getAsBoolean() {
                return System.nanoTime() - until > 0;
            }
        });
        assertTrue(wire.send(GET).answer().endsWith("root"));
    }
}
