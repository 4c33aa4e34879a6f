package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses of every kind, over sockets, from the loop and from other threads. */
class NioServerTest {

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
        rig.on("/", exchange -> answer(exchange, 200, exchange.getRequestMethod() + " "
                + exchange.getRequestURI())).on("/echo", NioServerTest::echo)
                .on("/none", exchange -> bare(exchange, 204)).on("/same", exchange -> {
                    exchange.getResponseHeaders().set("Content-Length", "7");
                    bare(exchange, 304);
                })
                .on("/chunks", NioServerTest::chunks)
                .on("/aside/chunks", aside(NioServerTest::chunks))
                .on("/aside/echo", aside(NioServerTest::echo))
                .on("/aside/flushed", aside(NioServerTest::flushed))
                .on("/aside/unflushed", aside(NioServerTest::unflushed))
                .start();
    }

    @AfterEach
    void stop() {
        rig.close();
        pool.shutdown();
        assertEquals(0, rig.server.connections());
        assertEquals(0, rig.server.held());
    }

    private HttpHandler aside(HttpHandler handler) {
        return exchange -> pool.execute(() -> {
            try {
                handler.handle(exchange);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        exchange.sendResponseHeaders(status, text.length());
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static void bare(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static void echo(HttpExchange exchange) throws IOException {
        int length = Integer.parseInt(exchange.getRequestHeaders().getFirst("Content-Length"));
        ((NioExchange) exchange).body(length).thenAccept(body -> {
            try {
                answer(exchange, 201, new String(body, StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void chunks(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(new byte[0]);
            for (int i = 0; i < 3_000; i++) {
                out.write(("line " + i + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private static void flushed(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 10);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write('a');
            out.flush();
            out.flush();
            out.write("bcdefghij".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void unflushed(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 10);
        exchange.getResponseBody().write("abcdefghij".getBytes(StandardCharsets.US_ASCII));
        exchange.close();
    }

    private static String lines() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            lines.append("line ").append(i).append('\n');
        }
        return lines.toString();
    }

    private static String request(String line, String body) {
        return line + " HTTP/1.1\r\nHost: a\r\n"
                + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n") + "\r\n" + body;
    }

    @Test
    void answersRequestsOneAfterTheOther() throws IOException {
        try (RawClient wire = rig.connect()) {
            for (int i = 0; i < 200; i++) {
                String path = i % 2 == 0 ? "/echo" : "/aside/echo";
                assertTrue(wire.send(request("PUT " + path, "body " + i)).answer()
                        .endsWith("\r\n\r\nbody " + i));
                assertTrue(wire.send(request("GET /" + i, "")).answer().endsWith("\r\n\r\nGET /" + i));
            }
        }
        rig.await("the connection is gone", () -> rig.server.connections() == 0);
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            all.append(switch (i % 5) {
                case 0 -> request("PUT /aside/echo", "GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n");
                case 1 -> request("PUT /echo", "e" + "x".repeat(i));
                case 2 -> request("GET /none", "");
                case 3 -> "\r\n" + request("GET /aside/flushed", "");
                default -> request("GET /" + i, "");
            });
        }
        try (RawClient wire = rig.connect()) {
            Thread sender = rig.aside(() -> {
                try {
                    wire.send(all.toString());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 1_000; i++) {
                String text = wire.answer();
                String body = text.substring(text.indexOf("\r\n\r\n") + 4);
                assertEquals(switch (i % 5) {
                    case 0 -> "GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n";
                    case 1 -> "e" + "x".repeat(i);
                    case 2 -> "";
                    case 3 -> "abcdefghij";
                    default -> "GET /" + i;
                }, body);
            }
            kvs.world.Threads.join(sender);
        }
    }

    /**
     * The connection, not only the parser, has a border there: in a head, between head and body, in a body,
     * between two requests.
     */
    @Test
    void answersTheSameHoweverARequestIsSplit() throws IOException {
        String text = request("PUT /echo", "{\"a\": 1}") + request("PUT /aside/echo", "12")
                + request("GET /x", "");
        try (RawClient wire = rig.connect()) {
            for (int cut = 1; cut < text.length(); cut++) {
                wire.send(text.substring(0, cut));
                rig.dependencies.threads().pause(1);
                wire.send(text.substring(cut));
                assertTrue(wire.answer().endsWith("{\"a\": 1}"), "cut at " + cut);
                assertTrue(wire.answer().endsWith("\r\n12"), "cut at " + cut);
                assertTrue(wire.answer().endsWith("GET /x"), "cut at " + cut);
            }
            for (int i = 0; i < text.length(); i++) {
                wire.send(text.substring(i, i + 1));
            }
            assertTrue(wire.answer().endsWith("{\"a\": 1}"));
            assertTrue(wire.answer().endsWith("\r\n12"));
            assertTrue(wire.answer().endsWith("GET /x"));
        }
    }

    @Test
    void sendsHeadsAlone() throws IOException {
        try (RawClient wire = rig.connect()) {
            wire.send(request("HEAD /none", "") + request("GET /none", "") + request("GET /same", "")
                    + request("HEAD /x", ""));
            assertTrue(wire.head().startsWith("HTTP/1.1 204 "));
            String none = wire.head();
            assertTrue(none.startsWith("HTTP/1.1 204 ") && RawClient.field(none, "content-length").isEmpty(),
                    none);
            String same = wire.head();
            assertTrue(same.startsWith("HTTP/1.1 304 ")
                    && RawClient.field(same, "content-length").equals("7"), same);
            assertFalse(RawClient.field(same, "date").isEmpty());
            String head = wire.head();
            assertTrue(head.startsWith("HTTP/1.1 200 ")
                    && RawClient.field(head, "content-length").equals("7"), head);
        }
    }

    @Test
    void sendsChunksWhoeverMakesThem() throws IOException {
        try (RawClient wire = rig.connect()) {
            for (String path : List.of("/chunks", "/aside/chunks", "/chunks")) {
                String text = wire.send(request("GET " + path, "")).answer();
                assertEquals("chunked",
                        RawClient.field(text.substring(0, text.indexOf("\r\n\r\n")), "transfer-encoding"));
                assertEquals(lines(), text.substring(text.indexOf("\r\n\r\n") + 4));
            }
            assertFalse(wire.send(request("HEAD /aside/echo", "x")).head().isEmpty());
        }
    }

    @Test
    void sendsAWholeAnswerThatNobodyFlushed() throws IOException {
        try (RawClient wire = rig.connect()) {
            assertTrue(wire.send(request("GET /aside/unflushed", "")).answer().endsWith("abcdefghij"));
            assertTrue(wire.send(request("GET /aside/flushed", "")).answer().endsWith("abcdefghij"));
        }
    }

    @Test
    void sendsNoChunksToAnOldClientAndCloses() throws IOException {
        for (String path : List.of("/chunks", "/aside/chunks")) {
            String text = rig.once("GET " + path
                    + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /never HTTP/1.0\r\n\r\n");
            assertTrue(text.endsWith("\r\n\r\n" + lines()), path);
            assertTrue(RawClient.field(text, "transfer-encoding").isEmpty()
                    && RawClient.field(text, "content-length").isEmpty());
            assertEquals("close", RawClient.field(text, "connection"));
        }
        String fixed = rig.once("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");
        assertTrue(fixed.endsWith("\r\n\r\nGET /1"), fixed);
        String two = rig.once("GET /1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");
        assertTrue(two.contains("Connection: keep-alive\r\n") && two.endsWith("\r\n\r\nGET /2"), two);
    }

    @Test
    void closesWhenEitherSideWantsIt() throws IOException {
        rig.server.createContext("/bye", exchange -> {
            exchange.getResponseHeaders().set("Connection", "Close");
            bare(exchange, 200);
        });
        for (String text : List.of(rig.once("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n"
                + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"),
                rig.once(request("GET /bye", "") + request("GET /2", "")))) {
            assertEquals(1, text.split("HTTP/1.1 ", -1).length - 1, text);
            assertEquals("close", RawClient.field(text, "connection").toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void takesFieldsAsTheyAreButThoseThatFrameTheAnswer() throws IOException {
        rig.server.createContext("/fields", exchange -> {
            exchange.getResponseHeaders().set("x-one", "1");
            ((NioExchange) exchange).answerFields(new String[] {"KVS-TWO", "2"});
            bare(exchange, 200);
        });
        rig.server.createContext("/framing", exchange -> {
            ((NioExchange) exchange).answerFields(new String[] {"connection", "close", "Content-length", "7",
                "TRANSFER-ENCODING", "chunked", "X-Three", "3"});
            bare(exchange, 200);
        });
        String text = rig.once(
                request("GET /fields", "") + request("GET /framing", "") + request("GET /never", ""));
        int second = text.lastIndexOf("HTTP/1.1 ");
        assertTrue(second > 0 && text.indexOf("X-one: 1\r\n") < second
                && text.indexOf("\r\nKVS-TWO: 2\r\n") < second, text);
        String head = text.substring(second).toLowerCase(Locale.ROOT);
        assertTrue(head.contains("\r\nx-three: 3\r\n") && !head.contains("transfer-encoding"), text);
        for (String field : List.of("connection: close", "content-length: 0")) {
            assertEquals(2, head.split("\r\n" + field.substring(0, field.indexOf(':')), -1).length, text);
            assertTrue(head.contains("\r\n" + field + "\r\n"), text);
        }
    }

    /** The length of a body that a handler reports counts only where there is no body. */
    @ParameterizedTest
    @CsvSource({"GET, HTTP/1.1, 200, 0, ''", "GET, HTTP/1.0, 200, 0, ''", "GET, HTTP/1.1, 204, -1, ''",
        "GET, HTTP/1.1, 200, 2, 2", "GET, HTTP/1.1, 200, -1, 0", "HEAD, HTTP/1.1, 200, -1, 7",
        "GET, HTTP/1.1, 304, -1, 7", "HEAD, HTTP/1.1, 204, -1, ''"})
    void believesItselfWhatItSends(String method, String protocol, int code, long length, String told)
            throws IOException {
        rig.server.createContext("/said", exchange -> {
            exchange.getResponseHeaders().set("Content-Length", "7");
            exchange.getResponseHeaders().set("Transfer-Encoding", "gzip");
            exchange.sendResponseHeaders(code, length);
            if (length >= 0) {
                exchange.getResponseBody().write(new byte[] {'a', 'b'});
                exchange.getResponseBody().close();
            }
            exchange.close();
        });
        String text = rig.once(method + " /said " + protocol + "\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertEquals(told, RawClient.field(text, "content-length"), text);
        assertEquals(length == 0 && protocol.equals("HTTP/1.1") ? "chunked" : "",
                RawClient.field(text, "transfer-encoding"), text);
        String body = text.substring(text.indexOf("\r\n\r\n") + 4);
        assertEquals(length < 0 ? "" : length == 0 && protocol.equals("HTTP/1.1") ? "2\r\nab\r\n0\r\n\r\n"
                : "ab", body);
    }

    @Test
    void letsAHandlerReturnAndAnswerLater() throws Exception {
        CountDownLatch returned = new CountDownLatch(1);
        rig.server.createContext("/later", exchange -> {
            rig.aside(() -> {
                try {
                    returned.await();
                    answer(exchange, 200, "later");
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        });
        try (RawClient wire = rig.connect(); RawClient other = rig.connect()) {
            wire.send(request("GET /later", "") + request("GET /next", ""));
            assertTrue(other.send(request("GET /other", "")).answer().endsWith("GET /other"));
            returned.countDown();
            assertTrue(wire.answer().endsWith("later"));
            assertTrue(wire.answer().endsWith("GET /next"));
        }
    }

    /**
     * An assertion that fails in a handler is a bug of that handler; neither its client nor the others may
     * wait for ever.
     */
    @Test
    void closesTheConnectionWhoseHandlerThrows() throws IOException {
        List<Throwable> kinds = List.of(new IOException("planned"), new IllegalStateException("planned"),
                new AssertionError("planned"),
                new NoClassDefFoundError("planned"), new StackOverflowError("planned"));
        rig.server.createContext("/throw", exchange -> {
            Throwable kind = kinds.get(Integer.parseInt(exchange.getRequestURI().getQuery()));
            if (kind instanceof IOException checked) {
                throw checked;
            } else if (kind instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw (Error) kind;
        });
        for (boolean onLoop : List.of(true, false)) {
            rig.server.setExecutor(onLoop ? null : pool);
            for (int kind = 0; kind < kinds.size(); kind++) {
                try (RawClient wire = rig.connect()) {
                    assertEquals("", wire.send(request("GET /throw?" + kind, "")).all(),
                            kinds.get(kind) + (onLoop ? " on the loop" : ""));
                }
                try (RawClient first = rig.connect(); RawClient second = rig.connect()) {
                    assertTrue(first.send(request("GET /1", "")).answer().endsWith("GET /1"));
                    assertTrue(second.send(request("GET /2", "")).answer().endsWith("GET /2"));
                }
            }
        }
        rig.await("each is told, behind the close", () -> rig.errors().size() >= 2 * kinds.size());
        assertEquals(2 * kinds.size(), rig.errors().size());
    }

    @Test
    void cutsAnAnswerThatIsNotWhole() throws IOException {
        HttpHandler fixed = exchange -> {
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write("12345".getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            exchange.close();
        };
        HttpHandler chunked = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("12345".getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            exchange.close();
        };
        rig.on("/fixed", fixed).on("/chunked", chunked).on("/aside/fixed", aside(fixed))
                .on("/aside/chunked", aside(chunked)).on("/nothing", HttpExchange::close);
        for (String path : List.of("/fixed", "/chunked", "/aside/fixed", "/aside/chunked", "/nothing")) {
            try (RawClient wire = rig.connect()) {
                wire.send(request("GET " + path, "") + request("GET /never", ""));
                assertThrows(IOException.class, wire::answer, path);
            }
        }
    }

    @Test
    void refusesMoreThanWasAnnouncedAndASecondAnswer() throws Exception {
        CountDownLatch refused = new CountDownLatch(4);
        rig.on("/more", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write('o');
            count(refused, () -> exchange.getResponseBody().write(new byte[2]));
            count(refused, () -> exchange.sendResponseHeaders(500, -1));
            exchange.getResponseBody().write('k');
            exchange.getResponseBody().close();
            count(refused, () -> exchange.getResponseBody().write('!'));
        }).on("/early", exchange -> {
            count(refused, () -> exchange.getResponseBody().write('!'));
            bare(exchange, 204);
        });
        try (RawClient wire = rig.connect()) {
            assertTrue(wire.send(request("GET /more", "")).answer().endsWith("\r\n\r\nok"));
            assertTrue(wire.send(request("GET /early", "")).answer().startsWith("HTTP/1.1 204"));
            assertEquals(0, refused.getCount());
        }
    }

    /** An attempt that must be refused. */
    private interface Attempt {
        void run() throws IOException;
    }

    private static void count(CountDownLatch refused, Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException expected) {
            refused.countDown();
        }
    }

    /** A line feed is the low byte of U+010A. */
    @Test
    void splitsNoAnswerAtLettersOfOtherAlphabets() throws IOException {
        rig.server.createContext("/alphabet", exchange -> {
            try {
                exchange.getResponseHeaders()
                        .set("X-Name", "a\u010d\u010aX-Evil: 1\u010d\u010a\u010d\u010a\u00e9");
            } catch (IllegalArgumentException newer) {
                // The JDK may refuse such a value itself, as JDK 25 does.
                exchange.getResponseHeaders()
                        .set("X-Name", newer.getMessage().isEmpty() ? "\u00e9" : "refused \u00e9");
            }
            bare(exchange, 200);
        });
        try (RawClient wire = rig.connect()) {
            String head = wire.send(request("GET /alphabet", "")).head();
            assertTrue(RawClient.field(head, "x-evil").isEmpty(), head);
            assertTrue(RawClient.field(head, "x-name").endsWith("\u00e9"), head);
            assertTrue(wire.send(request("GET /x", "")).answer().endsWith("GET /x"));
        }
    }
}
