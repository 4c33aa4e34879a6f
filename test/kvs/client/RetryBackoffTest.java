package kvs.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

/** The waiting for nodes that cannot serve a request now. */
class RetryBackoffTest {

    private static final ClientRequest READ = ClientRequest.get("/kv/x");

    private final SimClock clock = new SimClock();
    private final FakeNodes nodes = new FakeNodes();
    private final List<Long> pauses = new ArrayList<>();

    private void pause(long ms) {
        pauses.add(ms);
        clock.advance(ms);
        if (pauses.size() == 4) {
            nodes.node("a", request -> FakeNodes.response(200, "", "{}"));
        }
    }

    @Test
    void pausesDoubleUpToABoundOrAreThoseOfTheNode() throws Exception {
        RetryBackoff transfer = RetryBackoff.transfer();
        List<Long> grown = new ArrayList<>();
        for (int round : List.of(0, 1, 2, 3, 4, 5, 1_000_000)) {
            grown.add(transfer.pauseMs(round, Optional.empty()));
        }
        assertEquals(List.of(500L, 1_000L, 2_000L, 4_000L, 8_000L, 8_000L, 8_000L), grown);
        Endpoint endpoint = Endpoint.list("a").get(0);
        ClientResponse limited = new ClientResponse(429, Map.of("retry-after", "77"), new byte[0], endpoint);
        ClientResponse busy = new ClientResponse(503, Map.of("retry-after", "77"), new byte[0], endpoint);
        assertEquals(77_000, transfer.pauseMs(3, Optional.of(limited)));
        assertEquals(4_000, transfer.pauseMs(3, Optional.of(busy)));
        assertEquals(200, RetryBackoff.person(10_000).pauseMs(9, Optional.empty()));
    }

    /** A transfer waits for the restart of its node, but not for a node that was never there. */
    @Test
    void transferWaitsForTheOnlyNodeOnceItHasResponded() throws Exception {
        try (ClusterClient client = nodes.transferClient("a", clock, this::pause)) {
            CommandException nobody = assertThrows(CommandException.class, () -> client.send(READ, "x"));
            assertEquals(ExitStatus.UNREACHABLE, nobody.status());
            assertEquals(List.of(), pauses);
            nodes.node("a", request -> FakeNodes.response(200, "", "{}"));
            client.ask(READ, "x");
            nodes.stop("a");
            client.ask(READ, "x");
        }
        assertEquals(List.of(500L, 1_000L, 2_000L, 4_000L), pauses);
    }

    @Test
    void personIsToldAtOnceThatTheOnlyNodeIsSilent() throws Exception {
        nodes.node("a", request -> FakeNodes.response(200, "", "{}"));
        var behaviour = new ClusterClient.Behaviour(nodes, clock, this::pause, RetryBackoff.person(10_000),
                note -> { }, false);
        try (ClusterClient client = FakeNodes.client("a", behaviour, Optional.empty())) {
            client.ask(READ, "x");
            nodes.stop("a");
            assertThrows(CommandException.class, () -> client.ask(READ, "x"));
        }
        assertTrue(pauses.isEmpty(), pauses.toString());
    }
}
