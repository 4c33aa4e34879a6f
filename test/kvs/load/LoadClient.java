package kvs.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/**
 * A load of prepared requests over persistent connections, each with one request under way: in the thread of
 * the caller, with one selector and one buffer. Each response is checked. A connection that fails is opened
 * again; a missing response is a failure too.
 */
public final class LoadClient implements AutoCloseable {

    /** A response that is later than this has failed. */
    private static final long PATIENCE_MS = 10_000;
    private static final long TICK_MS = 1;
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** A nap between two requests of an open loop: a selector waits for whole milliseconds. */
    private static final long NAP_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int BUFFER_BYTES = 1 << 18;

    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    /** The head of the last response: all connections share it, responses to one load are alike. */
    private final ResponseFormat head;
    private final List<ByteBuffer> requests;
    private final List<LoadConnection> connections = new ArrayList<>();
    private final Deque<LoadConnection> free = new ArrayDeque<>();
    private final List<LoadConnection> failed = new ArrayList<>();
    private Runnable beside = () -> { };
    private LoadPacing pace = LoadPacing.always(0, 0);
    private Latencies latencies = new Latencies();
    private long answered;
    private long failures;
    private String firstFailure = "";
    private int inFlight;

    /**
     * {@code count} connections to a port of this machine, which send these requests in turn, each beginning
     * with another one.
     */
    public LoadClient(int port, List<byte[]> requests, int count) throws IOException {
        this(port, requests, count, new byte[0]);
    }

    /** The same with TLS. */
    public LoadClient(int port, List<byte[]> requests, int count, SSLContext tls) throws IOException {
        this(port, requests, count, new byte[0], Optional.of(tls), new ResponseHead());
    }

    /** The same, where the body of each response must be {@code expected}. */
    public LoadClient(int port, List<byte[]> requests, int count, byte[] expected) throws IOException {
        this(port, requests, count, expected, Optional.empty(), new ResponseHead());
    }

    /** Connections to a server of Redis. */
    public static LoadClient redis(int port, List<byte[]> requests, int count) throws IOException {
        return new LoadClient(port, requests, count, new byte[0], Optional.empty(), new RedisReply());
    }

    private LoadClient(int port, List<byte[]> requests, int count, byte[] expected, Optional<SSLContext> tls,
            ResponseFormat format) throws IOException {
        this.head = format;
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.requests = requests.stream()
                .map(bytes -> ByteBuffer.allocateDirect(bytes.length).put(bytes)).toList();
        for (int i = 0; i < count; i++) {
            int turn = (int) ((long) i * requests.size() / count);
            connections.add(new LoadConnection(selector, address, tls,
                    new IncomingResponse(head, ByteBuffer.wrap(expected)), turn));
        }
        free.addAll(connections);
    }

    /** A request; {@code head} is its request line and fields without Host and length. */
    public static byte[] request(String head, String body) {
        return (head + "\r\nHost: localhost\r\n" + (body.isEmpty() ? "" : "Content-Length: " + body.length()
                + "\r\n") + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Requests to {@code count} keys: the {@code #} of the head becomes a number. */
    public static List<byte[]> requests(String head, String body, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> request(head.replace("#", Integer.toString(i)), body)).toList();
    }

    /** Sends one request, over a connection of its own; the response must be good. */
    public static void send(int port, byte[] request) throws IOException {
        try (LoadClient client = new LoadClient(port, List.of(request), 1)) {
            Result result = client.paced(1_000, 1);
            if (result.answered() != 1) {
                throw new IOException(result.firstFailure());
            }
        }
    }

    /**
     * The result of a run: good responses, failures and the reason of the first one, the time, the CPU that
     * this process used meanwhile, and the latencies of good responses. In an open loop they count from the
     * time for which a request was meant, so that a stall is not hidden (no coordinated omission).
     */
    public record Result(long answered, long failures, String firstFailure, long nanos, long cpuNanos,
            Latencies latencies) {

        /** Good responses a second. */
        public double perSecond() {
            return answered * 1e9 / nanos;
        }

        /** CPU of the client, microseconds a good response. */
        public double cpuMicros() {
            return cpuNanos / 1e3 / Math.max(1, answered);
        }
    }

    /** Adds a step that this thread runs about once a millisecond: it must not wait. */
    public void beside(Runnable step) {
        beside = step;
    }

    /** A closed loop: each connection sends as soon as it has its response. */
    public Result run(long ms) throws IOException {
        return drive(LoadPacing.always(System.nanoTime(), ms));
    }

    /**
     * An open loop: so many requests a second, evenly, as long as there are free connections; a request that
     * waits for one is late.
     */
    public Result paced(int perSecond, long ms) throws IOException {
        return drive(LoadPacing.even(System.nanoTime(), perSecond, ms, PATIENCE_MS));
    }

    /** The number of open connections, without those that the other side has closed. */
    public long open() throws IOException {
        int events;
        do {
            events = selector.selectNow(this::ready);
        } while (events > 0);
        return connections.stream().filter(LoadConnection::isOpen).count();
    }

    @Override
    public void close() throws IOException {
        connections.forEach(LoadConnection::close);
        selector.close();
    }

    private Result drive(LoadPacing wanted) throws IOException {
        pace = wanted;
        latencies = new Latencies();
        answered = 0;
        failures = 0;
        firstFailure = "";
        Duration cpu = cpu();
        long start = System.nanoTime();
        long now = start;
        long checked = start;
        while (!pace.over(now) || inFlight > 0) {
            fill(now);
            await(now);
            beside.run();
            now = System.nanoTime();
            if (now - checked > CHECK_NANOS) {
                check(now);
                checked = now;
            }
        }
        return new Result(answered, failures + pace.unsent(), firstFailure, System.nanoTime() - start,
                cpu().minus(cpu).toNanos(), latencies);
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void fill(long now) {
        while (!free.isEmpty()) {
            long meant = pace.due(now);
            if (meant == LoadPacing.NOT_NOW) {
                return;
            }
            send(free.poll(), meant);
        }
    }

    private void send(LoadConnection connection, long meant) {
        inFlight++;
        try {
            connection.send(requests.get(connection.turn(requests.size())), meant);
        } catch (IOException e) {
            fail(connection, e);
        }
    }

    private void await(long now) throws IOException {
        long nanos = pace.over(now) || free.isEmpty() ? Long.MAX_VALUE : pace.toNext(now);
        if (nanos >= TimeUnit.MILLISECONDS.toNanos(TICK_MS)) {
            selector.select(this::ready, TICK_MS);
            return;
        }
        if (nanos > 0) {
            LockSupport.parkNanos(inFlight == 0 ? nanos : Math.min(nanos, NAP_NANOS));
        }
        selector.selectNow(this::ready);
    }

    private void ready(SelectionKey key) {
        LoadConnection connection = (LoadConnection) key.attachment();
        try {
            if (!key.isReadable()) {
                connection.write();
                return;
            }
            switch (connection.read(in)) {
                case MORE -> { }
                case GOOD -> done(connection);
                case BAD -> fail(connection,
                        new IOException("not the answer that is expected: status " + head.status()));
            }
        } catch (IOException e) {
            if (connection.waiting()) {
                fail(connection, e);
            } else {
                connection.close();
            }
        }
    }

    private void done(LoadConnection connection) {
        long now = System.nanoTime();
        answered++;
        inFlight--;
        latencies.add(now - connection.meantNanos());
        long meant = free.isEmpty() ? pace.due(now) : LoadPacing.NOT_NOW;
        if (meant == LoadPacing.NOT_NOW) {
            free.add(connection);
        } else {
            send(connection, meant);
        }
    }

    /** The connection rests until the next check. */
    private void fail(LoadConnection connection, IOException failure) {
        if (failures == 0) {
            firstFailure = failure.toString();
        }
        failures++;
        inFlight--;
        connection.close();
        failed.add(connection);
    }

    private void check(long now) {
        free.addAll(failed);
        failed.clear();
        for (LoadConnection connection : connections) {
            if (connection.waiting()
                    && now - connection.meantNanos() > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS)) {
                fail(connection, new IOException("no answer"));
            }
        }
    }
}
