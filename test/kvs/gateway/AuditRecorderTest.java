package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.audit.AuditEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditRecorderTest {

    private static final String HERE = "127.0.0.1";
    private final GuardedNode people = new GuardedNode();

    @BeforeEach
    void forget() {
        people.api.events.clear();
        people.api.failures.clear();
    }

    /** What was told, without ids and times: act, path and status. */
    private List<String> told() {
        return people.api.events.stream()
                .map(event -> event.act() + " " + event.path() + " " + event.status()).toList();
    }

    @Test
    void writesAreToldAsTheStoreDecidedThem() {
        people.put("bob", "/kv/x", "1");
        people.put("bob", "/kv/x", "2");
        people.put("bob", "/kv/locked/k", "1");
        people.as("bob", "PUT", "/kv/x", "3", "If-None-Match", "*");
        people.get("bob", "/kv/x");
        people.as("bob", "DELETE", "/kv/x", "");
        people.as("bob", "DELETE", "/kv/x", "");
        assertEquals(List.of("put x 201", "put x 200", "put locked/k 403", "put x 412", "delete x 204",
                "delete x 403"), told());
        AuditEvent first = people.api.events.get(0);
        assertEquals(people.ids.get("bob"), first.who().toString());
        assertEquals(people.ids.get("bob-token"), first.token());
        assertEquals(HERE, first.from());
        assertEquals(people.api.node.clock.wallMs(), first.atMs());
        assertTrue(first.storeSeq() > 0 && people.api.events.get(1).storeSeq() == first.storeSeq() + 1,
                first + " then the next number");
        assertEquals("", people.api.events.get(2).uuid());
    }

    @Test
    void theIdOfAWriteIsTold() {
        String uuid = people.put("bob", "/kv/x", "1").uuid();
        assertEquals(uuid, people.api.events.get(0).uuid());
    }

    @Test
    void eachOperationOfABatchIsTold() {
        people.as("bob", "POST", "/kv/_batch", "{\"ops\":[{\"op\":\"put\",\"path\":\"a\",\"data\":1},"
                + "{\"op\":\"get\",\"path\":\"a\"},{\"op\":\"delete\",\"path\":\"none\"},{\"op\":\"check\","
                + "\"path\":\"b\",\"if_none_match\":\"*\"}]}");
        assertEquals(List.of("put a 201", "delete none 403"), told());
        forget();
        people.as("bob", "POST",
                "/kv/_batch", "{\"atomic\":true,\"ops\":[{\"op\":\"put\",\"path\":\"c\",\"data\":1},"
                        + "{\"op\":\"put\",\"path\":\"locked/k\",\"data\":1}]}");
        assertEquals(List.of("put locked/k 403"), told(), "what was undone was not done");
    }

    @Test
    void subtreesAndTouchesAreToldKeyByKey() {
        people.put("bob", "/kv/d/1", "1");
        people.put("bob", "/kv/d/2", "1");
        forget();
        people.as("bob", "POST", "/kv/_touch", "{\"prefix\":\"d/\",\"ttl\":\"1h\"}");
        people.as("bob", "DELETE", "/kv/d/?recurse", "");
        assertEquals(List.of("put d/1 200", "put d/2 200", "delete d/1 204", "delete d/2 204"), told());
    }

    @Test
    void changesOfAccountsAndPermissionsAreToldAsTheyWereAnswered() {
        String user = people.as("admin", "POST", "/auth/users", "{\"nickname\":\"eve\"}").uuid();
        people.as("bob", "POST", "/auth/users", "{\"nickname\":\"mallory\"}");
        people.as("admin", "DELETE", "/auth/users/" + user, "");
        people.as("bob", "PUT", "/kv/y/metadata", "{\"permissions\":0,\"applies_to\":\"own_keys\"}");
        people.as("admin", "PUT", "/kv/metadata", "{\"permissions\":4095}");
        people.get("admin", "/auth/users");
        people.as("bob", "POST", "/auth/tokens", "{\"scopes\":[\"read\"]}");
        assertEquals(List.of("admin POST /auth/users 201", "admin POST /auth/users 403",
                "admin DELETE /auth/users/" + user + " 204",
                "metadata /y 200", "metadata / 200", "admin POST /auth/tokens 201"), told());
        assertEquals(user, people.api.events.get(0).uuid());
        String whole = people.api.events.toString();
        assertFalse(whole.contains("eve") || whole.contains("mallory") || whole.contains("eyJ"),
                "no nickname, no token: " + whole);
    }

    @Test
    void writesThatNoScopeCoversAreToldToo() {
        people.tokens.put("reader", people.token("bob", "[\"read\"]", "1h").member("token"));
        forget();
        people.put("reader", "/kv/x", "1");
        people.as("reader", "DELETE", "/kv/x", "");
        people.as("reader", "DELETE", "/kv/x/?recurse", "");
        people.as("reader", "POST", "/kv/_touch", "{\"paths\":[\"x\"],\"ttl\":\"1h\"}");
        people.get("reader", "/kv/locked/k");
        assertEquals(List.of("put x 403", "delete x 403", "delete x/ 403", "post _touch 403"), told());
        assertEquals(people.ids.get("bob"), people.api.events.get(0).who().toString());
    }

    /** Or anybody could fill the log. */
    @Test
    void refusedStrangersAreOnlyCounted() {
        people.as("anonymous", "POST", "/auth/users", "{\"nickname\":\"eve\"}");
        people.as("anonymous", "PUT", "/kv/y/metadata", "{\"permissions\":0}");
        people.as("expired", "GET", "/kv/x", "");
        people.as("anonymous", "PUT", "/kv/x", "1");
        assertEquals(List.of(), told());
        assertEquals(List.of(HERE, HERE, HERE, HERE), people.api.failures);
    }

    @Test
    void whatTheyWriteWithoutATokenHasNoName() {
        GuardedNode open = new GuardedNode(new InMemoryApi.Access(true, true, Optional.empty()));
        open.api.events.clear();
        open.put("anonymous", "/kv/free", "1");
        assertEquals(new UUID(0, 0), open.api.events.get(0).who());
        assertEquals(HERE, open.api.events.get(0).from());
    }

    @Test
    void administratorsReadTheLogPageByPage() {
        people.put("bob", "/kv/x", "1");
        people.put("bob", "/kv/y", "{\"password\":\"hunter2\"}");
        people.api.auditLog.step();
        InMemoryApi.ApiResponse all = people.get("admin", "/admin/tamper-log");
        assertEquals(200, all.status());
        assertEquals("no-store", all.header("Cache-Control"));
        assertTrue(all.body().contains("\"path\":\"y\"") && !all.body().contains("hunter2"), all.body());
        int lines = InMemoryApi.elements(all.json(), "lines").size();
        String head = all.member("head");
        assertTrue(head.matches(lines + ":[0-9a-f]{64}"), head);
        InMemoryApi.ApiResponse page = people.get("admin", "/admin/tamper-log?limit=2");
        assertEquals(2, InMemoryApi.elements(page.json(), "lines").size());
        assertEquals("2", page.member("next"));
        InMemoryApi.ApiResponse rest = people.get("admin", "/admin/tamper-log?after=2");
        assertEquals(lines - 2, InMemoryApi.elements(rest.json(), "lines").size());
        assertEquals("", rest.member("next"));
        assertEquals("[]", people.get("admin", "/admin/tamper-log?after=999999").member("lines"));
        for (String bad : List.of("after=-1", "after=x", "limit=0", "from=1")) {
            assertEquals(400, people.get("admin", "/admin/tamper-log?" + bad).status(), bad);
        }
    }

    /**
     * Whoever looks for what they may not see leaves a trace, as does a foreign web page; a minute of it is
     * one line.
     */
    @Test
    void refusedReadsAndForeignPagesAreToldMerged() {
        people.put("admin", "/kv/locked/k", "1");
        forget();
        for (String look : List.of("/kv/locked/k", "/kv/locked/k?watch=1ms", "/kv/locked/k?raw",
                "/kv/locked/k?revisions")) {
            assertEquals(403, people.get("bob", look).status(), look);
        }
        people.as("bob", "HEAD", "/kv/locked/k", "");
        people.get("bob", "/kv/locked/k/metadata");
        people.as("bob", "POST", "/kv/_batch", "{\"ops\":[{\"op\":\"get\",\"path\":\"locked/k\"}]}");
        people.get("bob", "/admin/backups");
        people.get("bob", "/admin/tamper-log");
        people.as("bob", "PUT", "/kv/x", "1", "Origin", "http://evil.example");
        people.as("anonymous", "GET", "/kv/x", "", "Host", "evil.example");
        assertEquals(List.of("read locked/k 403", "read locked/k 403", "read locked/k 403",
                "read locked/k 403", "read locked/k 403", "read locked/k/metadata 403", "read locked/k 403",
                "refused GET /admin/backups 403", "refused GET /admin/tamper-log 403",
                "cross_origin PUT /kv/x 403", "misdirected GET /kv/x 421"), people.api.refusals.stream()
                        .map(event -> event.act() + " " + event.path() + " " + event.status()).toList());
        assertEquals(List.of(), told(), "no line of its own");
        assertEquals(people.ids.get("bob"), people.api.refusals.get(0).who().toString());
        assertEquals(HERE, people.api.refusals.get(9).from());
        people.get("anonymous", "/kv/locked/k");
        people.get("anonymous", "/nothing/there");
        people.as("anonymous", "POST", "/members/heartbeat", "x");
        assertEquals(List.of(HERE, HERE, HERE), people.api.failures);
    }
}
