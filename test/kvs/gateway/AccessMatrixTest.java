package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import kvs.http.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every route, every method, every caller. The table is what API.md says; each cell is a request to a node of
 * its own.
 */
class AccessMatrixTest {

    private static final List<String> CALLERS = List.of("anonymous", "bob", "mel", "ann", "admin", "expired");
    private static final List<String> METHODS = List.of("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS");

    /**
     * Route; request; body; statuses for nobody, another user, a member of the group, the owner, an
     * administrator, an expired token.
     */
    private static final String TABLE = """
            GET /kv/{path};GET /kv/locked/k;;401 403 200 200 200 401
            GET /kv/{path};GET /kv/locked/none;;401 403 404 404 404 401
            GET /kv/{path};HEAD /kv/locked/k;;401 403 200 200 200 401
            PUT /kv/{path};PUT /kv/locked/k;1;401 403 200 200 200 401
            PUT /kv/{path};PUT /kv/locked/new;1;401 403 403 201 201 401
            PUT /kv/{path};PUT /kv/free;1;401 201 201 201 201 401
            DELETE /kv/{path};DELETE /kv/locked/k;;401 403 403 204 204 401
            DELETE /kv/{path};DELETE /kv/locked/none;;401 403 403 404 404 401
            DELETE /kv/{path};DELETE /kv/locked/none?force;;401 403 403 204 204 401
            PUT /kv/{path}/;PUT /kv/locked/;1;401 400 400 400 400 401
            GET /kv/{path}/;GET /kv/locked/;;401 200 200 200 200 401
            GET /kv/{path}/;GET /kv/;;401 200 200 200 200 401
            DELETE /kv/{path}/;DELETE /kv/locked/?recurse;;401 200 403 200 200 401
            GET /kv/{path};GET /kv/locked/k?revisions;;401 403 200 200 200 401
            GET /kv/{path};GET /kv/locked/none?revisions;;401 403 404 404 404 401
            GET /kv/{path};GET /kv/locked/k?at=99999999999999;;401 403 200 200 200 401
            GET /kv/{path};GET /kv/locked/k?revision=UUID;;401 403 200 200 200 401
            POST /kv/{path};POST /kv/locked/k?restore=UUID;;401 403 200 200 200 401
            POST /kv/{path};POST /kv/locked/none?restore=UUID;;401 403 403 404 404 401
            POST /kv/{path};POST /kv/locked/k;;401 400 400 400 400 401
            POST /kv/{path}/;POST /kv/locked/?restore_to=0;;401 200 403 200 200 401
            POST /kv/{path}/;POST /kv/locked/?restore_to=0&dry_run;;401 200 403 200 200 401
            GET /kv/_conflicts;GET /kv/_conflicts;;401 200 200 200 200 401
            GET /kv/_range;GET /kv/_range?start_key=locked;;401 200 200 200 200 401
            POST /kv/_batch;POST /kv/_batch;{"ops":[{"op":"get","path":"locked/k"}]};401 200 200 200 200 401
            POST /kv/_batch;POST /kv/_batch;{"atomic":true,"ops":[{"op":"get","path":"locked/k"}]};401 409 200 200 200 401
            POST /kv/_touch;POST /kv/_touch;{"paths":["locked/k"],"ttl":"1h"};401 403 403 200 200 401
            POST /kv/_touch;POST /kv/_touch;{"prefix":"locked/","ttl":"1h"};401 200 403 200 200 401
            GET /kv/{path}/metadata;GET /kv/locked/metadata;;401 403 200 200 200 401
            GET /kv/{path}/metadata;GET /kv/locked/k/metadata;;401 403 200 200 200 401
            GET /kv/{path}/metadata;GET /kv/metadata;;401 200 200 200 200 401
            PUT /kv/{path}/metadata;PUT /kv/locked/metadata;{"permissions":4095};401 403 403 200 200 401
            PUT /kv/{path}/metadata;PUT /kv/locked/k/metadata;{"permissions":4095};401 403 403 200 200 401
            PUT /kv/{path}/metadata;PUT /kv/locked/sub/metadata;{"permissions":4095};401 403 403 200 200 401
            PUT /kv/{path}/metadata;PUT /kv/free/metadata;{"permissions":4095};401 403 403 403 200 401
            PUT /kv/{path}/metadata;PUT /kv/free/metadata;{"permissions":4095,"applies_to":"own_keys"};401 200 200 200 404 401
            PUT /kv/{path}/metadata;PUT /kv/locked/sub/metadata;{"permissions":4095,"applies_to":"own_keys"};401 403 403 200 404 401
            PUT /kv/{path}/metadata;PUT /kv/locked/k/metadata;{"permissions":4095,"applies_to":"own_keys"};401 403 403 200 200 401
            PUT /kv/{path}/metadata;PUT /kv/metadata;{"permissions":4095};401 403 403 403 200 401
            DELETE /kv/{path}/metadata;DELETE /kv/locked/metadata;;401 403 404 404 204 401
            GET /kv/_metadata;GET /kv/_metadata;;401 403 403 403 200 401
            GET /kv/_changes;GET /kv/_changes;;401 200 200 200 200 401
            GET /sync/merkle/root;GET /sync/merkle/root;;200 200 200 200 200 401
            GET /sync/merkle/root;GET /sync/merkle/root?prefix=locked/;;401 403 200 200 200 401
            GET /metrics;GET /metrics;;200 200 200 200 200 401
            GET /health;GET /health;;200 200 200 200 200 200
            GET /health/live;GET /health/live;;200 200 200 200 200 200
            GET /health/ready;GET /health/ready;;200 200 200 200 200 200
            GET /;GET /;;200 200 200 200 200 401
            GET /openapi.json;GET /openapi.json;;200 200 200 200 200 401
            GET /problems/;GET /problems/;;200 200 200 200 200 401
            GET /problems/{reason};GET /problems/forbidden;;200 200 200 200 200 401
            GET /docs/;GET /docs/;;200 200 200 200 200 401
            GET /docs/{page};GET /docs/index.md;;200 200 200 200 200 401
            GET /console;GET /console;;308 308 308 308 308 401
            GET /console/;GET /console/;;200 200 200 200 200 401
            GET /console/{file};GET /console/main.js;;200 200 200 200 200 401
            POST /auth/users;POST /auth/users;{"nickname":"x"};403 403 403 403 201 401
            GET /auth/users;GET /auth/users;;401 403 403 403 200 401
            GET /auth/users/{uuid};GET /auth/users/BOB;;401 403 403 403 200 401
            PUT /auth/users/{uuid};PUT /auth/users/BOB;{"nickname":"rob"};401 403 403 403 200 401
            DELETE /auth/users/{uuid};DELETE /auth/users/BOB;;401 403 403 403 204 401
            POST /auth/groups;POST /auth/groups;{"name":"x"};401 403 403 403 201 401
            GET /auth/groups;GET /auth/groups;;401 403 403 403 200 401
            GET /auth/groups/{uuid};GET /auth/groups/GROUP;;401 403 403 403 200 401
            PUT /auth/groups/{uuid};PUT /auth/groups/GROUP;{"members":[]};401 403 403 403 200 401
            DELETE /auth/groups/{uuid};DELETE /auth/groups/GROUP;;401 403 403 403 204 401
            POST /auth/tokens;POST /auth/tokens;{"user_uuid":"BOB","scopes":["read"]};403 201 403 403 201 401
            POST /auth/tokens;POST /auth/tokens;{"user_uuid":"BOB","scopes":["admin"]};403 403 403 403 400 401
            GET /auth/tokens;GET /auth/tokens;;401 200 200 200 200 401
            GET /auth/tokens;GET /auth/tokens?user_uuid=BOB;;401 200 403 403 200 401
            DELETE /auth/tokens/{id};DELETE /auth/tokens/TOKEN;;401 204 404 404 204 401
            GET /admin/tamper-log;GET /admin/tamper-log;;401 403 403 403 200 401
            GET /admin/events;GET /admin/events;;401 403 403 403 200 401
            GET /admin/witnesses;GET /admin/witnesses;;401 403 403 403 200 401
            POST /admin/backup;POST /admin/backup;;401 403 403 403 201 401
            GET /admin/backups;GET /admin/backups;;401 403 403 403 200 401
            PUT /admin/mode;PUT /admin/mode;{"read_only":false};401 403 403 403 200 401
            GET /admin/compact;GET /admin/compact;;401 403 403 403 200 401
            POST /admin/compact;POST /admin/compact;;401 403 403 403 202 401
            GET /admin/verify;GET /admin/verify;;401 403 403 403 200 401
            POST /admin/verify;POST /admin/verify;;401 403 403 403 202 401
            PUT /admin/partners/{name};PUT /admin/partners/b;{"zones":[["plans"]]};401 403 403 403 201 401
            GET /admin/partners/;GET /admin/partners/;;401 403 403 403 200 401
            GET /admin/partners/{name};GET /admin/partners/b;;401 403 403 403 404 401
            POST /admin/partners/{name}/reset;POST /admin/partners/b/reset;;401 403 403 403 404 401
            POST /admin/proofs;POST /admin/proofs;{"path":"locked/k"};401 403 403 403 200 401
            POST /admin/proofs;POST /admin/proofs;{"path":"locked/none"};401 403 403 403 404 401
            POST /admin/partners/{name}/rotate;POST /admin/partners/b/rotate;{"forget_old":true};401 403 403 403 404 401
            DELETE /admin/partners/{name};DELETE /admin/partners/b;;401 403 403 403 404 401
            POST /admin/bundles;POST /admin/bundles;{"partner":"b"};401 403 403 403 404 401
            PUT /admin/bundles/{number}/written;PUT /admin/bundles/1/written;{"sha256":"0"};401 403 403 403 404 401
            GET /admin/receipts;GET /admin/receipts?partner=b;;401 403 403 403 404 401
            POST /admin/merges;POST /admin/merges;{"bytes":1};401 403 403 403 201 401
            PUT /admin/merges/{id};PUT /admin/merges/UUID?offset=0;x;401 403 403 403 404 401
            POST /admin/merges/{id};POST /admin/merges/UUID;{"verify":true};401 403 403 403 404 401
            GET /admin/merges/{id};GET /admin/merges/UUID;;401 403 403 403 404 401
            DELETE /admin/merges/{id};DELETE /admin/merges/UUID;;401 403 403 403 404 401
            POST /members/leave;POST /members/leave?wait=0;;401 403 403 403 200 401
            GET /members/;GET /members/;;200 200 200 200 200 401
            DELETE /members/{id};DELETE /members/node-9;;401 403 403 403 404 401
            POST /members/join;POST /members/join;x;401 401 401 401 401 401
            POST /members/heartbeat;POST /members/heartbeat;x;401 401 401 401 401 401
            POST /sync/diff;POST /sync/diff;x;401 401 401 401 401 401
            POST /sync/feed;POST /sync/feed;x;401 401 401 401 401 401
            POST /sync/fetch;POST /sync/fetch;x;401 401 401 401 401 401
            POST /members/gossip;POST /members/gossip;x;401 401 401 401 401 401
            GET /auth/whoami;GET /auth/whoami;;401 200 200 200 200 401
            GET /auth/can;GET /auth/can?path=locked/k;;401 200 200 200 200 401
            """;

    static List<String> rows() {
        return TABLE.lines().toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everyCellIsAsTheTableSays(String row) {
        String[] cells = row.split(";");
        List<String> found = new ArrayList<>();
        for (String caller : CALLERS) {
            GuardedNode people = new GuardedNode();
            String[] request = fill(cells[1], people).split(" ");
            found.add(Integer.toString(people.as(caller, request[0], request[1], fill(cells[2], people))
                    .status()));
        }
        assertEquals(cells[3], String.join(" ", found));
    }

    static String fill(String text, GuardedNode people) {
        return text.replace("BOB", people.ids.get("bob")).replace("GROUP", people.group)
                .replace("TOKEN", people.ids.get("bob-token")).replace("UUID", people.ids.get("version"));
    }

    @Test
    void everyRouteHasARow() {
        Set<String> covered = new TreeSet<>(rows().stream().map(row -> row.split(";")[0]).toList());
        assertEquals(new TreeSet<>(new GuardedNode().api.routes.stream().map(Route::text).toList()), covered);
    }

    @Test
    void everyOtherMethodIsRefused() {
        GuardedNode people = new GuardedNode();
        int refused = 0;
        for (String row : rows()) {
            String path = fill(row.split(";")[1].split(" ")[1], people).replaceAll("\\?.*", "");
            String allowed = people.as("admin", "OPTIONS", path, "").header("Allow");
            assertEquals(204, people.as("anonymous", "OPTIONS", path, "").status(), path);
            for (String method : METHODS) {
                if (!List.of(allowed.split(", ")).contains(method)) {
                    refused++;
                    assertEquals(405, people.as("admin", method, path, "").status(), method + " " + path);
                    assertEquals(405, people.as("bob", method, path, "").status(), method + " " + path);
                    assertEquals(401, people.as("anonymous", method, path, "").status(), method + " " + path);
                }
            }
        }
        assertTrue(refused > 50, refused + " cells");
        assertEquals(401, people.get("anonymous", "/nothing/here").status());
        assertEquals(404, people.get("bob", "/nothing/here").status());
    }
}
