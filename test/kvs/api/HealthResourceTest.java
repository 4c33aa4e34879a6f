package kvs.api;

import static kvs.api.DocumentResourceTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.gateway.InMemoryApi;
import kvs.health.FreeSpaceProbe;
import kvs.http.Response;
import kvs.model.HealthProblem;
import kvs.model.NodeMode;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimDisk;
import kvs.world.Disk;
import org.junit.jupiter.api.Test;

class HealthResourceTest {

    private static final String EMPTY_ROOT =
            "2c34ce1df23b838c5abf2a7f6437cca3d3067ed509ff25f11df6b11b582b51eb";
    private final InMemoryApi api = new InMemoryApi();

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
        InMemoryApi.ApiResponse answer = api.get("/health");
        assertEquals(200, answer.status());
        assertTrue(answer.body().contains("\"version\":\"1.2.3\",\"uptime_ms\":1234,\"keys\":1,\"root\":\""),
                answer.body());
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
        assertTrue(InMemoryApi.answer(mine).body().contains("disk_free_bytes"));
        assertFalse(InMemoryApi.answer(api.remote().onLoop("/health", elsewhere::add)).body()
                .contains("disk_free_bytes"));
        assertEquals(1, elsewhere.size(), "strangers are answered on the loop");
    }

    private void assertStands(int status, String health, int ready, String word) {
        InMemoryApi.ApiResponse answer = api.get("/health");
        assertEquals(status, answer.status(), health);
        assertEquals(health, answer.member("status"));
        assertEquals(ready, api.get("/health/ready").status(), word);
        assertEquals("{\"status\":\"" + word + "\"}", api.get("/health/ready").body().strip());
        assertEquals("{\"status\":\"ok\"}", api.get("/health/live").body().strip(),
                "a process that runs is not restarted");
        assertEquals(200, api.get("/health/live").status());
    }

    @Test
    void saysWhyItDoesNotServe() {
        assertStands(200, "ok", 200, "ok");
        api.node.modes.change(NodeMode.READ_ONLY);
        assertEquals("read-only", api.get("/health").member("mode"));
        assertStands(503, "read_only", 503, "read_only");
        api.left = true;
        assertStands(503, "left", 503, "left");
        api.left = false;
        api.node.modes.change(NodeMode.SYNCING);
        assertStands(503, "syncing", 503, "syncing");
        api.node.modes.synced();
        api.node.modes.change(NodeMode.NORMAL);
        api.node.modes.veto(() -> Optional.of(new Refusal(Reason.BUSY, "just started")));
        assertStands(503, "starting", 503, "starting");
        api.node.modes.veto(() -> Optional.of(new Refusal(Reason.CLOCK_WRONG, "an hour behind")));
        assertStands(503, "clock_wrong", 503, "clock_wrong");
        api.node.modes.veto(Optional::empty);
        api.whole = false;
        assertStands(200, "ok", 503, "behind");
        api.whole = true;
        api.health.add(() -> List.of(new HealthProblem(HealthProblem.Kind.SETTING, "a setting")));
        assertStands(200, "degraded", 200, "ok");
    }

    @Test
    void strangersSeeHowItStandsToo() throws IOException {
        api.health.add(() -> List.of(new HealthProblem(HealthProblem.Kind.SETTING, "a setting")));
        assertEquals(
                "{\"status\":\"degraded\",\"mode\":\"normal\",\"member_count\":1,\"node_id\":\"node-1\"}",
                api.remote().get("/health").body().strip());
    }

    @Test
    void unknownSpaceComesAndGoes() throws Exception {
        AtomicBoolean mute = new AtomicBoolean();
        Disk disk = (Disk) Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.class},
                (proxy, method, arguments) -> {
            if (mute.get()) {
                throw new IOException("no answer");
            }
            return method.invoke(api.node.disk, arguments);
        });
        FreeSpaceProbe space = new FreeSpaceProbe(disk);
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.FREE_SPACE_UNKNOWN,
                new HealthProblemCheck.Subject(space::problems, ms -> space.step()),
                () -> mute.set(true), () -> mute.set(false));
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
        InMemoryApi.ApiResponse answer = api.get("/health");
        assertEquals(503, answer.status());
        assertEquals("store_failed", answer.member("status"));
        assertNotEquals("[]", answer.member("problems"));
        assertEquals(503, api.get("/health/ready").status());
        assertEquals(200, api.get("/health/live").status());
        problem(api.put("/kv/a", "3"), 503, "store_failed");
        assertEquals(200, api.get("/kv/a").status());
    }

    @Test
    void digestIsOfAllOrOfAPrefix() {
        assertTrue(api.get("/sync/merkle/root").body()
                .startsWith("{\"hash\":\"" + EMPTY_ROOT + "\",\"count\":0,\"head\":"));
        api.put("/kv/a/b", "1");
        api.put("/kv/c", "1");
        String all = api.get("/sync/merkle/root").member("hash");
        InMemoryApi.ApiResponse below = api.get("/sync/merkle/root?prefix=a/");
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
