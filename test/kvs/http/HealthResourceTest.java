package kvs.http;

import static kvs.http.KeyResourceTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kvs.model.Mode;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

class HealthResourceTest {

    private static final String EMPTY_ROOT = "2c34ce1df23b838c5abf2a7f6437cca3d3067ed509ff25f11df6b11b582b51eb";
    private final Api api = new Api();

    @Test
    void strangersSeeTheFourFieldsOfTheOriginal() throws IOException {
        assertEquals("{\"status\":\"ok\",\"mode\":\"normal\",\"member_count\":1,\"node_id\":\"node-1\"}",
                api.remote().get("/health").body());
    }

    @Test
    void thisMachineSeesMore() {
        api.put("/kv/a", "1");
        api.put("/kv/b", "1");
        api.delete("/kv/b");
        api.node.clock.advance(1_234);
        Api.Answer answer = api.get("/health");
        assertEquals(200, answer.status());
        assertTrue(answer.body().contains("\"version\":\"1.2.3\",\"uptime_ms\":1234,\"keys\":1,\"root\":\""), answer.body());
        assertEquals("[]", answer.member("problems"));
        assertTrue(Long.parseLong(answer.member("disk_free_bytes")) > 0);
        assertEquals(api.get("/sync/merkle/root").member("hash"), answer.member("root"));
    }

    @Test
    void noLoopAsksTheDisk() throws IOException {
        List<Runnable> elsewhere = new ArrayList<>();
        CompletableFuture<Response> mine = api.onLoop("/health", elsewhere::add);
        assertFalse(mine.isDone());
        elsewhere.get(0).run();
        assertTrue(Api.answer(mine).body().contains("disk_free_bytes"));
        assertFalse(Api.answer(api.remote().onLoop("/health", elsewhere::add)).body().contains("disk_free_bytes"));
        assertEquals(1, elsewhere.size(), "strangers are answered on the loop");
    }

    @Test
    void probesFollowTheMode() {
        assertEquals("{\"status\":\"ok\"}", api.get("/health/live").body());
        assertEquals(200, api.get("/health/ready").status());
        api.node.modes.change(Mode.READ_ONLY);
        assertEquals("read-only", api.get("/health").member("mode"));
        assertEquals(200, api.get("/health/ready").status());
        api.node.modes.change(Mode.SYNCING);
        assertEquals(503, api.get("/health/ready").status());
        assertEquals(200, api.get("/health").status());
        assertEquals(200, api.get("/health/live").status());
    }

    @Test
    void failedFsyncMakesItUnwell() {
        api.put("/kv/a", "1");
        int call = 0;
        while (api.get("/health").status() == 200 && call < 20) {
            api.node.disk.failAt(++call, SimDisk.Fault.EIO, false);
            api.put("/kv/a", "2");
        }
        api.node.disk.mend();
        Api.Answer answer = api.get("/health");
        assertEquals(503, answer.status());
        assertEquals("failed", answer.member("status"));
        assertNotEquals("[]", answer.member("problems"));
        assertEquals(503, api.get("/health/ready").status());
        assertEquals(200, api.get("/health/live").status());
        problem(api.put("/kv/a", "3"), 503, "store_failed");
        assertEquals(200, api.get("/kv/a").status());
    }

    @Test
    void digestIsOfAllOrOfAPrefix() {
        assertTrue(api.get("/sync/merkle/root").body().startsWith("{\"hash\":\"" + EMPTY_ROOT + "\",\"count\":0,\"head\":"));
        api.put("/kv/a/b", "1");
        api.put("/kv/c", "1");
        String all = api.get("/sync/merkle/root").member("hash");
        Api.Answer below = api.get("/sync/merkle/root?prefix=a/");
        assertNotEquals(all, below.member("hash"));
        assertEquals("1", below.member("count"));
        assertEquals(EMPTY_ROOT, api.get("/sync/merkle/root?prefix=none/").member("hash"));
        assertEquals(all, api.get("/sync/merkle/root?prefix=").member("hash"));
        api.put("/kv/c", "1");
        assertNotEquals(all, api.get("/sync/merkle/root").member("hash"));
        assertEquals(below.body(), api.get("/sync/merkle/root?prefix=a/").body());
        problem(api.get("/sync/merkle/root?prefix=a"), 400, "bad_request");
    }
}
