package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.HostPort;
import kvs.routes.Parameter;
import kvs.routes.RequiredAccess;
import kvs.routes.RouteDescription;
import kvs.server.ServerLimits;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import kvs.sim.Depth;
import kvs.sim.SimDice;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.ThreadedScheduler;
import kvs.world.Threads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same connections to both engines behind the same pipeline, and an oracle that has read the RFC. What
 * counts is what handlers did: a request that is not in the bytes by the RFC must never be executed.
 * {@code -Dkvs.seed=} takes other connections ({@code JAVA_TOOL_OPTIONS=-Dkvs.seed=7 make test
 * TESTS=Differential}); each has a seed of its own.
 */
@Tag(Depth.DEEP)
class DifferentialTest {

    static {
        JdkEngine.PROPERTIES.forEach(System::setProperty);
    }

    private static final int CONNECTIONS = Depth.of(2_500, 10_000);
    private static final int WORKERS = 16;
    private static final long SEED = Long.getLong("kvs.seed", 1L);
    private static final Map<String, Integer> STATUSES = Map.of("GET /ok", 200, "HEAD /ok", 200,
            "GET /none", 204, "PUT /echo", 201, "PUT /hidden", 204);

    private final Threads threads = new Threads(Logger.none());
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    /** A server and what its handlers did, by the client's end. */
    private final class Side implements AutoCloseable {

        final ThreadedScheduler scheduler = new ThreadedScheduler(threads, Logger.none(), 1);
        final Map<InetSocketAddress, List<String>> done = new ConcurrentHashMap<>();
        final HttpFrontend listener;

        Side(boolean nio) throws IOException {
            this(nio, Optional.empty());
        }

        Side(boolean nio, Optional<TlsContexts> tls) throws IOException {
            var dependencies = new HttpFrontend.Dependencies(Clock.REAL, Logger.none(), threads, scheduler,
                    ProcessUsage.real());
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            HttpEngine engine = nio ? new NioEngine(address, tls, 2,
                    new ServerLimits(1_000, 1_000, client -> false, ServerLimits.HEAD_BYTES,
                            ServerLimits.FIELDS, ServerLimits.Timeouts.DEFAULT),
                    dependencies) : new JdkEngine(address, Optional.empty(), dependencies, 30_000);
            Router router = new Router(List.of(Route.of(RouteDescription.of("GET", "/ok", RequiredAccess.OPEN,
                    Parameter.text("a", "", ""), Parameter.text("b", "", "")),
                    request -> did(request, Response.text(200, "ok"))),
                    Route.of("GET", "/none", RequiredAccess.OPEN,
                            request -> did(request, Response.empty(204))),
                    new Route(RouteDescription.of("PUT", "/echo", RequiredAccess.OPEN), 1 << 20,
                            request -> did(request,
                            new Response(201, Map.of(), new Response.FullBody(request.body())))),
                    new Route(RouteDescription.of("PUT", "/hidden", RequiredAccess.OPEN), 1_000,
                            request -> did(request, Response.empty(204)))));
            listener = new HttpFrontend(engine, dependencies);
            listener.start(new Pipeline(router,
                    new Pipeline.NodeIdentity("n1", List.of(), List.of(), () -> "here"),
                    Pipeline.Stages.open(RequestMetrics.unseen()), new SimDice(1), Logger.none()));
        }

        private CompletableFuture<Response> did(Request request, Response response) {
            done.computeIfAbsent(request.endpoints().remote(), end -> new CopyOnWriteArrayList<>())
                    .add(words(request.method(), request.target().raw(),
                            new String(request.body(), StandardCharsets.ISO_8859_1)));
            return CompletableFuture.completedFuture(response);
        }

        List<String> done(ServerTranscript call) {
            return Optional.ofNullable(done.remove(call.from())).orElse(List.of());
        }

        @Override
        public void close() {
            listener.close();
            scheduler.close();
        }
    }

    private static String words(String method, String target, String body) {
        return method + " " + target + " " + body;
    }

    @Test
    void executesNoRequestThatTheStandardDoesNotSee() throws IOException {
        try (Side nio = new Side(true); Side jdk = new Side(false)) {
            List<Thread> workers = IntStream.range(0, WORKERS).mapToObj(worker ->
                    threads.thread("differential-" + worker, true, () -> work(worker, nio, jdk))).toList();
            workers.forEach(Thread::start);
            workers.forEach(Threads::join);
            assertEquals("", String.join("\n", faults.stream().limit(5).toList()),
                    faults.size() + " faults, seed " + SEED);
        }
        System.out.println("info: differential, seed " + SEED + ": " + new java.util.TreeMap<>(counts));
        assertEquals(CONNECTIONS, count("connections").get());
        for (String kind : List.of("requests, valid and answered", "connections with something malformed",
                "connections all valid")) {
            assertTrue(count(kind).get() > CONNECTIONS / 5, kind + " are too few: " + counts);
        }
    }

    /** TLS lies below HTTP: it changes nothing of what is executed and answered, however bytes are split. */
    @Test
    void executesTheSameOverTls() throws IOException {
        SSLContext trust = TestCertificate.FIRST.client();
        try (Side plain = new Side(true); Side tls = new Side(true,
                Optional.of(TestCertificate.FIRST.server()))) {
            for (int i = 0; i < Depth.of(100, 3_000); i++) {
                byte[] bytes = new RequestGenerator(SEED * CONNECTIONS + i).next();
                int cut = (int) Math.floorMod(SEED * i * 31, bytes.length + 1L);
                FramingOracle.Verdict verdict = FramingOracle.read(bytes);
                ServerTranscript one = ServerTranscript.of(plain.listener.address(),
                        InetAddress.getLoopbackAddress(), bytes, cut);
                ServerTranscript other = ServerTranscript.of(tls.listener.address(), trust, bytes, cut);
                assertEquals(plain.done(one), tls.done(other), plain(bytes));
                assertEquals(statuses(verdict, one), statuses(verdict, other), plain(bytes));
            }
        }
    }

    /**
     * What nginx refuses at once, we do not execute. It is asked for the first request of a connection only:
     * behind that it reads on by rules of its own. It is stricter than the RFC in one point: it takes no tab
     * for white space.
     */
    @Test
    void executesNothingThatNginxCallsMalformed() throws IOException, InterruptedException {
        Optional<Path> program = Nginx.program();
        assumeTrue(program.isPresent(), "nginx is not on the PATH");
        try (Side nio = new Side(true); Nginx nginx = Nginx.start(program.get())) {
            for (int i = 0; i < CONNECTIONS / 10; i++) {
                byte[] bytes = new RequestGenerator(SEED * CONNECTIONS + i).next();
                FramingOracle.Verdict verdict = FramingOracle.read(bytes);
                ServerTranscript theirs = ServerTranscript.of(nginx.address(),
                        InetAddress.getLoopbackAddress(), bytes, bytes.length);
                ServerTranscript ours = ServerTranscript.of(nio.listener.address(),
                        InetAddress.getLoopbackAddress(), bytes, bytes.length);
                boolean refused = theirs.text().startsWith("HTTP/1.1 400") && !plain(bytes).contains("\t");
                boolean executed = !nio.done(ours).isEmpty();
                boolean first = executed && !verdict.requests().isEmpty()
                        && ours.text().startsWith("HTTP/1.1 2");
                count("nginx " + (refused ? "refuses" : "takes") + ", we " + (first ? "execute" : "do not"))
                        .incrementAndGet();
                assertTrue(!refused || !first,
                        () -> "executed, and nginx refuses it: " + plain(bytes) + "\n" + theirs.text());
            }
        }
        System.out.println("info: nginx, seed " + SEED + ": " + new java.util.TreeMap<>(counts));
    }

    private AtomicInteger count(String what) {
        return counts.computeIfAbsent(what, w -> new AtomicInteger());
    }

    private void work(int worker, Side nio, Side jdk) {
        try {
            InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (worker + 1)});
            for (int i = worker; i < CONNECTIONS && faults.size() < 100; i += WORKERS) {
                connection(SEED * CONNECTIONS + i, from, nio, jdk);
            }
        } catch (IOException | RuntimeException | AssertionError bug) {
            faults.add("worker " + worker + ": " + bug);
        }
    }

    private void connection(long seed, InetAddress from, Side nio, Side jdk) throws IOException {
        byte[] bytes = new RequestGenerator(seed).next();
        FramingOracle.Verdict verdict = FramingOracle.read(bytes);
        ServerTranscript ours = ServerTranscript.of(nio.listener.address(), from, bytes,
                (int) Math.floorMod(seed * 31, bytes.length + 1L));
        List<String> done = nio.done(ours);
        String laxer = laxer(verdict, done);
        String stricter = laxer.isEmpty() ? stricter(verdict, ours, done) : "";
        laxer = ours.hung() ? "never ended. " + laxer : laxer;
        if (!laxer.isEmpty() || !stricter.isEmpty()) {
            faults.add("connection " + seed + ": " + laxer + stricter + "\n  sent: " + plain(bytes)
                    + "\n  answered: " + ours.text().replace("\r\n", "|"));
        }
        count("connections").incrementAndGet();
        count(verdict.rest() ? "connections with something malformed" : "connections all valid")
                .incrementAndGet();
        ServerTranscript theirs = ServerTranscript.of(jdk.listener.address(), from, bytes, bytes.length);
        compare(seed, verdict, ours, theirs, jdk.done(theirs));
    }

    private static String plain(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replace("\r", "\\r").replace("\n", "\\n");
    }

    /** What was executed must be in the bytes, in their order. */
    private static String laxer(FramingOracle.Verdict verdict, List<String> done) {
        int at = 0;
        for (String one : done) {
            while (at < verdict.requests().size() && !words(verdict.requests().get(at)).equals(one)) {
                at++;
            }
            if (at++ == verdict.requests().size()) {
                return "executed, and not there: " + one;
            }
        }
        return "";
    }

    private static String words(FramingOracle.Said said) {
        return words(said.method(), said.target(), said.body());
    }

    /**
     * What is plain must be answered, by its handler if there is one, until an answer says that it is the
     * last.
     */
    private String stricter(FramingOracle.Verdict verdict, ServerTranscript call, List<String> done) {
        List<ServerTranscript.Answer> answers = call.answers(verdict.requests());
        for (int i = 0; i < verdict.requests().size() && verdict.requests().get(i).plain(); i++) {
            FramingOracle.Said said = verdict.requests().get(i);
            if (answers.size() <= i) {
                return "no answer to request " + i;
            }
            int status = STATUSES.getOrDefault(said.method() + " " + said.target().replace("?a=1&b=%20", ""),
                    0);
            boolean typed = said.all("content-encoding").isEmpty() && said.all("content-type").isEmpty()
                    && said.all("origin").isEmpty();
            boolean bodied = said.method().equals("PUT") || said.body().isEmpty();
            boolean served = typed && bodied && status > 0 && said.body().length() <= 1_000 && named(said);
            if (served && (answers.get(i).status() != status || !done.contains(words(said)))) {
                return "request " + i + " is valid and was answered by " + answers.get(i).status();
            }
            count("requests, valid and answered").incrementAndGet();
            if (answers.get(i).closes()) {
                return "";
            }
        }
        return verdict.rest() && answers.stream().filter(answer -> answer.status() < 300)
                .count() > verdict.requests().size() ? "what is malformed was answered well" : "";
    }

    /** Whether it means this node. */
    private static boolean named(FramingOracle.Said said) {
        String host = said.all("host").get(0).replaceAll(":[0-9]*$", "");
        return host.startsWith("[") ? HostPort.isHost(host)
                : host.matches("(?i)(localhost|[0-9]{1,3}(\\.[0-9]{1,3}){3})");
    }

    /**
     * How the server of the JDK sees it. Where all is plain both answer alike; elsewhere it is counted who
     * takes more.
     */
    private void compare(long seed, FramingOracle.Verdict verdict, ServerTranscript ours,
            ServerTranscript theirs, List<String> done) {
        String laxer = laxer(verdict, done);
        if (theirs.hung()) {
            count("connections that jdk neither answers nor closes").incrementAndGet();
        } else if (!laxer.isEmpty()) {
            count("connections of which jdk takes more than the standard sees").incrementAndGet();
        } else {
            compareStatuses(seed, verdict, ours, theirs);
        }
    }

    private void compareStatuses(long seed, FramingOracle.Verdict verdict, ServerTranscript ours,
            ServerTranscript theirs) {
        boolean plain = !verdict.rest()
                && verdict.requests().stream().allMatch(said -> said.plain() && said.measured());
        List<Integer> own = statuses(verdict, ours);
        List<Integer> other = statuses(verdict, theirs);
        if (own.equals(other)) {
            count("connections answered alike by jdk").incrementAndGet();
        } else if (plain) {
            faults.add("connection " + seed + ": valid, and answered by nio " + own + ", by jdk " + other
                    + "\n  sent: " + plain(new RequestGenerator(seed).next()));
        } else {
            count("connections not plain, answered otherwise by jdk").incrementAndGet();
        }
    }

    private static List<Integer> statuses(FramingOracle.Verdict verdict, ServerTranscript call) {
        List<Integer> statuses = new ArrayList<>();
        call.answers(verdict.requests()).forEach(answer -> statuses.add(answer.status()));
        return statuses;
    }
}
