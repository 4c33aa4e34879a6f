package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import kvs.routes.RequiredAccess;
import kvs.http.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rules that hold on every route: each is tried with the requests of the matrix, so that no route is
 * forgotten.
 */
class EveryRouteTest {

    private static final String PAST = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final Map<String, String> CONDITIONS = Map.of("If-Match", "\"no-such-version\"",
            "If-None-Match", "*", "If-Unmodified-Since", PAST, "If-Modified-Since", PAST, "If-Range", "\"x\"",
            "Range", "bytes=0-1");
    private static final Set<String> DATES_AND_TAGS = Set.of("If-Match", "If-None-Match",
            "If-Unmodified-Since");
    private static final Set<String> DOCUMENT = Set.of("GET /kv/{path}", "PUT /kv/{path}",
            "DELETE /kv/{path}", "POST /kv/{path}");
    private static final String LISTING = "GET /kv/{path}/";

    private final GuardedNode people = new GuardedNode();

    /** A row of the matrix, its request filled in. */
    private record Row(Route route, String method, String target, String body) {

        boolean peer() {
            return route.access() == RequiredAccess.PEER;
        }

        boolean reads() {
            return route.method().equals("GET");
        }

        Row withQuery(String parameter) {
            return new Row(route, method, target + (target.contains("?") ? "&" : "?") + parameter, body);
        }

        boolean underKvOrAuth() {
            return target.startsWith("/kv/") || target.startsWith("/auth/");
        }
    }

    private static List<String> rows() {
        return AccessMatrixTest.rows();
    }

    private Row row(String text) {
        String[] cells = text.split(";");
        String[] request = AccessMatrixTest.fill(cells[1], people).split(" ");
        Route route = people.api.routes.stream().filter(one -> one.text().equals(cells[0])).findFirst()
                .orElseThrow();
        return new Row(route, request[0], request[1], AccessMatrixTest.fill(cells[2], people));
    }

    private InMemoryApi.ApiResponse send(Row row, String... headers) {
        return people.as("admin", row.method, row.target, row.body, headers);
    }

    private String root() {
        return HexFormat.of().formatHex(people.api.node.store.root().tree().summary().digest());
    }

    private static boolean judged(Row row, String condition) {
        boolean list = row.target.contains("revisions");
        return DOCUMENT.contains(row.route.text()) && DATES_AND_TAGS.contains(condition) && !list
                || row.route.text().equals(LISTING) && !condition.equals("If-Unmodified-Since")
                        && DATES_AND_TAGS.contains(condition);
    }

    /** Whether the request lacks a parameter, which is refused before all else. */
    private static boolean incomplete(String text) {
        return text.split(";")[3].split(" ")[4].equals("400") && text.startsWith("POST /kv/{path};");
    }

    /** B6: whoever sends a condition believes that it protects them. */
    @Test
    void noConditionIsIgnoredSilently() {
        rows().forEach(this::noConditionIsIgnoredSilently);
    }

    private void noConditionIsIgnoredSilently(String text) {
        Row row = row(text);
        for (Map.Entry<String, String> condition : CONDITIONS.entrySet()) {
            String before = root();
            InMemoryApi.ApiResponse answer = send(row, condition.getKey(), condition.getValue());
            String what = text + " " + condition + ": " + answer;
            boolean saves = row.reads()
                    && !Set.of("If-Match", "If-Unmodified-Since").contains(condition.getKey());
            if (row.peer()) {
                assertEquals(401, answer.status(), what);
            } else if (judged(row, condition.getKey())) {
                boolean holds = condition.getKey().equals("If-None-Match") && answer.status() / 100 == 2;
                assertTrue(holds || Set.of(412, 304, 404, 400).contains(answer.status()), what);
                assertTrue(holds || before.equals(root()), what);
            } else if (!saves) {
                assertEquals(400, answer.status(), what);
                assertTrue(answer.member("detail").startsWith(condition.getKey() + " is not accepted here"),
                        what);
                assertEquals(before, root(), what);
            }
        }
    }

    /** C14: answers and refusals alike, whoever asks. */
    @Test
    void whatIsAboutAccountsIsKeptByNoCache() {
        rows().forEach(this::whatIsAboutAccountsIsKeptByNoCache);
    }

    private void whatIsAboutAccountsIsKeptByNoCache(String text) {
        Row row = row(text);
        boolean secret = row.target.startsWith("/auth/") || row.target.startsWith("/admin/")
                || row.target.contains("metadata");
        for (String caller : List.of("anonymous", "bob", "expired", "admin")) {
            InMemoryApi.ApiResponse answer = people.as(caller, row.method, row.target, row.body);
            String cache = answer.header("Cache-Control");
            assertEquals(secret, cache.equals("no-store"), text + " of " + caller + ": " + answer);
            assertFalse(cache.isEmpty(), text);
            InMemoryApi.ApiResponse unknown = people.as(caller, row.method,
                    row.withQuery("unknown=1").target, row.body);
            assertEquals(secret, unknown.header("Cache-Control").equals("no-store"), text + ": " + unknown);
        }
    }

    @Test
    void whatIsNotThereIsKeptByNoCacheEither() {
        for (String target : List.of("/auth/nothing", "/admin/nothing", "/auth", "/admin/", "/%61uth/users",
                "/auth/%zz")) {
            assertEquals("no-store", people.get("bob", target).header("Cache-Control"), target);
        }
    }

    /**
     * C14: every write of what the nodes replicate; more copies than there are nodes are refused before
     * anything is done.
     */
    @Test
    void everyWriteMayAskForCopies() {
        rows().forEach(this::everyWriteMayAskForCopies);
    }

    private void everyWriteMayAskForCopies(String text) {
        Row row = row(text);
        if (incomplete(text)) {
            return;
        }
        String before = root();
        InMemoryApi.ApiResponse answer = send(row.withQuery("copies=9"));
        boolean writes = row.underKvOrAuth() && !row.reads() && !row.peer();
        if (writes) {
            assertEquals(400, answer.status(), text + answer);
            assertTrue(answer.member("detail")
                    .contains("'copies' must be at most the number of known nodes, 3"), text + answer);
        } else if (!row.peer()) {
            assertEquals("unknown query parameter 'copies'",
                    answer.member("detail").split(": |; ")[0].split(":")[0], text + answer);
        }
        assertEquals(before, root(), text);
    }

    /**
     * And a position, on reads too: a token that was made on one node is listed on another by who has just
     * made it.
     */
    @Test
    void everyRequestForWhatIsReplicatedMayNameAPosition() {
        rows().forEach(this::everyRequestForWhatIsReplicatedMayNameAPosition);
    }

    private void everyRequestForWhatIsReplicatedMayNameAPosition(String text) {
        Row row = row(text);
        if (row.underKvOrAuth() && !row.peer() && !incomplete(text)) {
            InMemoryApi.ApiResponse answer = send(row, "KVS-Position", "nonsense");
            assertEquals(400, answer.status(), text + answer);
            assertTrue(answer.member("detail").startsWith("KVS-Position is not a position"), text + answer);
        }
    }

    /** C11: there are clients that send an empty object with every POST. */
    @ParameterizedTest
    @MethodSource("rows")
    void anEmptyObjectIsNoBody(String text) {
        Row row = row(text);
        if (row.peer() || row.route.bodyMax() > 0) {
            return;
        }
        for (String body : List.of("{\"a\":1}", "[]", "null", "{", "x".repeat(2_000))) {
            InMemoryApi.ApiResponse refused = people.as("admin", row.method, row.target, body);
            assertEquals(400, refused.status(), text + refused);
            assertTrue(refused.body().isEmpty() || refused.member("detail")
                    .startsWith(row.route.text() + " accepts no body: "), text + refused);
        }
        int status = people.as("admin", row.method, row.target, " {\n}\n").status();
        assertEquals(text.split(";")[3].split(" ")[4], Integer.toString(status), text);
    }

    /** C16: by whatever method the path was asked. */
    @Test
    void allowListsTheMethodsOfThePath() {
        rows().forEach(this::allowListsTheMethodsOfThePath);
    }

    private void allowListsTheMethodsOfThePath(String text) {
        Row row = row(text);
        Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
        people.api.routes.stream().filter(other -> other.pattern().equals(row.route.pattern()))
                .forEach(other -> {
            methods.add(other.method());
            if (other.method().equals("GET")) {
                methods.add("HEAD");
            }
        });
        String path = row.target.replaceAll("\\?.*", "");
        String expected = String.join(", ", methods);
        for (String caller : List.of("anonymous", "admin")) {
            assertEquals(expected, people.as(caller, "OPTIONS", path, "").header("Allow"), text);
            for (String method : List.of("PATCH", "TRACE", "PROPFIND", "get")) {
                InMemoryApi.ApiResponse answer = people.as(caller, method, path, "");
                assertEquals(405, answer.status(), text + answer);
                assertEquals(expected, answer.header("Allow"), text + answer);
            }
        }
    }

    /** C12: what is missing is named, and nothing is done. */
    @Test
    void whatIsMissingInABodyIsNamed() {
        rows().forEach(this::whatIsMissingInABodyIsNamed);
    }

    private void whatIsMissingInABodyIsNamed(String text) {
        Row row = row(text);
        boolean document = row.target.startsWith("/kv/") && !row.target.contains("/_")
                && !row.target.contains("metadata");
        if (row.route.bodyMax() == 0 || row.route.description().takesBytes() || document) {
            return;
        }
        String before = root();
        for (String body : List.of("{}", "{\"unknown\":1}", "null", "[]", "1")) {
            InMemoryApi.ApiResponse answer = people.as("admin", row.method, row.target, body);
            assertEquals(400, answer.status(), text + " " + body + answer);
            assertTrue(body.length() < 5 || answer.body().contains("\"member\":"),
                    text + " " + body + answer);
        }
        for (String name : List.of("read_only", "ops", "paths", "prefix", "ttl", "nickname", "admin", "name",
                "members", "user_uuid", "scopes",
                "permissions", "permissions_text", "atomic", "expires_in")) {
            InMemoryApi.ApiResponse answer = people.as("admin", row.method, row.target,
                    "{\"" + name + "\":null}");
            assertEquals(400, answer.status(), text + " " + name + answer);
        }
        assertEquals(before, root(), text);
    }
}
