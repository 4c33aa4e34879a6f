package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import kvs.deflate.Texts;
import kvs.http.RequestTarget;
import kvs.routes.Parameter;
import kvs.routes.RequiredAccess;
import kvs.routes.RouteDescription;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.store.DeadlineWrite;
import kvs.streams.EventSink;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.ThreadedScheduler;
import kvs.world.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine behind the pipeline, over real sockets, byte for byte. */
abstract class HttpFrontendTest {

    static {
        JdkEngine.PROPERTIES.forEach(System::setProperty);
    }

    static final String HIDDEN = "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    private static final int TIMEOUT_MS = 20_000;
    static final int STALL_MS = 500;
    private static final int LARGE = 64 << 20;
    private static final byte[] JSON = Texts.records(300_000);

    private final AtomicInteger hidden = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final ConcurrentLinkedQueue<CompletableFuture<Response>> parked = new ConcurrentLinkedQueue<>();
    private final CountDownLatch slowEnded = new CountDownLatch(1);
    private final CountDownLatch freed = new CountDownLatch(1);
    private final SampleEvents events = new SampleEvents();
    private final Threads threads = new Threads(Logger.none());
    private final ThreadedScheduler scheduler = new ThreadedScheduler(threads, Logger.none(), 1);
    /** By which the process notices that it stood still; it stands unless a test moves it. */
    private final SimClock clock = new SimClock();
    private final ServerThreads serverThreads = new ServerThreads();
    private HttpEngine engine;
    private HttpFrontend server;

    @BeforeEach
    void start() throws Exception {
        serverThreads.start(() -> {
            serve();
            return null;
        });
    }

    private void serve() throws IOException {
        Router router = new Router(List.of(Route.of(RouteDescription.of("GET", "/ok", RequiredAccess.OPEN,
                Parameter.text("after", "", "")), request -> {
            served.incrementAndGet();
            return done(Response.text(200, "ok"));
        }), new Route(RouteDescription.of("PUT", "/echo", RequiredAccess.OPEN), 1 << 20,
                request -> done(new Response(201, Map.of(), new Response.FullBody(request.body())))),
                new Route(RouteDescription.of("PUT", "/hidden", RequiredAccess.OPEN), 100, request -> {
                    hidden.incrementAndGet();
                    return done(Response.empty(204));
                }), Route.of("GET", "/json", RequiredAccess.OPEN, request -> done(Response.json(200,
                        new JsonWriter().array().raw(JSON).value(1).end()).with("ETag", "\"a\""))),
                Route.of("GET", "/none", RequiredAccess.OPEN, request -> done(Response.empty(204))),
                Route.of("GET", "/park", RequiredAccess.OPEN, request -> {
                    CompletableFuture<Response> later = new CompletableFuture<>();
                    parked.add(later);
                    return later;
                }), Route.of("GET", "/block", RequiredAccess.OPEN, request -> {
                    served.incrementAndGet();
                    join(freed);
                    return done(Response.empty(204));
                }), new Route(RouteDescription.of("POST", "/sync/x", RequiredAccess.PEER), 100,
                        request -> done(Response.text(200, "peer"))),
                Route.of("GET", "/events", RequiredAccess.OPEN,
                        request -> done(Response.pages(200, "text/event-stream", out -> {
                    out.write("data: 1\n\n".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    join(freed);
                }).unbuffered())),
                Route.of("GET", "/stream", RequiredAccess.OPEN, request -> done(Response.events(events))),
                Route.of("GET", "/unopened", RequiredAccess.OPEN,
                        request -> done(Response.events(new UnopenedEvents()))),
                Route.of("GET", "/breaks", RequiredAccess.OPEN,
                        request -> done(Response.pages(200, "text/plain", out -> {
                    out.write(new byte[300_000]);
                    throw new IOException("the disk does not answer");
                }))), Route.of("GET", "/large", RequiredAccess.OPEN,
                        request -> done(Response.pages(200, "text/plain", out -> {
                    try {
                        out.write(new byte[LARGE]);
                        served.incrementAndGet();
                    } finally {
                        slowEnded.countDown();
                    }
                })))));
        Pipeline pipeline = new Pipeline(router,
                new Pipeline.NodeIdentity("n1", List.of(), List.of(), () -> "here"),
                Pipeline.Stages.open(RequestMetrics.unseen()), new SimDice(1), Logger.none());
        engine = engine(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpFrontend.Dependencies(Clock.REAL, Logger.none(), threads, scheduler,
                    ProcessUsage.real()));
        server = new HttpFrontend(engine,
                new HttpFrontend.Dependencies(clock, Logger.none(), threads, scheduler,
                    ProcessUsage.real()));
        server.start(pipeline);
    }

    @AfterEach
    void stop() {
        parked.forEach(later -> later.complete(Response.empty(204)));
        freed.countDown();
        server.close();
        scheduler.close();
    }

    /** An engine that cuts who does not read for {@value #STALL_MS} ms. */
    abstract HttpEngine engine(InetSocketAddress address, HttpFrontend.Dependencies dependencies)
            throws IOException;

    private static void join(CountDownLatch latch) {
        try {
            assertTrue(latch.await(TIMEOUT_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static CompletableFuture<Response> done(Response response) {
        return CompletableFuture.completedFuture(response);
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    /** The number of clients for {@code many}, whose connections cost little here. */
    int crowd(int many) {
        return many;
    }

    /** The URL of the server. */
    String url() {
        return "http://127.0.0.1:" + server.address().getPort();
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Everything that comes until the other side closes. */
    static String all(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException | SSLException reset) {
            return "";
        }
    }

    /** One answer, head and body. */
    static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("closed after: " + head);
            }
            head.append((char) b);
        }
        String length = head.toString().replaceAll("(?is).*content-length: ([0-9]+)\r\n.*", "$1");
        return head + (length.matches("[0-9]+")
                ? new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.ISO_8859_1) : "");
    }

    String once(String request) throws IOException {
        try (Socket socket = connect()) {
            send(socket, request);
            socket.shutdownOutput();
            return all(socket);
        }
    }

    /** A long document goes out in pieces, or coded. */
    @Test
    void sendsLongJsonWholeAndCoded() throws IOException {
        String plain = "[" + new String(JSON, StandardCharsets.US_ASCII) + ",1]\n";
        String request = " /json HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: identity;q=0.1, ";
        try (Socket socket = connect()) {
            send(socket, "GET /json HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertTrue(answer(socket).endsWith("\r\n\r\n" + plain));
            send(socket, "GET" + request + "gzip\r\n\r\n");
            String coded = answer(socket);
            assertTrue(coded.matches("(?is)HTTP/1.1 200 .*content-encoding: gzip\r\n.*")
                    && coded.toLowerCase(Locale.ROOT).contains("etag: \"a-gzip\"\r\n"), coded);
            byte[] body = coded.substring(coded.indexOf("\r\n\r\n") + 4)
                    .getBytes(StandardCharsets.ISO_8859_1);
            assertEquals(plain, new String(new GZIPInputStream(new ByteArrayInputStream(body))
                    .readAllBytes(), StandardCharsets.US_ASCII));
            send(socket, "HEAD" + request + "gzip\r\nConnection: close\r\n\r\n");
            String head = all(socket).toLowerCase(Locale.ROOT);
            assertTrue(head.contains("\r\ncontent-length: " + body.length + "\r\n")
                    && head.endsWith("\r\n\r\n"), head);
        }
    }

    /** Chunks that are malformed, and chunks beside another word for their length. */
    @ParameterizedTest
    @ValueSource(strings = {"100000000\r\n", "\r\n", "0\r\nX: y\r\n\r\n", "0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff\r\n"})
    void neverExecutesARequestHiddenBehindChunks(String chunks) throws IOException {
        List<String> heads = new ArrayList<>(List.of("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                "transfer-encoding: CHUNKED\r\n", "Transfer-Encoding: identity, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"));
        if (!engine.takesChunks() || !chunks.endsWith("\r\n\r\n")) {
            heads.add("Transfer-Encoding: chunked\r\n");
        }
        for (String head : heads) {
            try (Socket socket = connect()) {
                send(socket, "PUT /echo HTTP/1.1\r\nHost: localhost\r\n" + head + "\r\n" + chunks + HIDDEN);
                String text = all(socket);
                assertTrue(text.isEmpty() || text.matches(engine.takesChunks() ? "(?s)HTTP/1.1 400 .*"
                        : "(?s)HTTP/1.1 (411|400|501) .*"), text);
                assertEquals(text.isEmpty() ? 0 : 1, text.split("HTTP/1.1 ", -1).length - 1, text);
            }
        }
        assertEquals(0, hidden.get(), "the hidden request was executed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /ok HTTP/1.1\r\n\r\n",
        "GET /ok HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n",
        "GET http://localhost/ok HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET //ok HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /../ok HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%2e%2e/ok HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /ok%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /%c0%afok HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "get /ok HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /ok HTTP/2.0\r\nHost: localhost\r\n\r\n",
        "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\n{}",
        "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: -2\r\n\r\n{}",
        "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2,2\r\n\r\n{}",
        "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n{}",
        "\r\n\r\n\r\n", "garbage\r\n\r\n", "GET /ok\r\n\r\n", "\u0000\u0001\u0002\r\n\r\n"})
    void refusesEveryTrickWithARequestLineOrHeader(String request) throws IOException {
        String text = once(request);
        assertTrue(text.isEmpty() || text.matches("(?s)HTTP/1.1 [45]\\d\\d .*"), text);
        assertEquals(0, hidden.get() + served.get());
    }

    @Test
    void refusesHeadersBeyondTheBounds() throws IOException {
        String many = "X: y\r\n".repeat(300).replace("X", "X-A");
        StringBuilder distinct = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            distinct.append("X-").append(i).append(": y\r\n");
        }
        for (String headers : List.of("X: " + "y".repeat(200_000) + "\r\n", distinct.toString(), many)) {
            String text = once("GET /ok HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
            assertTrue(text.isEmpty() || text.matches("(?s)HTTP/1.1 [45]\\d\\d .*"),
                    text.lines().findFirst().orElse(""));
        }
        assertEquals(0, served.get());
    }

    /** What a link of ours may be, the longest token, and as many positions as are taken. */
    @Test
    void takesTheLongestHeadThatANodeGivesReasonFor() throws IOException {
        String target = "/ok?after=";
        String longest = target + "%41".repeat((RequestTarget.LENGTH_MAX - target.length()) / 3);
        String positions = String.join(",", Collections.nCopies(16, "p".repeat(2_048)));
        String text = once("GET " + longest + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + "t".repeat(8_192) + "\r\nKVS-Position: " + positions + "\r\n\r\n");
        assertTrue(text.startsWith("HTTP/1.1 200"), text.lines().findFirst().orElse(""));
    }

    @Test
    void refusesABodyOverTheLimitBeforeItComes() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n");
            assertTrue(answer(socket).startsWith("HTTP/1.1 413"));
        }
    }

    @Test
    void servesAGoodClientBesideHalfOpenOnes() throws IOException {
        List<Socket> half = new ArrayList<>();
        try {
            for (int i = 0; i < crowd(300); i++) {
                Socket socket = connect();
                send(socket, i % 2 == 0 ? "GET /ok HTTP/1.1\r\nHost: local"
                        : "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{\"a\"");
                half.add(socket);
            }
            for (int i = 0; i < 50; i++) {
                try (Socket good = connect()) {
                    send(good, "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
                    assertTrue(answer(good).endsWith("{}"));
                }
            }
        } finally {
            for (Socket socket : half) {
                socket.close();
            }
        }
    }

    @Test
    void cutsAReaderThatDoesNotRead() throws Exception {
        try (Socket socket = connect()) {
            socket.setReceiveBufferSize(4_096);
            send(socket, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertTrue(slowEnded.await(TIMEOUT_MS, TimeUnit.MILLISECONDS), "the answer still hangs");
            assertEquals(0, served.get(), "the answer was sent whole");
        }
    }

    /** A listing whose disk fails in the middle. */
    @Test
    void aPartOfAnAnswerNeverLooksWhole() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "GET /breaks HTTP/1.1\r\nHost: localhost\r\n\r\nGET /ok HTTP/1.1\r\n"
                    + "Host: localhost\r\n\r\n");
            String text = all(socket);
            assertTrue(text.isEmpty() || text.startsWith("HTTP/1.1 200"), text);
            assertFalse(text.contains("\r\n0\r\n\r\n"), "it has an end");
        }
        assertEquals(0, served.get(), "the connection went on");
    }

    @Test
    void keepsAConnectionAliveAndAnswersPipelinedRequests() throws IOException {
        try (Socket socket = connect()) {
            for (int i = 0; i < 100; i++) {
                send(socket,
                        "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n" + (100 + i));
                assertTrue(answer(socket).endsWith("\r\n\r\n" + (100 + i)));
            }
            send(socket, "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n"
                    + "1GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertTrue(answer(socket).endsWith("\r\n\r\n1"));
            assertTrue(answer(socket).endsWith("ok"));
        }
    }

    @Test
    void answersHeadAndNothingWithoutABody() throws IOException {
        try (Socket socket = connect()) {
            for (String line : List.of("HEAD /ok", "GET /none", "GET /ok")) {
                send(socket, line + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            StringBuilder text = new StringBuilder();
            while (!text.toString().endsWith("ok")) {
                text.append((char) socket.getInputStream().read());
            }
            String expected = "(?is)HTTP/1.1 200 .*content-length: 2\r\n.*\r\n\r\nHTTP/1.1 204 .*\r\n\r\n"
                    + "HTTP/1.1 200 .*\r\n\r\nok";
            assertTrue(text.toString().matches(expected), text.toString());
        }
    }

    @Test
    void asksForTheBodyOnlyWhenItIsTaken() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                    + "Expect: 100-continue\r\n\r\n");
            assertTrue(answer(socket).startsWith("HTTP/1.1 100"));
            send(socket, "{}");
            assertTrue(answer(socket).endsWith("{}"));
        }
    }

    /** C10: nginx, with its defaults, keeps an answer until it is whole or long, unless it is told not to. */
    @Test
    void anEventReachesItsReaderThroughNginx() throws Exception {
        Optional<Path> program = Nginx.program();
        assumeTrue(program.isPresent(), "nginx is not on the PATH");
        try (Nginx nginx = Nginx.before(program.get(), url());
                Socket socket = new Socket(nginx.address().getAddress(), nginx.address().getPort())) {
            socket.setSoTimeout(TIMEOUT_MS);
            send(socket, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            StringBuilder text = new StringBuilder();
            while (!text.toString().contains("data: 1\n\n")) {
                int b = socket.getInputStream().read();
                assertTrue(b >= 0, "it ended: " + text);
                text.append((char) b);
            }
            assertEquals(1, freed.getCount(), "the stream goes on");
        }
    }

    /** A stream whose events a test sends. */
    private static final class SampleEvents implements Response.EventBody {

        private final CompletableFuture<EventSink> sink = new CompletableFuture<>();
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void open(EventSink opened) {
            sink.complete(opened);
        }

        @Override
        public void closed() {
            closed.countDown();
        }

        /** What {@code work} comes to on the lane of the stream. */
        private <T> T onLane(Function<EventSink, T> work) {
            EventSink open = sink.orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS).join();
            return CompletableFuture.supplyAsync(() -> work.apply(open), open.lane())
                    .orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS).join();
        }

        private boolean offer(String text) {
            return onLane(open -> open.offer(text.getBytes(StandardCharsets.US_ASCII)));
        }

        /** Offers an event to a sink that may have ended meanwhile, with its lane. */
        private void whileOpen(String text) {
            EventSink open = sink.join();
            try {
                open.lane().execute(() -> open.offer(text.getBytes(StandardCharsets.US_ASCII)));
            } catch (RejectedExecutionException ended) {
                assertFalse(open.isReady());
            }
        }

        /** Whether a sink that has ended takes an event. */
        private boolean onEndedLane() {
            return sink.join().offer("data: 3\n\n".getBytes(StandardCharsets.US_ASCII));
        }

        private void end(String last) {
            onLane(open -> {
                open.end(last.getBytes(StandardCharsets.US_ASCII));
                return true;
            });
        }
    }

    private static String until(Socket socket, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int b = socket.getInputStream().read();
            assertTrue(b >= 0, "it ended: " + text);
            text.append((char) b);
        }
        return text.toString();
    }

    /** Each event comes when it is made; the connection serves another request behind the end. */
    @Test
    void sendsAnEventStreamAsItIsMade() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
            String head = until(socket, "\r\n\r\n").toLowerCase(Locale.ROOT);
            assertTrue(head.startsWith("http/1.1 200") && head.contains("content-type: text/event-stream\r\n")
                    && head.contains("transfer-encoding: chunked\r\n"), head);
            assertTrue(events.offer("data: 1\n\n"));
            assertEquals("9\r\ndata: 1\n\n\r\n", until(socket, "\n\n\r\n"));
            assertTrue(events.offer("data: 22\n\n"));
            assertEquals("a\r\ndata: 22\n\n\r\n", until(socket, "\n\n\r\n"));
            assertEquals(1, server.inFlight());
            events.end("event: end\n\n");
            assertEquals("c\r\nevent: end\n\n\r\n0\r\n\r\n", until(socket, "0\r\n\r\n"));
            join(events.closed);
            send(socket, "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertTrue(answer(socket).endsWith("ok"));
            assertFalse(events.onEndedLane(), "it takes nothing more");
        }
    }

    /** Events of which the beginning fails, as by a bug. */
    private static final class UnopenedEvents implements Response.EventBody {

        @Override
        public void open(EventSink opened) {
            throw new IllegalStateException("not opened");
        }

        @Override
        public void closed() { }
    }

    /** Several: so the counts of two faults cannot meet at 0. */
    @Test
    void anEventStreamThatCannotBeginIsUncountedOnce() throws Exception {
        for (int i = 0; i < 5; i++) {
            once("GET /unopened HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (server.inFlight() > 0) {
            assertTrue(System.nanoTime() - until < 0);
            threads.pause(1);
        }
        assertTrue(once("GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").endsWith("ok"));
        assertTrue(server.inFlight() >= 0, server.inFlight() + " in flight");
    }

    @Test
    void headOfAnEventStreamBeginsNone() throws IOException {
        String head = once("HEAD /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(head.startsWith("HTTP/1.1 200") && head.endsWith("\r\n\r\n"), head);
        join(events.closed);
        assertFalse(events.sink.isDone());
    }

    /** An engine hears of it when it reads the end, or when it sends. */
    @Test
    void aReaderOfEventsThatGoesAwayIsNoticed() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
            until(socket, "\r\n\r\n");
            events.offer("data: 1\n\n");
            socket.setSoLinger(true, 0);
        }
        for (int i = 0; i < TIMEOUT_MS / 10 && events.closed.getCount() > 0; i++) {
            events.whileOpen("data: 2\n\n");
            assertFalse(events.closed.await(10, TimeUnit.MILLISECONDS) && server.inFlight() > 1);
        }
        join(events.closed);
    }

    @Test
    void parkedRequestsHoldNoThread() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < crowd(200); i++) {
                Socket socket = connect();
                send(socket, "GET /park HTTP/1.1\r\nHost: localhost\r\n\r\n");
                waiting.add(socket);
            }
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
            while (parked.size() < crowd(200) && System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            assertEquals(crowd(200), parked.size());
            long busy = serverThreads.count("kvs-http.*", frame -> frame.getClassName().startsWith("kvs."));
            assertTrue(busy < 20, busy + " threads wait");
            parked.forEach(later -> later.complete(Response.text(200, "woken")));
            for (Socket socket : waiting) {
                assertTrue(answer(socket).endsWith("woken"));
            }
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    /** As many clients as there are threads, each with a request that takes its time. */
    @Test
    void otherNodesDoNotWaitBehindClients() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < 600; i++) {
                Socket socket = connect();
                waiting.add(socket);
                send(socket, "GET /block HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            while (served.get() < 64 || serverThreads.count("kvs-http-.*") < 512) {
                Thread.onSpinWait();
            }
            try (Socket peer = connect()) {
                for (String body : List.of("", "{}")) {
                    send(peer, "POST /sync/x HTTP/1.1\r\nHost: localhost\r\nKVS-Peer: me\r\nContent-Length: "
                            + body.length() + "\r\n\r\n");
                    send(peer, body);
                    assertTrue(answer(peer).endsWith("peer"));
                }
            }
        } finally {
            freed.countDown();
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void finishesWhatIsUnderWayWhenItStops() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET /park HTTP/1.1\r\nHost: localhost\r\n\r\n");
            while (parked.isEmpty()) {
                Thread.onSpinWait();
            }
            Thread closer = threads.thread("closer", true, server::close);
            closer.start();
            parked.forEach(later -> later.complete(Response.text(200, "last")));
            String text = answer(socket);
            assertTrue(text.endsWith("last"), text);
            closer.join();
        }
        assertThrows(IOException.class, this::connect);
        assertFalse(parked.isEmpty());
    }

    /**
     * What lay in the sockets while the process stood still, whole or in part, is refused; what comes a while
     * later is served.
     */
    @Test
    void refusesWhatCameWhileTheProcessStoodStill() throws IOException {
        clock.advance(DeadlineWrite.WAIT_MS_MAX);
        try (Socket begun = connect(); Socket fresh = connect(); Socket used = connect()) {
            send(used, "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
            assertTrue(answer(used).startsWith("HTTP/1.1 204"), "as long as a request may wait");
            send(begun, "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 2\r\n\r\n");
            assertTrue(answer(begun).startsWith("HTTP/1.1 100"));
            clock.advance(DeadlineWrite.WAIT_MS_MAX + 1);
            send(begun, "{}");
            send(fresh, "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
            send(used, "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
            for (Socket socket : List.of(fresh, used)) {
                String text = all(socket);
                assertTrue(text.startsWith("HTTP/1.1 503") && text.toLowerCase(Locale.ROOT)
                        .contains("connection: close") && text.contains("\"reason\":\"busy\"")
                        && text.toLowerCase(Locale.ROOT).contains("retry-after: "), text);
            }
            assertTrue(answer(begun).startsWith("HTTP/1.1 503"));
        }
        assertEquals(1, hidden.get());
        assertEquals(0, served.get());
        String later = "";
        while (!later.startsWith("HTTP/1.1 200")) {
            clock.advance(FreezeDetector.AFTER_MS + 1);
            threads.pause(1);
            try (Socket socket = connect()) {
                send(socket, "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
                later = answer(socket);
            }
        }
    }
}
