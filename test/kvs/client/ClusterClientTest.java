package kvs.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.RealTextFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterClientTest {

    private static final byte[] DOCUMENT = {'1'};

    @TempDir
    private Path home;
    private final FakeNodes nodes = new FakeNodes();
    private final List<String> notes = new ArrayList<>();
    private long nanos;
    private final Clock clock = new Clock() {
        @Override
        public long wallMs() {
            return nanos / 1_000_000;
        }

        @Override
        public long nanos() {
            return nanos;
        }
    };

    private ClusterClient client(String endpoints) throws Exception {
        var behaviour = new ClusterClient.Behaviour(nodes, clock, ms -> nanos += ms * 1_000_000,
                RetryBackoff.person(5_000), notes::add, false);
        return new ClusterClient(new ClusterClient.Access(Endpoint.list(endpoints), Optional.of("t0k"), ""),
                behaviour, new PositionFile(new RealTextFiles(Dice.real()), home.resolve("p").toString()),
                false);
    }

    private static ClientRequest put(ClientRequest.Repeat repeat) {
        return ClientRequest.json("PUT", "/kv/a", DOCUMENT, repeat);
    }

    private static String position(String text) {
        return FakeNodes.response(200, "KVS-Position: " + text + "\r\n", "{}");
    }

    @Test
    void goesOnAtTheNextNodeAndSaysSoOnce() throws Exception {
        nodes.node("a", request -> position("p1"));
        nodes.node("b", request -> position("p2"));
        try (ClusterClient client = client("a,b,c")) {
            client.ask(ClientRequest.get("/kv/x"), "x");
            nodes.stop("a");
            nodes.node("a2", request -> FakeNodes.CUT);
            client.ask(put(ClientRequest.Repeat.HARMLESS), "x");
            client.ask(ClientRequest.get("/kv/y"), "x");
        }
        assertEquals(List.of("goes on at n (http://b:8080)"), notes);
        assertEquals(List.of("a GET /kv/x", "a PUT /kv/a", "b PUT /kv/a", "b GET /kv/y"), nodes.requests);
        assertTrue(nodes.last.contains("\r\nKVS-Position: p2\r\n")
                && nodes.last.contains("\r\nAuthorization: Bearer t0k\r\n"), nodes.last);
        assertEquals("p2\nhttp://b:8080\n", Files.readString(home.resolve("p")));
    }

    @Test
    void nextCommandBeginsAtTheLastNodeWithItsPosition() throws Exception {
        nodes.node("b", request -> position("p7"));
        try (ClusterClient client = client("a,b")) {
            client.ask(ClientRequest.get("/kv/x"), "x");
        }
        notes.clear();
        nodes.node("a", request -> position("p8"));
        try (ClusterClient client = client("a,b")) {
            client.ask(ClientRequest.get("/kv/z"), "x");
            assertTrue(nodes.last.contains("KVS-Position: p7\r\n"), nodes.last);
        }
        assertEquals("b GET /kv/z", nodes.requests.get(nodes.requests.size() - 1));
        assertEquals(List.of(), notes);
    }

    @Test
    void requestThatMayHaveBeenDoneIsNotSentTwice() throws Exception {
        nodes.node("a", request -> FakeNodes.CUT);
        nodes.node("b", request -> position("p"));
        try (ClusterClient client = client("a,b")) {
            CommandException failure = assertThrows(CommandException.class,
                    () -> client.ask(put(ClientRequest.Repeat.HARMFUL), "x"));
            assertEquals(ExitStatus.UNREACHABLE, failure.status());
            assertTrue(failure.getMessage().startsWith("it is not known whether this was done"));
        }
        assertEquals(List.of("a PUT /kv/a"), nodes.requests);
        nodes.stop("a");
        nodes.requests.clear();
        try (ClusterClient client = client("a,b")) {
            client.ask(put(ClientRequest.Repeat.HARMFUL), "x");
        }
        assertEquals(List.of("b PUT /kv/a"), nodes.requests, "a connection that is refused does no harm");
    }

    @Test
    void harmlessRequestIsSentToTheNextNode() throws Exception {
        nodes.node("a", request -> FakeNodes.CUT);
        nodes.node("b", request -> position("p"));
        try (ClusterClient client = client("a,b")) {
            client.ask(put(ClientRequest.Repeat.HARMLESS), "x");
        }
        assertEquals(List.of("a PUT /kv/a", "b PUT /kv/a"), nodes.requests);
    }

    @Test
    void busyNodesAreAskedAgainUntilTheTimeIsOver() throws Exception {
        String busy = FakeNodes.response(503, "", "{\"reason\":\"busy\",\"detail\":\"full\"}");
        nodes.node("a", request -> nodes.requests.size() < 4 ? busy : position("p"));
        try (ClusterClient client = client("a")) {
            client.ask(ClientRequest.get("/kv/x"), "x");
        }
        assertEquals(4, nodes.requests.size());
        nodes.node("a", request -> busy);
        try (ClusterClient client = client("a")) {
            CommandException failure = assertThrows(CommandException.class,
                    () -> client.ask(ClientRequest.get("/kv/x"), "x was not read"));
            assertEquals(ExitStatus.UNREACHABLE, failure.status());
            assertEquals("x was not read: full", failure.getMessage());
        }
        assertTrue(nanos >= 4_000_000_000L && nanos < 7_000_000_000L, nanos + " ns");
    }

    @Test
    void refusalThatLastsEndsAtOnceUnlessAnotherNodeServes() throws Exception {
        String readOnly = FakeNodes.response(503, "", "{\"reason\":\"read_only\",\"detail\":\"no writes\"}");
        nodes.node("a", request -> readOnly);
        try (ClusterClient client = client("a")) {
            CommandException failure = assertThrows(CommandException.class,
                    () -> client.ask(put(ClientRequest.Repeat.HARMFUL), "a was not written"));
            assertEquals(ExitStatus.FAILED, failure.status());
            assertTrue(failure.getMessage().contains("kvs mode read-only off"), failure.getMessage());
        }
        assertEquals(0, nanos);
        nodes.node("b", request -> position("p"));
        try (ClusterClient client = client("a,b")) {
            client.ask(put(ClientRequest.Repeat.HARMFUL), "x");
        }
        assertEquals(List.of("goes on at n (http://b:8080)"), notes);
    }

    /** The write whose fsync failed may be on that disk. */
    @Test
    void writeThatAFailedDiskMayHaveIsNotSentElsewhere() throws Exception {
        nodes.node("a", request -> FakeNodes.response(503, "", "{\"reason\":\"store_failed\"}"));
        nodes.node("b", request -> position("p"));
        try (ClusterClient client = client("a,b")) {
            assertEquals(503, client.send(put(ClientRequest.Repeat.HARMFUL), "x").status());
            assertEquals(200, client.send(put(ClientRequest.Repeat.HARMLESS), "x").status());
        }
        assertEquals(List.of("a PUT /kv/a", "a PUT /kv/a", "b PUT /kv/a"), nodes.requests);
    }

    @Test
    void positionOfAnotherClusterIsDropped() throws Exception {
        Files.writeString(home.resolve("p"), "old\nhttp://a:8080\n");
        String gone = FakeNodes.response(410, "", "{\"reason\":\"position_gone\"}");
        nodes.node("a", request -> request.contains("KVS-Position: old") ? gone : position("new"));
        try (ClusterClient client = client("a")) {
            assertEquals(200, client.ask(ClientRequest.get("/kv/x"), "x").status());
        }
        assertEquals("new\nhttp://a:8080\n", Files.readString(home.resolve("p")));
    }

    @Test
    void positionThatCannotBeKeptIsNamedWhereItMatters() throws Exception {
        nodes.node("a", request -> position("p"));
        Files.createDirectories(home.resolve("p/in the way"));
        for (String endpoints : List.of("a", "a,b")) {
            try (ClusterClient client = client(endpoints)) {
                client.ask(ClientRequest.get("/kv/x"), "x");
            }
            assertEquals(endpoints.equals("a") ? 0 : 1, notes.size(), notes.toString());
        }
        assertTrue(notes.get(0).startsWith("the position of this command cannot be kept"), notes.toString());
    }

    @Test
    void everyNodeThatDoesNotRespondIsNamed() throws Exception {
        try (ClusterClient client = client("https://a:1,b:2")) {
            CommandException failure = assertThrows(CommandException.class,
                    () -> client.ask(ClientRequest.get("/kv/x"), "x was not read"));
            assertEquals(ExitStatus.UNREACHABLE, failure.status());
            assertEquals("x was not read: no node responds; https://a:1: no process listens there;"
                    + " https://b:2: no process listens there. Start the node, or name another one by"
                    + " --endpoint", failure.getMessage());
        }
    }

    @Test
    void readsChunkedAndUnboundedBodies() throws Exception {
        String chunked = "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n"
                + " world\r\n"
                + "0\r\nTrailer: t\r\n\r\n";
        nodes.node("a", request -> chunked);
        nodes.node("b", request -> "HTTP/1.0 200 X\r\n\r\nto the end");
        nodes.node("c", request -> "HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nshort");
        nodes.node("d", request -> "SSH-2.0-OpenSSH\r\n");
        try (ClusterClient client = client("a"); ClusterClient other = client("b")) {
            assertEquals("hello world", client.ask(ClientRequest.get("/"), "x").text());
            assertEquals("hello world", client.ask(ClientRequest.get("/"), "x").text());
            assertEquals("to the end", other.ask(ClientRequest.get("/"), "x").text());
        }
        for (String bad : List.of("c", "d")) {
            try (ClusterClient client = client(bad)) {
                CommandException failure = assertThrows(CommandException.class,
                        () -> client.ask(ClientRequest.get("/"), "x"));
                assertEquals(ExitStatus.UNREACHABLE, failure.status());
                assertFalse(failure.getMessage().contains("null"), failure.getMessage());
            }
        }
    }

    @Test
    void silentNodeIsNotWaitedForTwice() throws Exception {
        nodes.node("a", request -> nodes.requests.size() == 1 ? position("p") : FakeNodes.SILENCE);
        try (ClusterClient client = client("a")) {
            client.ask(ClientRequest.get("/kv/x"), "x");
            CommandException failure = assertThrows(CommandException.class,
                    () -> client.probe(ClientRequest.get("/kv/x"), "x was not read"));
            assertEquals(ExitStatus.UNREACHABLE, failure.status());
        }
        assertEquals(List.of("a GET /kv/x", "a GET /kv/x"), nodes.requests);
    }

    @Test
    void nodeThatSendsByteByByteMeetsTheDeadline() throws Exception {
        String slow = "x".repeat(1_000);
        for (String response : List.of(position(slow), FakeNodes.response(200, "", slow))) {
            nodes.node("a", request -> response);
            nanos = 0;
            nodes.pace = () -> nanos += 100_000_000;
            try (ClusterClient client = client("a")) {
                CommandException failure = assertThrows(CommandException.class,
                        () -> client.ask(ClientRequest.get("/"), "x was not read"));
                assertTrue(failure.getMessage().contains("the response did not end in time"),
                        failure.getMessage());
            }
            assertTrue(nanos <= 6_000_000_000L, nanos + " ns");
        }
    }

    @Test
    void requestOfAPartEndsWithTheWhole() throws Exception {
        nodes.node("a", request -> FakeNodes.response(503, "", "{\"reason\":\"busy\"}"));
        try (ClusterClient client = client("a")) {
            assertThrows(CommandException.class, () -> client.send(ClientRequest.get("/"), "x",
                    Deadline.in(clock, 1_000)));
        }
        assertTrue(nanos <= 1_000_000_000L, nanos + " ns");
    }

    @Test
    void headsAndTrailersWithoutEndAreRefused() throws Exception {
        nodes.node("a", request -> "HTTP/1.1 103 X\r\n\r\n".repeat(101) + position("p"));
        nodes.node("b", request -> "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                + "T: t\r\n".repeat(101) + "\r\n");
        nodes.node("c", request -> "HTTP/1.1 103 X\r\n\r\n".repeat(100) + "HTTP/1.1 200 X\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + "T: t\r\n".repeat(100) + "\r\n");
        for (String bad : List.of("a", "b")) {
            try (ClusterClient client = client(bad)) {
                CommandException failure = assertThrows(CommandException.class,
                        () -> client.ask(ClientRequest.get("/"), "x"));
                assertTrue(failure.getMessage().contains("more than 100"), failure.getMessage());
            }
        }
        try (ClusterClient client = client("c")) {
            assertEquals("", client.ask(ClientRequest.get("/"), "x").text());
        }
    }

    @Test
    void textThatWouldEndItsLineIsNotSent() throws Exception {
        nodes.node("a", request -> position("p"));
        List<ClientRequest> bad = List.of(ClientRequest.get("/kv/x HTTP/1.1\r\nA: b"),
                ClientRequest.get("/kv/x y"), ClientRequest.get("/").with("If-Match", "\"s3cret\r\nA: b\""));
        for (ClientRequest request : bad) {
            try (ClusterClient client = client("a")) {
                CommandException failure = assertThrows(CommandException.class,
                        () -> client.ask(request, "x"));
                assertEquals(ExitStatus.FAILED, failure.status());
                assertTrue(failure.getMessage().startsWith("nothing was sent to http://a:8080: ")
                        && !failure.getMessage().contains("s3cret"), failure.getMessage());
            }
        }
        assertEquals(List.of(), nodes.requests);
    }
}
