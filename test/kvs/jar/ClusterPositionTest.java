package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kvs.sim.Depth;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that move between three nodes of the real jar. */
class ClusterPositionTest {

    private static final byte[] NOTHING = {};
    private static final int READS = Depth.of(150, 1_000);
    private static final int MOVES = Depth.of(30, 100);
    private static final int ROUNDS = Depth.of(3, 10);
    private static final Pattern CHANGE = Pattern.compile("\"path\":\"([^\"]+)\"[^}]*\"data\":([0-9]+)");
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");

    @TempDir
    private static Path directory;
    private static Cluster three;

    @BeforeAll
    static void start() throws IOException {
        three = Cluster.inside(directory);
    }

    @AfterAll
    static void stop() throws IOException {
        three.close();
    }

    /** Whatever the test before did to a node. */
    @BeforeEach
    void allAreThere() throws IOException {
        three.all();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String position(HttpResponse<byte[]> answer) {
        return answer.headers().firstValue("KVS-Position").orElseThrow();
    }

    /** What was written on one node is read on the next, each time, though nobody waits in between. */
    @Tag(Depth.DEEP)
    @Test
    void aClientThatAlternatesSeesItsOwnWrites() throws Exception {
        String seen = "";
        long start = System.nanoTime();
        for (int i = 0; i < READS; i++) {
            HttpResponse<byte[]> put = three.node(i % 3)
                    .send("PUT", "/kv/k" + i % 7, bytes(Integer.toString(i)));
            assertTrue(put.statusCode() / 100 == 2, "put " + put.statusCode());
            HttpResponse<byte[]> got = three.node((i + 1) % 3).send("GET",
                    "/kv/k" + i % 7 + "?raw&position_wait=10s", NOTHING, "KVS-Position", position(put));
            assertEquals(Integer.toString(i), new String(got.body(), StandardCharsets.UTF_8),
                    "in round " + i + " after " + seen);
            seen = position(got);
        }
        System.out.println(READS + " writes read on the next node, "
                + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start) / READS + " µs for both");
    }

    /** A stream that goes on at another node after each page misses no change, while others write. */
    @Tag(Depth.DEEP)
    @Test
    void aStreamMovesFromNodeToNode() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        Map<String, Integer> written = new TreeMap<>();
        Thread writer = new Thread(() -> {
            for (int i = 1; !ended.get(); i++) {
                if (three.put(i % 3, "w" + i % 50, i)) {
                    written.put("w" + i % 50, i);
                }
                Jar.pause();
            }
        });
        writer.start();
        Map<String, Integer> told = new TreeMap<>();
        String since = "0";
        for (int move = 0; move < MOVES; move++) {
            since = page(three.node(move % 3), since, told);
        }
        ended.set(true);
        writer.join();
        String last = position(three.node(0).send("PUT", "/kv/end", bytes("1")));
        for (int move = 0; move < 10; move++) {
            since = page(three.node(move % 3), since, told);
        }
        assertTrue(
                three.node(0).send("GET", "/kv/end", NOTHING, "KVS-Position", last).statusCode() == 200);
        assertEquals(written, told);
        System.out.println("a stream moved " + MOVES + " times while " + written.values().stream()
                .mapToInt(i -> i).max().orElse(0) + " writes were made: nothing missed");
    }

    private static String page(Jar node, String since, Map<String, Integer> told) throws IOException {
        HttpResponse<byte[]> answer = node.send("GET",
                "/kv/_changes?wait=50ms&limit=1000&since=" + since, NOTHING);
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        assertEquals(200, answer.statusCode(), body);
        Matcher change = CHANGE.matcher(body);
        while (change.find()) {
            if (change.group(1).startsWith("w")) {
                told.put(change.group(1), Integer.parseInt(change.group(2)));
            }
        }
        Matcher next = NEXT.matcher(body);
        assertTrue(next.find(), body);
        return next.group(1);
    }

    /**
     * Server-sent events: the present, then what happens, each page with an id at which another node goes on.
     */
    @Test
    void eventsStreamAndGoOnElsewhere() throws Exception {
        three.put(0, "events/a", 1);
        List<String> lines = new ArrayList<>();
        String id = events(three.node(0), "", lines, "\"path\":\"events/b\"",
                () -> three.put(1, "events/b", 2));
        assertTrue(lines.get(0).contains("\"path\":\"events/a\"")
                && lines.get(1).contains("\"path\":\"events/b\""),
                lines.toString());
        three.put(0, "events/c", 3);
        lines.clear();
        events(three.node(2), id, lines, "\"path\":\"events/c\"", () -> true);
        assertFalse(lines.toString().contains("\"path\":\"events/a\""), lines.toString());
    }

    private interface Then {
        boolean run();
    }

    /** Reads events until one of them says that; after the first one something happens. The last id. */
    private static String events(Jar node, String last, List<String> lines, String end, Then then)
            throws IOException {
        try (Socket socket = new Socket("127.0.0.1", node.port())) {
            socket.setSoTimeout(20_000);
            String resume = last.isEmpty() ? "" : "Last-Event-ID: " + last + "\r\n";
            socket.getOutputStream().write(bytes("GET /kv/_changes HTTP/1.1\r\nHost: localhost\r\n"
                    + "Accept: text/event-stream\r\n" + resume + "\r\n"));
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                    StandardCharsets.UTF_8));
            String id = "";
            while (lines.isEmpty() || !lines.get(lines.size() - 1).contains(end)) {
                String line = in.readLine();
                id = line.startsWith("id: ") ? line.substring(4) : id;
                if (line.startsWith("data: ") && line.contains("\"path\":\"events/")) {
                    lines.add(line);
                    if (lines.size() == 1) {
                        assertTrue(then.run());
                    }
                }
            }
            return id;
        }
    }

    /** Two nodes have it, the first one dies with its disk: the write is on another. */
    @Tag(Depth.DEEP)
    @Test
    void whatHasTwoCopiesOutlivesItsNode() throws Exception {
        try (Cluster killed = new Cluster(directory.resolve("killed"))) {
            for (int round = 0; round < ROUNDS; round++) {
                int first = round % 3;
                killed.all();
                HttpResponse<byte[]> put = killed.node(first)
                        .send("PUT", "/kv/c" + round + "?copies=2&wait=10s", bytes(Integer.toString(round)));
                assertEquals(201, put.statusCode(), new String(put.body(), StandardCharsets.UTF_8));
                killed.destroy(first);
                boolean there = false;
                for (int other = 1; other < 3; other++) {
                    there |= killed.node((first + other) % 3).send("GET", "/kv/c" + round, NOTHING)
                            .statusCode() == 200;
                }
                assertTrue(there, "round " + round);
                killed.start(first);
            }
        }
    }

    @Test
    void aNodeLeavesAndComesBack() throws Exception {
        three.put(2, "last", 1);
        HttpResponse<byte[]> left = three.node(2).send("POST", "/members/leave", NOTHING);
        assertEquals("{\"status\":\"left\",\"copies\":3}",
                new String(left.body(), StandardCharsets.UTF_8));
        three.until(0, "/members/", "node3[^}]*left");
        assertEquals(503, three.node(2).send("PUT", "/kv/x", bytes("1")).statusCode());
        assertEquals(200, three.node(0).send("GET", "/kv/last", NOTHING).statusCode());
        three.stop(2);
        three.start(2);
        three.until(0, "/members/", "node3[^}]*alive");
        assertEquals(200,
                three.node(1).send("PUT", "/admin/mode", bytes("{\"read_only\":true}")).statusCode());
        assertEquals(503, three.node(1).send("PUT", "/kv/x", bytes("1")).statusCode());
        assertEquals(200,
                three.node(1).send("PUT", "/admin/mode", bytes("{\"read_only\":false}")).statusCode());
        assertEquals(201, three.node(1).send("PUT", "/kv/x", bytes("1")).statusCode());
    }
}
