package kvs.api;

import static kvs.api.DocumentResourceTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kvs.documents.LocalDocuments;
import kvs.gateway.InMemoryApi;
import kvs.json.JsonValue;
import kvs.model.NodeMode;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

class BatchResourceTest {

    private final InMemoryApi api = new InMemoryApi();

    @Test
    void judgesEachAloneAndInOrder() {
        String uuid = api.put("/kv/a", "1").uuid();
        InMemoryApi.ApiResponse answer = batch("""
                {"op":"put","path":"b","data": {"x": 1} ,"ttl":"1h"},
                {"op":"get","path":"b"},
                {"op":"get","path":"none"},
                {"op":"check","path":"a","if_match":"%s"},
                {"op":"put","path":"a","data":2,"if_none_match":"*"},
                {"op":"delete","path":"a","if_match":"\\"%s\\""},
                {"op":"delete","path":"a"},
                {"op":"delete","path":"a","force":true},
                {"op":"put","path":"b","data":null}""".formatted(uuid, uuid), "");
        assertEquals(List.of("201", "200", "404", "200", "412", "204", "404", "204", "200"),
                statuses(answer));
        List<JsonValue> results = InMemoryApi.elements(answer.json(), "results");
        assertEquals(SimClock.START_MS + 3_600_000,
                Long.parseLong(InMemoryApi.member(results.get(0), "expires_at")));
        assertEquals("{\"x\": 1}", InMemoryApi.member(results.get(1), "data"));
        assertEquals(InMemoryApi.member(results.get(0), "uuid"), InMemoryApi.member(results.get(1), "uuid"));
        assertEquals("not_found", InMemoryApi.member(results.get(2), "reason"));
        assertEquals("\"" + uuid + "\"", InMemoryApi.member(results.get(4), "etag"));
        assertEquals("null", api.get("/kv/b?raw").body());
        assertEquals(404, api.get("/kv/a").status());
    }

    @Test
    void neverGuessesAnEnvelope() {
        batch("{\"op\":\"put\",\"path\":\"a\",\"data\":{\"data\":1,\"ttl\":\"1h\"}}", "");
        assertEquals("{\"data\":1,\"ttl\":\"1h\"}", api.get("/kv/a?raw").body());
        assertEquals("", api.get("/kv/a").member("expires_at"));
    }

    @Test
    void atomicBatchIsAllOrNothing() {
        api.put("/kv/a", "1");
        String failing = """
                {"op":"put","path":"b","data":1},
                {"op":"check","path":"a","if_match":"*"},
                {"op":"delete","path":"none"},
                {"op":"put","path":"_x","data":1}""";
        InMemoryApi.ApiResponse failed = batch(failing, ",\"atomic\":true");
        problem(failed, 409, "batch_failed");
        assertEquals("[3]", failed.member("failed"),
                "what cannot be stored is known before the others are judged");
        InMemoryApi.ApiResponse judged = batch(
                failing.substring(0, failing.lastIndexOf(',', failing.lastIndexOf("{") - 1)),
                ",\"atomic\":true");
        problem(judged, 409, "batch_failed");
        assertEquals("[2]", judged.member("failed"));
        assertEquals(List.of("424", "424", "404"), statuses(judged));
        assertEquals(404, api.get("/kv/b").status());
        assertEquals(List.of("201", "200"), statuses(batch("""
                {"op":"put","path":"b","data":1},
                {"op":"check","path":"a","if_match":"*"}""", ",\"atomic\":true")));
        assertEquals("1", api.get("/kv/b?raw").body());
    }

    @Test
    void atomicBatchTakesAPathOnce() {
        InMemoryApi.ApiResponse answer = batch(
                "{\"op\":\"put\",\"path\":\"a\",\"data\":1},{\"op\":\"get\",\"path\":\"a\"}",
                ",\"atomic\":true");
        problem(answer, 400, "bad_request");
        assertEquals("a", answer.member("path"));
        assertEquals(404, api.get("/kv/a").status());
    }

    @Test
    void whatCannotBeStoredFailsAlone() {
        String large = "\"" + "x".repeat(LocalDocuments.DOCUMENT_MAX) + "\"";
        InMemoryApi.ApiResponse answer = batch("{\"op\":\"put\",\"path\":\"a//b\",\"data\":1},"
                + "{\"op\":\"put\",\"path\":\"c\",\"data\":" + large
                + "},{\"op\":\"put\",\"path\":\"d\",\"data\":1},{\"op\":\"get\",\"path\":\"_x\"}", "");
        assertEquals(List.of("400", "413", "201", "404"), statuses(answer));
    }

    @Test
    void mistakesNameOperationMemberAndPlace() {
        String good = "{\"op\":\"put\",\"path\":\"a\",\"data\":1},\n";
        mistake(good + "{\"op\":\"put\",\"path\":\"b\",\"data\":1,\"ttl\":\"soon\"}", "ops[1].ttl", 2);
        mistake(good + "{\"op\":\"put\",\"path\":\"b\"}", "ops[1].data", 2);
        mistake(good + "{\"op\":\"put\",\"data\":1}", "ops[1].path", 2);
        mistake(good + "{\"op\":\"get\",\"path\":\"b\",\n\"data\":1}", "ops[1].data", 3);
        mistake(good + "{\"op\":\"move\",\"path\":\"b\"}", "ops[1].op", 2);
        mistake(good + "{\"path\":\"b\"}", "ops[1].op", 2);
        mistake(good + "{\"op\":\"put\",\"path\":7,\"data\":1}", "ops[1].path", 2);
        mistake(good + "{\"op\":\"check\",\"path\":\"b\"}", "ops[1].if_match", 2);
        mistake(good + "{\"op\":\"check\",\"path\":\"b\",\"if_match\":\"\\\"\"}", "ops[1].if_match", 2);
        mistake(good + "{\"op\":\"delete\",\"path\":\"b\",\"force\":1}", "ops[1].force", 2);
        mistake(good + "{\"op\":\"put\",\"path\":\"b\",\"data\":1,\"tll\":\"1h\"}", "ops[1].tll", 2);
        mistake(good + "7", "ops[1]", 2);
        assertEquals(404, api.get("/kv/a").status());
        problem(api.post("/kv/_batch", "{\"ops\":{}}"), 400, "bad_request");
        problem(api.post("/kv/_batch", "{}"), 400, "bad_request");
        problem(api.post("/kv/_batch", "[]"), 400, "bad_request");
        problem(api.post("/kv/_batch", "{\"ops\":[],\"x\":1}"), 400, "bad_request");
        problem(api.post("/kv/_batch", "{\"ops\":[],\"atomic\":\"yes\"}"), 400, "bad_request");
        problem(api.post("/kv/_batch", "{\"ops\":[}"), 400, "bad_json");
        problem(api.post("/kv/_batch?x", "{\"ops\":[]}"), 400, "bad_request");
        problem(api.get("/kv/_batch"), 405, "method_not_allowed");
    }

    @Test
    void emptyBatchIsDone() {
        assertEquals("{\"results\":[]}", api.post("/kv/_batch", "{\"ops\":[]}").body());
    }

    @Test
    void takesTenThousandOperationsAndNoMore() {
        StringBuilder ops = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            ops.append(i == 0 ? "" : ",").append("{\"op\":\"put\",\"path\":\"k").append(i)
                    .append("\",\"data\":1}");
        }
        assertEquals(10_000, statuses(batch(ops.toString(), ",\"atomic\":true")).size());
        assertTrue(api.get("/kv/?limit=1").body().contains("\"count\":10000"));
        problem(batch(ops + ",{\"op\":\"get\",\"path\":\"x\"}", ""), 400, "bad_request");
    }

    @Test
    void readOnlyNodeStillReads() {
        api.put("/kv/a", "1");
        api.node.modes.change(NodeMode.READ_ONLY);
        String ops = "{\"op\":\"get\",\"path\":\"a\"},{\"op\":\"put\",\"path\":\"b\",\"data\":1}";
        assertEquals(List.of("200", "503"), statuses(batch(ops, "")));
        assertEquals(404, api.get("/kv/b").status());
    }

    private void mistake(String ops, String member, int line) {
        InMemoryApi.ApiResponse answer = batch(ops, "");
        problem(answer, 400, "bad_request");
        assertEquals(member, answer.member("member"), answer.body());
        assertEquals(Integer.toString(line), answer.member("line"), answer.body());
        assertFalse(answer.member("column").isEmpty());
        assertEquals("1", answer.member("index"));
    }

    private InMemoryApi.ApiResponse batch(String ops, String more) {
        return api.post("/kv/_batch", "{\"ops\":[" + ops + "]" + more + "}");
    }

    private static List<String> statuses(InMemoryApi.ApiResponse answer) {
        return InMemoryApi.elements(answer.json(), "results").stream()
                .map(result -> InMemoryApi.member(result, "status")).toList();
    }

    @Test
    void takesADocumentAsDeepAsADocumentMayBe() {
        InMemoryApi api = new InMemoryApi();
        String deep = "[".repeat(128) + "]".repeat(128);
        assertEquals(200, api.post("/kv/_batch",
                "{\"ops\":[{\"op\":\"put\",\"path\":\"a\",\"data\":" + deep + "}]}").status());
        assertEquals(deep, api.get("/kv/a?raw").body());
        assertEquals(400, api.post("/kv/_batch",
                "{\"ops\":[{\"op\":\"put\",\"path\":\"a\",\"data\":[" + deep + "]}]}").status());
    }
}
