package kvs.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import kvs.auth.Principal;
import kvs.http.Dispatch;
import kvs.http.PreconditionPolicy;
import kvs.http.Problems;
import kvs.http.Request;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.RequestTarget;
import kvs.http.RequestTimer;
import kvs.http.RequiredAccess;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.DeadlineWrite;
import kvs.world.Dice;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The one path of every request, from any engine; the package documentation draws its order. The only place
 * where exceptions become responses. Thread-safe.
 */
public final class Pipeline {

    /** Handlers that run at once: more do not make the disk and two cores faster. */
    private static final int RUNNING_MAX = 64;
    /** Capacity for the fields of the rate limiter. */
    private static final int LIMITS = 4;

    private final Router router;
    private final NodeIdentity identity;
    private final RequestIds ids;
    private final WebOrigins origins;
    private final Stages gates;
    private final Logger log;
    private final Semaphore running = new Semaphore(RUNNING_MAX, true);
    private final BodyLimiter bodies = new BodyLimiter();
    private final StandardHeaders common;

    /**
     * The identity of this node.
     *
     * @param node its id
     * @param hosts its names, beside IP literals and localhost
     * @param pages origins of web pages that may use it
     * @param position its position, in the form in which clients keep it; empty while unknown
     */
    public record NodeIdentity(String node, List<String> hosts, List<String> pages,
            Supplier<String> position) { }

    /** The stages in their order, and the observers of responses. */
    public record Stages(Authentication door, RateLimiting limiter, Authorization gate, RequestObserver audit,
            RequestMetrics traffic) {

        /** Stages that admit every request, with {@code traffic} as the only observer. */
        static Stages open(RequestMetrics traffic) {
            return new Stages(Authentication.OPEN, RateLimiting.NONE, Authorization.OPEN,
                    RequestObserver.NONE, traffic);
        }
    }

    /** A pipeline to the handlers behind {@code router}. */
    public Pipeline(Router router, NodeIdentity identity, Stages gates, Dice dice, Logger log) {
        this.router = router;
        this.origins = new WebOrigins(identity.hosts, identity.pages);
        this.identity = identity;
        this.common = new StandardHeaders(identity, origins);
        this.gates = gates;
        this.ids = new RequestIds(dice);
        this.log = log;
    }

    /**
     * The response to a request; the stage never fails. {@code Connection: close} in it means that the
     * connection must not be used again.
     */
    CompletionStage<Response> serve(RequestHead head, BodySource body) {
        String id = ids.of(head.headers());
        RequestTimer stay = gates.traffic.come(head.method(), id);
        stay.endsWith(body::whenGone);
        try {
            RequestValidation.check(head, body.takesChunks());
            checkMethod(head);
        } catch (Refusal refusal) {
            return CompletableFuture.completedFuture(answered(head, stay,
                    problem(refusal, id).with("Connection", "close")));
        }
        Map<String, String> limits = new LinkedHashMap<>(LIMITS);
        CompletionStage<Response> answer;
        try {
            answer = admitted(Request.of(head, stay), body, limits);
        } catch (Dispatch.OffloadRequired wait) {
            answer = head.home()
                    .offload(() -> admitted(Request.of(head.at(Dispatch.ANYWHERE), stay), body, limits));
        } catch (RuntimeException | StackOverflowError thrown) {
            answer = CompletableFuture.failedFuture(thrown);
        }
        return answer.handle((response, thrown) -> answered(head, stay,
                (thrown == null ? response : refused(thrown, id)).with(limits)));
    }

    /**
     * Refuses an unknown method before authentication, as OPTIONS would respond: with the methods of the
     * path.
     */
    private void checkMethod(RequestHead head) {
        if (!RequestValidation.METHODS.contains(head.method())) {
            throw router.unserved("this method", RequestTarget.parse(head.target()).path());
        }
    }

    /**
     * The response to a request that the engine itself refuses; {@code request} holds the fields of its head,
     * if that could be read.
     */
    Response complaint(int status, String detail, RequestHeaders request) {
        String id = ids.of(request);
        return common.on(problem(Problems.complaint(status, detail), id), request, id, false);
    }

    /** Completes a response; every response passes here. */
    private Response answered(RequestHead head, RequestTimer stay, Response response) {
        gates.traffic.answered(stay, response.status());
        return common.on(response, head.headers(), stay.id(),
                Route.secret(stay.knowsRoute() ? stay.route() : path(head.target())));
    }

    /** The path of a target that may be malformed. */
    private static String path(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    private CompletionStage<Response> admitted(Request stranger, BodySource body,
            Map<String, String> limits) {
        heard(stranger, () -> origins.checkPage(stranger.method(), stranger.headers()));
        Request request = stranger.by(gates.door.admit(stranger));
        if (!request.principal().proven() && request.principal().kind() != Principal.Kind.PEER
                && !RequestValidation.PROBES.contains(request.path())) {
            heard(request, () -> origins.checkHost(request.headers()));
        }
        gates.limiter.count(request, limits);
        Route route = route(request);
        request.timer().by(route);
        CompletionStage<Response> answer;
        try {
            admit(route, request);
            answer = served(route, request, body);
        } catch (RuntimeException | Error thrown) {
            answer = CompletableFuture.failedFuture(thrown);
        }
        return answer.handle((response, thrown) -> {
            Response told = thrown == null ? response : refused(thrown, request.timer().id());
            gates.audit.responded(route, request, told);
            return told;
        });
    }

    private void admit(Route route, Request request) {
        try {
            gates.gate.admit(route, request);
        } catch (Refusal why) {
            gates.audit.unauthorized(route, request, why);
            throw why;
        }
    }

    /** The route of a request; a caller who may not know which routes exist is refused first. */
    private Route route(Request request) {
        try {
            return router.find(request.method(), request.path());
        } catch (Refusal none) {
            heard(request, () ->
                    gates.gate.admit(Route.of(request.method(), request.path(), RequiredAccess.TOKEN, r -> {
                throw none;
            }), request));
            throw none;
        }
    }

    /** Runs a check whose refusals come before the route is known, and reports these too. */
    private void heard(Request request, Runnable check) {
        try {
            check.run();
        } catch (Refusal why) {
            gates.audit.rejectedEarly(request, why);
            throw why;
        }
    }

    private CompletionStage<Response> served(Route route, Request request, BodySource body) {
        PreconditionPolicy.check(route, request);
        return bodies.serve(route, request, body, whole -> run(route, whole));
    }

    /**
     * Runs the handler. Other nodes do not wait behind clients: their number bounds their requests. Threads
     * that may not wait are few.
     */
    private CompletionStage<Response> run(Route route, Request request) {
        if (route.access() == RequiredAccess.PEER) {
            return route.handler().handle(request);
        }
        if (!request.dispatch().mayBlock()) {
            return brief(route, request);
        }
        running.acquireUninterruptibly();
        try {
            request.timer().checkWait();
            return route.handler().handle(request);
        } finally {
            running.release();
        }
    }

    /**
     * Runs the handler on a loop; a request that turns out to be long, at once or after a wait, is offloaded.
     */
    private CompletionStage<Response> brief(Route route, Request request) {
        CompletableFuture<Response> answer;
        try {
            answer = route.handler().handle(request).toCompletableFuture();
        } catch (Dispatch.OffloadRequired wait) {
            answer = CompletableFuture.failedFuture(wait);
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            return answer;
        }
        return answer.exceptionallyCompose(thrown -> cause(thrown) instanceof Dispatch.OffloadRequired
                ? request.dispatch().offload(() -> run(route, request.at(Dispatch.ANYWHERE)))
                : CompletableFuture.failedFuture(thrown));
    }

    private static Throwable cause(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null
                ? thrown.getCause() : thrown;
    }

    private Response refused(Throwable thrown, String id) {
        Throwable cause = cause(thrown);
        if (cause instanceof Refusal refusal) {
            return problem(refusal, id);
        }
        if (cause instanceof RejectedExecutionException) {
            return busy(id);
        }
        if (cause instanceof BodySource.BrokenBodyException) {
            return problem(new Refusal(Reason.BAD_REQUEST, FailureText.text(cause)), id)
                    .with("Connection", "close");
        }
        log.error("request failed", cause, "request_id", id);
        return problem(new Refusal(Reason.INTERNAL,
                "a fault of this node; its log has more under the request id"), id);
    }

    /** The response to a request that did not reach a handler, because no thread is free. */
    Response busy(RequestHeaders request) {
        String id = ids.of(request);
        return common.on(busy(id), request, id, false);
    }

    /**
     * The response to a request that waited too long before it began; other requests of unknown age may wait
     * in its connection.
     */
    Response late(RequestHeaders request) {
        String id = ids.of(request);
        return common.on(problem(DeadlineWrite.refusal(), id).with("Connection", "close"),
                request, id, false);
    }

    private Response busy(String id) {
        return problem(new Refusal(Reason.BUSY, "no thread is free for this"), id);
    }

    private Response problem(Refusal refusal, String id) {
        gates.traffic.refused(refusal.reason());
        return Problems.answer(refusal, id, identity.node);
    }
}
