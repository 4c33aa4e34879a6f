package kvs.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import kvs.sim.Depth;
import kvs.sim.SimDice;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS on the loops: what it promises, and clients that break its rules. One server for all tests. */
class TlsTransportTest {

    private static final SSLContext TRUST = TestCertificate.FIRST.client();
    private static final int LARGE = 3 << 20;
    private static final LinkedBlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();
    private static TestServer rig;

    @BeforeAll
    static void start() throws IOException {
        rig = new TestServer(TestCertificate.serves());
        serve(rig);
    }

    private static void serve(TestServer server) {
        server.on("/", exchange -> answer(exchange, "yes".getBytes(StandardCharsets.US_ASCII)))
                .on("/large", exchange -> answer(exchange, large()))
                .on("/aside/large", exchange -> server.aside(() -> written(exchange)))
                .on("/events", exchange -> server.aside(() -> stream(exchange)))
                .on("/put", exchange -> ((NioExchange) exchange).body(LARGE).whenComplete((body, failed) ->
                        answer(exchange, (Arrays.equals(body, large()) ? "yes" : "no!")
                                .getBytes(StandardCharsets.US_ASCII)))).start();
    }

    @AfterEach
    void leavesNothing() {
        rig.await("all connections are gone", () -> rig.server.connections() == 0);
        assertEquals(0, rig.server.held());
        assertEquals(List.of(), rig.errors());
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static byte[] large() {
        byte[] bytes = new byte[LARGE];
        for (int i = 0; i < LARGE; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        return bytes;
    }

    private static void answer(HttpExchange exchange, byte[] body) {
        try {
            exchange.sendResponseHeaders(200, body.length);
            ((NioExchange) exchange).give(body);
            exchange.close();
        } catch (IOException gone) {
            exchange.close();
        }
    }

    private static void written(HttpExchange exchange) {
        try {
            exchange.sendResponseHeaders(200, LARGE);
            exchange.getResponseBody().write(large());
            exchange.close();
        } catch (IOException gone) {
            exchange.close();
        }
    }

    private static void stream(HttpExchange exchange) {
        try {
            exchange.sendResponseHeaders(200, 0);
            for (String event = EVENTS.take(); !event.isEmpty(); event = EVENTS.take()) {
                exchange.getResponseBody().write(event.getBytes(StandardCharsets.US_ASCII));
                exchange.getResponseBody().flush();
            }
            exchange.getResponseBody().close();
        } catch (IOException | InterruptedException gone) {
            exchange.close();
        }
    }

    private static TlsClient client(String... protocols) throws IOException {
        return new TlsClient(rig.server.getAddress(), TRUST, protocols);
    }

    private static void assertServes() throws IOException {
        try (TlsClient good = client()) {
            assertTrue(good.get("/").endsWith("yes"));
        }
    }

    @Test
    void agreesOnHttpOneOneOnly() throws IOException {
        try (TlsClient both = client().offers("h2", "http/1.1"); TlsClient none = client()) {
            assertEquals("http/1.1", both.agree().socket().getApplicationProtocol());
            assertEquals("", none.agree().socket().getApplicationProtocol());
            assertTrue(both.get("/").endsWith("yes"));
        }
        try (TlsClient other = client().offers("h2")) {
            String why = assertThrows(SSLHandshakeException.class, other::agree).getMessage();
            assertTrue(why.contains("no_application_protocol"), why);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.3", "1.2"})
    void servesCurl(String version, @TempDir Path directory) throws Exception {
        assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, "curl"))), "no curl");
        Path cert = Files.writeString(directory.resolve("cert.pem"), TestCertificate.FIRST.cert());
        Process curl = new ProcessBuilder("curl", "-sS", "--cacert", cert.toString(), "--tls-max", version,
                "-w", " HTTP/%{http_version}", "https://127.0.0.1:" + rig.server.getAddress().getPort() + "/")
                .redirectErrorStream(true).start();
        assertEquals("yes HTTP/1.1", new String(curl.getInputStream().readAllBytes(),
                StandardCharsets.US_ASCII));
        assertEquals(0, curl.waitFor());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void resumesSessions(String protocol) throws IOException {
        SSLContext one = TestCertificate.FIRST.client();
        List<Long> begun = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (TlsClient client = new TlsClient(rig.server.getAddress(), one, protocol)) {
                assertTrue(client.get("/").endsWith("yes"));
                assertEquals(protocol, client.socket().getSession().getProtocol());
                begun.add(client.socket().getSession().getCreationTime());
            }
            rig.dependencies.threads().pause(3);
        }
        assertEquals(begun.get(0), begun.get(1));
        assertEquals(begun.get(0), begun.get(2));
        try (TlsClient stranger = new TlsClient(rig.server.getAddress(), TestCertificate.FIRST.client(),
                protocol)) {
            stranger.agree();
            assertTrue(stranger.socket().getSession().getCreationTime() > begun.get(0));
        }
    }

    @Test
    void countsHandshakes() throws IOException {
        long done = rig.server.handshakes();
        long broken = rig.server.brokenHandshakes();
        assertServes();
        try (TlsClient distrusts = new TlsClient(rig.server.getAddress(), TestCertificate.SECOND.client())) {
            assertThrows(SSLException.class, distrusts::agree);
        }
        client().close();
        leavesNothing();
        assertEquals(done + 1, rig.server.handshakes());
        assertEquals(broken + 1, rig.server.brokenHandshakes());
    }

    @Test
    void tellsAClientWithoutTlsWhatToDo() throws IOException {
        for (String request : List.of("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "P",
                "PUT /put HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n" + "x".repeat(9_999))) {
            try (TlsClient plain = client()) {
                plain.raw(request.getBytes(StandardCharsets.US_ASCII));
                String text = new String(plain.endRaw().allRaw(), StandardCharsets.US_ASCII);
                assertTrue(text.startsWith("HTTP/1.1 400 ") && text.contains("https://"), text);
            }
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void closesOnNoise() throws IOException {
        SimDice dice = new SimDice(7);
        byte[] hello = TlsClient.hello(TRUST);
        for (int i = 0; i < Depth.of(60, 2_000); i++) {
            byte[] bytes = hello.clone();
            if (i % 3 == 0) {
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] = (byte) dice.below(256);
                }
                bytes[0] = (byte) (i % 2 == 0 ? 0x16 : 0x80);
            } else if (i % 3 == 1) {
                bytes[5 + dice.below(bytes.length - 5)] ^= (byte) (1 + dice.below(255));
            } else {
                bytes = Arrays.copyOf(bytes, 1 + dice.below(bytes.length));
            }
            try (TlsClient noisy = client()) {
                noisy.raw(bytes).endRaw().allRaw();
            } catch (SocketException reset) {
                rig.dependencies.log().debug("reset");
            }
        }
        assertServes();
    }

    /** The header says so: nobody waits for the rest, nor keeps it. */
    @Test
    void closesOnRecordsThatAreTooLong() throws IOException {
        byte[] header = {0x17, 3, 3, 0x48, 1};
        try (TlsClient early = client()) {
            header[0] = 0x16;
            assertEquals(0, early.raw(header).allRaw().length);
        }
        header[0] = 0x17;
        try (TlsClient open = client()) {
            assertTrue(open.get("/").endsWith("yes"));
            assertTrue(open.raw(header).ended());
        }
        try (TlsClient forged = client()) {
            assertTrue(forged.get("/").endsWith("yes"));
            byte[] record = new byte[5 + 16_385];
            System.arraycopy(new byte[] {0x17, 3, 3, 0x40, 1}, 0, record, 0, 5);
            assertTrue(forged.raw(record).ended(), "its protection is forged");
        }
    }

    /** All counts against the time of a head, and holds nobody up. */
    @Test
    void cutsWhoStopsInTheMiddle() throws IOException {
        byte[] hello = TlsClient.hello(TRUST);
        try (TestServer quick = new TestServer(1, TestServer.limits(
                new ServerLimits.Timeouts(2_000, 600_000, 600_000, 600_000)), Clock.REAL,
                TestCertificate.serves())) {
            serve(quick);
            try (TlsClient first = new TlsClient(quick.server.getAddress(), TRUST);
                    TlsClient half = new TlsClient(quick.server.getAddress(), TRUST);
                    TlsClient whole = new TlsClient(quick.server.getAddress(), TRUST);
                    TlsClient record = new TlsClient(quick.server.getAddress(), TRUST)) {
                first.raw(new byte[] {0x16});
                half.raw(Arrays.copyOf(hello, hello.length / 2));
                whole.raw(hello);
                assertTrue(record.get("/").endsWith("yes"));
                record.raw(new byte[] {0x17, 3, 3, 0, 100, 1, 2, 3});
                assertEquals(0, first.allRaw().length);
                assertEquals(0, half.allRaw().length);
                assertTrue(whole.allRaw().length > 500, "it was answered");
                assertTrue(new String(record.read(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 408"));
            }
            quick.await("all are gone", () -> quick.server.connections() == 0);
            assertEquals(0, quick.server.held());
            assertEquals(3, quick.server.brokenHandshakes());
        }
    }

    @Test
    void forgetsWhoGoesInAnyState() throws IOException {
        byte[] hello = TlsClient.hello(TRUST);
        for (boolean hard : new boolean[] {false, true}) {
            client().drop(hard);
            client().raw(new byte[] {0x16}).drop(hard);
            client().raw(Arrays.copyOf(hello, 100)).drop(hard);
            client().raw(hello).drop(hard);
            client().agree().drop(hard);
            client().agree().raw(new byte[] {0x17, 3, 3, 1, 0, 7}).drop(hard);
            client().send("GET / HT").drop(hard);
            client().send("PUT /put HTTP/1.1\r\nHost: a\r\nContent-Length: " + LARGE + "\r\n\r\nabc")
                    .drop(hard);
            TlsClient reader = client().send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
            reader.read(1_000);
            reader.drop(hard);
            TlsClient told = client().agree();
            told.socket().close();
        }
        leavesNothing();
        assertServes();
    }

    @Tag(Depth.DEEP)
    @Test
    void servesOthersBesideHandshakesThatRest() throws IOException {
        byte[] hello = TlsClient.hello(TRUST);
        List<TlsClient> resting = new ArrayList<>();
        try {
            for (int i = 0; i < Depth.of(150, 900); i++) {
                TlsClient one = client();
                resting.add(one);
                one.raw(Arrays.copyOf(hello, i % 3 * (hello.length / 2)));
            }
            for (int i = 0; i < 5; i++) {
                assertServes();
            }
            assertTrue(rig.server.held() < 2_000L * resting.size(), "held " + rig.server.held());
        } finally {
            for (TlsClient one : resting) {
                one.close();
            }
        }
    }

    @Test
    void exchangesCertificatesUnderLoad() throws Exception {
        TlsContexts contexts = TestCertificate.FIRST.server();
        try (TestServer loaded = new TestServer(2, TestServer.limits(TestServer.PATIENT), Clock.REAL,
                Optional.of(contexts))) {
            serve(loaded);
            SSLContext second = TestCertificate.SECOND.client();
            try (TlsClient stays = new TlsClient(loaded.server.getAddress(), TRUST)) {
                stays.agree();
                for (int i = 0; i < 10; i++) {
                    TestCertificate now = i % 2 == 0 ? TestCertificate.SECOND : TestCertificate.FIRST;
                    assertTrue(contexts.reload(now.cert(), now.key()));
                    assertTrue(stays.get("/").endsWith("yes"));
                    SSLContext fresh = i < 2 ? now.client() : i % 2 == 0 ? second : TRUST;
                    try (TlsClient next = new TlsClient(loaded.server.getAddress(), fresh)) {
                        assertTrue(next.get("/").endsWith("yes"), "exchange " + i);
                    }
                }
                try (TlsClient late = new TlsClient(loaded.server.getAddress(),
                        TestCertificate.SECOND.client())) {
                    assertThrows(SSLException.class, late::agree, "the first is in use");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void carriesLongBodiesBothWays(String protocol) throws IOException {
        try (TlsClient client = client(protocol)) {
            for (String path : List.of("/large", "/aside/large")) {
                client.socket().setReceiveBufferSize(128 * 1_024);
                client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) client.read(1)[0]);
                }
                assertArrayEquals(large(), client.read(LARGE), path);
            }
            client.send("PUT /put HTTP/1.1\r\nHost: a\r\nContent-Length: " + LARGE + "\r\n\r\n");
            client.socket().getOutputStream().write(large());
            assertTrue(client.get("/").contains("\r\n\r\nyes"));
        }
    }

    @Test
    void sendsEachEventAtOnce() throws IOException {
        try (TlsClient reader = client()) {
            reader.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
            for (int i = 0; i < 20; i++) {
                String event = "data: " + i + "\n\n";
                EVENTS.add(event);
                StringBuilder text = new StringBuilder();
                while (text.indexOf(event) < 0) {
                    text.append((char) reader.read(1)[0]);
                }
            }
            EVENTS.add("");
            assertTrue(new String(reader.read(7), StandardCharsets.US_ASCII).endsWith("0\r\n\r\n"));
            assertTrue(reader.get("/").endsWith("yes"));
        }
    }

    /** The last record is an alert, which looks like content in TLS 1.3. */
    @Test
    void saysWhenAllIsSent() throws IOException {
        rig.on("/bye", exchange -> {
            exchange.getResponseHeaders().set("Connection", "close");
            answer(exchange, "yes".getBytes(StandardCharsets.US_ASCII));
        });
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            try (TlsClient client = client(protocol)) {
                assertTrue(client.get("/bye").endsWith("yes"));
                byte[] last = client.allRaw();
                assertEquals(protocol.equals("TLSv1.3") ? 0x17 : 0x15, last[0]);
                assertEquals(5 + last[4], last.length, "nothing follows");
            }
        }
        rig.server.removeContext("/bye");
    }

    /** It ends its side by TLS alone: the line stays. */
    @Test
    void answersWhoSaysThatNothingFollows() throws IOException {
        try (TlsClient half = client()) {
            half.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").socket().shutdownOutput();
            assertTrue(new String(half.socket().getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .endsWith("yes"));
        }
    }

    @Test
    void agreesOnKeysOnceInTls12() throws IOException {
        try (TlsClient client = client("TLSv1.2")) {
            assertTrue(client.get("/").endsWith("yes"));
            client.agree();
            assertThrows(IOException.class, () -> client.get("/"));
        }
    }

    @Test
    void takesUpdatesOfKeysThatAreEarned() throws IOException {
        try (TlsClient modest = client("TLSv1.3")) {
            for (int i = 0; i < 10; i++) {
                assertTrue(modest.agree().get("/").endsWith("yes"));
            }
        }
        int taken = 0;
        try (TlsClient flood = client("TLSv1.3")) {
            assertTrue(flood.get("/").endsWith("yes"));
            while (taken < 1_000) {
                flood.agree();
                taken++;
                if (taken > TlsRecordLimiter.EMPTY_RECORDS) {
                    assertTrue(flood.ended());
                    break;
                }
            }
        } catch (SSLException | SocketException cut) {
            assertTrue(taken > 10, cut.toString());
        }
        assertTrue(taken <= TlsRecordLimiter.EMPTY_RECORDS + 1, taken + " were taken");
    }

    @Test
    void refusesManyEmptyRecordsOfAnyKind() throws IOException {
        byte[] change = {20, 3, 3, 0, 1, 1};
        try (Socket line = new Socket("127.0.0.1", rig.server.getAddress().getPort())) {
            line.setSoTimeout(TestServer.TIMEOUT_MS);
            line.getOutputStream().write(TlsClient.hello(TRUST));
            assertTrue(line.getInputStream().read() >= 0);
            for (int i = 0; i < 100; i++) {
                line.getOutputStream().write(change);
            }
            line.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            rig.dependencies.log().debug("reset");
        }
        assertServes();
    }
}
