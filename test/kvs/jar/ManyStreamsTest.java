package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import kvs.gateway.ServerThreads;
import kvs.load.EventCrowd;
import kvs.metrics.MetricReader;
import kvs.sim.Depth;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many event streams of one node, over real sockets: 5,000 in the deep run, whose sockets are 10,000 open
 * files of this process.
 */
@Tag(Depth.DEEP)
class ManyStreamsTest {

    private static final int STREAMS = Depth.of(200, 5_000);
    /** Far more than is needed: other tests run beside this one. */
    private static final long PATIENCE_MS = 60_000;
    /** Threads of the pools that a busy moment may leave behind for half a minute. */
    private static final int SPARE_THREADS = 8;
    private static final Pattern DATA = Pattern.compile("\"data\":\"([0-9]+)[^\"]*\"");
    private static final Pattern ID = Pattern.compile("\nid: ([^\n]+)\ndata: ");

    @TempDir
    private static Path directory;
    private static final ServerThreads THREADS = new ServerThreads();
    private static Jar node;
    private EventCrowd crowd;
    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        assumeFalse(Jar.JDK_ENGINE, "the engine jdk has a thread for each stream");
        node = THREADS.start(() -> Jar.inside(directory,
                Map.of("KVS_MAX_WAITS_PER_CLIENT", Integer.toString(STREAMS + 1))));
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    @BeforeEach
    void gather() throws IOException {
        crowd = new EventCrowd();
        prefix = "t" + System.nanoTime() + "/";
    }

    @AfterEach
    void leave() throws Exception {
        crowd.close();
        awaitStreams(0);
    }

    private static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port());
    }

    private String request(String... fields) {
        return "GET /kv/_changes?since=now&prefix=" + prefix + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Accept: text/event-stream\r\n" + String.join("", fields) + "\r\n";
    }

    private EventCrowd.Reader open(String... fields) throws IOException {
        EventCrowd.Reader reader = crowd.add(address(), request(fields), true);
        await(EventCrowd.Reader::opened);
        return reader;
    }

    private void await(java.util.function.Predicate<EventCrowd.Reader> all) throws IOException {
        assertTrue(crowd.await(PATIENCE_MS, all), () -> "not in time: "
                + crowd.readers().stream().filter(all.negate()).count() + " of " + crowd.readers().size());
    }

    private void write(int number, int bytes) throws IOException {
        HttpResponse<byte[]> answer = node.send("PUT", "/kv/" + prefix + number,
                ("\"" + number + " " + "x".repeat(bytes) + "\"").getBytes(StandardCharsets.US_ASCII));
        assertEquals(201, answer.statusCode());
    }

    /** The numbers in the events that came, in their order. */
    private static List<Integer> numbers(String text) {
        List<Integer> numbers = new ArrayList<>();
        Matcher data = DATA.matcher(text);
        while (data.find()) {
            numbers.add(Integer.parseInt(data.group(1)));
        }
        return numbers;
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    private static int openStreams() throws IOException {
        return (int) metric("kvs_http_streams_open");
    }

    private static void awaitStreams(int count) throws Exception {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (openStreams() != count) {
            assertTrue(System.nanoTime() - until < 0, openStreams() + " streams are open");
            Thread.sleep(10);
        }
    }

    /** One after the other, so that no pool grows for a moment. */
    @Test
    void aWriteReachesAllAndNoneHoldsAThread() throws Exception {
        long before = THREADS.count("kvs-.*");
        for (int i = 0; i < STREAMS; i++) {
            EventCrowd.Reader reader = crowd.add(address(), request(), false);
            assertTrue(crowd.awaitOne(PATIENCE_MS, reader, EventCrowd.Reader::opened));
        }
        assertEquals(STREAMS, openStreams());
        long now = THREADS.count("kvs-.*");
        assertTrue(now <= before + SPARE_THREADS, before + " threads before, now " + now);
        for (int i = 1; i <= 5; i++) {
            int events = i;
            write(i, 10);
            await(reader -> reader.events() >= events);
        }
        crowd.readFor(50);
        assertTrue(crowd.readers().stream().allMatch(reader -> reader.events() == 5), "nothing twice");
    }

    /** Threads of the node that are in our code, but for those that always are. */
    private static long busyThreads() {
        return THREADS.count("kvs-(http|aside|send).*", frame -> frame.getClassName().startsWith("kvs."));
    }

    private static double metric(String name) throws IOException {
        String text = new String(node.send("GET", "/metrics", new byte[0]).body(), StandardCharsets.UTF_8);
        return new MetricReader(text).value(name);
    }

    @Test
    void waitsOnOneKeyHoldNoThreadAndAllWake() throws Exception {
        write(1, 10);
        String tag = node.send("GET", "/kv/" + prefix + "1", new byte[0]).headers().firstValue("ETag")
                .orElseThrow();
        for (int i = 0; i < STREAMS; i++) {
            crowd.add(address(), "GET /kv/" + prefix + "1?watch=60s HTTP/1.1\r\nHost: localhost\r\n"
                    + "If-None-Match: " + tag + "\r\n\r\n", false);
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (metric("kvs_http_requests_parked") < STREAMS) {
            assertTrue(System.nanoTime() - until < 0, () -> "not all wait");
            Thread.sleep(10);
        }
        assertTrue(busyThreads() <= SPARE_THREADS, busyThreads() + " threads are busy");
        assertEquals(200, node.send("PUT", "/kv/" + prefix + "1", new byte[] {'2'}).statusCode());
        await(EventCrowd.Reader::opened);
        crowd.readers().forEach(reader -> assertTrue(reader.text().startsWith("HTTP/1.1 200 "),
                reader.text()));
        assertEquals(0, metric("kvs_http_requests_parked"));
    }

    /** Nothing is kept for it: it reads on where its socket stopped. */
    @Test
    void aSlowReaderMissesNothingAndDelaysNobody() throws Exception {
        EventCrowd.Reader slow = crowd.add(address(), request(), true, 8_192);
        EventCrowd.Reader quick = open();
        slow.reads(false);
        int count = 150;
        for (int i = 1; i <= count; i++) {
            write(i, 20_000);
        }
        assertTrue(crowd.awaitOne(PATIENCE_MS, quick, reader -> reader.events() == count));
        assertEquals(range(1, count), numbers(quick.text()));
        assertTrue(slow.events() < count);
        slow.reads(true);
        await(reader -> reader.events() >= count);
        write(count + 1, 10);
        await(reader -> reader.events() >= count + 1);
        assertEquals(range(1, count + 1), numbers(slow.text()), "in order, no gap, nothing twice");
    }

    @Test
    void readersThatGoAwayInTheMiddleAreForgotten() throws Exception {
        for (int i = 0; i < 40; i++) {
            crowd.add(address(), request(), true);
        }
        await(EventCrowd.Reader::opened);
        awaitStreams(40);
        for (int i = 1; i <= 20; i++) {
            write(i, 5_000);
            crowd.readers().get(i - 1).leave(i % 2 == 0);
        }
        await(reader -> reader.ended() || reader.events() == 20);
        awaitStreams(20);
        crowd.readers().stream().filter(reader -> !reader.ended())
                .forEach(reader -> assertEquals(range(1, 20), numbers(reader.text())));
    }

    @Test
    void resumesByLastEventIdWithoutGapOrRepeat() throws Exception {
        EventCrowd.Reader first = open();
        List<Integer> got = new ArrayList<>();
        int written = 0;
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 4; i++) {
                write(++written, 10);
            }
            EventCrowd.Reader present = first;
            assertTrue(crowd.awaitOne(PATIENCE_MS, present, reader -> ID.matcher(reader.text()).find()));
            present.leave(false);
            String text = present.text();
            Matcher id = ID.matcher(text);
            int end = 0;
            String last = "";
            while (id.find()) {
                last = id.group(1);
                end = text.indexOf("\n\n", id.end());
            }
            got.addAll(numbers(text.substring(0, end < 0 ? text.length() : end)));
            first = crowd.add(address(), request("Last-Event-ID: " + last + "\r\n"), true);
        }
        EventCrowd.Reader rest = first;
        int left = written - got.size();
        assertTrue(crowd.awaitOne(PATIENCE_MS, rest, reader -> reader.events() == left));
        got.addAll(numbers(rest.text()));
        assertEquals(range(1, written), got);
    }

    @Test
    void oneMoreThanAClientMayHaveIsRefusedBeforeItBegins() throws Exception {
        Jar small = Jar.inside(Files.createDirectory(directory.resolve("small")),
                Map.of("KVS_MAX_WAITS_PER_CLIENT", "3"));
        try {
            InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), small.port());
            for (int i = 0; i < 3; i++) {
                crowd.add(at, request(), true);
            }
            await(EventCrowd.Reader::opened);
            HttpResponse<byte[]> refused = small.send("GET", "/kv/_changes?since=now", new byte[0], "Accept",
                    "text/event-stream");
            String problem = new String(refused.body(), StandardCharsets.UTF_8);
            assertEquals(429, refused.statusCode());
            assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
            assertTrue(problem.contains("\"setting\":\"max_waits_per_client\",\"limit\":3,\"waiting\":3"),
                    problem);
        } finally {
            small.close();
        }
        await(EventCrowd.Reader::ended);
        String text = crowd.readers().get(0).text();
        assertTrue(text.endsWith("\r\n0\r\n\r\n"), "a node that stops ends them: " + text);
        assertFalse(text.contains("event: end"), text);
    }
}
