package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi;
import kvs.model.Reason;
import kvs.routes.RouteTable;
import org.junit.jupiter.api.Test;

class RootResourceTest {

    private final InMemoryApi api = new InMemoryApi();

    @Test
    void tellsProgramsWhereToGoOn() {
        InMemoryApi.ApiResponse answer = api.get("/", "Accept", "*/*");
        assertEquals(200, answer.status());
        assertEquals(List.of("kvs", "node-1", "1.2.3"), List.of(answer.member("name"), answer.member("node"),
                answer.member("version")));
        for (String name : List.of("manual", "openapi", "health", "problems", "console")) {
            assertEquals(200, api.get(answer.member(name)).status(), name);
        }
        assertEquals(RouteTable.ofClients().count(), InMemoryApi.elements(answer.json(), "routes").size());
    }

    @Test
    void leadsBrowsersToTheConsole() {
        InMemoryApi.ApiResponse answer = api.get("/", "Accept",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        assertEquals(303, answer.status());
        assertEquals(200, api.get(answer.header("Location")).status());
    }

    @Test
    void hidesTheVersionFromStrangers() throws IOException {
        GuardedNode people = new GuardedNode();
        assertEquals("1.2.3", people.get("anonymous", "/").member("version"));
        people.api.remote();
        assertEquals("", people.get("anonymous", "/").member("version"));
        assertEquals("1.2.3", people.get("bob", "/").member("version"));
    }

    @Test
    void explainsEveryReason() {
        var problems = InMemoryApi.elements(api.get("/problems/").json(), "problems");
        assertEquals(Reason.values().length, problems.size());
        for (var problem : problems) {
            String reason = InMemoryApi.member(problem, "reason");
            assertEquals(InMemoryApi.text(problem), api.get("/problems/" + reason).body());
        }
    }

    @Test
    void servesTheDocumentOfTheApiWithATag() {
        InMemoryApi.ApiResponse answer = api.get("/openapi.json");
        assertEquals("3.1.0", answer.member("openapi"));
        assertTrue(answer.header("Content-Type").startsWith("application/json"));
        assertEquals(304, api.get("/openapi.json", "If-None-Match", answer.header("ETag")).status());
        assertEquals(200, api.get("/openapi.json", "If-None-Match", "\"other\"").status());
    }
}
