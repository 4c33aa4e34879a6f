package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import kvs.http.Request;
import kvs.http.RequestExecutors;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.http.Route;
import kvs.ratelimit.RateLimitStage;
import kvs.routes.RequiredAccess;
import kvs.sim.SimDice;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/** The offload of requests that must wait from threads that may not: each is served and counted once. */
class DispatchTest {

    private final List<String> told = new ArrayList<>();
    private final List<Runnable> elsewhere = new ArrayList<>();
    private final CompletableFuture<Void> woken = new CompletableFuture<>();
    private final Authentication authentication = request -> {
        if (request.headers().has("X-Wait") && !request.executors().mayBlock()) {
            return Optional.empty();
        }
        return Authentication.OPEN.admit(request);
    };
    private final RateLimitStage limiter = (request, limits) -> told.add("counted");

    private CompletionStage<Response> served(Request request) {
        return request.offload(() -> {
            told.add("served");
            return Response.empty(204);
        });
    }

    private CompletableFuture<Response> serve(String target, Map<String, List<String>> headers,
            Executor away) {
        Router router = new Router(List.of(Route.of("GET", "/long", RequiredAccess.OPEN, this::served),
                Route.of("GET", "/late", RequiredAccess.OPEN,
                        request -> woken.thenCompose(nothing -> served(request))),
                Route.of("GET", "/short", RequiredAccess.OPEN, request -> {
                    told.add(request.executors().mayBlock() ? "patient" : "impatient");
                    return CompletableFuture.completedFuture(Response.empty(204));
                })));
        Pipeline pipeline = new Pipeline(router,
                new Pipeline.NodeIdentity("n1", List.of(), List.of(), () -> "here"),
                new Pipeline.Stages(authentication, limiter, Authorization.OPEN, RequestObserver.NONE,
                        RequestMetrics.unseen()), new SimDice(1), Logger.none());
        var head = new RequestHead("GET", target, "HTTP/1.1", new RequestHeaders(headers),
                RequestValidationTest.LOOPBACK);
        return pipeline.serve(head.at(new RequestExecutors(Runnable::run, away)),
                bytes -> CompletableFuture.completedFuture(new byte[0])).toCompletableFuture();
    }

    private static Map<String, List<String>> headers(String... more) {
        return more.length == 0 ? Map.of("Host", List.of("localhost"))
                : Map.of("Host", List.of("localhost"), more[0], List.of("1"));
    }

    private void runElsewhere() {
        List<Runnable> now = List.copyOf(elsewhere);
        elsewhere.clear();
        now.forEach(Runnable::run);
    }

    @Test
    void whatIsShortStays() {
        assertEquals(204, serve("/short", headers(), elsewhere::add).join().status());
        assertEquals(List.of("counted", "impatient"), told);
    }

    @Test
    void whatTurnsOutToBeLongIsServedElsewhere() {
        CompletableFuture<Response> answer = serve("/long", headers(), elsewhere::add);
        assertFalse(answer.isDone());
        runElsewhere();
        assertEquals(204, answer.join().status());
        assertEquals(List.of("counted", "served"), told);
    }

    @Test
    void soIsWhatTurnsOutToBeLongAfterItHasWaited() {
        CompletableFuture<Response> answer = serve("/late", headers(), elsewhere::add);
        woken.complete(null);
        assertFalse(answer.isDone());
        runElsewhere();
        assertEquals(204, answer.join().status());
        assertEquals(List.of("counted", "served"), told);
    }

    @Test
    void whoeverCannotBeKnownAtOnceIsAskedElsewhere() {
        CompletableFuture<Response> answer = serve("/short", headers("X-Wait"), elsewhere::add);
        assertEquals(List.of(), told);
        runElsewhere();
        assertEquals(204, answer.join().status());
        assertEquals(List.of("counted", "patient"), told);
    }

    @Test
    void withoutAFreeThreadItIsRefused() {
        Executor full = work -> {
            throw new RejectedExecutionException("full");
        };
        for (String target : List.of("/long", "/late")) {
            woken.complete(null);
            assertEquals(503, serve(target, headers(), full).join().status());
        }
        assertEquals(503, serve("/short", headers("X-Wait"), full).join().status());
    }
}
