package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import kvs.OwnThread;
import kvs.gateway.AllRoutes;
import kvs.http.Route;
import kvs.peer.RawPeerSender;
import kvs.sim.Depth;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies that are large in each dimension, to each route of a node with a heap of 256 MiB that ends at its
 * first OutOfMemoryError. The list of routes is the router's own, so a new route is tested without anybody
 * thinking of it.
 */
class LargeBodiesTest {

    private static final int BATCH_BYTES = 32 << 20;
    /** What bodies of ours call their lists and texts. */
    private static final List<String> NAMES = List.of("ops", "paths", "members", "scopes", "data", "prefix",
            "ttl", "nickname", "name", "read_only", "user_uuid", "expires_in", "permissions",
            "permissions_text", "owner_uuid", "after", "atomic", "mode", "against");
    private static final int TURNS = Depth.of(2, 7);
    private static final int TIMES = 1_000;
    private static final long RETRY_MS = 10;
    private static final int SOME_BYTES = Depth.of(256 << 10, 2 << 20);
    private static final int FEW_BYTES = Depth.of(16 << 10, 64 << 10);

    @TempDir
    private static Path directory;
    private static Jar node;
    private static String token;
    private static String secret;

    @BeforeAll
    static void start() throws IOException {
        node = Jar.start(directory, Map.of("KVS_AUTH_ENABLED", "true", "KVS_MAX_JSON_SIZE", "16777216",
                "JDK_JAVA_OPTIONS", "-Xmx256m -XX:+ExitOnOutOfMemoryError"));
        token = Files.readString(directory.resolve("data/admin.token")).strip();
        secret = Files.readString(directory.resolve(".kvs/cluster.secret")).strip();
    }

    @AfterAll
    static void stop() throws IOException {
        node.close();
    }

    /** Repeats {@code part} between {@code begin} and {@code end} up to so many bytes. */
    private static byte[] filled(String begin, String part, String end, int bytes) {
        byte[] body = new byte[bytes];
        byte[] first = begin.getBytes(StandardCharsets.UTF_8);
        byte[] unit = part.getBytes(StandardCharsets.UTF_8);
        byte[] last = end.getBytes(StandardCharsets.UTF_8);
        int at = Math.min(first.length, bytes);
        System.arraycopy(first, 0, body, 0, at);
        while (at + unit.length + last.length <= bytes) {
            System.arraycopy(unit, 0, body, at, unit.length);
            at += unit.length;
        }
        Arrays.fill(body, at, bytes, (byte) ' ');
        int room = Math.min(last.length, bytes - at);
        System.arraycopy(last, 0, body, at, room);
        return body;
    }

    /** An object of members with names that differ, four million of them in 32 MiB. */
    private static byte[] wide(int bytes, boolean escaped) {
        StringBuilder text = new StringBuilder(bytes).append('{');
        for (int i = 0; text.length() < bytes - 24; i++) {
            text.append(i == 0 ? "" : ",").append('"').append(escaped ? "\\u0061" : "")
                    .append(Integer.toString(i, 36)).append("\":1");
        }
        return text.append('}').toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static List<byte[]> shapes(int bytes) {
        return List.of(filled("[1", ",1", "]", bytes), filled("{\"ops\":[{}", ",{}", "]}", bytes),
                filled("{\"ops\":[null", ",null", "]}", bytes), filled("{\"ops\":[[]", ",[]", "]}", bytes),
                filled("{\"ops\":", "[", "", bytes), filled("{\"ops\":1", "1", "}", bytes),
                filled("{\"", "n", "\":1}", bytes), filled("{\"a\":1", ",\"a\":1", "}", bytes),
                wide(bytes, true), filled("{\"ops\":\"", "s", "\"}", bytes), filled("", "\u0000", "", bytes));
    }

    private static String target(Route route) {
        return route.pattern().replace("{path}", "a/b")
                .replaceAll("\\{[a-z]+}", "3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    }

    /**
     * The status; of the JDK's engine 503 too when the node lives: it closes with the body unread, so its
     * answer may be lost on the way.
     */
    private static int send(Route route, byte[] body) {
        try {
            HttpResponse<byte[]> answer = node.send(route.method(), target(route), body, "Authorization",
                    "Bearer " + token, "Content-Type", "application/json");
            return answer.statusCode();
        } catch (IOException e) {
            if (Jar.JDK_ENGINE && node.isAlive()) {
                return 503;
            }
            throw new AssertionError(route.text() + ", the node lives: " + node.isAlive(), e);
        }
    }

    /** The status in the end, for a client that comes again when there is no room for its body. */
    private static int sendAgain(Route route, byte[] body) throws InterruptedException {
        int status = send(route, body);
        for (int times = 0; status == 503 && times < TIMES; times++) {
            Thread.sleep(RETRY_MS);
            status = send(route, body);
        }
        return status;
    }

    private static void refused(Route route, byte[] body) {
        int status = send(route, body);
        assertTrue(status >= 200 && status < 500 || status == 503, () -> route.text() + " of " + body.length
                + " bytes beginning with "
                + new String(body, 0, Math.min(40, body.length), StandardCharsets.US_ASCII) + ": " + status);
    }

    private static void healthy() throws IOException {
        assertEquals(200, node.send("GET", "/health", new byte[0]).statusCode());
    }

    private static Route route(String text) {
        return AllRoutes.list().stream().filter(route -> route.text().equals(text)).findFirst().orElseThrow();
    }

    @Tag(Depth.DEEP)
    @Test
    void everyRouteTakesWhatItCanHold() throws IOException {
        for (Route route : AllRoutes.list()) {
            int bytes = route.pattern().equals("/kv/{path}") && route.method().equals("PUT") ? 16 << 20
                    : route.bodyMax();
            if (bytes == 0 || route.pattern().startsWith("/sync/")
                    || route.pattern().startsWith("/members/")) {
                continue;
            }
            refused(route, filled("{\"ops\":[1", ",1", "]}", bytes));
            refused(route, filled("{\"paths\":[\"a\"", ",\"a\"", "]}", bytes));
            refused(route, filled("{\"data\":\"", "\\u00e9", "\"}", bytes));
            refused(route,
                    wide(route.pattern().equals("/kv/_batch") ? bytes : Math.min(bytes, SOME_BYTES), false));
            int some = Math.min(bytes, SOME_BYTES);
            shapes(some).forEach(body -> refused(route, body));
            NAMES.forEach(name -> refused(route,
                    filled("{\"" + name + "\":[1", ",1", "]}", Math.min(some, FEW_BYTES))));
            NAMES.forEach(name -> refused(route,
                    filled("{\"" + name + "\":\"", "s", "\"}", Math.min(some, FEW_BYTES))));
        }
        healthy();
    }

    /** The body that once ended a node of this size, 7 times out of 7. */
    @Tag(Depth.DEEP)
    @Test
    void aBatchOfSixteenMillionNumbersIsRefused() throws Exception {
        byte[] body = filled("{\"ops\":[1", ",1", "]}", BATCH_BYTES);
        Route batch = route("POST /kv/_batch");
        for (int i = 0; i < TURNS; i++) {
            assertEquals(400, sendAgain(batch, body));
        }
        List<CompletableFuture<Integer>> together = IntStream.range(0, TURNS)
                .mapToObj(i -> OwnThread.start(() -> send(batch, body))).toList();
        for (CompletableFuture<Integer> one : together) {
            assertTrue(List.of(400, 503).contains(one.join()), "status " + one.join());
        }
        healthy();
    }

    /** Batches that are as large as they may be, and can be stored. */
    @Test
    void theLargestBatchesAreTaken() throws Exception {
        Route batch = route("POST /kv/_batch");
        String put = "{\"op\":\"put\",\"path\":\"a\",\"data\":\"" + "d".repeat(3_500) + "\"}";
        assertEquals(200, sendAgain(batch, filled("{\"ops\":[" + put, "," + put, "]}", BATCH_BYTES)));
        String two = "{\"op\":\"put\",\"path\":\"a\",\"data\":\"" + "\\u00e9".repeat(2_600_000) + "\"}";
        assertEquals(200, sendAgain(batch,
                ("{\"ops\":[" + two + "," + two + "]}").getBytes(StandardCharsets.US_ASCII)));
        String get = "{\"op\":\"get\",\"path\":\"" + "p".repeat(3_500) + "\"}";
        assertEquals(200, sendAgain(batch, filled("{\"ops\":[" + get, "," + get, "]}", BATCH_BYTES)));
        String check = "{\"op\":\"check\",\"path\":\"a\",\"if_match\":\"" + "t".repeat(3_500) + "\"}";
        assertEquals(200, sendAgain(batch, filled("{\"ops\":[" + check, "," + check, "]}", BATCH_BYTES)));
        healthy();
    }

    @Tag(Depth.DEEP)
    @Test
    void whatIsSignedIsBoundedToo() throws IOException {
        try (RawPeerSender peer = new RawPeerSender("127.0.0.1:" + node.port(), secret)) {
            for (Route route : AllRoutes.list()) {
                if (!route.pattern().startsWith("/sync/") && !route.pattern().startsWith("/members/")
                        || !route.method().equals("POST")) {
                    continue;
                }
                for (int value : List.of(0, 1, 2, 0x7f, 0x80, 0xff)) {
                    byte[] body = new byte[value == 0xff ? 1 << 20 : SOME_BYTES];
                    Arrays.fill(body, (byte) value);
                    peer.send(route.pattern(), body);
                    body[0] = 2;
                    peer.send(route.pattern(), body);
                }
            }
        }
        healthy();
    }
}
