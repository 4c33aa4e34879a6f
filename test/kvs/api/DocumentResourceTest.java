package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import kvs.documents.LocalDocuments;
import kvs.gateway.InMemoryApi;
import kvs.http.Response;
import kvs.model.NodeMode;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

public class DocumentResourceTest {

    private final InMemoryApi api = new InMemoryApi();

    @Test
    void storesAndGivesBack() {
        InMemoryApi.ApiResponse put = api.put("/kv/users/john/profile", "{\"name\":\"John\"}");
        assertEquals(201, put.status());
        assertEquals("\"" + put.uuid() + "\"", put.header("ETag"));
        assertEquals("{\"uuid\":\"" + put.uuid() + "\",\"timestamp\":" + SimClock.START_MS + "}", put.body());
        InMemoryApi.ApiResponse get = api.get("/kv/users/john/profile");
        assertEquals(200, get.status());
        assertEquals("{\"uuid\":\"" + put.uuid() + "\",\"timestamp\":" + SimClock.START_MS
                + ",\"data\":{\"name\":\"John\"}}", get.body());
        assertEquals(put.header("ETag"), get.header("ETag"));
        assertEquals("application/json; charset=utf-8", get.header("Content-Type"));
        InMemoryApi.ApiResponse again = api.put("/kv/users/john/profile", "1");
        assertEquals(200, again.status());
        assertEquals(SimClock.START_MS + 1, Long.parseLong(again.member("timestamp")));
    }

    @Test
    void documentsGoOutByteForByte() {
        String odd = " {\"b\" : 1.0e+5,\n \"a\":\"\\u00fc\\/\"  }\n";
        api.put("/kv/a", odd);
        assertEquals(odd, api.get("/kv/a?raw").body());
        assertTrue(api.get("/kv/a").body().contains("\"data\":" + odd), api.get("/kv/a").body());
        api.put("/kv/b", "{\"ttl\":\"1h\",\"data\": [1.50, 2 ] }");
        assertEquals("[1.50, 2 ]", api.get("/kv/b?raw=true").body());
        assertEquals(200, api.get("/kv/b?raw=false").status());
    }

    @Test
    void escapedSlashIsTheSameKey() {
        api.put("/kv/a%2Fb", "1");
        assertEquals("1", api.get("/kv/a/b?raw").body());
        api.put("/kv/%C3%BC+x", "2");
        assertEquals("2", api.node.get("ü+x").orElseThrow());
    }

    @Test
    void lastModifiedIsNeverLaterThanNow() {
        api.put("/kv/a", "1");
        for (int i = 0; i < 3_000; i++) {
            api.put("/kv/a", "1");
        }
        assertEquals("Mon, 21 Sep 2026 14:13:20 GMT", api.get("/kv/a").header("Last-Modified"));
        api.node.clock.advance(86_400_000 * 12L);
        api.put("/kv/a", "1");
        assertEquals("Sat, 03 Oct 2026 14:13:20 GMT", api.get("/kv/a").header("Last-Modified"));
    }

    @Test
    void absentIs404() {
        problem(api.get("/kv/none"), 404, "not_found");
        problem(api.delete("/kv/none"), 404, "not_found");
        problem(api.get("/kv/_reserved"), 404, "not_found");
        problem(api.get("/kv/_a/metadata"), 400, "bad_key");
    }

    @Test
    void envelopeIsAnObjectOfExactlyTwoMembers() {
        InMemoryApi.ApiResponse put = api.put("/kv/s", "{\"data\":{\"user\":1},\"ttl\":\"1h30m\"}");
        long expires = SimClock.START_MS + 5_400_000;
        assertEquals(expires, Long.parseLong(put.member("expires_at")));
        assertEquals("true", put.member("enveloped"));
        assertEquals("{\"user\":1}", api.get("/kv/s").member("data"));
        assertEquals(expires, Long.parseLong(api.get("/kv/s").member("expires_at")));
        api.node.clock.advance(5_400_000);
        assertEquals(404, api.get("/kv/s").status());
        for (String plain : new String[] {"{\"data\":1}", "{\"ttl\":\"1h\"}",
                "{\"data\":1,\"ttl\":\"1h\",\"x\":0}", "{}", "[]", "\"ttl\"", "null"}) {
            assertFalse(api.put("/kv/p", plain).body().contains("enveloped"), plain);
            assertEquals(plain, api.get("/kv/p?raw").body());
        }
    }

    @Test
    void envelopeWithABadTtlIsNeverStoredAsADocument() {
        for (String ttl : new String[] {"5", "\"5\"", "\"soon\"", "\"-1h\"", "null", "\"\"", "\"200000d\"",
                "{\"x\":1}"}) {
            InMemoryApi.ApiResponse answer = api.put("/kv/s", "{\"data\":1,\n \"ttl\":" + ttl + "}");
            problem(answer, 400, "bad_request");
            assertEquals("ttl", answer.member("member"), ttl);
            assertEquals("2 8", answer.member("line") + " " + answer.member("column"), ttl);
        }
        assertEquals(404, api.get("/kv/s").status());
        assertEquals(201, api.put("/kv/s?plain", "{\"data\":1,\"ttl\":\"soon\"}").status());
        assertEquals("{\"data\":1,\"ttl\":\"soon\"}", api.get("/kv/s?raw").body());
    }

    @Test
    void ttlOfTheQueryTakesTheBodyAsItIs() {
        InMemoryApi.ApiResponse put = api.put("/kv/s?ttl=90s", "{\"data\":1,\"ttl\":\"1h\"}");
        assertEquals(SimClock.START_MS + 90_000, Long.parseLong(put.member("expires_at")));
        assertEquals("{\"data\":1,\"ttl\":\"1h\"}", api.get("/kv/s?raw").body());
        api.node.clock.advance(1_000);
        assertEquals(SimClock.START_MS + 90_000,
                Long.parseLong(api.put("/kv/s?ttl=keep", "2").member("expires_at")));
        assertEquals("", api.put("/kv/s?ttl=0", "2").member("expires_at"));
        problem(api.put("/kv/s?ttl=soon", "2"), 400, "bad_request");
    }

    @Test
    void defaultTtlAppliesWithoutAnother() {
        InMemoryApi aging = new InMemoryApi(60_000);
        assertEquals(SimClock.START_MS + 60_000,
                Long.parseLong(aging.put("/kv/a", "1").member("expires_at")));
        assertEquals("", aging.put("/kv/a", "{\"data\":1,\"ttl\":\"0\"}").member("expires_at"));
    }

    @Test
    void badBodiesAreRefusedWithTheirPlace() {
        InMemoryApi.ApiResponse answer = api.put("/kv/a", "{\"x\":1,\n\"x\":2}");
        problem(answer, 400, "bad_json");
        assertEquals("2", answer.member("line"));
        problem(api.put("/kv/a", ""), 400, "bad_json");
        problem(api.put("/kv/a", "1 2"), 400, "bad_json");
        problem(api.put("/kv/a", "\"" + "x".repeat(LocalDocuments.DOCUMENT_MAX) + "\""), 413, "too_large");
        assertTrue(api.put("/kv/a", "\"" + "x".repeat(LocalDocuments.DOCUMENT_MAX) + "\"").body()
                .contains("max_json_size"));
        problem(api.put("/kv/a", "\"" + "x".repeat(2 * LocalDocuments.DOCUMENT_MAX) + "\""),
                413, "too_large");
        problem(api.put("/kv/a", "1", "Content-Type", "text/html"), 415, "unsupported_type");
        assertEquals(201,
                api.put("/kv/a", "1", "Content-Type", "application/x-www-form-urlencoded").status());
    }

    @Test
    void largestDocumentFitsIntoAnEnvelope() {
        String largest = "\"" + "x".repeat(LocalDocuments.DOCUMENT_MAX - 2) + "\"";
        assertEquals(201, api.put("/kv/a", "{\"data\":" + largest + ",\"ttl\":\"1h\"}").status());
        assertEquals(largest, api.get("/kv/a?raw").body());
    }

    @Test
    void badKeysAreRefused() {
        for (String path : new String[] {"a//b", "../b", "a/./b", "_x", "a%00b", "a%0Ab", "a%zz", "%ff",
                "x".repeat(4_097)}) {
            problem(api.put("/kv/" + path, "1"), 400, "bad_key");
        }
        problem(api.put("/kv/a/metadata", "1"), 400, "bad_request");
        problem(api.put("/kv/metadata", "1"), 400, "bad_request");
        problem(api.post("/kv/_batch",
                "{\"ops\":[{\"op\":\"put\",\"path\":\"a/metadata\",\"data\":1}],\"atomic\":true}"), 409,
                "batch_failed");
        problem(api.put("/kv/a/", "1"), 400, "bad_key");
        problem(api.put("/kv/", "1"), 400, "bad_key");
        problem(api.delete("/kv/_x"), 400, "bad_key");
        assertEquals(201, api.put("/kv/a/metadata/b", "1").status());
        assertEquals(201, api.put("/kv/" + "x".repeat(4_096), "1").status());
    }

    @Test
    void unknownParametersAndBadFlagsAreRefused() {
        api.put("/kv/a", "1");
        for (String target : new String[] {"/kv/a?rw", "/kv/a?raw=1", "/kv/a?watch=x", "/kv/a?watch=61s",
                "/kv/a?raw&raw"}) {
            problem(api.get(target), 400, "bad_request");
        }
        problem(api.put("/kv/a?raw", "1"), 400, "bad_request");
        problem(api.delete("/kv/a?recurse"), 400, "bad_request");
        assertTrue(api.get("/kv/a?rw").member("detail").contains("'rw'"));
        problem(api.post("/kv/a", "1"), 400, "bad_request");
        assertTrue(api.post("/kv/a", "1").member("detail").contains("PUT it"));
        assertEquals("DELETE, GET, HEAD, OPTIONS, POST, PUT",
                api.send("OPTIONS", "/kv/a", "").header("Allow"));
    }

    @Test
    void conditionsGuardWrites() {
        String first = api.put("/kv/a", "1", "If-None-Match", "*").header("ETag");
        InMemoryApi.ApiResponse refused = api.put("/kv/a", "2", "If-None-Match", "*");
        problem(refused, 412, "condition_failed");
        assertEquals(first, refused.header("ETag"));
        String second = api.put("/kv/a", "2", "If-Match", first).header("ETag");
        problem(api.put("/kv/a", "3", "If-Match", first), 412, "condition_failed");
        problem(api.put("/kv/a", "3", "If-Match", "W/" + second), 412, "condition_failed");
        problem(api.put("/kv/none", "3", "If-Match", "*"), 412, "condition_failed");
        problem(api.put("/kv/a", "3", "If-Match", "nonsense"), 400, "bad_request");
        problem(api.delete("/kv/a", "If-Match", first), 412, "condition_failed");
        assertEquals("2", api.get("/kv/a?raw").body());
        assertEquals(204, api.delete("/kv/a", "If-Match", second).status());
        problem(api.delete("/kv/a", "If-Match", second), 404, "not_found");
        assertEquals(201, api.put("/kv/a", "1", "If-None-Match", "*").status());
    }

    @Test
    void readerWhoIsUpToDateGets304() {
        String tag = api.put("/kv/a", "1").header("ETag");
        InMemoryApi.ApiResponse same = api.get("/kv/a", "If-None-Match", tag);
        assertEquals(304, same.status());
        assertEquals("", same.body());
        assertEquals(tag, same.header("ETag"));
        assertEquals(304, api.get("/kv/a?raw", "If-None-Match", "\"x\", W/" + tag).status());
        assertEquals(200, api.get("/kv/a", "If-None-Match", "\"x\"").status());
        assertEquals(200, api.get("/kv/a", "If-Match", tag).status());
        problem(api.get("/kv/a", "If-Match", "\"x\""), 412, "condition_failed");
        problem(api.get("/kv/none", "If-None-Match", tag), 404, "not_found");
    }

    @Test
    void deleteLeavesNothing() {
        api.put("/kv/a", "1");
        InMemoryApi.ApiResponse deleted = api.delete("/kv/a");
        assertEquals(204, deleted.status());
        assertEquals("", deleted.body());
        assertEquals(404, api.get("/kv/a").status());
        assertEquals(404, api.delete("/kv/a").status());
        assertEquals(204, api.delete("/kv/a?force").status());
        assertEquals(204, api.delete("/kv/never?force").status());
    }

    @Test
    void watchWaitsForAChange() {
        String tag = api.put("/kv/a", "1").header("ETag");
        CompletableFuture<Response> watch = api.start("GET", "/kv/a?watch=30s&raw", "", "If-None-Match", tag);
        api.node.pass(1_000);
        assertFalse(watch.isDone());
        api.put("/kv/a", "2");
        api.node.pass(20);
        assertEquals("2", InMemoryApi.answer(watch).body());
    }

    @Test
    void watchEndsWith304AtItsDeadline() {
        String tag = api.put("/kv/a", "1").header("ETag");
        CompletableFuture<Response> watch = api.start("GET", "/kv/a?watch=2s", "", "If-None-Match", tag);
        api.node.pass(1_900);
        assertFalse(watch.isDone());
        api.node.pass(200);
        assertEquals(304, InMemoryApi.answer(watch).status());
        assertEquals(tag, InMemoryApi.answer(watch).header("ETag"));
    }

    @Test
    void watchSeesAnExpiryAndADelete() {
        String tag = api.put("/kv/a?ttl=3s", "1").header("ETag");
        CompletableFuture<Response> watch = api.start("GET", "/kv/a?watch=30s", "", "If-None-Match", tag);
        api.node.pass(3_100);
        assertEquals(404, InMemoryApi.answer(watch).status());
        String other = api.put("/kv/a", "1").header("ETag");
        CompletableFuture<Response> second = api.start("GET", "/kv/a?watch=30s", "", "If-None-Match", other);
        api.delete("/kv/a");
        api.node.pass(20);
        assertEquals(404, InMemoryApi.answer(second).status());
    }

    @Test
    void watchWithoutATagAnswersAtOnce() {
        api.put("/kv/a", "1");
        assertEquals(200, api.get("/kv/a?watch=30s").status());
    }

    /** C8: a client that asks again at once would spin. */
    @Test
    void watchWaitsForWhatIsNotThere() {
        for (String[] headers : new String[][] {{}, {"If-None-Match", "\"x\""}, {"If-None-Match", "*"}}) {
            CompletableFuture<Response> never = api.start("GET", "/kv/none?watch=2s", "", headers);
            api.node.pass(1_900);
            assertFalse(never.isDone());
            api.put("/kv/other", "1");
            api.node.pass(200);
            problem(InMemoryApi.answer(never), 404, "not_found");
        }
        CompletableFuture<Response> comes = api.start("GET", "/kv/none?watch=30s&raw", "");
        CompletableFuture<Response> head = api.start("HEAD", "/kv/none?watch=30s", "");
        CompletableFuture<Response> known = api.start("GET", "/kv/none?watch=30s&raw", "",
                "If-None-Match", "\"x\"");
        api.node.pass(1_000);
        assertFalse(comes.isDone() || head.isDone() || known.isDone());
        String tag = api.put("/kv/none", "7").header("ETag");
        api.node.pass(20);
        assertEquals("7", InMemoryApi.answer(comes).body());
        assertEquals("7", InMemoryApi.answer(known).body());
        assertEquals(tag, InMemoryApi.answer(head).header("ETag"));
        assertEquals(0, api.node.waits.size());
    }

    @Test
    void watchWaitsForWhatHasExpiredOrWasDeleted() {
        api.put("/kv/a?ttl=1s", "1");
        api.node.pass(1_100);
        CompletableFuture<Response> watch = api.start("GET", "/kv/a?watch=30s&raw", "");
        api.node.pass(1_000);
        assertFalse(watch.isDone());
        api.put("/kv/a", "2");
        api.node.pass(20);
        assertEquals("2", InMemoryApi.answer(watch).body());
        api.delete("/kv/a");
        CompletableFuture<Response> second = api.start("GET", "/kv/a?watch=1s", "");
        assertFalse(second.isDone());
        api.delete("/kv/a?force");
        api.node.pass(500);
        assertFalse(second.isDone(), "a deletion of nothing is no appearance");
        api.node.pass(600);
        problem(InMemoryApi.answer(second), 404, "not_found");
    }

    /** Names that nobody can store are answered at once: nothing can appear there. */
    @Test
    void watchDoesNotWaitForWhatCannotCome() {
        problem(api.get("/kv/_reserved?watch=30s"), 404, "not_found");
        problem(api.get("/kv/none?watch=0"), 404, "not_found");
    }

    /** A date is what HTTP has for clients that keep no tags: B6. */
    @Test
    void judgesIfUnmodifiedSince() {
        String past = "Sun, 06 Nov 1994 08:49:37 GMT";
        api.put("/kv/a", "1");
        String date = api.get("/kv/a").header("Last-Modified");
        for (String method : new String[] {"PUT", "DELETE", "GET", "HEAD"}) {
            InMemoryApi.ApiResponse late = api.send(method, "/kv/a", method.equals("PUT") ? "2" : "",
                    "If-Unmodified-Since", past);
            assertEquals(412, late.status(), method);
            problem(api.send(method, "/kv/a", method.equals("PUT") ? "2" : "",
                    "If-Unmodified-Since", "yesterday"), 400, "bad_request");
        }
        assertEquals("1", api.get("/kv/a?raw").body());
        assertEquals(200, api.get("/kv/a", "If-Unmodified-Since", date).status());
        assertEquals(200, api.put("/kv/a", "2", "If-Unmodified-Since", date).status());
        assertEquals(412, api.put("/kv/new", "2", "If-Unmodified-Since", date).status(),
                "it demands a version");
        String tag = api.get("/kv/a").header("ETag");
        assertEquals(200, api.put("/kv/a", "3", "If-Unmodified-Since", past, "If-Match", tag).status(),
                "the tag is the better condition");
        api.node.clock.advance(5_000);
        api.put("/kv/a", "4");
        assertEquals(412, api.delete("/kv/a", "If-Unmodified-Since", date).status());
        assertEquals(204,
                api.delete("/kv/a", "If-Unmodified-Since", "Sat, 01 Jan 2050 00:00:00 GMT").status());
    }

    @Test
    void anEnvelopeWhoseTtlIsNoDurationIsNeverStored() {
        for (String ttl : new String[] {"5", "null", "true", "{}", "[]", "\"\"", "\"soon\"", "\"-1s\"",
                "\"1\"", "\"101y\"", "\"keeping\""}) {
            problem(api.put("/kv/e", "{\"data\":1,\"ttl\":" + ttl + "}"), 400, "bad_request");
        }
        assertEquals(404, api.get("/kv/e").status());
        assertEquals(201, api.put("/kv/e?plain", "{\"data\":1,\"ttl\":5}").status());
    }

    @Test
    void watchIsAnsweredEvenWhenNoThreadIsFree() {
        String tag = api.put("/kv/a", "1").header("ETag");
        CompletableFuture<Response> watch = api.start("GET", "/kv/a?watch=30s&raw", "", "If-None-Match", tag);
        api.exhausted();
        api.put("/kv/a", "2");
        api.node.pass(20);
        assertEquals("2", InMemoryApi.answer(watch).body());
    }

    @Test
    void tooManyWatchesAreRefused() {
        String tag = api.put("/kv/a", "1").header("ETag");
        for (int i = 0; i < 64; i++) {
            assertFalse(api.start("GET", "/kv/a?watch=30s", "", "If-None-Match", tag).isDone());
        }
        InMemoryApi.ApiResponse refused = api.get("/kv/a?watch=30s", "If-None-Match", tag);
        problem(refused, 429, "rate_limited");
        assertEquals("1", refused.header("Retry-After"));
    }

    @Test
    void readOnlyNodeRefusesWrites() {
        api.put("/kv/a", "1");
        api.node.modes.change(NodeMode.READ_ONLY);
        InMemoryApi.ApiResponse answer = api.put("/kv/a", "2");
        problem(answer, 503, "read_only");
        assertFalse(answer.header("Retry-After").isEmpty());
        problem(api.delete("/kv/a"), 503, "read_only");
        problem(api.delete("/kv/?recurse"), 503, "read_only");
        assertEquals("1", api.get("/kv/a?raw").body());
    }

    public static void problem(InMemoryApi.ApiResponse answer, int status, String reason) {
        assertEquals(status, answer.status(), answer.body());
        assertEquals("application/problem+json; charset=utf-8", answer.header("Content-Type"));
        assertEquals(reason, answer.member("reason"));
        assertEquals("/problems/" + reason, answer.member("type"));
        assertFalse(answer.member("detail").isEmpty());
    }
}
