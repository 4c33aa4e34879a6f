package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import kvs.sim.SimDice;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import kvs.world.Threads;

/**
 * {@code make fuzz MINUTES=5 SEED=7}: the parser, then a server, fed with spoilt requests and noise until the
 * time is over.
 */
public final class Fuzz {

    private static final int BYTES_MAX = 600;
    private static final int WORKERS = 8;
    private static final long IDLE_MS = 1_000;
    private static final List<String> REAL = List.of(
            "GET /kv/users/1?pretty HTTP/1.1\r\nHost: localhost:8081\r\nUser-Agent: curl/8.5.0\r\n"
                    + "Accept: */*\r\n\r\n", "PUT /kv/a%20b HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 13\r\n"
                            + "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n{\"a\": [1, 2]}",
            "POST /kv/_batch HTTP/1.0\r\nContent-Length: 2\r\nAuthorization: Bearer x.y-z~\r\n\r\n[]",
            "\r\nHEAD / HTTP/1.1\r\nhost:a\r\nX:\tcaf\u00e9\t\r\n\r\n",
            "PUT /blocking HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n"
                    + "GET /hidden HTTP/1.1\r\nHost: a\r\nX: abc\r\n\r\n",
            "PUT /kv/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "PUT /blocking HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
                    + "1;x=y\r\n[\r\n1\r\n]\r\n0\r\nX: y\r\n\r\n", "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "GET /later HTTP/1.1\r\nHost: a\r\n\r\n", "GET /throw HTTP/1.1\r\nHost: a\r\n\r\n");
    private static final String BITS = "\r\n\t :/?%[]{}\u0000\u007f\u0080\u00ffAz0HTTP/1.1";

    private final long seed;
    private final SimDice dice;

    Fuzz(long seed) {
        this.seed = seed;
        this.dice = new SimDice(seed);
    }

    /** Runs for {@code args[0]} minutes from seed {@code args[1]} on. */
    public static void main(String[] args) throws IOException {
        long seed = Long.parseLong(args[1]);
        long ms = TimeUnit.MINUTES.toMillis(Long.parseLong(args[0]));
        System.out.println("seed " + seed);
        System.out.println("heads: " + new Fuzz(seed).heads(ms / 2));
        System.out.println("connections: " + new Fuzz(seed).connections(ms / 4, Optional.empty())
                + ", over TLS: " + new Fuzz(seed).connections(ms / 4, TestCertificate.serves())
                + "; no error escaped, nothing is left, no loop spins");
    }

    private static boolean before(long until) {
        return System.nanoTime() - until < 0;
    }

    private static long in(long ms) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    }

    /**
     * Feeds the parser whole, in two pieces at every byte, byte by byte and at random; all must agree, and
     * with the grammar. How many heads.
     */
    long heads(long ms) {
        long count = 0;
        for (long until = in(ms); before(until); count++) {
            byte[] bytes = bytes();
            try {
                head(bytes);
            } catch (RuntimeException | AssertionError bug) {
                throw new AssertionError("seed " + seed + ", head " + count + ": " + Arrays.toString(bytes),
                        bug);
            }
        }
        return count;
    }

    private void head(byte[] bytes) {
        PieceFeeder.Outcome whole = PieceFeeder.feed(parser(), bytes);
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertEquals(whole, PieceFeeder.feed(parser(), bytes, cut), "cut at " + cut);
        }
        assertEquals(whole, PieceFeeder.single(parser(), bytes), "byte by byte");
        int[] cuts = IntStream.generate(() -> dice.below(bytes.length + 1)).limit(dice.below(6))
                .sorted().toArray();
        assertEquals(whole, PieceFeeder.feed(parser(), bytes, cuts), () -> "cut at " + Arrays.toString(cuts));
        assertTrue(whole.taken() <= Math.min(bytes.length, BYTES_MAX));
        String taken = new String(bytes, 0, whole.taken(), StandardCharsets.ISO_8859_1);
        if (whole.status() == 0) {
            assertEquals(HeadGrammar.head(taken), whole.head());
        } else if (whole.status() == 400) {
            assertEquals(java.util.Optional.empty(), HeadGrammar.head(taken));
        }
    }

    private static Parser parser() {
        return new Parser(BYTES_MAX, 8);
    }

    private byte[] bytes() {
        StringBuilder text = new StringBuilder(REAL.get(dice.below(REAL.size())));
        if (dice.chance(10)) {
            text.setLength(0);
        }
        for (int i = dice.below(6); i > 0; i--) {
            int at = dice.below(text.length() + 1);
            int to = Math.min(text.length(), at + dice.below(12));
            switch (dice.below(6)) {
                case 0 -> text.insert(at, (char) dice.below(256));
                case 1 -> text.insert(at, BITS.charAt(dice.below(BITS.length())));
                case 2 -> text.delete(at, to);
                case 3 -> text.insert(at,
                        text.substring(at, to).repeat(1 + dice.below(dice.chance(5) ? 100 : 3)));
                case 4 -> text.replace(at, to, REAL.get(dice.below(REAL.size())).substring(dice.below(20)));
                default -> text.setLength(at);
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Feeds a server from several clients, who close early, by halves, or with a reset. Then nothing may be
     * left of them. How many connections. Its threads are a group of their own: other tests have loops too.
     */
    long connections(long ms, Optional<TlsContexts> tls) {
        CompletableFuture<Long> count = new CompletableFuture<>();
        new Thread(new ThreadGroup("kvs-fuzz"), () -> {
            try {
                count.complete(served(ms, tls));
            } catch (IOException | RuntimeException | Error failed) {
                count.completeExceptionally(failed);
            }
        }).start();
        return count.join();
    }

    private long served(long ms, Optional<TlsContexts> tls) throws IOException {
        try (TestServer rig = new TestServer(2, new ServerLimits(64, 64, client -> false, BYTES_MAX, 8,
                new ServerLimits.Timeouts(300, 300, 300, 1_000)), Clock.REAL, tls)) {
            SampleHandlers handlers = new SampleHandlers(rig);
            rig.start();
            List<Thread> loops = loops();
            assertEquals(2, loops.size());
            long count = clients(rig, in(ms));
            handlers.close();
            rig.await("all connections are gone", () -> rig.server.connections() == 0);
            assertEquals(0, rig.server.held(), "bytes are counted that nobody holds");
            rig.await("each is told, behind the close", () -> rig.errors().size() >= handlers.thrown());
            assertEquals(handlers.thrown(), rig.errors().size(),
                    () -> "more errors than handlers threw: " + rig.errors());
            assertTrue(loops.stream().allMatch(Thread::isAlive), "a loop has ended");
            idle(rig, loops);
            rig.await("a good request is served", () -> isServed(rig));
            return count;
        }
    }

    /** A client that gets no processor for 300 ms is cut off as it should be, and comes again. */
    private static boolean isServed(TestServer rig) {
        try {
            return rig.once("GET /kv/good HTTP/1.1\r\nHost: a\r\n\r\n").startsWith("HTTP/1.1 200");
        } catch (IOException late) {
            rig.dependencies.log().debug("late");
            return false;
        }
    }

    private static List<Thread> loops() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("kvs-loop-")
                        && thread.getThreadGroup() == Thread.currentThread().getThreadGroup()).toList();
    }

    /** A loop without work uses no time; one that spins uses all. */
    private static void idle(TestServer rig, List<Thread> loops) {
        for (Thread loop : loops) {
            long began = ManagementFactory.getThreadMXBean().getThreadCpuTime(loop.getId());
            rig.dependencies.threads().pause(IDLE_MS);
            long used = ManagementFactory.getThreadMXBean().getThreadCpuTime(loop.getId()) - began;
            assertTrue(used < TimeUnit.MILLISECONDS.toNanos(IDLE_MS) / 4,
                    loop.getName() + " used " + used + " ns of an idle second");
        }
    }

    private long clients(TestServer rig, long until) {
        List<Fuzz> each = IntStream.range(0, WORKERS)
                .mapToObj(worker -> new Fuzz(seed * WORKERS + worker)).toList();
        long[] counts = new long[WORKERS];
        List<Thread> threads = IntStream.range(0, WORKERS).mapToObj(worker -> rig.aside(() -> {
            while (before(until)) {
                try {
                    each.get(worker).client(rig);
                } catch (IOException cut) {
                    rig.dependencies.log().debug("cut");
                }
                counts[worker]++;
            }
        })).toList();
        threads.forEach(Threads::join);
        return Arrays.stream(counts).sum();
    }

    private void client(TestServer rig) throws IOException {
        try (RawClient wire = rig.connect()) {
            wire.socket().setSoTimeout(2_000);
            int turns = 1 + dice.below(4);
            for (int i = 0; i < turns; i++) {
                byte[] bytes = bytes();
                int cut = dice.below(bytes.length + 1);
                wire.send(Arrays.copyOf(bytes, cut));
                if (dice.chance(20)) {
                    rig.dependencies.threads().pause(dice.below(4));
                }
                wire.send(Arrays.copyOfRange(bytes, cut, bytes.length));
            }
            switch (dice.below(5)) {
                case 0 -> wire.socket().setSoLinger(true, 0);
                case 1 -> wire.end().all();
                case 2 -> wire.end();
                case 3 -> wire.head();
                default -> wire.socket().shutdownInput();
            }
        } catch (SocketException | SSLException | java.net.SocketTimeoutException closed) {
            rig.dependencies.log().debug("gone");
        }
    }
}
