package kvs.gateway;

import static kvs.api.DocumentResourceTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kvs.documents.ClientPosition;
import kvs.http.RequestTimer;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.metrics.MetricReader;
import kvs.model.Coverage;
import kvs.model.NodeMode;
import kvs.model.Reason;
import kvs.ratelimit.RateLimiter;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsResourceTest {

    private static final String COUNT = "kvs_http_request_duration_seconds_count";
    private static final String SUM = "kvs_http_request_duration_seconds_sum";
    private static final InMemoryApi.Access OPEN = new InMemoryApi.Access(false, false,
            Optional.empty(), true);

    private final InMemoryApi api = new InMemoryApi();

    private static MetricReader read(InMemoryApi api) {
        return new MetricReader(api.metrics.text());
    }

    private static String series(String name, String route, String method, int status) {
        return name + "{route=\"" + route + "\",method=\"" + method + "\",status=\"" + status + "\"}";
    }

    private List<JsonValue> slow() {
        return api.log.toString(StandardCharsets.UTF_8).lines().map(line -> {
            try {
                return JsonValue.parse(line.getBytes(StandardCharsets.UTF_8));
            } catch (JsonException e) {
                throw new AssertionError(line, e);
            }
        }).toList();
    }

    @Test
    void countsByRouteMethodAndStatus() {
        api.put("/kv/a", "1");
        api.put("/kv/a", "2");
        api.get("/kv/a");
        api.get("/kv/b/c/d");
        api.send("HEAD", "/kv/a", "");
        api.send("OPTIONS", "/kv/secret/place", "");
        api.get("/kv/");
        api.get("/nothing/here");
        api.send("BREW", "/kv/a", "");
        api.send("POST", "/kv/_range", "");
        MetricReader read = read(api);
        assertEquals(1, read.value(series(COUNT, "/kv/{path}", "PUT", 201)));
        assertEquals(1, read.value(series(COUNT, "/kv/{path}", "PUT", 200)));
        assertEquals(1, read.value(series(COUNT, "/kv/{path}", "GET", 200)));
        assertEquals(1, read.value(series(COUNT, "/kv/{path}", "GET", 404)));
        assertEquals(1, read.value(series(COUNT, "/kv/{path}", "HEAD", 200)));
        assertEquals(1, read.value(series(COUNT, "/kv/{path}", "OPTIONS", 204)));
        assertEquals(1, read.value(series(COUNT, "/kv/{path}/", "GET", 200)));
        assertEquals(1, read.value(series(COUNT, "unknown", "GET", 404)));
        assertEquals(1, read.value(series(COUNT, "unknown", "unknown", 405)));
        assertEquals(1, read.value(series(COUNT, "unknown", "POST", 405)));
        assertEquals(2, read.value("kvs_http_refusals_total{reason=\"not_found\"}"));
        assertEquals(2, read.value("kvs_http_refusals_total{reason=\"method_not_allowed\"}"));
        assertEquals(0, read.value("kvs_http_refusals_total{reason=\"busy\"}"));
        assertEquals(Reason.values().length, read.labels.get("reason").size());
    }

    @Test
    void measuresUntilTheAnswerIsKnown() {
        CompletableFuture<Response> put = api.start("PUT", "/kv/a", "1");
        api.node.clock.advance(30);
        api.node.work();
        assertEquals(201, InMemoryApi.answer(put).status());
        MetricReader read = read(api);
        assertEquals(0.03, read.value(series(SUM, "/kv/{path}", "PUT", 201)), 1e-9);
        String bucket = series("kvs_http_request_duration_seconds_bucket", "/kv/{path}", "PUT", 201)
                .replace("}", "").replace("{path", "{path}");
        assertEquals(0, read.value(bucket + ",le=\"0.025\"}"));
        assertEquals(1, read.value(bucket + ",le=\"0.05\"}"));
    }

    @Test
    void isServedAsPrometheusWantsIt() {
        InMemoryApi.ApiResponse answer = api.get("/metrics");
        assertEquals(200, answer.status());
        assertEquals("text/plain; version=0.0.4; charset=utf-8", answer.header("Content-Type"));
        assertEquals("no-cache", answer.header("Cache-Control"));
        assertTrue(new MetricReader(answer.body()).types().containsKey("kvs_http_request_duration_seconds"));
        problem(api.get("/metrics?x=1"), 400, "bad_request");
    }

    /** From where, with what; the statuses without and with {@code metrics_open}. */
    @ParameterizedTest
    @CsvSource({"local,none,200,200", "local,forwarded,401,200", "local,bob,200,200", "local,expired,401,401",
        "local,forged,401,401", "remote,none,401,200", "remote,bob,200,200", "remote,admin,200,200",
        "remote,readonly,200,200", "remote,expired,401,401",
        "remote,forged,401,401", "remote,operator,401,401", "remote,forwarded,401,200"})
    void whoMaySeeIt(String from, String with, int closed, int open) throws Exception {
        for (InMemoryApi.Access access : List.of(InMemoryApi.Access.STRICT, OPEN)) {
            GuardedNode people = new GuardedNode(access);
            people.tokens.put("readonly", people.token("bob", "[\"read\"]", "1h").member("token"));
            people.tokens.put("forged", people.tokens.get("bob").replaceAll("..$", "AA"));
            if (from.equals("remote")) {
                people.api.remote();
            }
            String[] headers = with.equals("forwarded") ? new String[] {"X-Forwarded-For", "127.0.0.1"}
                    : new String[0];
            InMemoryApi.ApiResponse answer = people.as(with, "GET", "/metrics", "", headers);
            assertEquals(access == OPEN ? open : closed, answer.status(), answer.body());
            assertEquals(answer.status(), people.as(with, "HEAD", "/metrics", "", headers).status());
        }
    }

    @Test
    void withoutAccountsEverybodyMay() throws Exception {
        assertEquals(200, api.remote().get("/metrics").status());
    }

    @Test
    void whoMaySeeItWhileNobodyIsKnown() throws Exception {
        for (InMemoryApi.Access access : List.of(InMemoryApi.Access.STRICT, OPEN)) {
            GuardedNode people = new GuardedNode(access);
            people.api.node.modes.change(NodeMode.SYNCING);
            assertEquals(200, people.get("anonymous", "/metrics").status());
            people.api.remote();
            assertEquals(access == OPEN ? 200 : 503, people.get("anonymous", "/metrics").status());
        }
    }

    @Test
    void isNeverRateLimited() throws Exception {
        GuardedNode people = new GuardedNode();
        RateLimiter limit = new RateLimiter(people.api.node.clock, 2, 60_000);
        GuardedNode limited = new GuardedNode(new InMemoryApi.Access(false, false, Optional.of(limit), true));
        limited.api.remote();
        for (int i = 0; i < 20; i++) {
            assertEquals(200, limited.get("bob", "/metrics").status());
            assertEquals(200, limited.get("anonymous", "/metrics").status());
        }
        assertEquals(0, limit.refusals());
        for (int i = 0; i < 3; i++) {
            limited.get("bob", "/kv/a");
        }
        assertEquals(1, limit.refusals());
        assertEquals(1, read(limited.api).value("kvs_http_refusals_total{reason=\"rate_limited\"}"));
    }

    @Test
    void tenThousandPathsMakeNoLabels() {
        GuardedNode people = new GuardedNode();
        Random random = new Random(7);
        Set<String> patterns = new TreeSet<>(people.api.routes.stream().map(Route::pattern).toList());
        patterns.add("unknown");
        List<String> begins = List.of("/kv/", "/", "/kv/_", "/auth/users/", "/auth/", "/members/",
                "/problems/", "/docs/", "/sync/", "/admin/", "//", "/%");
        List<String> ends = List.of("", "/", "/metadata", "?watch=0", "?x=y", "%00");
        List<String> methods = List.of("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS",
                "PATCH", "X" + random.nextInt());
        List<String> callers = List.copyOf(people.tokens.keySet());
        for (int i = 0; i < 10_000; i++) {
            String path = begins.get(random.nextInt(begins.size())) + "marked"
                    + Long.toHexString(random.nextLong()) + ends.get(random.nextInt(6));
            people.as(i % 3 == 0 ? "anonymous" : callers.get(i % callers.size()),
                    methods.get(i % methods.size()), path, i % 2 == 0 ? "" : "1");
        }
        String text = people.get("admin", "/metrics").body();
        MetricReader read = new MetricReader(text);
        assertTrue(patterns.containsAll(read.labels.get("route")), read.labels.get("route").toString());
        assertTrue(Set.of("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "unknown")
                .containsAll(read.labels.get("method")));
        assertTrue(read.labels.get("status").stream().allMatch(status -> status.matches("[2-5][0-9][0-9]")));
        long series = read.values.keySet().stream().filter(name -> name.startsWith(COUNT)).count();
        assertTrue(series > 30 && series < 300, series + " series");
        double all = read.values.entrySet().stream().filter(entry -> entry.getKey().startsWith(COUNT))
                .mapToDouble(Map.Entry::getValue).sum();
        assertTrue(all > 10_000, all + " requests");
        Stream.concat(people.ids.values().stream(), people.tokens.values().stream())
                .forEach(secret -> assertFalse(text.contains(secret)));
        assertFalse(text.contains("marked") || text.contains("locked"));
    }

    @Test
    void slowRequestsAreLoggedWithoutTheirKey() throws Exception {
        CompletableFuture<Response> put = api.start("PUT", "/kv/secret/place?ttl=1h", "1",
                "X-Request-Id", "r-7");
        api.node.clock.advance(InMemoryApi.SLOW_MS);
        api.node.work();
        assertEquals(201, InMemoryApi.answer(put).status());
        api.start("PUT", "/kv/secret/place", "2");
        api.node.clock.advance(InMemoryApi.SLOW_MS - 1);
        api.node.work();
        assertEquals(1, slow().size());
        JsonValue line = slow().get(0);
        assertEquals("warn slow request PUT /kv/{path} 201 1000 r-7",
                String.join(" ", InMemoryApi.member(line, "level"), InMemoryApi.member(line, "message"),
                        InMemoryApi.member(line, "method"), InMemoryApi.member(line, "route"),
                        InMemoryApi.member(line, "status"), InMemoryApi.member(line, "ms"),
                        InMemoryApi.member(line, "request_id")));
        assertFalse(api.log.toString(StandardCharsets.UTF_8).contains("secret"));
    }

    @Test
    void waitsThatWereAskedForAreNotSlow() {
        String tag = api.put("/kv/a", "1").header("ETag");
        String position = api.get("/kv/a").header("KVS-Position");
        List<CompletableFuture<Response>> waiting = List.of(
                api.start("GET", "/kv/a?watch=5s", "", "If-None-Match", tag),
                api.start("GET", "/kv/?watch=5s", "", "If-None-Match", api.get("/kv/").header("ETag")),
                api.start("GET", "/kv/_changes?wait=5s&since=" + position, ""),
                api.start("PUT", "/kv/b/c?copies=2", "1"));
        api.node.work();
        api.node.pass(3_000);
        assertEquals(0, waiting.stream().filter(CompletableFuture::isDone)
                .filter(done -> InMemoryApi.answer(done).status() == 304).count());
        api.copies.complete(2);
        api.put("/kv/a", "2");
        api.node.pass(100);
        api.node.work();
        waiting.forEach(stage -> assertTrue(stage.isDone()));
        assertEquals(List.of(), slow());
        MetricReader read = read(api);
        assertTrue(read.value(series(SUM, "/kv/{path}", "GET", 200)) < 0.5, read.values.toString());
        assertTrue(read.value(series(SUM, "/kv/_changes", "GET", 200)) < 0.5, read.values.toString());
        assertTrue(read.value(series(SUM, "/kv/{path}", "PUT", 201)) < 0.5, read.values.toString());
    }

    @Test
    void aPositionThatIsWaitedForIsNotSlow() {
        String far = new ClientPosition(Coverage.NONE.with(new UUID(9, 9), 5), api.node.clock.wallMs(),
                Optional.empty()).text();
        CompletableFuture<Response> behind = api.start("GET", "/kv/a", "", "KVS-Position", far);
        api.node.pass(2_100);
        problem(InMemoryApi.answer(behind), 503, "behind");
        assertEquals(List.of(), slow());
    }

    @Test
    void aSlowSenderIsNotASlowNode() throws Exception {
        GuardedNode people = new GuardedNode();
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        CompletableFuture<Response> put = people.api.late("PUT", "/kv/x", "1", body,
                people.tokens.get("bob"));
        people.api.node.clock.advance(5_000);
        body.complete("1".getBytes(StandardCharsets.UTF_8));
        people.api.node.work();
        assertEquals(201, InMemoryApi.answer(put).status());
        assertEquals("", people.api.log.toString(StandardCharsets.UTF_8));
    }

    @Test
    void slowLinesAreFewAndSayHowManyThereWere() {
        for (int second = 0; second < 3; second++) {
            for (int i = 0; i < 40; i++) {
                api.start("PUT", "/kv/k" + i, "1");
            }
            api.node.clock.advance(1_500);
            api.node.work();
        }
        List<JsonValue> lines = slow();
        assertEquals(3 * SlowRequestLog.LINES_MAX, lines.size());
        assertEquals(List.of("", "", "", "", "", "35", "", "", "", "", "35", "", "", "", ""),
                lines.stream().map(line -> InMemoryApi.member(line, "suppressed")).toList());
    }

    @Test
    void zeroSwitchesTheSlowLogOff() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Logger log = new Logger(new PrintStream(out, true, StandardCharsets.UTF_8), Logger.Level.DEBUG,
                api.node.clock);
        RequestTimer timer = new RequestTimer("GET", "id", api.node.clock);
        new SlowRequestLog(0, api.node.clock, log).answered(timer, 200, TimeUnit.DAYS.toNanos(1));
        assertEquals(0, out.size());
        new SlowRequestLog(1, api.node.clock, log).answered(timer, 200, TimeUnit.MILLISECONDS.toNanos(1));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("\"route\":\"unknown\""));
    }
}
