package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import kvs.auth.UnreplicatedToken;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi;
import kvs.gateway.InMemoryApi.ApiResponse;
import kvs.http.Response;
import kvs.model.HealthProblem;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.ratelimit.RateLimiter;
import kvs.sim.HealthProblemCheck;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyVisibilityTest {

    private static final String REQUEST_ID = "X-Request-Id";

    private final GuardedNode people = new GuardedNode();

    /** What a stranger is told of a key, by every way that there is. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"GET /kv/locked/k;", "HEAD /kv/locked/k;", "GET /kv/locked/k?raw;",
        "GET /kv/locked/k?watch=1s;", "GET /kv/locked/k?revisions;", "GET /kv/locked/k?at=9999999999999;",
        "GET /kv/locked/k?at=0;", "GET /kv/locked/k?revision=00000000-0000-8000-8000-000000000000;",
        "POST /kv/locked/k?restore=00000000-0000-8000-8000-000000000000;", "POST /kv/locked/?restore_to=0;",
        "POST /kv/locked/?restore_to=0&dry_run;", "POST /kv/?restore_to=0&dry_run;", "GET /kv/_conflicts;",
        "GET /kv/_conflicts?prefix=locked/;",
        "PUT /kv/locked/k;1", "PUT /kv/locked/k;{\"data\":1,\"ttl\":\"keep\"}", "DELETE /kv/locked/k;",
        "DELETE /kv/locked/k?force;", "GET /kv/locked/;", "GET /kv/locked/?recurse&values;",
        "GET /kv/?recurse&values;", "GET /kv/;", "GET /kv/?limit=1;",
        "DELETE /kv/locked/?recurse;", "GET /kv/_range?start_key=l;", "GET /kv/_range?start_time=0;",
        "POST /kv/_touch;{'paths':['locked/k'],'ttl':'1h'}",
        "POST /kv/_touch;{'prefix':'locked/','ttl':'1h'}",
        "POST /kv/_batch;{'ops':[{'op':'get','path':'locked/k'}]}",
        "POST /kv/_batch;{'ops':[{'op':'put','path':'locked/k','data':1}]}",
        "POST /kv/_batch;{'ops':[{'op':'delete','path':'locked/k'}]}",
        "POST /kv/_batch;{'ops':[{'op':'delete','path':'locked/k','force':true}]}",
        "POST /kv/_batch;{'ops':[{'op':'check','path':'locked/k','if_none_match':'*'}]}",
        "POST /kv/_batch;{'atomic':true,'ops':[{'op':'put','path':'locked/k','data':1,'if_none_match':'*'}]}",
        "GET /kv/locked/k/metadata;", "PUT /kv/locked/k/metadata;{'permissions':4095}",
        "DELETE /kv/locked/k/metadata;", "GET /auth/can?path=locked/k;",
        "GET /auth/can?path=locked/k&op=write;", "GET /auth/can?path=locked/k&op=create;",
        "GET /auth/can?path=locked/k&op=delete;", "GET /sync/merkle/root?prefix=locked/;"})
    void aLockHidesWhetherAnythingIsBehindIt(String request, String body) {
        GuardedNode without = new GuardedNode();
        without.as("ann", "DELETE", "/kv/locked/k", "");
        String[] line = request.split(" ");
        String text = body == null ? "" : body.replace('\'', '"');
        for (String caller : List.of("bob", "anonymous")) {
            for (String[] condition : new String[][] {{}, {"If-None-Match", "*"}, {"If-Match", "*"},
                    {"If-Match", "\"x\""}}) {
                String[] headers = new String[condition.length + 2];
                System.arraycopy(condition, 0, headers, 2, condition.length);
                headers[0] = REQUEST_ID;
                headers[1] = "same";
                assertEquals(without.as(caller, line[0], line[1], text, headers).without("KVS-Position"),
                        people.as(caller, line[0], line[1], text, headers).without("KVS-Position"));
            }
        }
        assertEquals(200, people.get("ann", "/kv/locked/k").status());
    }

    /**
     * To whom an administrator gave a subtree has the rights of owners to all in it, whatever its owners set.
     */
    @Test
    void theOwnerOfASubtreeReadsWhatOthersPutThere() {
        people.put("mel", "/kv/open/m", "1");
        people.put("mel", "/kv/open/m/metadata", "{\"permissions_text\":\"cdwr,----,----\"}");
        people.as("admin", "PUT", "/kv/open/metadata",
                "{\"permissions_text\":\"cd-r,c---,c---\",\"owner_uuid\":\"" + people.ids.get("ann") + "\"}");
        assertEquals("1", people.get("ann", "/kv/open/m?raw").body());
        assertEquals(403, people.put("ann", "/kv/open/m", "2").status(), "within the ceiling");
        assertTrue(people.get("ann", "/kv/open/").body().contains("\"open/m\""));
        assertEquals(403, people.get("bob", "/kv/open/m").status());
        assertEquals(204, people.as("ann", "DELETE", "/kv/open/m", "").status());
    }

    @Test
    void pagesShowOnlyWhatTheCallerMayRead() {
        for (int i = 0; i < 9; i++) {
            people.put("bob", "/kv/locke/" + i, "1");
            people.put("ann", "/kv/locked/" + i, "1");
            people.put("bob", "/kv/lockee/" + i, "1");
        }
        String seen = people.get("bob", "/kv/?recurse&values&limit=12").body();
        assertFalse(seen.contains("locked"), seen);
        assertTrue(seen.contains("\"next\":\"lockee/2\""), seen);
        assertFalse(seen.contains("\"count\""), "of a whole of which they see a part");
        assertEquals("{\"keys\":[],\"prefixes\":[\"locke/\",\"lockee/\"]}", people.get("bob", "/kv/").body());
        assertTrue(people.get("mel", "/kv/?recurse").body().contains("locked/8"));
        assertTrue(people.get("bob", "/kv/locke/?recurse").body().contains("\"count\":9"));
        String range = people.get("bob", "/kv/_range?start_key=locke/5&end_key=lockee/5").body();
        assertFalse(range.contains("locked"), range);
        assertTrue(range.contains("lockee/4"), range);
        assertEquals("{\"deleted\":18}", people.as("bob", "DELETE", "/kv/?recurse", "").body());
        assertEquals(200, people.get("ann", "/kv/locked/3").status());
    }

    @Test
    void aTagDoesNotSurviveAChangeOfRights() {
        people.put("bob", "/kv/d/a", "1");
        String tag = people.get("mel", "/kv/d/").header("ETag");
        assertEquals(304, people.as("mel", "GET", "/kv/d/", "", "If-None-Match", tag).status());
        assertEquals(200, people.as("ann", "GET", "/kv/d/", "", "If-None-Match", tag).status(),
                "another caller");
        people.as("bob", "PUT", "/kv/d/metadata",
                "{\"permissions_text\":\"cdwr,----,----\",\"applies_to\":\"own_keys\"}");
        ApiResponse after = people.as("mel", "GET", "/kv/d/", "", "If-None-Match", tag);
        assertEquals(200, after.status());
        assertEquals("{\"keys\":[],\"prefixes\":[]}", after.body());
        assertTrue(after.header("ETag").startsWith("W/"), after.header("ETag"));
        assertEquals(304,
                people.as("mel", "GET", "/kv/d/", "", "If-None-Match", after.header("ETag")).status());
    }

    @Test
    void oneKeyThatMayNotBeDeletedKeepsTheSubtree() {
        people.put("bob", "/kv/d/a", "1");
        people.put("ann", "/kv/d/b", "1");
        ApiResponse refused = people.as("bob", "DELETE", "/kv/d/?recurse", "");
        assertEquals(403, refused.status());
        assertEquals("d/b", refused.member("path"));
        assertEquals(200, people.get("bob", "/kv/d/a").status());
    }

    @Test
    void whatSomebodyCreatesIsTheirsAndStaysSo() {
        assertEquals(201, people.put("bob", "/kv/x", "1").status());
        assertEquals(people.ids.get("bob"), people.get("ann", "/kv/x/metadata").member("owner_uuid"));
        assertEquals(403, people.put("ann", "/kv/x", "2").status());
        assertEquals(403, people.as("ann", "DELETE", "/kv/x", "").status());
        assertEquals(200, people.put("admin", "/kv/x", "3").status());
        assertEquals(people.ids.get("bob"), people.get("ann", "/kv/x/metadata").member("owner_uuid"));
        assertEquals(204, people.as("bob", "DELETE", "/kv/x", "").status());
        assertEquals(201, people.put("ann", "/kv/x", "4").status());
        assertEquals(people.ids.get("ann"),
                people.get("bob", "/kv/x/metadata").member("owner_uuid"), "made anew");
        assertEquals(200, people.as("admin", "PUT", "/kv/x/metadata",
                "{\"applies_to\":\"own_keys\",\"owner_uuid\":\"" + people.ids.get("bob")
                + "\"}").status());
        assertEquals(200, people.put("bob", "/kv/x", "5").status());
        assertEquals(403, people.put("ann", "/kv/x", "6").status());
        assertEquals("5", people.get("ann", "/kv/x?raw").body());
    }

    @Test
    void metadataIsSetByThoseWhoMay() {
        people.put("bob", "/kv/x/y", "1");
        String own = "{\"permissions\":4095,\"applies_to\":\"own_keys\"}";
        assertEquals(403, people.as("ann", "PUT", "/kv/x/metadata", "{\"permissions\":0}").status(),
                "no key of theirs");
        assertEquals(403, people.as("ann", "PUT", "/kv/x/y/metadata", "{\"permissions\":0}").status(),
                "a key of another");
        assertEquals(403, people.as("ann", "PUT", "/kv/x/metadata",
                "{\"permissions\":0,\"applies_to\":\"subtree\"}").status());
        assertEquals(200, people.as("ann", "PUT", "/kv/x/metadata", own).status(), "whatever is below");
        ApiResponse set = people.as("bob", "PUT", "/kv/x/metadata", own.replace("4095", "3855"));
        assertEquals("own_keys " + people.ids.get("bob") + " null cdwr,c-wr,c--r", set.member("applies_to")
                + " " + set.member("owner_uuid") + " "
                + set.member("subtree_owner_uuid") + " " + set.member("subtree_permissions_text"));
        assertEquals("4095", people.get("ann", "/kv/x/metadata").member("permissions"), "to each their own");
        assertEquals("3855", people.get("ann", "/kv/x/y/metadata").member("permissions"),
                "what holds for that key");
        assertEquals(403, people.as("bob", "PUT", "/kv/x/y/metadata", "{\"group_uuid\":\"" + people.group
                + "\"}").status(), "not in the group");
        assertEquals(403, people.as("bob", "PUT", "/kv/x/y/metadata", "{\"owner_uuid\":\""
                + people.ids.get("ann") + "\"}").status());
        assertEquals(404, people.as("admin", "PUT", "/kv/x/metadata",
                "{\"owner_uuid\":\"00000000-0000-4000-8000-000000000000\"}").status());
        assertEquals("/x", people.get("ann", "/kv/x/y/metadata").member("inherited_from"));
        assertEquals("default_permissions", people.get("ann", "/kv/x/y/metadata?applies_to=subtree")
                .member("inherited_from"));
        assertEquals(204, people.as("bob", "DELETE", "/kv/x/metadata", "").status());
        assertEquals("default_permissions", people.get("ann", "/kv/x/y/metadata").member("inherited_from"));
        assertEquals(404, people.get("ann", "/kv/x/y/metadata?applies_to=own_keys").status());
        assertEquals(404, people.as("bob", "DELETE", "/kv/x/metadata", "").status());
        assertEquals(204, people.as("ann", "DELETE", "/kv/x/metadata?applies_to=own_keys", "").status());
        assertEquals(403, people.as("ann", "PUT", "/kv/metadata", own).status(),
                "nobody's own keys are the root");
        assertEquals(200, people.as("admin", "PUT", "/kv/metadata",
                "{\"permissions_text\":\"cdwr,----,----\"}").status());
        assertEquals(403, people.put("ann", "/kv/new", "1").status(), "the root is locked now");
        for (String bad : List.of("{}", "{\"permissions\":4096}", "{\"permissions\":-1}",
                "{\"permissions\":1.5}", "{\"permissions\":\"x\"}",
                "{\"permissions_text\":\"rwx\"}", "{\"owner_uuid\":\"bob\"}", "{\"mode\":1}",
                "{\"permissions\":0,\"permissions_text\":\"cdwr,c-wr,c--r\"}",
                "{\"applies_to\":\"own_keys\"}", "{\"permissions\":1,\"applies_to\":\"all\"}", "[]", "1")) {
            assertEquals(400, people.as("admin", "PUT", "/kv/x/metadata", bad).status(), bad);
        }
    }

    @Test
    void aTokenEndsInFourWays() {
        String mine = people.token("bob", "[\"read\"]", "1h").member("token");
        people.tokens.put("second", mine);
        assertEquals(200, people.get("second", "/auth/whoami").status());
        assertEquals(204, people.as("bob", "DELETE",
                "/auth/tokens/" + people.get("second", "/auth/whoami").member("token_id"), "").status());
        assertEquals(401, people.get("second", "/auth/whoami").status());
        people.tokens.put("third", people.token("bob", "[\"read\"]", "10s").member("token"));
        people.api.node.clock.advance(9_000);
        assertEquals(200, people.get("third", "/auth/whoami").status());
        people.api.node.clock.advance(1_000);
        assertEquals(401, people.get("third", "/auth/whoami").status());
        assertEquals(200, people.get("bob", "/auth/whoami").status());
        assertEquals(204, people.as("admin", "DELETE", "/auth/users/" + people.ids.get("bob"), "").status());
        assertEquals(401, people.get("bob", "/auth/whoami").status());
        assertEquals(404, people.token("bob", "[\"read\"]", "1h").status());
        people.api.node.restart();
    }

    /** Neither by its answer nor by its time does a wait tell what is below a lock. */
    @Test
    void aWaitBelowALockTellsNothing() {
        String auth = "Bearer " + people.tokens.get("bob");
        for (String key : List.of("k", "none")) {
            CompletableFuture<Response> watch = people.api.start("GET", "/kv/locked/" + key + "?watch=30s",
                    "", "Authorization", auth);
            assertTrue(watch.isDone(), key);
            assertEquals(403, InMemoryApi.answer(watch).status(), key);
        }
        CompletableFuture<Response> open = people.api.start("GET", "/kv/open/x?watch=30s", "",
                "Authorization", auth);
        assertEquals(200, people.put("admin", "/kv/open/metadata",
                "{\"permissions_text\":\"cdwr,----,----\"}").status());
        people.api.node.pass(200);
        assertEquals(403, InMemoryApi.answer(open).status(),
                "the lock ends the wait, not what comes under it");
        assertEquals(0, people.api.node.waits.size());
    }

    @Test
    void theRightsOfAnAdministratorEndWithTheFlag() {
        assertEquals(409, people.as("admin", "PUT", "/auth/users/" + people.ids.get("admin"),
                "{\"admin\":false}").status());
        assertEquals(409,
                people.as("admin", "DELETE", "/auth/users/" + people.ids.get("admin"), "").status());
        assertEquals(200, people.as("admin", "PUT", "/auth/users/" + people.ids.get("ann"),
                "{\"admin\":true}").status());
        assertEquals(403, people.get("ann", "/auth/users").status(), "the token has no such scope");
        assertEquals(200, people.as("operator", "PUT", "/auth/users/" + people.ids.get("admin"),
                "{\"admin\":false}").status());
        assertEquals(403, people.get("admin", "/auth/users").status(), "the user is none any more");
        assertEquals(403, people.put("admin", "/kv/locked/k", "1").status());
        assertEquals(409,
                people.as("operator", "DELETE", "/auth/users/" + people.ids.get("ann"), "").status());
    }

    @Test
    void aWatcherWhoLosesTheRightIsTold() {
        String tag = people.get("mel", "/kv/locked/k").header("ETag");
        CompletableFuture<Response> parked = people.api.start("GET", "/kv/locked/k?watch=30s", "",
                "If-None-Match", tag, "Authorization", "Bearer " + people.tokens.get("mel"));
        assertFalse(parked.isDone());
        people.as("admin", "DELETE", "/auth/groups/" + people.group, "");
        people.api.node.pass(200);
        people.api.node.work();
        assertEquals(403, InMemoryApi.answer(parked).status());
    }

    @Test
    void aRevokedTokenStopsAWriteThatWaits() {
        CompletableFuture<Response> revoked = people.api.start("DELETE",
                "/auth/tokens/" + people.ids.get("bob-token"), "", "Authorization",
                "Bearer " + people.tokens.get("bob"));
        CompletableFuture<Response> write = people.api.start("PUT", "/kv/late", "1",
                "Authorization", "Bearer " + people.tokens.get("bob"));
        people.api.node.work();
        assertEquals(204, InMemoryApi.answer(revoked).status());
        assertEquals(401, InMemoryApi.answer(write).status());
        assertEquals(404, people.get("ann", "/kv/late").status());
    }

    /** The head came with a good token; what its bearer may do is asked when the change is made. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"POST;/auth/users;{'nickname':'backdoor','admin':true}",
        "PUT;/auth/users/ANN;{'admin':true}", "POST;/auth/groups;{'name':'x'}",
        "PUT;/auth/groups/GROUP;{'members':[]}", "POST;/auth/tokens;{'scopes':['read'],'expires_in':'366d'}",
        "PUT;/kv/locked/metadata;{'permissions':4095}", "PUT;/kv/locked/k;1",
        "POST;/kv/_batch;{'ops':[{'op':'put','path':'locked/k','data':1}]}",
        "POST;/kv/_touch;{'paths':['locked/k'],'ttl':'1h'}"})
    void rightsThatEndWhileABodyIsOnItsWayEnd(String method, String target, String body) {
        for (String how : List.of("revoked", "removed")) {
            GuardedNode crowd = new GuardedNode();
            crowd.ids.put("eve", crowd.as("operator", "POST", "/auth/users",
                    "{\"nickname\":\"eve\",\"admin\":true}").uuid());
            ApiResponse token = crowd.token("eve", "[\"read\",\"write\",\"admin\"]", "1h");
            String text = body.replace('\'', '"');
            CompletableFuture<byte[]> late = new CompletableFuture<>();
            CompletableFuture<Response> started = crowd.api.late(method,
                    target.replace("ANN", crowd.ids.get("ann")).replace("GROUP", crowd.group),
                    text, late, token.member("token"));
            crowd.as("operator", "DELETE", how.equals("revoked") ? "/auth/tokens/" + token.member("id")
                    : "/auth/users/" + crowd.ids.get("eve"), "");
            String before = crowd.api.node.store.root().tree().summary().toString();
            late.complete(text.getBytes(StandardCharsets.UTF_8));
            crowd.api.node.work();
            assertEquals(401, InMemoryApi.answer(started).status() == 200 ? batchStatus(started)
                    : InMemoryApi.answer(started).status(), how);
            assertEquals(before, crowd.api.node.store.root().tree().summary().toString(),
                    "nothing was written");
        }
    }

    private static int batchStatus(CompletableFuture<Response> started) {
        return Integer.parseInt(InMemoryApi.member(
                InMemoryApi.elements(InMemoryApi.answer(started).json(), "results").get(0), "status"));
    }

    /** Made on another node a moment ago: its record is on its way. */
    @Test
    void aFreshTokenWaitsForItsRecord() {
        InMemoryApi api = people.api;
        for (int i = 0; i < 20; i++) {
            api.pauses.add(() -> { });
        }
        UnreplicatedToken lost = new UnreplicatedToken(api.auth, api.node.store,
                UUID.fromString(people.ids.get("ann")));
        people.tokens.put("lost", lost.text());
        assertEquals(401, people.get("lost", "/auth/whoami").status());
        assertEquals(0, api.pauses.size(), "a second was waited");
        UnreplicatedToken fresh = new UnreplicatedToken(api.auth, api.node.store,
                UUID.fromString(people.ids.get("ann")));
        people.tokens.put("fresh", fresh.text());
        api.pauses.addAll(List.of(() -> { }, () -> {
            fresh.arrive();
            api.node.work();
        }));
        ApiResponse answer = people.get("fresh", "/auth/whoami");
        assertEquals(200, answer.status());
        assertEquals(0, api.pauses.size());
        people.as("ann", "DELETE", "/auth/tokens/" + answer.member("token_id"), "");
        assertEquals(401, people.get("fresh", "/auth/whoami").status(), "what was revoked is not waited for");
        api.node.clock.advance(60_000);
        assertEquals(401, people.get("lost", "/auth/whoami").status(), "nor what is old");
    }

    @Test
    void anAdministratorWhoIsNoneAnyMoreMakesNobodyOne() {
        String eve = people.as("operator", "POST", "/auth/users", "{\"nickname\":\"eve\",\"admin\":true}")
                .uuid();
        people.ids.put("eve", eve);
        String token = people.token("eve", "[\"read\",\"write\",\"admin\"]", "1h").member("token");
        String again = "{\"admin\":true}";
        CompletableFuture<byte[]> late = new CompletableFuture<>();
        CompletableFuture<Response> started = people.api.late("PUT", "/auth/users/" + eve,
                again, late, token);
        assertEquals(200, people.as("operator", "PUT", "/auth/users/" + eve, "{\"admin\":false}").status());
        late.complete(again.getBytes(StandardCharsets.UTF_8));
        people.api.node.work();
        assertEquals(403, InMemoryApi.answer(started).status());
    }

    @Test
    void scopesBindMetadataToo() {
        people.tokens.put("reader", people.token("ann", "[\"read\"]", "1h").member("token"));
        people.tokens.put("creator", people.token("ann", "[\"create\",\"delete\"]", "1h").member("token"));
        for (String caller : List.of("reader", "creator")) {
            assertEquals(403,
                    people.as(caller, "PUT", "/kv/locked/metadata", "{\"permissions\":4095}").status(),
                    caller);
            assertEquals(403, people.as(caller, "DELETE", "/kv/locked/metadata", "").status(), caller);
        }
    }

    /**
     * Locks behind a lock, and keys behind those, show neither in what may be set above them nor in what
     * explains them.
     */
    @Test
    void nothingTellsOfALockBehindALock() {
        for (boolean key : new boolean[] {true, false}) {
            GuardedNode crowd = new GuardedNode();
            crowd.as("admin", "PUT", "/kv/orc/x/lock/metadata", "{\"permissions_text\":\"----,----,----\"}");
            if (key) {
                crowd.as("admin", "PUT", "/kv/orc/x/lock/k", "1");
                crowd.as("admin", "PUT", "/kv/orc/x/lock/projectx/metadata",
                        "{\"permissions_text\":\"cdwr,----,-d--\"}");
            }
            assertEquals(403, crowd.as("bob", "PUT", "/kv/orc/x/metadata", "{\"permissions\":4095}").status(),
                    "keys: " + key);
            ApiResponse why = crowd.get("bob", "/auth/can?path=orc/x/lock/projectx/y");
            assertEquals("orc/x/lock", why.member("inherited_from"), why.body());
            assertEquals("----,----,----", why.member("permissions_text"));
        }
    }

    @Test
    void tokensAreListedPageByPageWithoutThoseOfTheGone() {
        List<String> ids = new ArrayList<>();
        String after = "";
        do {
            ApiResponse page = people.get("admin",
                    "/auth/tokens?limit=2" + (after.isEmpty() ? "" : "&after=" + after));
            InMemoryApi.elements(page.json(), "tokens")
                    .forEach(token -> ids.add(InMemoryApi.member(token, "id")));
            after = page.member("next");
        } while (!after.isEmpty());
        assertEquals(4, ids.size());
        assertEquals(4, ids.stream().distinct().count());
        people.as("admin", "DELETE", "/auth/users/" + people.ids.get("bob"), "");
        assertEquals(3, InMemoryApi.elements(people.get("admin", "/auth/tokens").json(), "tokens").size());
        assertEquals(400, people.get("admin", "/auth/tokens?after=x").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "bearer .", "Token x",
        "Bearer a b", "Bearer kvs_admin_", "Bearer kvs_admin_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void otherCredentialsAreRefused(String field) {
        ApiResponse refused = people.api.get("/kv/locked/k", "Authorization", field);
        assertEquals(401, refused.status());
        assertEquals("Bearer", refused.header("WWW-Authenticate"));
        assertEquals(200, people.api.get("/health", "Authorization", field).status());
        assertEquals(401, people.api.get("/sync/merkle/root", "Authorization", field).status());
    }

    @Test
    void noTokenIsLookedForElsewhere() {
        String token = people.tokens.get("ann");
        assertEquals(200, people.api.get("/kv/locked/k", "Authorization", "bEaReR  " + token).status());
        assertEquals(401, people.api.get("/kv/locked/k?access_token=" + token).status());
        assertEquals(401,
                people.api.get("/kv/locked/k", "Cookie", "token=" + token, "X-Auth-Token", token).status());
        assertEquals(401, people.api.get("/kv/locked/k", "Authorization", "Bearer " + token,
                "authorization", "Bearer " + token).status());
        assertEquals(401, people.api.get("/kv/locked/k", "Authorization",
                "Bearer " + token + "x".repeat(1 << 20)).status());
    }

    @Test
    void theAdminTokenIsForThisMachine() throws Exception {
        assertEquals(200, people.get("operator", "/auth/users").status());
        assertEquals(401,
                people.as("operator", "GET", "/auth/users", "", "X-Forwarded-For", "10.0.0.1").status());
        assertEquals(401, people.as("operator", "GET", "/auth/users", "", "Via", "1.1 proxy").status());
        people.api.remote();
        assertEquals(401, people.get("operator", "/auth/users").status());
        assertEquals(200, people.get("admin", "/auth/users").status());
    }

    @Test
    void aFirstUserIsMadeOnce() {
        InMemoryApi api = InMemoryApi.guarded(InMemoryApi.Access.STRICT);
        api.bootstrap = true;
        List<CompletableFuture<Response>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(api.start("POST", "/auth/users", "{\"nickname\":\"u" + i + "\"}"));
        }
        api.node.work();
        List<ApiResponse> made = all.stream().map(InMemoryApi::answer)
                .filter(answer -> answer.status() == 201).toList();
        assertEquals(1, made.size());
        assertEquals(99, all.stream().map(InMemoryApi::answer)
                .filter(answer -> answer.member("reason").equals("bootstrap_closed")).count());
        String user = made.get(0).uuid();
        assertEquals(403, api.post("/auth/tokens",
                "{\"user_uuid\":\"00000000-0000-4000-8000-000000000000\",\"scopes\":[\"read\"]}").status());
        ApiResponse token = api.post("/auth/tokens",
                "{\"user_uuid\":\"" + user + "\",\"scopes\":[\"read\",\"write\",\"admin\"]}");
        assertEquals(201, token.status());
        assertEquals(403,
                api.post("/auth/tokens", "{\"user_uuid\":\"" + user + "\",\"scopes\":[\"read\"]}").status());
        assertEquals("true",
                api.get("/auth/whoami", "Authorization", "Bearer " + token.member("token")).member("admin"));
    }

    /** However the users vanished: nobody is first again. */
    @Test
    void whenAllUsersAreGoneNobodyIsFirstAgain() {
        InMemoryApi api = InMemoryApi.guarded(InMemoryApi.Access.STRICT);
        api.bootstrap = true;
        String user = api.post("/auth/users", "{\"nickname\":\"ann\"}").uuid();
        Key key = Key.ofBytes(("\0user/" + user).getBytes(StandardCharsets.US_ASCII));
        change(api,
                tx -> tx.put(new UnstampedVersion(key, Optional.empty(), Version.FOREVER, Version.NOBODY)));
        change(api, tx -> tx.purge(tx.read(tx.tree().get(key.bytes()).orElseThrow())));
        assertTrue(api.node.store.root().tree().get(key.bytes()).isEmpty());
        assertEquals("bootstrap_closed", api.post("/auth/users", "{\"nickname\":\"eve\"}").member("reason"));
        assertTrue(api.auth.users().list(Optional.empty(), 9).isEmpty());
    }

    private static void change(InMemoryApi api, Consumer<Transaction> change) {
        api.node.store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                change.accept(tx);
            }

            @Override
            public void written() {
                assertTrue(api.auth.users().list(Optional.empty(), 9).isEmpty());
            }

            @Override
            public void refused(Refusal refusal) {
                throw refusal;
            }
        });
        api.node.work();
    }

    @Test
    void theFirstTokenFollowsWithinTenMinutes() {
        InMemoryApi api = InMemoryApi.guarded(InMemoryApi.Access.STRICT);
        api.bootstrap = true;
        String user = api.post("/auth/users", "{\"nickname\":\"ann\"}").uuid();
        api.node.clock.advance(600_000);
        assertEquals(403,
                api.post("/auth/tokens", "{\"user_uuid\":\"" + user + "\",\"scopes\":[\"read\"]}").status());
    }

    @Test
    void whereSomebodyMadeUsersBeforeNobodyElseIsFirst() {
        people.api.bootstrap = true;
        assertEquals(403, people.api.post("/auth/users", "{\"nickname\":\"eve\"}").status());
        assertEquals(403, people.api.post("/auth/tokens",
                "{\"user_uuid\":\"" + people.ids.get("ann") + "\",\"scopes\":[\"read\"]}").status());
    }

    @Test
    void anonymousReadsAndWritesBehindTheirSwitches() {
        GuardedNode open = new GuardedNode(new InMemoryApi.Access(true, true, Optional.empty()));
        assertEquals(201, open.put("anonymous", "/kv/free", "1").status());
        assertEquals("1", open.get("anonymous", "/kv/free?raw").body());
        assertEquals(200, open.put("anonymous", "/kv/free", "2").status());
        assertEquals(201, open.put("ann", "/kv/hers", "1").status());
        assertEquals(401, open.put("anonymous", "/kv/hers", "2").status());
        assertEquals(200, open.get("anonymous", "/kv/hers").status());
        assertEquals(401, open.get("anonymous", "/kv/locked/k").status());
        assertEquals(401, open.as("anonymous", "DELETE", "/kv/free", "").status());
        assertEquals(401, open.as("anonymous", "PUT", "/kv/free/metadata", "{\"permissions\":0}").status());
        String batch = open.as("anonymous", "POST", "/kv/_batch", "{\"ops\":[{\"op\":\"delete\","
                + "\"path\":\"free\"},{\"op\":\"get\",\"path\":\"hers\"}]}").body();
        assertTrue(batch.contains("\"status\":401") && batch.contains("\"status\":200"), batch);
        GuardedNode reading = new GuardedNode(new InMemoryApi.Access(true, false, Optional.empty()));
        assertEquals(401, reading.put("anonymous", "/kv/free", "1").status());
        assertEquals(404, reading.get("anonymous", "/kv/free").status());
    }

    @Test
    void scopesBoundWhatATokenIsGoodFor() {
        people.tokens.put("reader", people.token("ann", "[\"read\"]", "1h").member("token"));
        people.tokens.put("creator", people.token("ann", "[\"create\"]", "1h").member("token"));
        assertEquals(200, people.get("reader", "/kv/locked/k").status());
        assertEquals(403, people.put("reader", "/kv/locked/k", "1").status());
        assertEquals(403, people.get("creator", "/kv/locked/k").status());
        assertEquals(403, people.get("creator", "/kv/").status());
        assertEquals(201, people.put("creator", "/kv/locked/new", "1").status());
        assertEquals(403, people.put("creator", "/kv/locked/new", "2").status());
        assertEquals(403, people.as("reader", "POST", "/auth/tokens", "{\"scopes\":[\"write\"]}").status());
        assertEquals(201, people.as("reader", "POST", "/auth/tokens", "{\"scopes\":[\"read\"]}").status());
        for (String bad : List.of("{\"scopes\":[]}", "{\"scopes\":[\"root\"]}", "{}",
                "{\"scopes\":[\"read\"],\"expires_in\":\"0\"}",
                "{\"scopes\":[\"read\"],\"expires_in\":\"367d\"}", "{\"scopes\":\"read\"}",
                "{\"scopes\":[\"read\"],\"user_uuid\":\"user-abc123\"}")) {
            assertEquals(400, people.as("ann", "POST", "/auth/tokens", bad).status(), bad);
        }
    }

    @Test
    void requestsAreCounted() {
        GuardedNode limited = new GuardedNode(new InMemoryApi.Access(false, false,
                Optional.of(new RateLimiter(people.api.node.clock, 3, 60_000))));
        limited.tokens.put("forwarded", limited.tokens.get("bob"));
        for (int left = 2; left >= -1; left--) {
            ApiResponse answer = limited.as("bob", "GET", "/auth/whoami", "", "Via", "1.1 x");
            assertEquals(left < 0 ? 429 : 200, answer.status());
            assertEquals("\"default\";q=3;w=60", answer.header("RateLimit-Policy"));
            assertTrue(answer.header("RateLimit").startsWith("\"default\";r=" + Math.max(0, left) + ";t="),
                    answer.header("RateLimit"));
            assertEquals(left < 0 ? "20" : "", answer.header("Retry-After"));
        }
        assertEquals(200, limited.as("ann", "GET", "/auth/whoami", "", "Via", "1.1 x").status(),
                "another user");
        assertEquals(200, limited.as("bob", "GET", "/auth/whoami", "").status(),
                "this machine, while nobody has set a limit");
        assertEquals(200, limited.as("bob", "GET", "/health", "", "Via", "1.1 x").status());
        for (int i = 0; i < 9; i++) {
            assertEquals(200, limited.as("admin", "GET", "/auth/whoami", "", "Via", "1.1 x").status());
        }
    }

    /**
     * Each client has one line with the names of the settings; it is a problem while it lasts, without names.
     */
    @Test
    void whoMeetsTheLimitIsToldOf() throws Exception {
        GuardedNode limited = new GuardedNode(new InMemoryApi.Access(false, false,
                Optional.of(new RateLimiter(people.api.node.clock, 3, 60_000))));
        HealthProblemCheck.Subject subject = new HealthProblemCheck.Subject(limited.api.health::problems,
                limited.api.node.clock::advance);
        String detail = HealthProblemCheck.comesAndGoes(HealthProblem.Kind.RATE_LIMITED, subject, () -> {
            for (int i = 0; i < 9; i++) {
                limited.as("bob", "GET", "/auth/whoami", "", "Via", "1.1 x");
            }
        }, () -> { });
        assertTrue(detail.contains("requests of 1 client") && detail.contains("rate_limit_requests"), detail);
        List<String> lines = limited.api.limitLog.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("\"client\":\"" + limited.ids.get("bob"))
                && lines.get(0).contains("rate_limit_requests"), lines.get(0));
    }

    /**
     * The agreement comes a moment after the first user: nobody is refused meanwhile, and no thread waits.
     */
    @Test
    void theFirstTokenWaitsForTheCluster() throws Exception {
        InMemoryApi api = InMemoryApi.guarded(InMemoryApi.Access.STRICT);
        api.bootstrap = true;
        String user = api.send("POST", "/auth/users", "{\"nickname\":\"root\"}", "Content-Type",
                "application/json").uuid();
        String body = "{\"user_uuid\":\"" + user + "\",\"scopes\":[\"admin\"]}";
        api.agreed = new CompletableFuture<>();
        CompletableFuture<Response> waits = api.start("POST", "/auth/tokens", body,
                "Content-Type", "application/json");
        assertFalse(waits.isDone());
        api.agreed.complete(true);
        api.node.work();
        assertEquals(201, InMemoryApi.answer(waits).status());
        api.agreed = CompletableFuture.completedFuture(false);
        assertEquals("bootstrap_closed", InMemoryApi.answer(api.start("POST", "/auth/tokens", body,
                "Content-Type", "application/json")).member("reason"));
    }

    @Test
    void badCredentialsHaveALimitOfTheirOwn() {
        int refused = 0;
        for (int i = 0; i < 40; i++) {
            ApiResponse answer = people.api.get("/kv/a", "Authorization", "Bearer x" + i);
            refused += answer.status() == 429 ? 1 : 0;
        }
        assertEquals(10, refused);
        assertEquals(200, people.get("ann", "/kv/locked/k").status());
        assertEquals(40, people.api.failures.size());
    }
}
