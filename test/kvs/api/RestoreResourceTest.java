package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kvs.documents.DocumentLimits;
import kvs.gateway.InMemoryApi;
import kvs.http.Response;
import kvs.model.NodeMode;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestoreResourceTest {

    private static final long START = SimClock.START_MS;

    private final InMemoryApi api = new InMemoryApi();

    /** Writes a document and lets ten milliseconds pass. */
    private String put(String path, String json) {
        String uuid = api.put("/kv/" + path, json).uuid();
        api.node.clock.advance(10);
        return uuid;
    }

    private void delete(String path) {
        assertEquals(204, api.delete("/kv/" + path).status());
        api.node.clock.advance(10);
    }

    /** The documents of a history, as it is listed; a deletion is a dash. */
    private static String documents(InMemoryApi.ApiResponse answer) {
        return String.join(" ", InMemoryApi.elements(answer.json(), "revisions").stream()
                .map(one -> InMemoryApi.member(one, "deleted").equals("true") ? "-"
                        : InMemoryApi.member(one, "data")).toList());
    }

    @Test
    void listsEveryVersionNewestFirst() {
        String first = put("a", "1");
        String second = api.put("/kv/a?ttl=1h", "{\"x\":2}").uuid();
        api.node.clock.advance(10);
        InMemoryApi.ApiResponse all = api.get("/kv/a?revisions");
        assertEquals(200, all.status());
        String written = "\"origin\":\"" + api.node.store.origin() + "\"";
        assertEquals("{\"revisions\":[{\"uuid\":\"" + second + "\",\"timestamp\":" + (START + 10)
                + ",\"expires_at\":" + (START + 10 + 3_600_000) + "," + written
                + ",\"deleted\":false,\"conflict\":false,\"current\":true,\"data\":{\"x\":2}},{\"uuid\":\""
                + first + "\",\"timestamp\":" + START
                + "," + written + ",\"deleted\":false,\"conflict\":false,\"data\":1}]}", all.body());
        assertFalse(api.get("/kv/a?revisions&values=false").body().contains("\"data\""));
        assertEquals(200, api.send("HEAD", "/kv/a?revisions", "").status());
        assertEquals(api.get("/kv/a").body(), api.get("/kv/a?revisions=false").body());
    }

    @Test
    void theHistoryOfADeletedOrExpiredKeyIsReadable() {
        String old = put("a", "1");
        delete("a");
        assertEquals("- 1", documents(api.get("/kv/a?revisions")));
        assertEquals("{\"uuid\":\"" + old + "\",\"timestamp\":" + START + ",\"data\":1}",
                api.get("/kv/a?revision=" + old).body());
        api.put("/kv/b?ttl=1s", "2");
        api.node.clock.advance(1_000);
        assertEquals(404, api.get("/kv/b").status());
        assertEquals("2", documents(api.get("/kv/b?revisions")));
        assertEquals(404, api.get("/kv/none?revisions").status());
        assertEquals(404, api.get("/kv/_none?revisions").status());
    }

    @Test
    void aVersionIsAnsweredAsThePresentOneWouldBe() {
        String first = put("a", " {\"n\": 1.0}");
        put("a", "2");
        InMemoryApi.ApiResponse old = api.get("/kv/a?revision=" + first);
        assertEquals("\"" + first + "\"", old.header("ETag"));
        assertFalse(old.header("Last-Modified").isEmpty());
        assertEquals(" {\"n\": 1.0}", api.get("/kv/a?revision=" + first + "&raw").body());
        assertEquals(" {\"n\": 1.0}", api.get("/kv/a?raw&at=" + (START + 9)).body());
        assertEquals(304, api.get("/kv/a?revision=" + first, "If-None-Match", "\"" + first + "\"").status());
        assertEquals(412, api.get("/kv/a?revision=" + first, "If-Match", "\"x\"").status());
        InMemoryApi.ApiResponse head = api.send("HEAD", "/kv/a?at=" + START, "");
        assertEquals(200, head.status());
        assertEquals(old.header("ETag"), head.header("ETag"));
        assertEquals(404, api.get("/kv/a?revision=00000000-0000-8000-8000-000000000000").status());
    }

    @Test
    void tellsWhatWasCurrentAtAMoment() {
        put("a", "1");
        put("a", "2");
        delete("a");
        put("a", "3");
        List<String> found = new ArrayList<>();
        for (long ms : new long[] {-1, 0, 9, 10, 19, 20, 29, 30, 1_000_000}) {
            InMemoryApi.ApiResponse answer = api.get("/kv/a?raw&at=" + (START + ms));
            found.add(answer.status() == 200 ? answer.body() : Integer.toString(answer.status()));
        }
        assertEquals(List.of("404", "1", "1", "2", "2", "404", "404", "3", "3"), found);
        for (int i = 4; i < 14; i++) {
            put("a", Integer.toString(i));
        }
        InMemoryApi.ApiResponse forgotten = api.get("/kv/a?at=" + START);
        assertEquals(404, forgotten.status());
        assertTrue(forgotten.member("detail").contains("does not reach back"), forgotten.body());
        put("b", "1");
        assertEquals("the path had no document at that time",
                api.get("/kv/b?at=" + START).member("detail"));
        assertEquals("the path has no document", api.get("/kv/none?at=" + START).member("detail"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /kv/a?revisions&raw", "GET /kv/a?revisions&at=1", "GET /kv/a?revision=x",
        "GET /kv/a?revision=", "GET /kv/a?at=x", "GET /kv/a?at=", "GET /kv/a?revisions=1",
        "GET /kv/a?revisions&watch=1s", "GET /kv/a?values", "GET /kv/a?limit=1",
        "GET /kv/a?revisions&limit=0", "GET /kv/a?revisions&after=x", "POST /kv/a", "POST /kv/a?restore",
        "POST /kv/a?restore=x", "POST /kv/_x?restore=ID", "POST /kv/a/?restore_to=x",
        "POST /kv/a?restore=ID&ttl=x", "POST /kv/a/", "POST /kv/a/?restore_to", "POST /kv/a/?restore_to=-1",
        "POST /kv/a/?restore_to=99999999999999", "POST /kv/a/?restore=ID", "POST /kv/_x/?restore_to=1",
        "GET /kv/_conflicts?limit=0", "GET /kv/_conflicts?prefix=a", "GET /kv/_conflicts?x"})
    void refusesWhatItDoesNotTake(String request) {
        String id = put("a", "1");
        String[] line = request.replace("ID", id).split(" ");
        assertEquals(400, api.send(line[0], line[1], "").status());
        assertEquals(400, api.send("POST", "/kv/a/?restore_to=1", "", "If-Match", "*").status());
    }

    @Test
    void pagesGoOnWhereTheyEnded() {
        for (int i = 0; i < 5; i++) {
            put("a", Integer.toString(i));
        }
        InMemoryApi.ApiResponse page = api.get("/kv/a?revisions&limit=2");
        assertEquals("4 3", documents(page));
        String link = page.header("Link");
        assertTrue(link.contains("/kv/a?revisions=true&values=true&limit=2&after=" + page.member("next")),
                link);
        page = api.get(link.substring(1, link.indexOf('>')));
        assertEquals("2 1", documents(page));
        page = api.get("/kv/a?revisions&limit=2&after=" + page.member("next"));
        assertEquals("0", documents(page));
        assertEquals("", page.member("next"));
        assertEquals(404, api.get("/kv/a?revisions&after=00000000-0000-8000-8000-000000000000").status());
    }

    @Test
    void keepsTenOlderVersionsThroughRestartAndCompaction() {
        for (int i = 0; i < 20; i++) {
            put("a", "{\"n\":" + i + ",\"x\":\"" + "x".repeat(2_000) + "\"}");
            put("b", "{\"n\":" + i + ",\"x\":\"" + "y".repeat(2_000) + "\"}");
        }
        delete("b");
        String a = api.get("/kv/a?revisions").body();
        String b = api.get("/kv/b?revisions").body();
        assertEquals(11, InMemoryApi.elements(api.get("/kv/a?revisions").json(), "revisions").size());
        api.node.store.compact();
        for (int i = 0; i < 500; i++) {
            api.node.clock.advance(Math.max(1, api.node.store.maintenance().step()));
            api.node.work();
        }
        assertTrue(api.node.store.counts().usage().compactions() > 0, "compacted");
        assertEquals(a, api.get("/kv/a?revisions").body());
        assertEquals(b, api.get("/kv/b?revisions").body());
        assertEquals("{\"conflicts\":[]}", api.get("/kv/_conflicts").body());
    }

    @Test
    void restoresAnOldVersionAsANewWrite() {
        String first = put("a", "{\"v\":1}");
        String second = put("a", "2");
        InMemoryApi.ApiResponse done = api.post("/kv/a?restore=" + first, "");
        assertEquals(200, done.status());
        assertEquals("\"" + done.uuid() + "\"", done.header("ETag"));
        assertFalse(List.of(first, second).contains(done.uuid()));
        assertEquals("{\"v\":1}", api.get("/kv/a?raw").body());
        assertEquals("{\"v\":1} 2 {\"v\":1}", documents(api.get("/kv/a?revisions")));
        assertEquals(412,
                api.send("POST", "/kv/a?restore=" + first, "", "If-Match", "\"" + first + "\"").status());
        assertEquals(200,
                api.send("POST", "/kv/a?restore=" + first, "", "If-Match", done.header("ETag")).status());
        api.node.clock.advance(10);
        delete("a");
        String tombstone = InMemoryApi.member(
                InMemoryApi.elements(api.get("/kv/a?revisions").json(), "revisions").get(0), "uuid");
        assertEquals(404, api.get("/kv/a?revision=" + tombstone).status());
        assertEquals(400, api.post("/kv/a?restore=" + tombstone, "").status());
        assertEquals(201, api.post("/kv/a?restore=" + first, "").status());
        assertEquals(404, api.post("/kv/a?restore=00000000-0000-8000-8000-000000000000", "").status());
        assertEquals(404, api.post("/kv/none?restore=" + first, "").status());
        CompletableFuture<Response> copied = api.start("POST", "/kv/a?restore=" + first + "&copies=2", "");
        api.node.work();
        assertFalse(copied.isDone());
        api.copies.complete(2);
        assertEquals("2", InMemoryApi.answer(copied).header("KVS-Copies"));
        api.node.modes.change(NodeMode.READ_ONLY);
        assertEquals(503, api.post("/kv/a?restore=" + first, "").status());
    }

    @Test
    void aRestoredVersionLivesAsLongAsAPutWould() {
        InMemoryApi brief = new InMemoryApi(5_000);
        String first = brief.put("/kv/a?ttl=1h", "1").uuid();
        assertEquals(Long.toString(brief.node.clock.wallMs() + 5_000),
                brief.post("/kv/a?restore=" + first, "").member("expires_at"));
        String old = api.put("/kv/a?ttl=1h", "1").uuid();
        assertEquals("", api.post("/kv/a?restore=" + old, "").member("expires_at"));
        assertEquals(Long.toString(api.node.clock.wallMs() + 60_000),
                api.post("/kv/a?ttl=1m&restore=" + old, "").member("expires_at"));
        assertEquals(Long.toString(api.node.clock.wallMs() + 60_000),
                api.post("/kv/a?ttl=keep&restore=" + old, "").member("expires_at"));
    }

    private String all() {
        return String.join(" ", InMemoryApi.elements(api.get("/kv/?recurse&values").json(), "items").stream()
                .map(one -> InMemoryApi.member(one, "path") + "=" + InMemoryApi.member(one, "data"))
                .toList());
    }

    @Test
    void putsASubtreeBack() {
        put("d/changed", "1");
        put("d/deleted", "1");
        put("d/same", "1");
        put("d/again", "1");
        put("e/other", "1");
        api.put("/kv/d/session?ttl=1s", "1");
        long then = api.node.clock.wallMs();
        api.node.clock.advance(5_000);
        put("d/changed", "2");
        put("d/new", "2");
        put("d/again", "2");
        put("d/again", "1");
        put("d/passing", "2");
        delete("d/passing");
        delete("d/deleted");
        put("e/other", "2");
        String now = all();
        InMemoryApi.ApiResponse dry = api.post("/kv/d/?dry_run&restore_to=" + then, "");
        assertEquals("{\"restored\":3,\"deleted\":1,\"unchanged\":2,\"unknown\":[],"
                + "\"changes\":[{\"path\":\"d/changed\",\"op\":\"put\"},"
                + "{\"path\":\"d/deleted\",\"op\":\"put\"},{\"path\":\"d/new\",\"op\":\"delete\"},"
                + "{\"path\":\"d/session\",\"op\":\"put\"}]}", dry.body());
        assertEquals(now, all());
        InMemoryApi.ApiResponse done = api.post("/kv/d/?restore_to=" + then, "");
        assertEquals("{\"restored\":3,\"deleted\":1,\"unchanged\":2,\"unknown\":[]}", done.body());
        assertEquals("d/again=1 d/changed=1 d/deleted=1 d/same=1 d/session=1 e/other=2", all());
        assertEquals("{\"restored\":0,\"deleted\":0,\"unchanged\":5,\"unknown\":[]}",
                api.post("/kv/d/?restore_to=" + then, "").body());
        assertEquals(200, api.post("/kv/?restore_to=" + (START - 1), "").status());
        assertEquals("", all(), "nothing was there before the first write");
    }

    @Test
    void whatNobodyKnowsIsAReasonToDoNothing() {
        long then = api.node.clock.wallMs();
        for (int i = 0; i < 13; i++) {
            put("d/many", Integer.toString(i));
        }
        put("d/new", "1");
        InMemoryApi.ApiResponse refused = api.post("/kv/d/?restore_to=" + then, "");
        assertEquals(409, refused.status());
        assertEquals("history_too_short", refused.member("reason"));
        assertEquals("[\"d/many\"]", refused.member("unknown"));
        assertEquals("d/many=12 d/new=1", all());
        assertEquals("{\"restored\":0,\"deleted\":1,\"unchanged\":0,\"unknown\":[\"d/many\"],"
                + "\"changes\":[{\"path\":\"d/new\",\"op\":\"delete\"}]}",
                api.post("/kv/d/?dry_run&restore_to=" + then, "").body());
        assertEquals("{\"restored\":0,\"deleted\":1,\"unchanged\":0,\"unknown\":[\"d/many\"]}",
                api.post("/kv/d/?force&restore_to=" + then, "").body());
        assertEquals("d/many=12", all());
    }

    @Test
    void nothingSlipsBetweenLookingAndDoing() {
        long then = api.node.clock.wallMs() - 1;
        put("d/a", "1");
        CompletableFuture<Response> other = api.start("PUT", "/kv/d/b", "1");
        CompletableFuture<Response> back = api.start("POST", "/kv/d/?restore_to=" + then, "");
        api.node.work();
        assertEquals(201, InMemoryApi.answer(other).status());
        assertEquals("{\"restored\":0,\"deleted\":2,\"unchanged\":0,\"unknown\":[]}",
                InMemoryApi.answer(back).body());
        assertEquals("", all());
    }

    /** Of what is unreadable nobody knows when it was current, so nothing older is shown in its place. */
    @Test
    void anUnreadableVersionSaysSo() throws IOException {
        String first = put("d/a", "\"first-document\"");
        String second = put("d/a", "\"second-document\"");
        put("d/a", "3");
        rot("second-document");
        InMemoryApi.ApiResponse all = api.get("/kv/d/a?revisions");
        List<String> items = InMemoryApi.elements(all.json(), "revisions").stream()
                .map(one -> InMemoryApi.member(one, "data") + InMemoryApi.member(one, "reason")).toList();
        assertEquals(List.of("3", "first-document", "damaged"), items);
        assertEquals(200, api.get("/kv/d/a?revision=" + first).status());
        assertEquals(500, api.get("/kv/d/a?revision=" + second).status());
        assertEquals(500, api.post("/kv/d/a?restore=" + second, "").status());
        assertEquals(404, api.get("/kv/d/a?at=" + (START + 5)).status());
        assertEquals(404, api.get("/kv/d/a?at=" + (START + 15)).status());
        assertEquals("3", api.get("/kv/d/a?raw&at=" + (START + 25)).body());
        assertEquals(409, api.post("/kv/d/?restore_to=" + (START + 15), "").status());
        rot("first-document");
        assertEquals(3, InMemoryApi.elements(api.get("/kv/d/a?revisions&limit=1").json(), "revisions").size(),
                "what has no id ends the last page");
    }

    @Test
    void anUnreadablePresentVersionSaysSoAndAnOlderOneMendsIt() throws IOException {
        String first = put("a", "1");
        String second = put("a", "\"second-document\"");
        rot("second-document");
        InMemoryApi.ApiResponse all = api.get("/kv/a?revisions");
        assertTrue(all.body().startsWith("{\"revisions\":[{\"uuid\":\"" + second + "\",\"timestamp\":"
                + (START + 10) + ",\"status\":500,"), all.body());
        assertEquals(500, api.get("/kv/a").status());
        assertEquals(404, api.get("/kv/a?at=" + START).status());
        assertEquals(200, api.post("/kv/a?restore=" + first, "").status());
        assertEquals("1", api.get("/kv/a?raw").body());
    }

    private void rot(String text) throws IOException {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        for (String name : api.node.disk.list()) {
            byte[] bytes = api.node.disk.bytes(name);
            for (int i = 0; i + wanted.length <= bytes.length; i++) {
                if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                    api.node.disk.flip(name, i, 1);
                }
            }
        }
    }

    @Test
    void tooManyChangesWantANarrowerSubtree() {
        StringBuilder ops = new StringBuilder("{\"ops\":[");
        for (int i = 0; i < DocumentLimits.OPS_MAX; i++) {
            ops.append(i == 0 ? "" : ",").append("{\"op\":\"put\",\"path\":\"d/").append(i)
                    .append("\",\"data\":1}");
        }
        assertEquals(200, api.post("/kv/_batch", ops + "]}").status());
        put("d/more", "1");
        InMemoryApi.ApiResponse refused = api.post("/kv/d/?restore_to=1", "");
        assertEquals(400, refused.status());
        assertTrue(refused.member("detail").contains("longer prefix"), refused.body());
        assertEquals("d/more", api.get("/kv/d/?after=d/9999").member("keys").replaceAll("[^a-z/]", ""),
                "nothing was done");
    }
}
