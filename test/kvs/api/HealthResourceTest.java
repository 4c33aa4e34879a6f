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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import kvs.cluster.MemberView;
import kvs.cluster.NodeFacts;
import kvs.cluster.NodeStatus;
import kvs.gateway.InMemoryApi;
import kvs.health.FreeSpaceProbe;
import kvs.http.Response;
import kvs.json.JsonValue;
import kvs.model.Coverage;
import kvs.model.HealthProblem;
import kvs.model.Member;
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
        api.draining = true;
        assertStands(200, "ok", 503, "draining");
        api.draining = false;
        api.health.add(() -> List.of(new HealthProblem(HealthProblem.Kind.SETTING, "a setting")));
        assertStands(200, "degraded", 200, "ok");
    }

    private static MemberView member(String id, Member.Status status, Map<Integer, byte[]> field) {
        NodeStatus reported = new NodeStatus(1, NodeMode.NORMAL, true, 0, 0, 425, 0, 0, Coverage.NONE,
                new NodeStatus.Digests(new byte[32], new byte[32]), Map.of()).with(field);
        return new MemberView(new Member(id, id + ":8080", new UUID(1, id.hashCode()), 1, 1, false), status,
                reported, 0, status == Member.Status.ALIVE ? 0 : 161_000);
    }

    @Test
    void verboseShowsMembersAndCures() {
        NodeFacts theirs = new NodeFacts("1.2.2", 3 * 86_400_000L, OptionalLong.empty(),
                OptionalLong.of(1_800_000_000_000L));
        api.members = List.of(member("node-1", Member.Status.ALIVE, Map.of()),
                member("node-2", Member.Status.SUSPECT, theirs.fields()),
                member("node-30", Member.Status.ALIVE, Map.of(3, new byte[] {1})));
        api.health.add(() ->
                List.of(new HealthProblem(HealthProblem.Kind.MEMBER_SILENT, "node-2 is silent")));
        assertEquals("""
                kvs DEGRADED  2 of 3 alive, no backup yet

                NODE     ADDRESS       STATUS             MODE    LAG  VERSIONS  DISK FREE  UP  PROGRAM\
                  CERTIFICATE ENDS
                node-1*  node-1:8080   alive              normal  -    425       76 GB      5 s  1.2.3    -
                node-2   node-2:8080   suspect for 2 min  normal  -    425       -          3 d  1.2.2  \
                  2027-01-15T08:00:00Z
                node-30  node-30:8080  alive              normal  -    425       -          -    -        -

                ! node-2 is silent
                  -> Start it, or repair the network; if it is gone for good: DELETE /members/{id}
                """.replace("UP  PROGRAM", "UP   PROGRAM"), api.get("/health?verbose", "Accept", "text/plain")
                        .body());
        InMemoryApi.ApiResponse json = api.get("/health?verbose");
        List<JsonValue> members = InMemoryApi.elements(json.json(), "members");
        assertEquals(List.of("true", "false", "false"),
                members.stream().map(each -> InMemoryApi.member(each, "self")).toList());
        assertEquals("161000", InMemoryApi.member(members.get(1), "silent_ms"));
        assertEquals("1.2.2", InMemoryApi.member(members.get(1), "version"));
        assertEquals("1800000000000", InMemoryApi.member(members.get(1), "certificate_ends_at"));
        assertEquals("member_silent", InMemoryApi.member(
                InMemoryApi.elements(json.json(), "problem_details").get(0), "kind"));
        assertEquals("", api.get("/health", "Accept", "text/plain").member("members"), "only verbose");
    }

    @Test
    void verboseNeedsAToken() throws IOException {
        problem(api.remote().get("/health?verbose"), 401, "unauthorized");
    }

    @Test
    void everyProblemHasACure() {
        for (HealthProblem.Kind kind : HealthProblem.Kind.values()) {
            assertTrue(ProblemCures.of(kind).matches("[A-Z][^.!]+"), kind + ": " + ProblemCures.of(kind));
        }
    }

    @Test
    void writesNumbersForPeople() {
        assertEquals("1999 ms 2 s 119 s 2 min 119 min 2 h 47 h 2 d", String.join(" ", Stream.of(
                1_999L, 2_000L, 119_999L, 120_000L, 7_199_999L, 7_200_000L, 172_799_999L, 172_800_000L)
                .map(TextTable::duration).toList()));
        assertEquals("0 B 1999 B 2 KB 76 GB", String.join(" ",
                Stream.of(0L, 1_999L, 2_000L, 76_123_456_789L).map(TextTable::bytes).toList()));
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
