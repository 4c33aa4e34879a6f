package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.client.FakeNodes;
import kvs.command.MisuseException;
import kvs.sim.SimClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The requests to a running node, and the handling of its responses. */
class RemoteEndpointTest {

    private static final String MEMBERS =
            "[{\"id\":\"other\",\"joined_timestamp\":1},{\"id\":\"n\",\"joined_timestamp\":5}]";

    private final TransferLab lab = new TransferLab();
    private final FakeNodes nodes = new FakeNodes();
    private final Deque<String> replies = new ArrayDeque<>();
    private final List<String> bodies = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();

    @BeforeEach
    void startsANode() {
        nodes.node("host", request -> {
            bodies.add(request.substring(request.indexOf("\r\n\r\n") + 4));
            return replies.isEmpty() ? FakeNodes.CUT : replies.remove();
        });
    }

    private static String answer(int status, String body) {
        return FakeNodes.response(status, "", body);
    }

    private static String answer(int status, String body, String header, String value) {
        return FakeNodes.response(status, header + ": " + value + "\r\n", body);
    }

    private RemoteEndpoint node() {
        try {
            return new RemoteEndpoint(nodes.transferClient("host:1", lab.clock, ms -> {
                pauses.add(ms);
                lab.clock.advance(ms);
            }), lab.clock, Runnable::run);
        } catch (MisuseException e) {
            throw new AssertionError(e);
        }
    }

    /** The requests that the node received, and forgets them. */
    private List<String> requests() {
        List<String> all = nodes.requests.stream().map(line -> line.replace("host ", "")).toList();
        nodes.requests.clear();
        return all;
    }

    private TransferReporter take(String lines, String... answers) throws IOException {
        lab.files.put(TransferLab.FILE, lines.getBytes(StandardCharsets.UTF_8));
        replies.clear();
        replies.add(answer(200, MEMBERS));
        replies.addAll(List.of(answers));
        return lab.take(node(), TransferLab.withMetadata(PathRenames.NONE));
    }

    private String export(String prefix, boolean metadata, String... answers) throws IOException {
        replies.clear();
        replies.addAll(List.of(answers));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Export(node(), new Export.ExportOptions(ExportFormat.NDJSON, prefix, metadata), lab.report())
                .run(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void sendsBatchesAndNamesWhatTheNodeRefuses() throws IOException {
        TransferReporter report = take(
                "{\"path\":\"a\",\"data\":1.0}\n{\"path\":\"b\",\"data\":[ ],\"ttl\":\"90s\"}\n"
                        + "{\"path\":\"c/d\",\"metadata\":{\"owner_uuid\":null}}\n"
                        + "{\"path\":\"\",\"metadata\":{\"permissions\":15}}\n{\"path\":\"e\",\"data\":2}\n",
                answer(200, "{\"results\":[{\"status\":201},{\"status\":403,\"detail\":\"not yours\"}]}"),
                answer(404, "{\"detail\":\"no such user\"}"), answer(200, "{}"),
                answer(200, "{\"results\":[{\"status\":200}]}"));
        assertEquals(2, report.refused());
        assertEquals(List.of("line 2: not yours", "line 3: no such user"),
                lab.said().lines().filter(text -> text.startsWith("line")).toList());
        assertEquals(List.of("GET /members/", "POST /kv/_batch", "PUT /kv/c/d/metadata", "PUT /kv/metadata",
                "POST /kv/_batch"), requests());
        assertEquals("{\"ops\":[{\"op\":\"put\",\"path\":\"a\",\"ttl\":\"0\",\"data\":1.0},"
                + "{\"op\":\"put\",\"path\":\"b\",\"ttl\":\"1m30s\",\"data\":[ ]}]}",
                bodies.get(1));
        assertEquals("{\"owner_uuid\":null}", bodies.get(2));
        assertTrue(nodes.last.contains("\r\nAuthorization: Bearer t0k\r\n"), nodes.last);
    }

    /** A dump of another store: what the node has already is not sent to it. */
    @Test
    void writesOnlyWhatDiffers() throws IOException {
        String dump = "[{\"key\":\"a\",\"value\":\"MQ==\"},{\"key\":\"b\",\"value\":\"MQ==\"},"
                + "{\"key\":\"c\",\"value\":\"MQ==\"},{\"key\":\"d\",\"value\":\"MQ==\"}]";
        String present = answer(200, "{\"results\":[{\"status\":200,\"data\":1},"
                + "{\"status\":200,\"data\":2},{\"status\":404,\"detail\":\"absent\"},"
                + "{\"status\":200,\"data\":1,\"expires_at\":5}]}");
        for (boolean dryRun : List.of(true, false)) {
            bodies.clear();
            replies.clear();
            replies.addAll(List.of(answer(200, MEMBERS), present, answer(200,
                    "{\"results\":[{\"status\":200},{\"status\":403,\"detail\":\"not yours\"},"
                    + "{\"status\":200}]}")));
            lab.files.put(TransferLab.FILE, dump.getBytes(StandardCharsets.UTF_8));
            TransferReporter report = lab.take(node(),
                    new Import.ImportOptions(FileFormat.CONSUL, false, PathRenames.NONE, dryRun));
            assertEquals("{\"ops\":[{\"op\":\"get\",\"path\":\"a\"},{\"op\":\"get\",\"path\":\"b\"},"
                    + "{\"op\":\"get\",\"path\":\"c\"},{\"op\":\"get\",\"path\":\"d\"}]}",
                    bodies.get(1));
            assertEquals(dryRun ? 2 : 3, bodies.size());
            assertTrue(lab.said().contains(dryRun ? "would import 3 documents (1 new, 2 changed), 1 unchanged"
                    : "imported 2 documents (0 new, 2 changed), 1 unchanged"), lab.said());
            assertEquals(dryRun ? 0 : 1, report.refused());
        }
        assertTrue(lab.said().contains("line 1, entry 3: not yours"), lab.said());
        assertEquals("{\"ops\":[{\"op\":\"put\",\"path\":\"b\",\"ttl\":\"0\",\"data\":1},{\"op\":\"put\","
                + "\"path\":\"c\",\"ttl\":\"0\",\"data\":1},{\"op\":\"put\",\"path\":\"d\",\"ttl\":\"0\","
                + "\"data\":1}]}", bodies.get(2));
    }

    @Test
    void comesAgainWhenItIsToldTo() throws IOException {
        String done = "{\"results\":[{\"status\":201}]}";
        assertEquals(0, take("{\"path\":\"a\",\"data\":1}\n", answer(429, "{}", "retry-after", "7"),
                answer(503, "{}", "retry-after", "2"), FakeNodes.CUT,
                FakeNodes.CUT, answer(200, "{\"results\":[{\"status\":503,\"detail\":\"busy\"}]}"),
                answer(200, done)).refused());
        assertEquals(List.of(7_000L, 1_000L, 2_000L, 500L), pauses);
    }

    @Test
    void givesUpAfterTwoMinutesAndGoesOnLater() throws IOException {
        IOException cut = assertThrows(IOException.class, () -> take("{\"path\":\"a\",\"data\":1}\n"));
        assertTrue(cut.getMessage().startsWith("the transfer was not completed: no node responds at"
                + " http://host:1 ("), cut.getMessage());
        assertEquals(List.of(500L, 1_000L, 2_000L, 4_000L, 8_000L), pauses.subList(0, 5));
        assertTrue(pauses.stream().allMatch(ms -> ms <= 8_000), pauses.toString());
        long waited = pauses.stream().mapToLong(Long::longValue).sum();
        assertTrue(waited > 100_000 && waited <= 120_000, waited + " ms");
        String[] busy = new String[10];
        Arrays.fill(busy, answer(200, "{\"results\":[{\"status\":503,\"detail\":\"no room\"}]}"));
        assertTrue(assertThrows(IOException.class, () -> take("{\"path\":\"a\",\"data\":1}\n", busy))
                .getMessage().contains("no room (10 attempts)"));
    }

    /** The client does not wait for a state that only a person can end. */
    @Test
    void asksANodeThatIsReadOnlyOnce() throws IOException {
        for (String reply : List.of(answer(503, "{\"detail\":\"it is so\",\"reason\":\"read_only\"}"),
                answer(200, "{\"results\":[{\"status\":503,\"detail\":\"it is so\","
                        + "\"reason\":\"read_only\"}]}"))) {
            String said = assertThrows(IOException.class, () -> take("{\"path\":\"a\",\"data\":1}\n", reply))
                    .getMessage();
            assertTrue(said.contains("it is so. Make it writable by 'kvs mode read-only off'"), said);
        }
        assertEquals(List.of(), pauses);
    }

    @Test
    void stopsWhenTheNodeRefusesAltogether() throws IOException {
        for (String bad : List.of(answer(401, "{\"detail\":\"this request needs a token\"}"),
                answer(403, "{\"detail\":\"no\"}"), answer(507, "{\"reason\":\"disk_full\"}"),
                answer(200, "{\"results\":[{\"status\":507,\"detail\":\"full\",\"reason\":"
                        + "\"disk_full\"}]}"), answer(200, "<html>"))) {
            assertThrows(IOException.class, () -> take("{\"path\":\"a\",\"data\":1}\n", bad));
        }
        IOException stranger = assertThrows(IOException.class,
                () -> take("{\"path\":\"a\",\"data\":1}\n", answer(401, "{\"reason\":\"unauthorized\"}")));
        assertTrue(stranger.getMessage().contains("KVS_TOKEN"));
        replies.clear();
        assertTrue(assertThrows(IOException.class, () -> node().id()).getMessage()
                .contains("no node responds"));
        assertEquals(List.of(), pauses, "that nobody is there is told at once");
        replies.addAll(List.of(answer(200, MEMBERS), answer(200, "[]")));
        assertEquals(Optional.of("node n of 5 at host:1"), node().id());
        assertEquals(Optional.empty(), node().id());
    }

    @Test
    void readsPagesWithWhatIsLeftOfALife() throws IOException {
        long now = SimClock.START_MS;
        String first = "{\"items\":[{\"path\":\"a\",\"uuid\":\"u\",\"data\":1.0},"
                + "{\"path\":\"b\",\"expires_at\":" + (now + 61_000) + ",\"data\":{\n}},"
                + "{\"path\":\"c\",\"expires_at\":" + now
                + ",\"data\":3},{\"path\":\"d\",\"status\":500,\"detail\":\"damaged\"}],\"next\":\"d\"}";
        String found = export("", false, answer(200, first), FakeNodes.CUT, answer(200,
                "{\"items\":[{\"path\":\"e é\",\"data\":" + "[".repeat(128) + "]".repeat(128) + "}]}"));
        assertEquals("{\"path\":\"a\",\"data\":1.0}\n{\"path\":\"b\",\"data\":{ },\"ttl\":\"1m1s\"}\n"
                + "{\"path\":\"e é\",\"data\":" + "[".repeat(128) + "]".repeat(128) + "}\n", found);
        assertTrue(lab.said().contains("not exported: d: damaged"), lab.said());
        assertEquals(List.of("GET /kv/_range?limit=10000&start_key=", "GET /kv/_range?limit=10000&after=d",
                "GET /kv/_range?limit=10000&after=d"), requests());
    }

    @Test
    void believesTheClockOfTheNode() throws IOException {
        String page = "{\"items\":[{\"path\":\"b\",\"expires_at\":1800000060000,\"data\":1}]}";
        // 1800000000 is that second.
        assertTrue(export("", false, answer(200, page, "date", "Fri, 15 Jan 2027 08:00:00 GMT"))
                .contains("\"ttl\":\"1m\""));
        lab.clock.setWall(1_800_000_000_250L);
        assertTrue(export("", false, answer(200, page, "date", "Fri, 15 Jan 2027 08:00:00 GMT"))
                .contains("\"ttl\":\"59s750ms\""));
        lab.clock.setWall(1_900_000_000_000L);
        assertTrue(export("", false, answer(200, page, "date", "Fri, 15 Jan 2027 08:00:00 GMT"))
                .contains("\"ttl\":\"59s1ms\""));
    }

    @Test
    void asksForAPrefixAndItsMetadata() throws IOException {
        String set = "{\"items\":[{\"path\":\"a\",\"owner_uuid\":null,\"group_uuid\":null,\"permissions\":15,"
                + "\"permissions_text\":\"----,----,cdwr\","
                + "\"applies_to\":\"subtree\",\"user_uuid\":null,\"created_at\":1,\"updated_at\":2},"
                + "{\"path\":\"a/x\","
                + "\"owner_uuid\":\"00000000-0000-0000-0000-000000000001\",\"permissions\":15,"
                + "\"applies_to\":\"own_keys\"},"
                + "{\"path\":\"ab\",\"permissions\":15}]}";
        String found = export("a/", true, answer(200, set), answer(200, "{\"items\":[]}"), answer(200, set));
        String a = "{\"path\":\"a\",\"metadata\":{\"owner_uuid\":null,\"group_uuid\":null,\"permissions\":15,"
                + "\"permissions_text\":\"----,----,cdwr\"}}\n";
        assertEquals(a + "{\"path\":\"a/x\",\"metadata\":{\"applies_to\":\"own_keys\",\"permissions\":15,"
                + "\"permissions_text\":\"----,----,cdwr\"}}\n", found);
        List<String> requests = requests();
        assertEquals("GET /kv/_metadata?limit=10000&prefix=a", requests.get(0));
        assertEquals("GET /kv/_range?limit=10000&start_key=a/&end_key=a0", requests.get(1));
    }

    @Test
    void knowsTheNumberOfDocumentsWhereTheNodeTellsIt() throws IOException {
        replies.addAll(List.of(answer(200, "{\"keys\":[],\"prefixes\":[],\"count\":7,\"bytes\":9}"),
                answer(200, "{\"keys\":[],\"prefixes\":[]}"), answer(403, "{}")));
        assertEquals(OptionalLong.of(7), node().count("a b/"));
        assertEquals(OptionalLong.empty(), node().count(""));
        assertEquals(OptionalLong.empty(), node().count("a/"));
        assertEquals(OptionalLong.empty(), node().count("a"), "a part of a name is no level");
        assertEquals(List.of("GET /kv/a%20b/?limit=1", "GET /kv/?limit=1", "GET /kv/a/?limit=1"), requests());
    }

    @Test
    void knowsWhatIsBehindAPrefix() {
        assertEquals(Optional.of("a0"), RemoteEndpoint.behind("a/"));
        assertEquals(Optional.empty(), RemoteEndpoint.behind(""));
        assertEquals(Optional.of("b"), RemoteEndpoint.behind("a\udbff\udfff"));
        assertEquals(Optional.of("\ue000"), RemoteEndpoint.behind("\ud7ff"));
        assertEquals(Optional.of("\ud800\udc00"), RemoteEndpoint.behind("\uffff"));
        assertEquals(Optional.of("\ud83d\ude01"), RemoteEndpoint.behind("\ud83d\ude00"));
    }
}
