package kvs.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import kvs.auth.Principal;
import kvs.http.Request;
import kvs.http.RequestExecutors;
import kvs.http.RequestHead;
import kvs.http.RequestTarget;
import kvs.http.RequestTimer;
import kvs.http.Requester;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Refusal;
import kvs.ratelimit.RateLimitStage;
import kvs.routes.RequiredAccess;
import kvs.server.FastPath;
import kvs.world.Dice;
import kvs.world.Logger;

/**
 * The one path of every request, from any engine; the package documentation draws its order. Thread-safe.
 */
public final class Pipeline {

    /** Capacity for the fields of the rate limiter. */
    private static final int LIMITS = 4;

    private final Router router;
    private final RequestIds ids;
    private final CrossOriginPolicy origins;
    private final Stages stages;
    private final HandlerSlots slots = new HandlerSlots();
    private final BoundedBodyReader bodies = new BoundedBodyReader();
    private final ContentCodingStage codings = new ContentCodingStage();
    private final StandardHeaders common;
    private final ErrorResponses errors;
    private final Supplier<String> position;

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
    public record Stages(Authentication authentication, RateLimitStage limiter, Authorization authorization,
            RequestObserver audit, RequestMetrics requestMetrics) {

        /** Stages that admit every request, with {@code requestMetrics} as the only observer. */
        static Stages open(RequestMetrics requestMetrics) {
            return new Stages(Authentication.OPEN, RateLimitStage.NONE, Authorization.OPEN,
                    RequestObserver.NONE, requestMetrics);
        }
    }

    /** A pipeline to the handlers behind {@code router}. */
    public Pipeline(Router router, NodeIdentity identity, Stages stages, Dice dice, Logger log) {
        this.router = router;
        this.origins = new CrossOriginPolicy(identity.hosts, identity.pages);
        this.common = new StandardHeaders(identity, origins);
        this.stages = stages;
        this.position = identity.position;
        this.ids = new RequestIds(dice);
        this.errors = new ErrorResponses(identity.node, stages.requestMetrics, ids, common, log);
    }

    /**
     * The response to a request; the stage never fails. {@code Connection: close} in it means that the
     * connection must not be used again.
     */
    CompletionStage<Response> serve(RequestHead head, BodySource body) {
        String id = ids.of(head.headers());
        RequestTimer timer = stages.requestMetrics.requestStarted(head.method(), id);
        timer.endsWith(body::onDisconnect);
        try {
            RequestValidation.check(head, body.takesChunks());
            checkMethod(head);
        } catch (Refusal refusal) {
            return CompletableFuture.completedFuture(answered(head, timer,
                    errors.of(refusal, id).with("Connection", "close")));
        }
        return answer(head, timer, limits -> admitted(Request.of(head, timer), body, limits));
    }

    private CompletionStage<Response> answer(RequestHead head, RequestTimer timer,
            Function<Map<String, String>, CompletionStage<Response>> serve) {
        Map<String, String> limits = new LinkedHashMap<>(LIMITS);
        CompletionStage<Response> answer;
        try {
            answer = serve.apply(limits);
        } catch (RuntimeException | StackOverflowError thrown) {
            answer = CompletableFuture.failedFuture(thrown);
        }
        return answer.handle((response, thrown) -> answered(head, timer,
                (thrown == null ? response : errors.of(thrown, timer.id())).with(limits)));
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

    /** The responses to requests that do not come here. */
    ErrorResponses errors() {
        return errors;
    }

    /**
     * The fast path of reads of {@code node}, whose documents these routes serve. It passes the same stages.
     */
    FastPath fastPath(DocumentFastPath.NodeParts node) {
        return new DocumentFastPath(new DocumentFastPath.Stages(this, stages, origins, common, ids), node,
                new DocumentFastPath.Routes(router.find("GET", DocumentFastPath.SAMPLE),
                        router.find("PUT", DocumentFastPath.SAMPLE),
                        router.find("DELETE", DocumentFastPath.SAMPLE)), position);
    }

    /** Completes a response; every response of these stages passes here. */
    private Response answered(RequestHead head, RequestTimer timer, Response response) {
        stages.requestMetrics.answered(timer, response.status());
        return completed(head, timer, response);
    }

    /** A response in the form that the client accepts, with the header fields of all responses. */
    Response completed(RequestHead head, RequestTimer timer, Response response) {
        Response form = codings.on(PrettyResponse.on(response, head.target()), response.body(), head);
        return common.on(form, head.headers(), timer.id(),
                Route.secret(timer.knowsRoute() ? timer.route() : path(head.target())));
    }

    /** The path of a target that may be malformed. */
    private static String path(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    private CompletionStage<Response> admitted(Request stranger, BodySource body,
            Map<String, String> limits) {
        reportRejection(stranger, () -> origins.checkPage(stranger.method(), stranger.headers()));
        Optional<Requester> sender = stages.authentication.admit(stranger);
        if (sender.isEmpty()) {
            return stranger.executors()
                    .offload(() -> admitted(stranger.at(RequestExecutors.ANYWHERE), body, limits));
        }
        Request request = stranger.by(sender.get());
        if (!request.principal().proven() && request.principal().kind() != Principal.Kind.PEER
                && !RequestValidation.PROBES.contains(request.path())) {
            reportRejection(request, () -> origins.checkHost(request.headers()));
        }
        return identified(request, limits, route -> served(route, request, body));
    }

    private CompletionStage<Response> identified(Request request, Map<String, String> limits,
            Function<Route, CompletionStage<Response>> serve) {
        stages.limiter.count(request, limits);
        Route route = route(request);
        request.timer().by(route);
        CompletionStage<Response> answer;
        try {
            admit(route, request);
            answer = serve.apply(route);
        } catch (RuntimeException | Error thrown) {
            answer = CompletableFuture.failedFuture(thrown);
        }
        return answer.handle((response, thrown) -> {
            Response answered = thrown == null ? response : errors.of(thrown, request.timer().id());
            stages.audit.responded(route, request, answered);
            return answered;
        });
    }

    private void admit(Route route, Request request) {
        try {
            stages.authorization.admit(route, request);
        } catch (Refusal refusal) {
            stages.audit.unauthorized(route, request, refusal);
            throw refusal;
        }
    }

    /** The route of a request; a caller who may not know which routes exist is refused first. */
    private Route route(Request request) {
        try {
            return router.find(request.method(), request.path());
        } catch (Refusal none) {
            reportRejection(request, () -> stages.authorization.admit(Route.of(request.method(),
                    request.path(), RequiredAccess.TOKEN, r -> {
                throw none;
            }), request));
            throw none;
        }
    }

    /** Runs a check whose refusals come before the route is known, and reports these too. */
    private void reportRejection(Request request, Runnable check) {
        try {
            check.run();
        } catch (Refusal refusal) {
            stages.audit.rejectedEarly(request, refusal);
            throw refusal;
        }
    }

    private CompletionStage<Response> served(Route route, Request request, BodySource body) {
        request.check(route);
        return bodies.serve(route, request, body, whole -> run(route, whole));
    }

    /**
     * Runs the handler. Other nodes do not wait behind clients: their number bounds their requests. Threads
     * that may not wait are few, and do not wait here; the work that they offload does.
     */
    private CompletionStage<Response> run(Route route, Request request) {
        if (route.access() == RequiredAccess.PEER) {
            return route.handler().handle(request);
        }
        RequestExecutors executors = request.executors();
        if (!executors.mayBlock()) {
            return route.handler().handle(request.at(executors.offloadingTo(
                    work -> executors.elsewhere().execute(() -> slots.run(work)))));
        }
        return slots.call(() -> {
            request.timer().checkWait();
            return route.handler().handle(request);
        });
    }
}
