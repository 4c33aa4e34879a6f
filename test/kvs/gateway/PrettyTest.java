package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import kvs.documents.DocumentLimits;
import kvs.http.Response;
import org.junit.jupiter.api.Test;

/** The form of JSON answers: indentation, and the links of pages. */
class PrettyTest {

    private final InMemoryApi api = new InMemoryApi();

    @Test
    void indentsADocumentAndKeepsItsTag() {
        String tag = api.put("/kv/a", "{\"b\":[1.50,{}]}").header("ETag");
        InMemoryApi.ApiResponse plain = api.get("/kv/a");
        InMemoryApi.ApiResponse pretty = api.get("/kv/a?pretty");
        assertEquals(1, plain.body().lines().count());
        assertTrue(pretty.body()
                .contains("  \"data\": {\n    \"b\": [\n      1.50,\n      {}\n    ]\n  }\n}"),
                pretty.body());
        assertEquals(plain.body(), pretty.body().replaceAll("\\s", ""));
        assertEquals(tag, pretty.header("ETag"));
        assertEquals(304, api.get("/kv/a?pretty", "If-None-Match", tag).status());
        assertEquals(412, api.get("/kv/a?pretty", "If-Match", "\"x\"").status());
        assertEquals(200, api.put("/kv/a?pretty", "1", "If-Match", tag).status());
        assertEquals(plain.body().lines().count(), api.get("/kv/a?pretty=false").body().lines().count());
    }

    @Test
    void indentsRefusalsAndStreamsToo() {
        assertTrue(api.get("/kv/none?pretty").body().startsWith("{\n  \"type\": \"/problems/not_found\",\n"));
        assertTrue(api.get("/nothing/here?pretty").body().startsWith("{\n  \"type\""));
        String batch = api.post("/kv/_batch?pretty", "{\"ops\":[{\"op\":\"put\",\"path\":\"a\",\"data\":1}]}")
                .body();
        assertTrue(batch.startsWith("{\n  \"results\": [\n    {\n      \"status\": 201,\n"), batch);
    }

    /** Indented at once, such a document would take a hundred times its length of memory. */
    @Test
    void indentsWhatIsLongWhileItIsSent() throws IOException {
        String deep = "[".repeat(100) + "1,".repeat(5_000) + "1" + "]".repeat(100);
        Response response = PrettyResponse.on(new Response(200, Map.of("Content-Type", "application/json"),
                new Response.FullBody(deep.getBytes(StandardCharsets.UTF_8))), "/kv/a?pretty");
        Response.StreamedBody body = assertInstanceOf(Response.StreamedBody.class, response.body());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        body.writeTo(out);
        assertEquals(deep, out.toString(StandardCharsets.UTF_8).replaceAll("\\s", ""));
    }

    @Test
    void refusesWhatCannotBeIndented() {
        api.put("/kv/a", "1");
        assertEquals("'pretty' does not work with 'raw', which returns the bytes that were stored",
                api.get("/kv/a?raw&pretty").member("detail"));
        assertEquals("{\"a\": 1}\n", rawOf("{\"a\": 1}\n"));
        assertEquals(400, api.get("/kv/_range?pretty", "Accept", "application/x-ndjson").status());
        assertEquals(400, api.get("/kv/_changes?pretty", "Accept", "text/event-stream").status());
        assertEquals(400, api.get("/kv/a?pretty=1").status());
        assertTrue(api.get("/metrics?pretty").member("detail")
                .startsWith("unknown query parameter 'pretty'"));
    }

    /** A key is no parameter. */
    @Test
    void readsTheQueryOnly() {
        for (String key : List.of("/kv/pretty", "/kv/a&pretty", "/kv/a&pretty=true&b")) {
            api.put(key, "{}");
            assertEquals(1, api.get(key).body().lines().count(), key);
            assertEquals(1, api.get(key + "?pretty=false").body().lines().count(), key);
            assertTrue(api.get(key + "?pretty=true").body().lines().count() > 1, key);
        }
    }

    private String rawOf(String document) {
        api.put("/kv/raw", document);
        return api.get("/kv/raw?raw").body();
    }

    /** Every page has a link to the next one, which has the same form. */
    @Test
    void everyPageLinksToTheNext() {
        for (int i = 0; i < 4; i++) {
            api.put("/kv/p/" + i, "1");
        }
        api.put("/kv/p/0", "2");
        for (String page : List.of("/kv/p/?limit=2&pretty", "/kv/_range?start_key=p/&limit=2&pretty",
                "/kv/p/0?revisions&limit=1&pretty", "/kv/_changes?limit=2&pretty")) {
            InMemoryApi.ApiResponse first = api.get(page);
            String link = first.header("Link");
            assertTrue(link.endsWith(">; rel=\"next\"") && link.contains("pretty="), page + " " + link);
            String target = link.substring(1, link.indexOf('>'));
            InMemoryApi.ApiResponse second = api.get(target);
            assertEquals(200, second.status(), target);
            assertTrue(second.body().startsWith("{\n"), target);
            assertFalse(second.body().equals(first.body()), target);
        }
    }

    /** A deletion of many keys goes on at its link, by the same method. */
    @Test
    void aDeletionLinksToWhatIsLeft() {
        StringBuilder ops = new StringBuilder();
        for (int i = 0; i < DocumentLimits.OPS_MAX; i++) {
            ops.append(i == 0 ? "" : ",").append("{\"op\":\"put\",\"path\":\"d/").append(i)
                    .append("\",\"data\":1}");
        }
        api.post("/kv/_batch", "{\"ops\":[" + ops + "]}");
        api.put("/kv/d/last", "1");
        InMemoryApi.ApiResponse first = api.delete("/kv/d/?recurse");
        assertEquals("10000", first.member("deleted"));
        String link = first.header("Link");
        InMemoryApi.ApiResponse second = api.delete(link.substring(1, link.indexOf('>')));
        assertEquals("1", second.member("deleted"), link);
        assertEquals("", second.header("Link"));
    }
}
