package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kvs.gateway.InMemoryApi;
import org.junit.jupiter.api.Test;

class ManualResourceTest {

    private final InMemoryApi api = new InMemoryApi();

    @Test
    void servesTheIndexAndEveryPage() {
        InMemoryApi.ApiResponse index = api.get("/docs/");
        assertEquals(200, index.status());
        assertEquals("text/markdown; charset=utf-8", index.header("Content-Type"));
        assertTrue(index.body().startsWith("# KVS: the manual\n"), index.body());
        assertTrue(Manual.names().size() > 1, Manual.names().toString());
        for (String name : Manual.names()) {
            InMemoryApi.ApiResponse page = api.get("/docs/" + name);
            assertEquals(200, page.status(), name);
            assertTrue(page.body().startsWith("# "), name);
            assertEquals(page.body(), api.get("/docs/" + name + ".md").body(), name);
            assertEquals(200, api.send("HEAD", "/docs/" + name, "").status(), name);
        }
        assertEquals(index.body(), api.get("/docs/index").body());
    }

    @Test
    void nameThatIsNotInTheIndexIsNoPage() {
        for (String name : List.of("none", "none.md", "..%2Fdocs%2Findex.md", "%2e%2e", "configuration.md.md",
                ".md", "..", "Manual.class", "index.md%00", "CONFIGURATION")) {
            InMemoryApi.ApiResponse answer = api.get("/docs/" + name);
            assertTrue(List.of(400, 404).contains(answer.status()), name + answer);
        }
        assertEquals("/problems/not_found", api.get("/docs/none").member("type"));
        assertEquals(404, api.get("/docs/a/b").status());
        assertEquals(404, api.get("/docs").status());
        assertEquals(400, api.get("/docs/?page=access").status());
    }

    @Test
    void readerFetchesAPageAgainOnlyWhenItHasChanged() {
        String tag = api.get("/docs/configuration").header("ETag");
        assertEquals(304, api.get("/docs/configuration.md", "If-None-Match", tag).status());
        assertEquals(200, api.get("/docs/index", "If-None-Match", tag).status());
        assertEquals("no-cache", api.get("/docs/index").header("Cache-Control"));
    }
}
