package kvs.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import kvs.gateway.JdkEngine;
import kvs.model.HealthProblem;
import kvs.server.NioProvider;
import kvs.server.TestServer;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimClock;
import kvs.tls.TlsContexts.TlsException;
import kvs.world.Clock;
import kvs.world.HttpNetwork;
import kvs.world.Logger;
import kvs.world.Network;
import kvs.world.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS over real sockets, with certificates that the JDK makes. */
class TlsContextsTest {

    static {
        JdkEngine.PROPERTIES.forEach(System::setProperty);
    }

    private static final int TIMEOUT_MS = 20_000;
    private static final String PASSWORD = "changeit";
    private static final String HERE = "san=dns:localhost,ip:127.0.0.1";
    private static final int HANDSHAKE = 0x16;

    @TempDir
    private static Path directory;
    private static Made rsa;
    private static Made ec;
    private static Made ed25519;
    private static Made elsewhere;
    private static Made signed;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Logger log = new Logger(new PrintStream(logged, true, StandardCharsets.UTF_8),
            Logger.Level.INFO, Clock.REAL);
    private final ExecutorService pool = Executors.newCachedThreadPool();
    /** What the files hold. */
    private String cert;
    private String key;
    private boolean unreadable;
    private TlsContexts tls;
    private HttpServer server;

    /** A key and its certificates, as PEM. */
    private record Made(List<String> chain, String key) {

        String cert() {
            return String.join("", chain);
        }
    }

    @BeforeAll
    static void makeCertificates() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            var makingRsa = two.submit(() -> made("rsa/rsa", "RSA", "-keysize", "2048", "-ext", HERE));
            var makingEc = two.submit(() -> made("ec/ec", "EC", "-groupname", "secp256r1", "-ext", HERE));
            var makingEd = two.submit(() -> made("ed/ed", "Ed25519", "-ext", HERE));
            var makingElsewhere = two.submit(() -> made("elsewhere/elsewhere", "EC", "-groupname",
                    "secp384r1", "-ext", "san=dns:elsewhere.example"));
            var makingSigned = two.submit(() -> {
                made("ca/ca", "EC", "-groupname", "secp256r1", "-ext", "bc:c");
                return made("ca/leaf", "EC", "-groupname", "secp256r1", "-ext", HERE, "-signer", "ca");
            });
            rsa = makingRsa.get();
            ec = makingEc.get();
            ed25519 = makingEd.get();
            elsewhere = makingElsewhere.get();
            signed = makingSigned.get();
        } finally {
            two.shutdown();
        }
    }

    /** Makes a key by the tool of the JDK. {@code name}: of the store and of the key in it. */
    private static Made made(String name, String algorithm, String... extra) throws Exception {
        Path file = directory.resolve(name.replaceFirst("/.*", ".p12"));
        String alias = name.replaceFirst(".*/", "");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                        "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-keyalg",
                        algorithm, "-dname", "CN=" + alias, "-validity", "30", "-keystore",
                        file.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of(extra));
        command.addAll(List.of("-alias", alias));
        run(command.toArray(String[]::new));
        KeyStore keys = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        List<String> chain = new ArrayList<>();
        for (Certificate one : keys.getCertificateChain(alias)) {
            chain.add(pem("CERTIFICATE", one.getEncoded()));
        }
        return new Made(chain, pem("PRIVATE KEY", keys.getKey(alias, PASSWORD.toCharArray()).getEncoded()));
    }

    /** What a program says. */
    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), String.join(" ", command) + "\n" + said);
        return said;
    }

    private static String pem(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    private static X509Certificate leaf(Made made) throws TlsException {
        return PemParser.certificates(made.cert()).get(0);
    }

    @BeforeEach
    void putPair() {
        put(ec);
    }

    private void put(Made made) {
        cert = made.cert();
        key = made.key();
    }

    private void open(Clock clock) throws Exception {
        tls = new TlsContexts(() -> read(cert), () -> read(key), clock, log);
    }

    private String read(String text) throws IOException {
        if (unreadable) {
            throw new IOException("no such file: there");
        }
        return text;
    }

    private void serve(Made made) throws Exception {
        put(made);
        open(Clock.REAL);
        var address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
        server = new NioProvider(1, TestServer.limits(TestServer.PATIENT), (status, detail, request) ->
                new NioProvider.ErrorResponse(new String[0], new byte[0]), Optional.of(tls),
                new NioProvider.Dependencies(Clock.REAL, log, new Threads(log))).server(address, 0);
        server.createContext("/", TlsContextsTest::answer);
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 2);
        exchange.getResponseBody().write(new byte[] {'o', 'k'});
        exchange.close();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
        pool.shutdownNow();
    }

    private HttpResponse<String> get(SSLContext context, String host, String... protocols) throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1)
                .sslParameters(new SSLParameters(null, protocols.length == 0 ? null : protocols)).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + host + ":"
                + server.getAddress().getPort() + "/")).timeout(Duration.ofMillis(TIMEOUT_MS)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static Certificate shown(HttpResponse<?> response) throws Exception {
        return response.sslSession().orElseThrow().getPeerCertificates()[0];
    }

    /** A connection of its own, which is not shared and resumes no session. */
    private SSLSocket connect(Made pinned) throws Exception {
        SSLSocket socket = (SSLSocket) TlsContexts.pinned(pinned.cert()).getSocketFactory()
                .createSocket("127.0.0.1", server.getAddress().getPort());
        socket.setSoTimeout(TIMEOUT_MS);
        socket.startHandshake();
        return socket;
    }

    private static void ask(SSLSocket socket) throws IOException {
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nok")) {
            int b = in.read();
            assertTrue(b >= 0, "closed after: " + answer);
            answer.append((char) b);
        }
        assertTrue(answer.toString().startsWith("HTTP/1.1 200"), answer.toString());
    }

    private static Made named(String name) {
        return Map.of("rsa", rsa, "ec", ec, "ed25519", ed25519, "signed", signed).get(name);
    }

    @ParameterizedTest
    @CsvSource({"rsa, TLSv1.3", "rsa, TLSv1.2", "ec, TLSv1.3", "ec, TLSv1.2", "ed25519, TLSv1.3",
        "ed25519, TLSv1.2", "signed, TLSv1.3"})
    void servesEveryKindOfKey(String kind, String protocol) throws Exception {
        Made made = named(kind);
        serve(made);
        HttpResponse<String> response = get(TlsContexts.trusting(made.chain().get(made.chain().size() - 1)),
                "127.0.0.1", protocol);
        SSLSession session = response.sslSession().orElseThrow();
        assertEquals("ok", response.body());
        assertEquals(protocol, session.getProtocol());
        assertEquals(leaf(made), shown(response));
        assertEquals(made.chain().size(), session.getPeerCertificates().length);
        assertEquals(List.of(), tls.problems());
    }

    @Test
    void servesOnTheServerOfTheJdk() throws Exception {
        open(Clock.REAL);
        var address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
        HttpsServer other = HttpsServer.create(address, 0);
        other.setHttpsConfigurator(tls.configurator());
        server = other;
        server.setExecutor(pool);
        server.createContext("/", TlsContextsTest::answer);
        server.start();
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            assertEquals("ok", get(TlsContexts.trusting(ec.cert()), "127.0.0.1", protocol).body());
        }
    }

    @Test
    void offersTwoProtocolsOnly() throws Exception {
        open(Clock.REAL);
        HttpsConfigurator configurator = tls.configurator();
        List<SSLParameters> given = new ArrayList<>();
        configurator.configure(new HttpsParameters() {
            @Override
            public HttpsConfigurator getHttpsConfigurator() {
                return configurator;
            }

            @Override
            public InetSocketAddress getClientAddress() {
                return new InetSocketAddress(0);
            }

            @Override
            public void setSSLParameters(SSLParameters parameters) {
                given.add(parameters);
            }
        });
        assertArrayEquals(new String[] {"TLSv1.3", "TLSv1.2"}, given.get(0).getProtocols());
        assertArrayEquals(configurator.getSSLContext().getDefaultSSLParameters().getCipherSuites(),
                given.get(0).getCipherSuites());
        assertTrue(configurator.getSSLContext().getServerSessionContext().getSessionTimeout() <= 600);
        SSLEngine engine = tls.engine();
        assertArrayEquals(given.get(0).getProtocols(), engine.getEnabledProtocols());
        assertArrayEquals(given.get(0).getCipherSuites(), engine.getEnabledCipherSuites());
        assertFalse(engine.getUseClientMode() || engine.getWantClientAuth() || engine.getNeedClientAuth());
    }

    /**
     * Byte for byte, and in a JDK that is told to allow all protocols: of itself it would refuse the older
     * ones too.
     */
    @Test
    void refusesOlderProtocols() throws Exception {
        Path lax = Files.writeString(directory.resolve("lax.properties"),
                "jdk.tls.disabledAlgorithms=SSLv3\n");
        Path certFile = Files.writeString(directory.resolve("ec.crt"), ec.cert());
        Path keyFile = Files.writeString(directory.resolve("ec.key"), ec.key());
        assertEquals("closed closed answered", run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-Djava.security.properties=" + lax, "-cp", System.getProperty("java.class.path"),
                "kvs.tls.TlsContextsTest", certFile.toString(), keyFile.toString()).strip());
    }

    /** Another process, with other properties: says whether TLS 1.0, 1.1 and 1.2 are answered. */
    public static void main(String[] args) throws Exception {
        TlsContextsTest test = new TlsContextsTest();
        test.serve(new Made(List.of(Files.readString(Path.of(args[0]))), Files.readString(Path.of(args[1]))));
        List<String> answers = new ArrayList<>();
        for (int version : new int[] {0x0301, 0x0302, 0x0303}) {
            answers.add(test.hello(version) == HANDSHAKE ? "answered" : "closed");
        }
        System.out.println(String.join(" ", answers));
        test.stop();
    }

    /**
     * The kind of record that answers a ClientHello of that version (RFC 5246, 7.4.1.2); -1 when the
     * connection is closed.
     */
    private int hello(int version) throws Exception {
        byte[] ciphers = {(byte) 0xc0, 0x2b, (byte) 0xc0, 0x23, (byte) 0xc0, 0x09, 0, (byte) 0xff};
        byte[] extensions = {0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 4, 3, 2, 3};
        ByteBuffer body = ByteBuffer.allocate(512).putShort((short) version).put(new byte[32]).put((byte) 0)
                .putShort((short) ciphers.length).put(ciphers).put(new byte[] {1, 0})
                .putShort((short) extensions.length).put(extensions).flip();
        ByteBuffer record = ByteBuffer.allocate(512).put((byte) HANDSHAKE).putShort((short) 0x0301)
                .putShort((short) (body.remaining() + 4)).putInt(1 << 24 | body.remaining()).put(body).flip();
        try (Socket socket = new Socket("127.0.0.1", server.getAddress().getPort())) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(record.array(), 0, record.limit());
            return socket.getInputStream().read();
        }
    }

    @Test
    void swapsTheCertificateWhileConnectionsGoOn() throws Exception {
        serve(ec);
        try (SSLSocket old = connect(ec)) {
            ask(old);
            assertTrue(tls.reload(rsa.cert(), rsa.key()));
            ask(old);
            try (SSLSocket next = connect(rsa)) {
                ask(next);
                assertEquals(leaf(rsa), next.getSession().getPeerCertificates()[0]);
            }
            assertThrows(SSLHandshakeException.class, () -> connect(ec));
            assertTrue(tls.reload(elsewhere.cert(), elsewhere.key()));
            ask(old);
            assertEquals("ok", get(TlsContexts.pinned(elsewhere.cert()), "127.0.0.1").body());
        }
        assertEquals(List.of(), tls.problems());
        assertEquals(2, logged.toString(StandardCharsets.UTF_8).lines()
                .filter(line -> line.contains("new TLS certificate")).count());
    }

    /** The JDK asks for an alias, then for its key, then for its chain. */
    @Test
    void neverMixesPairsInOneHandshake() throws Exception {
        CertificateKeyPair first = CertificateKeyPair.of(ec.cert(), ec.key());
        CertificateKeyPair second = CertificateKeyPair.of(elsewhere.cert(), elsewhere.key());
        CertificateSelector presenter = new CertificateSelector(first);
        String before = presenter.chooseEngineServerAlias("EC", null, null);
        assertNull(presenter.chooseEngineServerAlias("RSA", null, null));
        presenter.present(second);
        String after = presenter.chooseEngineServerAlias("EC", null, null);
        assertSame(first.key(), presenter.getPrivateKey(before));
        assertEquals(first.leaf(), presenter.getCertificateChain(before)[0]);
        assertSame(second.key(), presenter.getPrivateKey(after));
        assertEquals(second.leaf(), presenter.getCertificateChain(after)[0]);
    }

    @Test
    void keepsThePairWhenTheNextCannotBeUsed() throws Exception {
        serve(ec);
        assertFalse(tls.reload(elsewhere.cert(), ec.key()));
        assertTrue(tls.problems().get(0).detail().contains("does not match the certificate of CN=elsewhere"),
                tls.problems().toString());
        connect(ec).close();
        assertFalse(tls.reload("", ec.key()));
        assertFalse(tls.reload(ec.cert(), ""));
        assertEquals(1, tls.problems().size());
        connect(ec).close();
        assertTrue(tls.reload(elsewhere.cert(), elsewhere.key()));
        assertEquals(List.of(), tls.problems());
        connect(elsewhere).close();
    }

    @Test
    void followsTheFilesOneAfterTheOther() throws Exception {
        serve(ec);
        assertEquals(TlsContexts.WATCH_MS, tls.watch());
        assertEquals("", logged.toString(StandardCharsets.UTF_8));
        cert = elsewhere.cert();
        tls.watch();
        tls.watch();
        assertEquals(1, tls.problems().size());
        connect(ec).close();
        key = elsewhere.key();
        tls.watch();
        assertEquals(List.of(), tls.problems());
        connect(elsewhere).close();
        tls.watch();
        assertEquals(List.of("warn", "info"), levels());
    }

    @Test
    void toleratesFilesThatCannotBeRead() throws Exception {
        serve(ec);
        unreadable = true;
        assertEquals(TlsContexts.WATCH_MS, tls.watch());
        tls.watch();
        assertTrue(tls.problems().get(0).detail().contains("no such file: there"), tls.problems().toString());
        connect(ec).close();
        unreadable = false;
        tls.watch();
        assertEquals(List.of(), tls.problems());
        connect(ec).close();
        assertEquals(List.of("warn", "info"), levels());
        unreadable = true;
        assertThrows(IOException.class, () -> open(Clock.REAL));
    }

    @Test
    void itsProblemsComeAndGo() throws Exception {
        SimClock clock = new SimClock();
        X509Certificate leaf = leaf(ec);
        clock.setWall(leaf.getNotBefore().getTime());
        open(clock);
        assertEquals(leaf.getNotAfter().getTime(), tls.endsMs());
        HealthProblemCheck.Subject subject = new HealthProblemCheck.Subject(tls::problems, clock::advance);
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.TLS_PAIR_REFUSED, subject,
                () -> tls.reload("", ec.key()), () -> tls.reload(ec.cert(), ec.key()));
        for (long wrong : new long[] {leaf.getNotAfter().getTime() + 1, leaf.getNotBefore().getTime() - 1}) {
            HealthProblemCheck.comesAndGoes(HealthProblem.Kind.TLS_EXPIRED, subject,
                    () -> clock.setWall(wrong), () -> clock.setWall(leaf.getNotBefore().getTime()));
        }
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.TLS_ENDS_SOON, subject,
                () -> clock.setWall(leaf.getNotAfter().getTime() - 13 * 86_400_000L),
                () -> clock.setWall(leaf.getNotBefore().getTime()));
    }

    /**
     * A peer says why it does not believe a certificate; that one which has signed itself is in
     * {@code tls_ca} does not make it last for ever.
     */
    @Test
    void saysWhyTheCertificateOfAPeerIsRefused() throws Exception {
        Made old = made("old/old", "EC", "-groupname", "secp256r1", "-ext", HERE, "-startdate", "-40d");
        Map<Made, String> why = Map.of(old, "it has expired",
                elsewhere, "it is for another name or address than the peer's");
        for (Made shown : List.of(old, elsewhere, rsa, ec)) {
            serve(shown);
            Made believed = shown == rsa ? ec : shown;
            try (HttpNetwork network = new HttpNetwork(TIMEOUT_MS,
                    Optional.of(TlsContexts.trusting(believed.cert())))) {
                Network.Reply reply = network.send(new Network.Call("GET", "127.0.0.1:" + server.getAddress()
                        .getPort(), "/", Map.of(), new byte[0]), new Network.Bounds(TIMEOUT_MS, 100))
                        .toCompletableFuture().join();
                if (shown == ec) {
                    assertEquals(200, ((Network.NetworkResponse) reply).status());
                } else {
                    assertEquals(why.getOrDefault(shown, "no trusted authority has signed it"),
                            ((Network.NoResponse) reply).certificate());
                }
            }
            server.stop(0);
        }
    }

    private List<String> levels() {
        return logged.toString(StandardCharsets.UTF_8).lines()
                .map(line -> line.replaceAll(".*\"level\":\"(\\w+)\".*", "$1")).toList();
    }

    @Test
    void warnsOfDatesAndServesOn() throws Exception {
        SimClock clock = new SimClock();
        X509Certificate leaf = leaf(ec);
        open(clock);
        clock.setWall(leaf.getNotBefore().getTime());
        assertEquals(List.of(), tls.problems());
        clock.setWall(leaf.getNotAfter().getTime());
        assertEquals(List.of(HealthProblem.Kind.TLS_ENDS_SOON),
                tls.problems().stream().map(HealthProblem::kind).toList());
        clock.setWall(leaf.getNotAfter().getTime() + 1);
        assertTrue(tls.problems().get(0).detail()
                .contains("CN=ec expired at " + leaf.getNotAfter().toInstant()), tls.problems().toString());
        clock.setWall(leaf.getNotBefore().getTime() - 1);
        assertTrue(tls.problems().get(0).detail()
                .contains("CN=ec is valid only from " + leaf.getNotBefore().toInstant()),
                tls.problems().toString());
    }

    @Test
    void trustsItsAuthoritiesAndNobodyElse() throws Exception {
        serve(signed);
        String ca = signed.chain().get(1);
        assertEquals("ok", get(TlsContexts.trusting(rsa.cert() + ca), "localhost").body());
        assertThrows(SSLHandshakeException.class, () -> get(TlsContexts.trusting(rsa.cert()), "localhost"));
        assertThrows(SSLHandshakeException.class, () -> get(SSLContext.getDefault(), "localhost"));
        assertThrows(TlsException.class, () -> TlsContexts.trusting(signed.key()));
        assertTrue(tls.reload(elsewhere.cert(), elsewhere.key()));
        assertThrows(SSLHandshakeException.class,
                () -> get(TlsContexts.trusting(elsewhere.cert()), "localhost"), "its name is another");
    }

    @Test
    void pinsOneCertificateWhateverItsName() throws Exception {
        serve(elsewhere);
        HttpResponse<String> response = get(TlsContexts.pinned(elsewhere.cert() + ec.cert()), "127.0.0.1");
        assertEquals("ok", response.body());
        assertEquals(leaf(elsewhere), shown(response));
        Throwable refused = assertThrows(SSLHandshakeException.class,
                () -> get(TlsContexts.pinned(ec.cert() + elsewhere.cert()), "127.0.0.1"));
        assertTrue(refused.getMessage().contains("differs from that in the file"), refused.toString());
        assertThrows(TlsException.class, () -> TlsContexts.pinned("nothing"));
        assertTrue(tls.reload(signed.cert(), signed.key()));
        assertThrows(SSLHandshakeException.class,
                () -> get(TlsContexts.pinned(signed.chain().get(1)), "127.0.0.1"), "only its authority");
    }

    /** Why a pair is refused; never anything of a key. */
    private static String refusal(String certPem, String keyPem) {
        TlsException refused = assertThrows(TlsException.class, () -> CertificateKeyPair.of(certPem, keyPem));
        String all = refused + Stream.iterate(refused.getCause(), cause -> cause != null, Throwable::getCause)
                .map(Throwable::toString).collect(Collectors.joining());
        keyPem.lines().filter(line -> line.length() > 8 && !line.startsWith("-----"))
                .forEach(line -> assertFalse(all.contains(line.substring(0, 8)), all));
        return refused.getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void saysHowToConvertAKey(String label) {
        String other = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                + ec.key().replace("PRIVATE KEY", label);
        String message = refusal(ec.cert(), other);
        assertTrue(message.contains("-----BEGIN " + label + "-----"), message);
        assertTrue(message.contains("openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW"), message);
    }

    @Test
    void saysWhatIsWrongWithTheFiles() {
        assertTrue(refusal("", ec.key()).contains("there is no certificate"));
        assertTrue(refusal(ec.key(), ec.cert()).contains("two files swapped"));
        assertTrue(refusal(ec.cert(), ec.cert()).contains("it has a certificate"));
        assertTrue(refusal(ec.cert(), "").contains("there is no private key"));
        assertTrue(refusal(ec.cert(), ec.key().replace("-----END", "----END"))
                .contains("there is no private key"));
        assertTrue(refusal(ec.cert(), rsa.key()).contains("does not match the certificate of CN=ec"));
        assertTrue(refusal(elsewhere.cert(), ec.key())
                .contains("does not match the certificate of CN=elsewhere"));
        assertTrue(refusal(rsa.cert() + ec.cert(), ec.key()).contains("CN=ec, must be the first"));
        assertTrue(refusal(ec.cert() + pem("CERTIFICATE", new byte[100]), ec.key())
                .contains("certificate number 2"));
        assertTrue(refusal(pem("CERTIFICATE", new byte[0]), ec.key()).contains("certificate number 1"));
        assertTrue(refusal(ec.cert(), pem("PRIVATE KEY", new byte[0])).contains("cannot be read"));
    }

    @Test
    void tellsNothingOfADamagedKey() {
        for (Made made : List.of(rsa, ec, ed25519)) {
            String middle = made.key().lines().skip(1).findFirst().orElseThrow();
            assertTrue(refusal(made.cert(), made.key().replace(middle, middle.substring(5)))
                    .contains("cannot be read"));
            assertTrue(refusal(made.cert(), made.key().replace(middle, "=" + middle))
                    .contains("cannot be read"));
            assertTrue(refusal(made.cert(), made.key().replace(middle, middle.substring(4)))
                    .contains("cannot be read"));
        }
    }

    @Test
    void takesBothFromOneFileWithOtherText() throws Exception {
        String both = "Bag Attributes\n    friendlyName: ec\n" + ec.key().replace("\n", "\r\n")
                + "\nsubject=CN = ec\n" + ec.cert();
        assertEquals(leaf(ec), CertificateKeyPair.of(both, both).leaf());
    }

    @Test
    void readsWhatTheCommandInItsTextMakes() throws Exception {
        assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, "openssl"))), "no openssl");
        Path old = directory.resolve("old.pem");
        Path plain = Files.writeString(directory.resolve("plain.pem"), rsa.key());
        run("openssl", "rsa", "-traditional", "-in", plain.toString(), "-out", old.toString());
        String message = refusal(rsa.cert(), Files.readString(old));
        assertTrue(message.contains("-----BEGIN RSA PRIVATE KEY-----"), message);
        Path made = directory.resolve("new.pem");
        run(message.substring(message.indexOf("openssl")).replace("OLD", old.toString())
                .replace("NEW", made.toString()).split(" "));
        assertEquals(leaf(rsa), CertificateKeyPair.of(rsa.cert(), Files.readString(made)).leaf());
    }
}
