package kvs.api;

import static kvs.api.DocumentResourceTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kvs.gateway.InMemoryApi;
import kvs.http.PercentEncoding;
import kvs.http.Response;
import org.junit.jupiter.api.Test;

class ListingResourceTest {

    private final InMemoryApi api = new InMemoryApi();

    @Test
    void listsChildren() {
        puts("a", "a/b", "a/c/d", "b");
        assertEquals("{\"keys\":[\"a\",\"b\"],\"prefixes\":[\"a/\"],\"count\":4,\"bytes\":14}",
                api.get("/kv/").body());
        assertEquals("{\"keys\":[\"a/b\"],\"prefixes\":[\"a/c/\"],\"count\":2,\"bytes\":10}",
                api.get("/kv/a/").body());
        assertEquals("{\"keys\":[\"a/b\",\"a/c/d\"],\"prefixes\":[],\"count\":2,\"bytes\":10}",
                api.get("/kv/a/?recurse").body());
        InMemoryApi.ApiResponse nothing = api.get("/kv/none/");
        assertEquals(200, nothing.status());
        assertEquals("{\"keys\":[],\"prefixes\":[],\"count\":0,\"bytes\":0}", nothing.body());
    }

    @Test
    void valuesBringTheDocuments() {
        String uuid = api.put("/kv/a/b", " [1]").uuid();
        String body = api.get("/kv/a/?values").body();
        assertTrue(body.contains("\"items\":[{\"path\":\"a/b\",\"uuid\":\"" + uuid + "\",\"timestamp\":"),
                body);
        assertTrue(body.contains(",\"data\": [1]}]"), body);
    }

    @Test
    void linkLeadsThroughAllPages() {
        puts("a", "b c&d", "ü", "x/y", "x/z", "z");
        List<String> seen = new ArrayList<>();
        String target = "/kv/?limit=2";
        while (!target.isEmpty()) {
            InMemoryApi.ApiResponse page = api.get(target);
            assertEquals(200, page.status(), page.body());
            InMemoryApi.elements(page.json(), "keys").forEach(key -> seen.add(InMemoryApi.text(key)));
            InMemoryApi.elements(page.json(), "prefixes").forEach(key -> seen.add(InMemoryApi.text(key)));
            Matcher link = Pattern.compile("<(.*)>; rel=\"next\"").matcher(page.header("Link"));
            target = link.matches() ? link.group(1) : "";
            assertEquals(!target.isEmpty(), !page.member("next").isEmpty());
        }
        assertEquals(List.of("a", "b c&d", "x/", "z", "ü"), seen.stream().sorted().toList());
    }

    @Test
    void tagChangesWithContentQueryAndExpiry() {
        puts("d/a");
        api.put("/kv/d/b?ttl=10s", "1");
        String tag = api.get("/kv/d/").header("ETag");
        assertFalse(tag.isEmpty() || tag.startsWith("W/"));
        assertEquals(304, api.get("/kv/d/", "If-None-Match", tag).status());
        for (String other : new String[] {"/kv/d/?recurse", "/kv/d/?values", "/kv/d/?limit=1",
                "/kv/d/?after=d/a", "/kv/"}) {
            assertNotEquals(tag, api.get(other).header("ETag"), other);
        }
        puts("e");
        assertEquals(304, api.get("/kv/d/", "If-None-Match", tag).status());
        api.node.clock.advance(10_000);
        String later = api.get("/kv/d/").header("ETag");
        assertNotEquals(tag, later);
        puts("d/a");
        assertNotEquals(later, api.get("/kv/d/").header("ETag"));
        problem(api.get("/kv/d/", "If-Match", later), 412, "condition_failed");
    }

    @Test
    void watchWaitsForAChangeBelow() {
        puts("d/a");
        String tag = api.get("/kv/d/").header("ETag");
        CompletableFuture<Response> watch = api.start("GET", "/kv/d/?watch=30s", "", "If-None-Match", tag);
        puts("e");
        api.node.pass(500);
        assertFalse(watch.isDone());
        puts("d/x/y");
        api.node.pass(20);
        assertTrue(InMemoryApi.answer(watch).body().contains("d/x/"));
        CompletableFuture<Response> idle = api.start("GET", "/kv/e/?watch=1s", "",
                "If-None-Match", api.get("/kv/e/").header("ETag"));
        api.node.pass(1_100);
        assertEquals(304, InMemoryApi.answer(idle).status());
    }

    /** A listing of nothing is one too: it is there, and whoever knows it waits for the first key. */
    @Test
    void watchWaitsBelowAPathWhereNothingIs() {
        assertEquals(200, api.get("/kv/new/?watch=30s").status());
        String tag = api.get("/kv/new/").header("ETag");
        CompletableFuture<Response> watch = api.start("GET", "/kv/new/?watch=30s", "", "If-None-Match", tag);
        CompletableFuture<Response> head = api.start("HEAD", "/kv/new/?watch=30s", "", "If-None-Match", tag);
        puts("other");
        api.node.pass(500);
        assertFalse(watch.isDone() || head.isDone());
        puts("new/a");
        api.node.pass(20);
        assertTrue(InMemoryApi.answer(watch).body().contains("new/a"));
        assertEquals(200, InMemoryApi.answer(head).status());
    }

    @Test
    void deletesASubtree() {
        puts("a", "a/b", "a/c/d", "b");
        assertEquals("{\"deleted\":2}", api.delete("/kv/a/?recurse").body());
        assertEquals("{\"deleted\":0}", api.delete("/kv/a/?recurse").body());
        assertEquals("{\"keys\":[\"a\",\"b\"],\"prefixes\":[],\"count\":2,\"bytes\":4}",
                api.get("/kv/").body());
        assertEquals("{\"deleted\":2}", api.delete("/kv/?recurse=true").body());
    }

    @Test
    void refusesWhatItDoesNotTake() {
        puts("a/b");
        problem(api.delete("/kv/a/"), 400, "bad_request");
        problem(api.delete("/kv/a/?recurse=false"), 400, "bad_request");
        problem(api.delete("/kv/a/?recurse", "If-Match", "*"), 400, "bad_request");
        for (String query : new String[] {"limit=0", "limit=10001", "limit=x", "limit=-1", "raw",
                "recurse=yes", "watch=2m"}) {
            problem(api.get("/kv/a/?" + query), 400, "bad_request");
        }
        problem(api.get("/kv/_x/"), 404, "not_found");
        problem(api.delete("/kv/_x/?recurse"), 400, "bad_key");
        problem(api.get("/kv/a//"), 400, "bad_key");
        problem(api.post("/kv/a/", "1"), 400, "bad_request");
        assertEquals(200, api.get("/kv/a/?limit=10000").status());
        assertEquals("1", api.get("/kv/a/b?raw").body());
    }

    @Test
    void unreadableDocumentDoesNotHideTheOthers() throws IOException {
        api.put("/kv/d/a", "\"first-document\"");
        api.put("/kv/d/b", "\"other-document\"");
        rot("first-document");
        List<String> items = InMemoryApi.elements(api.get("/kv/d/?values").json(), "items").stream()
                .map(item -> InMemoryApi.member(item, "path") + " " + InMemoryApi.member(item, "reason")
                        + InMemoryApi.member(item, "data")).toList();
        assertEquals(List.of("d/a damaged", "d/b other-document"), items);
        assertTrue(api.get("/kv/_range", "Accept", "application/x-ndjson").body().lines().findFirst()
                .orElseThrow().contains("damaged"));
        problem(api.get("/kv/d/a"), 500, "damaged");
        assertTrue(api.get("/health").body().contains("unreadable"));
    }

    private void rot(String text) throws IOException {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        for (String name : api.node.disk.list()) {
            byte[] bytes = api.node.disk.bytes(name);
            for (int i = 0; i + wanted.length <= bytes.length; i++) {
                if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                    api.node.disk.flip(name, i, 1);
                }
            }
        }
    }

    private void puts(String... paths) {
        for (String path : paths) {
            api.put("/kv/" + PercentEncoding.encode(path), "1");
        }
    }
}
