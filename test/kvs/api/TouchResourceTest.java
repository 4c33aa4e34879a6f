package kvs.api;

import static kvs.api.DocumentResourceTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import kvs.gateway.InMemoryApi;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

class TouchResourceTest {

    private final InMemoryApi api = new InMemoryApi();

    @Test
    void givesPathsANewExpiry() {
        api.put("/kv/a", "{\"x\": 1}");
        api.put("/kv/b?ttl=1s", "2");
        assertEquals("{\"touched\":2}",
                api.post("/kv/_touch", "{\"paths\":[\"a\",\"b\"],\"ttl\":\"1h\"}").body());
        assertEquals(SimClock.START_MS + 3_600_000, Long.parseLong(api.get("/kv/a").member("expires_at")));
        assertEquals("{\"x\": 1}", api.get("/kv/a?raw").body());
        api.post("/kv/_touch", "{\"paths\":[\"b\"],\"ttl\":\"0\"}");
        assertEquals("", api.get("/kv/b").member("expires_at"));
    }

    @Test
    void givesASubtreeANewExpiry() {
        api.put("/kv/s/a", "1");
        api.put("/kv/s/b/c", "1");
        api.put("/kv/sx", "1");
        assertEquals("{\"touched\":2}", api.post("/kv/_touch", "{\"prefix\":\"s/\",\"ttl\":\"1h\"}").body());
        assertEquals("{\"touched\":1}",
                api.post("/kv/_touch", "{\"prefix\":\"s/\",\"after\":\"s/a\",\"ttl\":\"2h\"}").body());
        assertEquals("", api.get("/kv/sx").member("expires_at"));
        assertEquals("{\"touched\":3}", api.post("/kv/_touch", "{\"prefix\":\"\",\"ttl\":\"2h\"}").body());
    }

    @Test
    void refusesWhatItDoesNotTake() {
        api.put("/kv/a", "1");
        InMemoryApi.ApiResponse absent = api.post("/kv/_touch",
                "{\"paths\":[\"a\",\"none\"],\"ttl\":\"1h\"}");
        problem(absent, 404, "not_found");
        assertEquals("none", absent.member("path"));
        for (String body : new String[] {"{\"paths\":[\"a\"]}", "{\"ttl\":\"1h\"}",
                "{\"paths\":[\"a\"],\"prefix\":\"a/\",\"ttl\":\"1h\"}",
                "{\"paths\":[\"a\"],\"ttl\":\"soon\"}", "{\"paths\":[\"a\"],\"ttl\":\"keep\"}",
                "{\"paths\":[\"a\",\"a\"],\"ttl\":\"1h\"}", "{\"paths\":[1],\"ttl\":\"1h\"}",
                "{\"paths\":\"a\",\"ttl\":\"1h\"}", "{\"prefix\":\"a\",\"ttl\":\"1h\"}",
                "{\"paths\":[\"a\"],\"after\":\"a\",\"ttl\":\"1h\"}",
                "{\"paths\":[\"a\"],\"ttl\":\"1h\",\"x\":1}", "[]"}) {
            problem(api.post("/kv/_touch", body), 400, "bad_request");
        }
        problem(api.post("/kv/_touch", "{\"paths\":[\"a//b\"],\"ttl\":\"1h\"}"), 400, "bad_key");
        assertEquals("", api.get("/kv/a").member("expires_at"));
    }
}
