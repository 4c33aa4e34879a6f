package kvs.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimNetwork;
import kvs.sim.SimScheduler;
import org.junit.jupiter.api.Test;

/** The real and the simulated network keep the same promises. */
class NetworkTest {

    private static final Network.Bounds BOUNDS = new Network.Bounds(2_000, 1_000);

    private static Network.Call call(String address, String target, byte[] body) {
        return new Network.Call("POST", address, target, Map.of("KVS-Test", "yes"), body);
    }

    /** What both servers of this test answer: the body again; at /large too much; at /never nothing. */
    private static byte[] answer(String target, byte[] body) {
        return target.equals("/large") ? new byte[5_000] : body;
    }

    @Test
    void reallySendsAndBounds() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().equals("/never")) {
                return;
            }
            exchange.getResponseHeaders().set("KVS-Echo", exchange.getRequestHeaders().getFirst("KVS-Test"));
            byte[] answer = answer(exchange.getRequestURI().getPath(), body);
            exchange.sendResponseHeaders(201, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        String address = "127.0.0.1:" + server.getAddress().getPort();
        HttpNetwork network = new HttpNetwork(1_000, Optional.empty());
        try {
            var answer = assertInstanceOf(Network.NetworkResponse.class,
                    get(network, call(address, "/a", new byte[] {1, 2})));
            assertEquals(201, answer.status());
            assertArrayEquals(new byte[] {1, 2}, answer.body());
            assertEquals("yes", answer.headers().get("kvs-echo"));
            assertInstanceOf(Network.NoResponse.class, get(network, call(address, "/large", new byte[1])));
            var late = new Network.Bounds(50, 10);
            assertInstanceOf(Network.NoResponse.class, network.send(call(address, "/never", new byte[1]),
                    late).toCompletableFuture().get(10, TimeUnit.SECONDS));
            assertInstanceOf(Network.NoResponse.class, get(network, call("127.0.0.1:1", "/", new byte[1])));
            assertInstanceOf(Network.NoResponse.class, get(network, call("no host", "/", new byte[1])));
            CompletableFuture<Network.Reply> open = network.send(call(address, "/never", new byte[1]),
                    new Network.Bounds(60_000, 10)).toCompletableFuture();
            network.close();
            assertInstanceOf(Network.NoResponse.class, open.get(10, TimeUnit.SECONDS));
        } finally {
            server.stop(0);
        }
    }

    private static Network.Reply get(Network network, Network.Call call) throws Exception {
        return network.send(call, BOUNDS).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void simulatesTheSameAndFaults() throws IOException {
        SimScheduler time = new SimScheduler(new SimClock());
        SimNetwork net = new SimNetwork(time, new SimDice(1));
        net.serve("b:1", call -> call.target().equals("/never") ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(new Network.NetworkResponse(201, Map.of(
                        "kvs-echo", call.headers().get("KVS-Test")), answer(call.target(), call.body()))));
        Network network = net.door("a:1");
        assertArrayEquals(new byte[] {1, 2},
                ((Network.NetworkResponse) reply(network, time, "b:1", "/a")).body());
        assertInstanceOf(Network.NoResponse.class, reply(network, time, "b:1", "/large"));
        assertInstanceOf(Network.NoResponse.class, reply(network, time, "b:1", "/never"));
        assertInstanceOf(Network.NoResponse.class, reply(network, time, "c:1", "/a"));
        net.cut("b:1", "a:1");
        assertInstanceOf(Network.NoResponse.class, reply(network, time, "b:1", "/a"));
        net.mend("b:1", "a:1");
        net.faults(50, 10);
        int answers = 0;
        for (int i = 0; i < 200; i++) {
            answers += reply(network, time, "b:1", "/a") instanceof Network.NetworkResponse ? 1 : 0;
        }
        assertTrue(answers > 20 && answers < 90, "answers " + answers);
        CompletableFuture<Network.Reply> open = network.send(call("b:1", "/never", new byte[1]), BOUNDS)
                .toCompletableFuture();
        assertFalse(open.isDone());
        network.close();
        assertInstanceOf(Network.NoResponse.class, open.join());
    }

    private static Network.Reply reply(Network network, SimScheduler time, String address, String target) {
        CompletableFuture<Network.Reply> reply = network.send(call(address, target, new byte[] {1, 2}),
                BOUNDS).toCompletableFuture();
        time.run(BOUNDS.deadlineMs());
        return reply.join();
    }
}
