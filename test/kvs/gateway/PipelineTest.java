package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.http.ProblemHelp;
import kvs.http.Problems;
import kvs.http.RequestHead;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonValue;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.ratelimit.RateLimitStage;
import kvs.routes.RequiredAccess;
import kvs.routes.RouteDescription;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PipelineTest {


    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final AtomicInteger bodies = new AtomicInteger();
    private final Authentication strict = request -> {
        if (request.headers().has("X-Deny")) {
            throw new Refusal(Reason.valueOf(request.headers().get("X-Deny").orElseThrow()), "denied");
        }
        return Authentication.OPEN.admit(request);
    };
    private final Pipeline pipeline = new Pipeline(new Router(List.of(Route.of("GET", "/ok",
            RequiredAccess.OPEN, r -> done(Response.text(200, "ok"))),
            new Route(RouteDescription.of("PUT", "/ok", RequiredAccess.OPEN), 100,
                    r -> done(Response.text(201, "" + r.body().length))),
            new Route(RouteDescription.of("PUT", "/huge", RequiredAccess.OPEN), Integer.MAX_VALUE,
                    r -> done(Response.empty(204))),
            Route.of("GET", "/throws", RequiredAccess.OPEN, r -> {
                throw new IllegalStateException("secret inside");
            }), Route.of("GET", "/fails", RequiredAccess.OPEN,
                    r -> CompletableFuture.failedFuture(new IllegalStateException("secret inside"))),
            Route.of("GET", "/later", RequiredAccess.OPEN,
                    r -> CompletableFuture.failedFuture(new Refusal(Reason.BUSY, "later"))))),
            new Pipeline.NodeIdentity("n1", List.of("box"), List.of("https://app.example"), () -> "here"),
            new Pipeline.Stages(strict, RateLimitStage.NONE, Authorization.OPEN, RequestObserver.NONE,
                    RequestMetrics.unseen()), new SimDice(1),
            new Logger(new PrintStream(log, true, StandardCharsets.UTF_8), Logger.Level.INFO,
                    new SimClock()));

    private static CompletableFuture<Response> done(Response response) {
        return CompletableFuture.completedFuture(response);
    }

    private Response serve(String method, String target, String headers) {
        var head = new RequestHead(method, target, "HTTP/1.1", RequestValidationTest.headers(headers),
                RequestValidationTest.LOOPBACK);
        return pipeline.serve(head, bytes -> {
            bodies.incrementAndGet();
            return CompletableFuture.completedFuture(new byte[Math.min(bytes, 1_000)]);
        }).toCompletableFuture().join();
    }

    private static String text(Response response) {
        return new String(((Response.FullBody) response.body()).bytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"PUT;/%zz;Host: box|Transfer-Encoding: chunked;411",
        "PUT;/%zz;Host: evil|Origin: http://evil;400",
        "PUT;/ok;Host: evil|Origin: http://x|X-Deny: NOT_FOUND;403",
        "GET;/none;Host: evil|X-Deny: BAD_JSON;400", "GET;/none;Host: evil;421", "GET;/none;Host: box;404",
        "DELETE;/ok;Host: box|Content-Length: 999;405",
        "PUT;/ok;Host: box|Content-Length: 101|Content-Type: text/html;413",
        "PUT;/ok;Host: box|Content-Length: 100|Content-Type: text/html;415",
        "PUT;/ok;Host: box|Content-Length: 100;201", "GET;/ok;Host: box|Content-Length: 9999;400",
        "PATCH;/ok;Host: box;405", "PATCH;/none;Host: evil;404", "HEAD;/ok;Host: box;200",
        "OPTIONS;/ok;Host: box;204", "GET;/later;Host: box;503", "POST;/throws;Host: box;405"})
    void theEarlierRuleWins(String method, String target, String headers, int status) {
        Response response = serve(method, target, headers);
        assertEquals(status, response.status(), text(response));
        assertEquals(status == 411 || method.equals("PATCH"),
                "close".equals(response.headers().get("Connection")));
        assertEquals(status == 201 ? 1 : 0, bodies.get(), "a body is read only when it is taken");
    }

    @Test
    void everyAnswerCarriesTheSameHeaders() {
        for (Response response : List.of(serve("GET", "/ok", "Host: box"), serve("GET", "/none", "Host: box"),
                serve("GET", "/ok", "Host: evil"), serve("GET", "/throws", "Host: box"),
                serve("PUT", "/ok", "Host: box|Transfer-Encoding: chunked"),
                serve("OPTIONS", "/ok", "Host: box"))) {
            assertEquals("n1", response.headers().get("KVS-Node"));
            assertEquals("nosniff", response.headers().get("X-Content-Type-Options"));
            assertEquals("default-src 'none'; frame-ancestors 'none'; sandbox",
                    response.headers().get("Content-Security-Policy"));
            assertEquals("same-origin", response.headers().get("Cross-Origin-Resource-Policy"));
            assertEquals("no-referrer", response.headers().get("Referrer-Policy"));
            assertEquals("no-cache", response.headers().get("Cache-Control"));
            assertEquals("Authorization, Accept, Accept-Encoding", response.headers().get("Vary"));
            assertTrue(response.headers().get("X-Request-Id").matches("[0-9a-f]{16}"));
            assertFalse(response.headers().containsKey("Access-Control-Allow-Origin"));
        }
        assertEquals("private, no-cache",
                serve("GET", "/ok", "Host: box|Authorization: x").headers().get("Cache-Control"));
        assertEquals("https://app.example", serve("GET", "/ok",
                "Host: box|Origin: https://app.example").headers().get("Access-Control-Allow-Origin"));
        assertFalse(serve("GET", "/ok", "Host: box|Origin: https://evil").headers()
                .containsKey("Access-Control-Allow-Origin"));
        assertEquals("GET, HEAD, OPTIONS, PUT", serve("DELETE", "/ok", "Host: box").headers().get("Allow"));
        assertEquals("GET, HEAD, OPTIONS, PUT", serve("OPTIONS", "/ok", "Host: box").headers().get("Allow"));
        assertEquals("GET, HEAD, OPTIONS, PUT", serve("PATCH", "/ok", "Host: box").headers().get("Allow"));
        assertEquals("GET, HEAD, OPTIONS", serve("TRACE", "/throws", "Host: box").headers().get("Allow"));
        assertEquals("2", serve("GET", "/later", "Host: box").headers().get("Retry-After"));
    }

    @Test
    void takesOnlyHarmlessRequestIds() {
        assertEquals("a.B_9-x",
                serve("GET", "/ok", "Host: box|X-Request-Id: a.B_9-x").headers().get("X-Request-Id"));
        for (String bad : List.of("a b", "<x>", "a".repeat(65), "", "\u00e9")) {
            assertTrue(serve("GET", "/ok", "Host: box|X-Request-Id: " + bad).headers().get("X-Request-Id")
                    .matches("[0-9a-f]{16}"), bad);
        }
    }

    @ParameterizedTest
    @CsvSource({"/throws", "/fails"})
    void aFaultIsAnswered500AndOnlyTheLogHasTheStack(String target) throws Exception {
        Response response = serve("GET", target, "Host: box|X-Request-Id: r7");
        assertEquals(500, response.status());
        assertFalse(text(response).contains("secret"));
        String line = log.toString(StandardCharsets.UTF_8);
        assertTrue(line.contains("r7") && line.contains("secret inside") && line.contains("PipelineTest"),
                line);
        JsonValue.parse(line.strip().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void boundsTheBodiesInFlight() {
        assertEquals(503,
                serve("PUT", "/huge", "Host: box|Content-Length: " + (Integer.MAX_VALUE - 8)).status());
        assertEquals(0, bodies.get());
        for (int i = 0; i < 100; i++) {
            assertEquals(204, serve("PUT", "/huge",
                    "Host: box|Content-Length: " + (Runtime.getRuntime().maxMemory() / 10)).status());
        }
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonHasAnAnswerAndAPage(Reason reason) throws Exception {
        Response response = Problems.answer(
                new Refusal(reason, "why").with("n", 7).with("list", List.of("a", 1)), "id", "n1");
        JsonValue json = JsonValue.parse(((Response.FullBody) response.body()).bytes());
        assertEquals(response.status(), json.field("status").orElseThrow().asLong());
        assertEquals("/problems/" + reason.text(), json.field("type").orElseThrow().string());
        assertEquals(reason, Problems.reason(json.field("reason").orElseThrow().string()).orElseThrow());
        assertEquals(7, json.field("n").orElseThrow().asLong());
        assertEquals(2, json.field("list").orElseThrow().elements().size());
        assertTrue(response.status() >= 400 && ProblemHelp.text(reason).length() > 40);
    }
}
