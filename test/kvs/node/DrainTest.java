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
import kvs.config.Settings;
import kvs.gateway.JdkEngine;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.RealTextFiles;
import kvs.world.SocketOwners;
import kvs.world.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stop of a node: what balancers and clients see of it, and in which order. */
class DrainTest {

    static {
        JdkEngine.PROPERTIES.forEach(System::setProperty);
    }

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
            return client.send(HttpRequest.newBuilder(URI.create(node.url() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
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

    @Test
    void waitsTwiceAndEndsConnectionsBetween() {
        List<String> steps = new ArrayList<>();
        Drain drain = new Drain(5, ms -> steps.add("wait " + ms), Logger.none());
        assertFalse(drain.begun());
        drain.run(() -> steps.add("end connections, draining: " + drain.begun()));
        assertEquals(List.of("wait 3", "end connections, draining: true", "wait 2"), steps);
    }
}
