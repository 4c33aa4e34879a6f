package kvs.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.net.ssl.SSLContext;
import kvs.http.Response;
import kvs.http.Route;
import kvs.routes.RequiredAccess;
import kvs.routes.RouteDescription;
import kvs.sim.SimDice;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.ThreadedScheduler;
import kvs.world.Threads;

/**
 * Two servers that are restarted in turn, and clients that keep their connections. A client opens a
 * connection to a server that is ready, as behind a load balancer, obeys {@code Connection: close}, and
 * repeats nothing: a connection that ends after a request was sent and before its response is a lost request.
 */
final class RollingRestarts {

    private static final int SERVERS = 2;
    private static final int TIMEOUT_MS = 20_000;

    /** Makes the engine of a server. */
    @FunctionalInterface
    interface EngineMaker {
        HttpEngine make(HttpFrontend.Dependencies dependencies) throws IOException;
    }

    private final EngineMaker engines;
    private final Optional<SSLContext> tls;
    private final Threads threads = new Threads(Logger.none());
    private final ThreadedScheduler scheduler = new ThreadedScheduler(threads, Logger.none(), 1);
    private final AtomicReferenceArray<HttpFrontend> ready = new AtomicReferenceArray<>(SERVERS);
    private final ConcurrentLinkedQueue<String> lost = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong reconnects = new AtomicLong();
    /** The server that each client uses, if any. */
    private AtomicReferenceArray<HttpFrontend> used = new AtomicReferenceArray<>(0);
    private volatile boolean ended;

    /** Restarts of these engines, whose clients speak TLS if there is a {@code tls}. */
    RollingRestarts(EngineMaker engines, Optional<SSLContext> tls) {
        this.tls = tls;
        this.engines = engines;
    }

    private HttpFrontend server() throws IOException {
        var dependencies = new HttpFrontend.Dependencies(Clock.REAL, Logger.none(), threads, scheduler,
                    ProcessUsage.real());
        HttpFrontend server = new HttpFrontend(engines.make(dependencies), dependencies);
        Router router = new Router(List.of(
                Route.of(RouteDescription.of("GET", "/ok", RequiredAccess.OPEN),
                        request -> CompletableFuture.completedFuture(Response.text(200, "ok"))),
                new Route(RouteDescription.of("PUT", "/echo", RequiredAccess.OPEN), 1 << 20,
                        request -> CompletableFuture.completedFuture(new Response(201, Map.of(),
                                new Response.FullBody(request.body()))))));
        server.start(new Pipeline(router, new Pipeline.NodeIdentity("n1", List.of(), List.of(), () -> "here"),
                Pipeline.Stages.open(RequestMetrics.unseen()), new SimDice(1), Logger.none()));
        return server;
    }

    /**
     * Restarts the servers {@code times} in turn. The last part of a drain takes until each client has had a
     * response, as {@code drain_seconds} must be chosen.
     */
    Outcome run(int times, int clients) throws IOException {
        used = new AtomicReferenceArray<>(clients);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            ready.set(i, server());
        }
        for (int i = 0; i < clients; i++) {
            int number = i;
            Thread client = new Thread(() -> client(number));
            client.start();
            all.add(client);
        }
        for (int i = 0; i < times; i++) {
            HttpFrontend old = ready.getAndSet(i % SERVERS, null);
            old.endConnections();
            while (isUsed(old)) {
                threads.pause(1);
            }
            old.close();
            ready.set(i % SERVERS, server());
        }
        ended = true;
        all.forEach(RollingRestarts::join);
        for (int i = 0; i < SERVERS; i++) {
            ready.get(i).close();
        }
        scheduler.close();
        return new Outcome(answered.get(), reconnects.get(), List.copyOf(lost));
    }

    private boolean isUsed(HttpFrontend server) {
        for (int i = 0; i < used.length(); i++) {
            if (used.get(i) == server) {
                return true;
            }
        }
        return false;
    }

    /** The result: requests answered, connections opened, and what became of lost requests. */
    record Outcome(long answered, long reconnects, List<String> lost) { }

    private static void join(Thread thread) {
        try {
            thread.join(TIMEOUT_MS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void client(int number) {
        int next = number;
        while (!ended) {
            next++;
            HttpFrontend server = ready.get(next % SERVERS);
            used.set(number, server);
            // Ready still: from now on its drain waits for this client.
            if (server != null && ready.get(next % SERVERS) == server) {
                connection(number, server.address());
            }
            used.set(number, null);
        }
    }

    private void connection(int number, InetSocketAddress address) {
        try (Socket socket = connect(address)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            reconnects.incrementAndGet();
            boolean lasts = true;
            for (int n = 0; lasts && !ended; n++) {
                String text = (n + number) % 2 == 0 ? "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        : "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12345";
                lasts = exchange(socket, text);
            }
        } catch (IOException e) {
            lost.add("client " + number + ": " + e);
        }
    }

    private Socket connect(InetSocketAddress address) throws IOException {
        Socket plain = new Socket(address.getAddress(), address.getPort());
        return tls.isEmpty() ? plain : tls.get().getSocketFactory()
                .createSocket(plain, address.getHostString(), address.getPort(), true);
    }

    /** Whether the connection lasts. */
    private boolean exchange(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no response to " + request.substring(0, 8) + ", read: " + head);
            }
            head.append((char) next);
        }
        String fields = head.toString().toLowerCase(Locale.ROOT);
        int length = Integer.parseInt(fields.replaceAll("(?s).*content-length: (\\d+).*", "$1"));
        if (in.readNBytes(length).length < length || !fields.startsWith("http/1.1 20")) {
            throw new IOException("half a response: " + head);
        }
        answered.incrementAndGet();
        return !fields.contains("connection: close");
    }
}
