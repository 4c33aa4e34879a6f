package kvs.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import kvs.config.Settings;
import kvs.gateway.AnswerCheck;
import kvs.gateway.JdkEngine;
import kvs.sim.Depth;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.RealTextFiles;
import kvs.world.SocketOwners;
import kvs.world.Threads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stop of a node: what balancers and clients see of it, and in which order. */
class DrainTest {

    static {
        JdkEngine.PROPERTIES.forEach(System::setProperty);
    }

    private static final String OPEN = "auth_enabled: false\nrate_limiting_enabled: false\n";

    @TempDir
    private Path directory;
    private final HttpClient client = HttpClient.newHttpClient();

    private Node node(String settings) throws Exception {
        Environment environment = new Environment(FileDisk.open(directory),
                () -> FileDisk.open(directory.resolve("tamper")),
                () -> FileDisk.open(directory.resolve("backups")), new RealTextFiles(Dice.real()), Clock.REAL,
                Dice.real(), Logger.none(), SocketOwners.real(), new Environment.MachineFacts("machine",
                        "test", directory.toString(), Optional.empty()), ProcessUsage.real());
        return new Node(Settings.read("test", "port: 0\nbackup_enabled: false\n" + settings, Map.of(),
                "machine"), environment, false);
    }

    private HttpResponse<String> get(Node node, String path) {
        try {
            return AnswerCheck.checked(client.send(HttpRequest.newBuilder(URI.create(node.url() + path))
                    .build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(path, e);
        }
    }

    private static boolean ends(HttpResponse<String> response) {
        return response.headers().firstValue("Connection").filter("close"::equals).isPresent();
    }

    @Test
    void isNotReadyAtOnceAndServesUntilTheEnd() throws Exception {
        Node node = node("drain_seconds: 1\n");
        assertEquals(200, get(node, "/health/ready").statusCode());
        assertFalse(ends(get(node, "/health/live")));
        Thread stopper = new Threads(Logger.none()).thread("stop", true, node::drain);
        stopper.start();
        HttpResponse<String> ready = get(node, "/health/ready");
        while (ready.statusCode() == 200) {
            ready = get(node, "/health/ready");
        }
        assertEquals(503, ready.statusCode());
        assertTrue(ready.body().contains("\"draining\""), ready.body());
        assertFalse(ends(ready), "a balancer keeps its connections in the first half");
        while (stopper.isAlive()) {
            ready = get(node, "/health/live");
            assertEquals(200, ready.statusCode());
        }
        assertTrue(ends(get(node, "/health/live")), "no connection survives");
        node.close();
        assertTrue(assertThrows(AssertionError.class, () -> get(node, "/health/live"))
                .getCause() instanceof ConnectException);
    }

    @Test
    void listsTheStopAmongTheEventsOfTheNextStart() throws Exception {
        node("").close();
        try (Node again = node("auth_enabled: false\n")) {
            String body = get(again, "/admin/events").body();
            List<String> kinds = new ArrayList<>();
            for (String part : body.split("\"event\":\"")) {
                kinds.add(part.replaceAll("(?s)\".*", ""));
            }
            kinds.removeIf(kind -> !kind.startsWith("node_"));
            assertEquals(List.of("node_started", "node_stopping", "node_started"), kinds, body);
        }
    }

    /** The parts that serve a request outlive the connections. */
    @Tag(Depth.DEEP)
    @Test
    void refusesNothingWhileItStops() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicLong answered = new AtomicLong();
        Set<String> refused = ConcurrentHashMap.newKeySet();
        AtomicReference<Node> serving = new AtomicReference<>(node(OPEN));
        List<Thread> clients = new ArrayList<>();
        for (String path : List.of("/kv/a", "/kv/b?copies=1", "/kv/c?ttl=1h", "/kv/_conflicts",
                "/members/")) {
            clients.add(new Threads(Logger.none()).thread("client", true, () -> {
                while (!ended.get()) {
                    status(serving.get(), path).ifPresent(status -> {
                        answered.incrementAndGet();
                        if (status / 100 != 2) {
                            refused.add(path + " " + status);
                        }
                    });
                }
            }));
        }
        clients.forEach(Thread::start);
        for (int i = 0; i < Depth.of(2, 60); i++) {
            long before = answered.get();
            while (answered.get() < before + 200) {
                new Threads(Logger.none()).pause(1);
            }
            serving.get().close();
            serving.set(node(OPEN));
        }
        ended.set(true);
        clients.forEach(Threads::join);
        serving.get().close();
        assertEquals(Set.of(), refused);
    }

    /** The status of a write or a read; empty when the connection ended, or none could be opened. */
    private Optional<Integer> status(Node node, String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + path));
        boolean writes = path.startsWith("/kv/") && !path.contains("_");
        try {
            return Optional.of(client.send((writes ? request.PUT(HttpRequest.BodyPublishers.ofString("1"))
                    : request).build(), HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (IOException ended) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void waitsTwiceAndEndsConnectionsBetween() {
        List<String> steps = new ArrayList<>();
        Drain drain = new Drain(5, ms -> steps.add("wait " + ms), Logger.none());
        assertFalse(drain.begun());
        drain.run(() -> steps.add("end connections, draining: " + drain.begun()));
        assertEquals(List.of("wait 3", "end connections, draining: true", "wait 2"), steps);
    }
}
