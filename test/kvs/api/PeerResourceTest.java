package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.cluster.Membership;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi;
import kvs.http.Response;
import kvs.model.Member;
import kvs.sim.SimScheduler;
import kvs.world.Network;
import org.junit.jupiter.api.Test;

/** Two nodes whose messages go through the whole pipeline of one of them. */
class PeerResourceTest {

    private final GuardedNode people = new GuardedNode();
    private final InMemoryApi api = people.api;
    private final List<Network.Call> calls = new ArrayList<>();
    private final List<Response> answers = new ArrayList<>();

    /** A network that carries every call to the API, and remembers it. */
    private final class Wire implements Network {

        @Override
        public CompletionStage<Reply> send(Call call, Bounds bounds) {
            calls.add(call);
            Response response = carry(call);
            answers.add(response);
            byte[] body = ((Response.FullBody) response.body()).bytes();
            Map<String, String> headers = new LinkedHashMap<>();
            response.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
            return CompletableFuture.completedFuture(new NetworkResponse(response.status(), headers, body));
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private Response carry(Network.Call call) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        fields.put("Host", List.of("some-name-of-it:8080"));
        fields.put("Content-Length", List.of(Integer.toString(call.body().length)));
        call.headers().forEach((name, value) -> fields.put(name, List.of(value)));
        return api.start(call.method(), call.target(), call.body(), fields).getNow(Response.empty(0));
    }

    /** Another node, half a second after its start. */
    private Membership joined() {
        SimScheduler scheduler = new SimScheduler(api.node.clock);
        Member other = new Member("node-2", "127.0.0.1:8082", new UUID(2, 2), 2, 2, false);
        Membership joining = api.cluster.membership(api.node, other, new Wire(), scheduler);
        scheduler.start("members", joining.task(), 0);
        scheduler.run(500);
        return joining;
    }

    @Test
    void aNodeJoinsThroughThePipeline() {
        Membership joining = joined();
        assertEquals(2, joining.count());
        assertEquals(2, api.cluster.membership.count());
        assertEquals(List.of(401, 200), answers.stream().map(Response::status).limit(2).toList(),
                "told who is here, then let in");
        String members = people.get("anonymous", "/members/").body();
        assertTrue(members.matches("\\[\\{\"id\":\"node-1\",.*\\{\"id\":\"node-2\","
                + "\"address\":\"127.0.0.1:8082\",\"last_seen\":[0-9]+,"
                + "\"joined_timestamp\":2,\"status\":\"alive\",\"mode\":\"normal\"\\}\\]"), members);
    }

    @Test
    void aCapturedRequestIsWorthless() {
        joined();
        Network.Call good = calls.get(1);
        assertEquals(401, carry(good).status(), "a second time");
        byte[] other = good.body().clone();
        other[other.length - 1] ^= 1;
        assertEquals(401, carry(new Network.Call("POST", good.address(), good.target(), good.headers(),
                other)).status(), "another body");
        assertEquals(421, carry(new Network.Call("POST", good.address(), "/members/gossip", good.headers(),
                good.body())).status(), "elsewhere");
        assertEquals(421, carry(new Network.Call("POST", good.address(), good.target(), Map.of(),
                good.body())).status(), "unsigned");
    }

    @Test
    void aNodeMayDoNothingElse() {
        joined();
        Map<String, String> stamp = calls.get(1).headers();
        for (String target : List.of("/kv/locked/k", "/auth/users", "/kv/_batch", "/members/x")) {
            int status = carry(new Network.Call("POST", "", target, stamp, new byte[0])).status();
            assertTrue(status == 401 || status == 421, target + " " + status);
        }
    }
}
