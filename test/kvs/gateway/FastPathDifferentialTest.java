package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import kvs.model.NodeMode;
import kvs.ratelimit.RateLimiter;
import kvs.sim.Depth;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

/**
 * The same generated requests, and the same changes of accounts and documents between them, to a node with
 * the fast path and to one without: responses, audit lines and metrics must be the same. {@code -Dkvs.seed=}
 * takes others.
 */
class FastPathDifferentialTest {

    private static final long SEED = Long.getLong("kvs.seed", 1L);
    private static final int STEPS = Depth.of(1_500, 60_000);
    private static final long BRIEF_MS = 5_000;
    private static final long STEP_MS = 100;
    private static final int CONNECTIONS = 4;
    private static final List<String> SENDERS = List.of("operator", "admin", "admin", "ann", "ann", "mel",
            "mel", "bob", "bob", "brief", "brief", "brief", "nobody", "nobody", "expired", "garbage");
    private static final List<String> PATHS = List.of("open/a", "open/b", "open/long",
            "open/longer", "open/umlaut", "locked/k", "locked/k", "brief/a", "absent", "open", "a/b/c/d",
            "open/_x", "_x", "_range", "metadata", "open/metadata", "open/metadatas", "open/", "open//a",
            "./a", "open/../open/a", "open/.a", "open/%61", "open/a?raw", "open/a?pretty", "open/a?x=1",
            "open/a#x", "open/a{}", "open/a\"", "*", "open/a;b=c", "open/a~!$&'()*+,;=:@");

    private static final List<String> BODIES = List.of("1", "{\"a\":2}", "[1,2,3]", " {\"b\": [true]} ",
            "\"text\"", "{\"c\":{\"d\":[]}}", "-1.5e3", "null", "[{\"e\":\"f\"}]",
            "{\"data\":{\"x\":1},\"ttl\":\"1h\"}", "{\"data\":1,\"ttl\":\"soon\"}", "{", "{\"a\":1,\"a\":2}",
            "\"" + "z".repeat(700) + "\"", "\"" + "w".repeat(4_200) + "\"", "\"" + "v".repeat(9_000) + "\"");

    private final Random random = new Random(SEED);
    /** The last request of each connection, which clients repeat. */
    private final String[] last = {"", "", "", ""};
    private String tag = "";

    @Test
    void respondsAsThePipelineDoes() throws IOException {
        compare(InMemoryApi.Access.STRICT.anonymousRead());
    }

    @Test
    void respondsAsThePipelineDoesToAnonymousReaders() throws IOException {
        compare(true);
    }

    @Test
    void noticesTheEndOfACredentialBetweenTwoRequests() throws IOException {
        try (FastPathNode fast = node(false, true)) {
            begin(fast);
            String brief = read(fast.node.tokens.get("brief"));
            String ann = read(fast.node.tokens.get("ann"));
            for (String request : List.of(brief, ann, brief, ann)) {
                assertTrue(fast.send(request.equals(ann) ? 1 : 0, request).startsWith("HTTP/1.1 200"));
            }
            assertEquals(4, fast.fast.get());
            fast.node.api.node.clock.advance(BRIEF_MS);
            assertTrue(fast.send(0, brief).startsWith("HTTP/1.1 401"));
            assertTrue(fast.send(1, ann).startsWith("HTTP/1.1 200"));
            fast.node.as("operator", "DELETE", "/auth/tokens/" + fast.node.ids.get("ann-token"), "");
            assertTrue(fast.send(1, ann).startsWith("HTTP/1.1 401"));
            assertEquals(5, fast.fast.get());
        }
    }

    private static String read(String token) {
        return "GET /kv/open/a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    }

    private void compare(boolean anonymousRead) throws IOException {
        try (FastPathNode fast = node(anonymousRead, true); FastPathNode slow = node(anonymousRead, false)) {
            each(fast, slow, FastPathDifferentialTest::begin);
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(12) == 0) {
                    each(fast, slow, side -> side.node.api.node.modes.change(NodeMode.NORMAL));
                    Consumer<FastPathNode> change = change();
                    each(fast, slow, change);
                }
                int connection = random.nextInt(CONNECTIONS);
                String request = random.nextInt(4) == 0 || last[connection].isEmpty() ? request(fast)
                        : last[connection];
                String expected = slow.send(connection, request);
                String told = fast.send(connection, request);
                assertEquals(expected, told, "step " + step + ", seed " + SEED + ": " + request);
                learn(expected);
                last[connection] = expected.startsWith("HTTP/1.1 20") || random.nextInt(3) == 0
                        ? request : "";
                each(fast, slow, side -> side.node.api.node.clock.advance(STEP_MS));
            }
            assertEquals(slow.traces(), fast.traces(), "seed " + SEED);
            assertEquals(0, slow.fast.get() + slow.fastWrites.get());
            assertTrue(fast.fast.get() > STEPS / 8, "few reads took the fast path: " + fast.fast);
            assertTrue(fast.fastWrites.get() > STEPS / 20, "few writes did: " + fast.fastWrites);
            System.out.println("info: fast path: " + fast.fast + " reads and " + fast.fastWrites
                    + " writes of " + STEPS + ", seed " + SEED);
        }
    }

    private static FastPathNode node(boolean anonymousRead, boolean takesFastPath) throws IOException {
        // The clock of the limiter is not that of the node: nobody can be refused for ever.
        RateLimiter limit = new RateLimiter(new SimClock(), STEPS, 3_600_000);
        return new FastPathNode(new InMemoryApi.Access(anonymousRead, false, Optional.of(limit), true, false),
                takesFastPath);
    }

    private static void each(FastPathNode fast, FastPathNode slow, Consumer<FastPathNode> change) {
        change.accept(fast);
        change.accept(slow);
    }

    private static void begin(FastPathNode side) {
        side.node.put("ann", "/kv/open/a", "{\"a\":1}");
        side.node.put("bob", "/kv/open/b", "[true, null,  1.50]");
        side.node.put("bob", "/kv/open/long", "\"" + "x".repeat(1_500) + "\"");
        side.node.put("bob", "/kv/open/longer", "\"" + "y".repeat(3_000) + "\"");
        side.node.put("bob", "/kv/open/umlaut", "\"\u00e4\u20ac\"");
        side.node.put("ann", "/kv/brief/a?ttl=1h", "1");
        brief(side, "mel");
    }

    private static void brief(FastPathNode side, String user) {
        side.node.tokens.put("brief",
                side.node.token(user, "[\"read\"]", BRIEF_MS / 1_000 + "s").member("token"));
    }

    /** A change between two requests, of all kinds that decide what a sender may read. */
    private Consumer<FastPathNode> change() {
        int number = random.nextInt(1_000);
        String user = List.of("ann", "mel", "bob").get(number % 3);
        return switch (random.nextInt(13)) {
            case 0 -> side -> side.node.put(number % 2 == 0 ? "ann" : "operator", "/kv/open/a",
                    "{\"a\":" + number + "}");
            case 1 -> side -> side.node.as("operator", "DELETE",
                    number % 3 == 0 ? "/kv/open/a" : "/kv/open/b", "");
            case 2 -> side -> side.node.put("ann", "/kv/brief/a?ttl=" + (1 + number % 20) + "s", "2");
            case 3 -> side -> side.node.api.node.clock.advance(1 + number % 3_000);
            case 4 -> side -> side.node.as("admin", "PUT", "/kv/open/metadata",
                    "{\"permissions_text\":\"cdwr,c-wr," + (number % 2 == 0 ? "----" : "c--r") + "\"}");
            case 5 -> side -> side.node.as("ann", "PUT", "/kv/open/a/metadata",
                    "{\"permissions_text\":\"cdwr,----,---" + (number % 2 == 0 ? "-" : "r") + "\"}");
            case 6 -> side -> side.node.as("admin", "PUT", "/auth/groups/" + side.node.group,
                    "{\"name\":\"g\",\"members\":[" + (number % 2 == 0 ? "" : "\"" + side.node.ids.get("mel")
                            + "\"") + "]}");
            case 7 -> side -> side.node.as("operator", "DELETE", "/auth/tokens/"
                    + side.node.ids.get(user + "-token"), "");
            case 8 -> side -> renew(side, user);
            case 9 -> side -> brief(side, user);
            case 10 -> side -> side.node.as("operator", "DELETE", "/kv/open/metadata", "");
            case 11 -> side -> side.node.as("operator", "PUT", "/auth/users/" + side.node.ids.get("admin"),
                    "{\"admin\":" + (number % 2 == 0) + "}");
            default -> side -> side.node.api.node.modes.change(number % 2 == 0 ? NodeMode.SYNCING
                    : NodeMode.READ_ONLY);
        };
    }

    private static void renew(FastPathNode side, String user) {
        InMemoryApi.ApiResponse made = side.node.token(user, "[\"read\",\"write\"]", "24h");
        if (made.status() == 201) {
            side.node.tokens.put(user, made.member("token"));
            side.node.ids.put(user + "-token", made.member("id"));
        }
    }

    private void learn(String response) {
        int from = response.indexOf("\r\nETag: ");
        if (from > 0) {
            tag = response.substring(from + "\r\nETag: ".length(), response.indexOf('\r', from + 2));
        }
    }

    private String request(FastPathNode side) {
        String method = switch (random.nextInt(20)) {
            case 0, 1, 2 -> "HEAD";
            case 3 -> "OPTIONS";
            case 4, 5, 6, 7 -> "PUT";
            case 8 -> "DELETE";
            default -> "GET";
        };
        String body = method.equals("PUT") ? BODIES.get(random.nextInt(BODIES.size())) : "";
        String path = random.nextInt(4) == 0 ? PATHS.get(random.nextInt(PATHS.size())) : "open/a";
        List<String> fields = new ArrayList<>();
        fields.add(random.nextInt(15) == 0 ? strangeHost() : "Host: localhost:8080");
        fields.add("User-Agent: curl/8.5.0");
        fields.add("Accept: */*");
        sender(side).ifPresent(fields::add);
        if (!body.isEmpty()) {
            fields.add("Content-Length: " + body.length());
        }
        if (random.nextInt(6) == 0) {
            fields.add(random.nextInt(fields.size() + 1), strange());
        }
        return method + (random.nextInt(40) == 0 ? "  " : " ") + "/kv/" + path
                + (random.nextInt(40) == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
                + String.join("\r\n", fields) + "\r\n\r\n" + body;
    }

    private Optional<String> sender(FastPathNode side) {
        String name = SENDERS.get(random.nextInt(SENDERS.size()));
        return switch (name) {
            case "nobody" -> Optional.empty();
            case "garbage" -> random.nextInt(4) > 0 ? Optional.empty()
                    : Optional.of("Authorization: Bearer garbage" + random.nextInt(3));
            default -> Optional.of((random.nextInt(10) == 0 ? "authorization:bearer "
                    : "Authorization: Bearer ") + side.node.tokens.get(name));
        };
    }

    private String strangeHost() {
        return List.of("Host: 127.0.0.1", "host:[::1]:80", "Host: example.com", "Host: ", "Host: a b",
                "Host: localhost\r\nHost: localhost", "X-Host: localhost", "HOST: \t LocalHost \t")
                .get(random.nextInt(8));
    }

    private String strange() {
        List<String> all = List.of("Connection: keep-alive", "Connection: close", "Accept-Encoding: gzip, br",
                "Accept-Encoding: identity;q=0, gzip",
                "Accept: application/json", "Accept: text/html", "X-Request-Id: mine-1",
                "If-None-Match: " + tag, "If-Match: " + tag, "If-None-Match: *",
                "Origin: http://localhost:8080", "Origin: http://example.com", "X-Forwarded-For: 10.0.0.9",
                "Via: 1.1 proxy", "KVS-Position: nonsense", "Range: bytes=0-1",
                "Content-Length: 0", "Content-Length: 00",
                "Content-Type: application/json", "Content-Type: text/html", "Transfer-Encoding: identity",
                "Content-Encoding: gzip",
                "Cookie: a=b", "X-Odd:\u00e4", " folded: x", "X-Control: \u0001", "Authorization: Basic eA==",
                "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT");
        return all.get(random.nextInt(all.size()));
    }
}
