package kvs.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kvs.server.FastPath;
import kvs.server.PendingResponse;
import kvs.server.ResponseBuffer;
import kvs.server.ServerLimits;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.ThreadedScheduler;
import kvs.world.Threads;

/**
 * A guarded node in memory behind our own server, with the fast path or without. Its clock and its dice are
 * simulated, so two of them respond alike to the same requests. One request at a time.
 */
final class FastPathNode implements AutoCloseable {

    private static final int TIMEOUT_MS = 30_000;
    private static final Pattern LENGTH = Pattern.compile("\r\nContent-length: ([0-9]+)\r\n");
    /** What no two responses have in common, in head and body. */
    private static final Pattern OWN = Pattern.compile("(?<=\r\nDate: )[^\r]*"
            + "|(?<=\r\nX-Request-Id: )[0-9a-f]{16}|(?<=\"request_id\":\")[0-9a-f]{16}");

    final GuardedNode node;
    /** The numbers of reads and writes that took the fast path. */
    final AtomicInteger fast = new AtomicInteger();
    final AtomicInteger fastWrites = new AtomicInteger();
    private final Threads threads = new Threads(Logger.none());
    private final ThreadedScheduler scheduler = new ThreadedScheduler(threads, Logger.none(), 1);
    private final HttpFrontend frontend;
    private final Map<Integer, Connection> connections = new HashMap<>();

    /** A connection of a client. */
    private record Connection(Socket socket, InputStream in) { }

    FastPathNode(InMemoryApi.Access access, boolean takesFastPath) throws IOException {
        this(access, takesFastPath, Logger.none(), parts -> parts);
    }

    /** A node with other parts behind its fast path. */
    FastPathNode(InMemoryApi.Access access, boolean takesFastPath, Logger log,
            UnaryOperator<DocumentFastPath.NodeParts> others) throws IOException {
        node = new GuardedNode(access);
        var dependencies = new HttpFrontend.Dependencies(Clock.REAL, log, threads, scheduler,
                    ProcessUsage.real());
        NioEngine engine = new NioEngine(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(), NioEngine.LOOPS_AUTOMATIC, new ServerLimits(1_000, 1_000, client -> false,
                        ServerLimits.HEAD_BYTES, ServerLimits.FIELDS, ServerLimits.Timeouts.DEFAULT),
                dependencies);
        frontend = new HttpFrontend(engine, dependencies);
        if (takesFastPath) {
            engine.fastPath(inlinePolicy -> counted(node.api.pipeline().fastPath(
                    others.apply(frontend.parts(node.api.node.documents, inlinePolicy)))));
        }
        frontend.start(node.api.pipeline());
    }

    private FastPath counted(FastPath path) {
        return (fields, remote, local, loop) ->
                path.admit(fields, remote, local, loop).map(CountedSender::new);
    }

    /** A sender whose requests are counted. */
    private final class CountedSender implements FastPath.Sender {

        private final FastPath.Sender sender;

        CountedSender(FastPath.Sender sender) {
            this.sender = sender;
        }

        @Override
        public boolean respond(boolean head, byte[] target, ResponseBuffer response) {
            boolean responded = sender.respond(head, target, response);
            fast.addAndGet(responded ? 1 : 0);
            return responded;
        }

        @Override
        public Optional<Consumer<PendingResponse>> write(String method, byte[] target, byte[] body) {
            Optional<Consumer<PendingResponse>> handler = sender.write(method, target, body);
            fastWrites.addAndGet(handler.isPresent() ? 1 : 0);
            return handler;
        }
    }

    /** The response to a request on a connection, without what no two responses have in common. */
    String send(int connection, String request) throws IOException {
        Connection open = connections.get(connection);
        if (open == null) {
            open = connect();
            connections.put(connection, open);
        }
        open.socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        while (!request.startsWith("GET ") && !request.startsWith("HEAD ") && open.in.available() == 0) {
            node.api.node.work();
            threads.pause(1);
        }
        String response = response(open.in, request.startsWith("HEAD "));
        if (response.contains("\r\nConnection: close\r\n") || response.isEmpty()) {
            connections.remove(connection).socket.close();
        }
        return OWN.matcher(response).replaceAll("");
    }

    InetSocketAddress address() {
        return frontend.address();
    }

    int inFlight() {
        return frontend.inFlight();
    }

    private Connection connect() throws IOException {
        Socket socket = new Socket(frontend.address().getAddress(), frontend.address().getPort());
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        return new Connection(socket, new BufferedInputStream(socket.getInputStream()));
    }

    private static String response(InputStream in, boolean headOnly) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                return head + (headOnly ? "" : body(in, head.toString()));
            }
        }
        return head.toString();
    }

    private static String body(InputStream in, String head) throws IOException {
        Matcher length = LENGTH.matcher(head);
        Optional<Integer> bytes = head.startsWith("HTTP/1.1 304") || !length.find() ? Optional.empty()
                : Optional.of(Integer.parseInt(length.group(1)));
        return new String(in.readNBytes(bytes.orElse(0)), StandardCharsets.ISO_8859_1);
    }

    /** Everything that requests have left behind: audit lines, metrics, refused clients. */
    String traces() {
        return node.api.events + "\n" + node.api.refusals + "\n" + node.api.failures + "\n"
                + node.api.metrics.text() + "\n" + node.api.log.toString(StandardCharsets.UTF_8) + "\n"
                + node.api.limitLog.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        for (Connection open : connections.values()) {
            open.socket.close();
        }
        frontend.close();
        scheduler.close();
    }
}
