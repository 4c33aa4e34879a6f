package kvs.http;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import kvs.auth.Caller;
import kvs.cluster.Stamp;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.TimelyWrite;
import kvs.world.Dice;
import kvs.world.Log;

/**
 * The one way of every request, whatever server it came through; its order is drawn in the package documentation. The only place where what
 * is thrown becomes an answer. Thread-safe.
 */
public final class Pipeline {

    /** Handlers that run at once: the disk and two cores are not faster with more. */
    private static final int RUNNING_MAX = 64;
    /** Bodies in flight take at most this share of the heap. */
    private static final int HEAP_SHARE = 8;
    /** Room for what the limiter tells. */
    private static final int LIMITS = 4;
    private static final int ID_MAX = 64;
    /** Odd, and far from a round number: ids that follow each other differ in most digits (Weyl sequence). */
    private static final long ID_STEP = 0x9e3779b97f4a7c15L;
    private static final String[] ALWAYS = {"X-Content-Type-Options", "nosniff", "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'; sandbox", "Cross-Origin-Resource-Policy", "same-origin", "Referrer-Policy", "no-referrer",
        "Vary", "Authorization, Accept"};
    /** What is added for a web page that may read the answer. */
    private static final Fields PAGES = Fields.of("Cross-Origin-Resource-Policy", "cross-origin", "Vary", "Authorization, Accept, Origin",
            "Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE", "Access-Control-Allow-Headers",
            "Content-Type, Authorization, If-Match, If-None-Match, X-Request-Id, KVS-Position, Last-Event-ID", "Access-Control-Expose-Headers",
            "ETag, X-Request-Id, KVS-Node, KVS-Position, KVS-Copies, Link, Location, RateLimit, RateLimit-Policy, Retry-After");

    private final Router router;
    private final Identity identity;
    private final Origins origins;
    private final Gates gates;
    private final Log log;
    private final long firstId;
    private final AtomicLong requests = new AtomicLong();
    private final Semaphore running = new Semaphore(RUNNING_MAX, true);
    private final AtomicLong bodyBytes = new AtomicLong();
    private final long bodyBytesMax = Runtime.getRuntime().maxMemory() / HEAP_SHARE;

    /**
     * Who this node is.
     *
     * @param node its id
     * @param hosts names under which it is reached, beside IP literals and localhost
     * @param pages origins of web pages that may use it
     * @param position how far it has come, in the form in which clients keep it; empty while it does not know
     */
    public record Identity(String node, List<String> hosts, List<String> pages, Supplier<String> position) { }

    /** The gates in their order, and who hears of answers. */
    public record Gates(Door door, Limiter limiter, Gate gate, Audit audit, Traffic traffic) {

        /** Everybody passes, and only {@code traffic} listens. */
        static Gates open(Traffic traffic) {
            return new Gates(Door.OPEN, Limiter.NONE, Gate.OPEN, Audit.NONE, traffic);
        }
    }

    /** Brings the body of a request; asked once, after the guard and the size check. */
    @FunctionalInterface
    interface Body {

        /** Exactly that many bytes. */
        CompletionStage<byte[]> read(int bytes);
    }

    /** The way to the handlers behind {@code router}. */
    public Pipeline(Router router, Identity identity, Gates gates, Dice dice, Log log) {
        this.router = router;
        this.origins = new Origins(identity.hosts, identity.pages);
        this.identity = identity;
        this.gates = gates;
        this.firstId = dice.bits();
        this.log = log;
    }

    /** The answer to a request; the stage never fails. {@code Connection: close} in it means that the connection must not be used again. */
    CompletionStage<Response> serve(Guard.Head head, Body body) {
        String id = head.headers().get("X-Request-Id").filter(Pipeline::fit).orElseGet(this::id);
        Stay stay = gates.traffic.come(head.method(), id);
        try {
            Guard.check(head);
        } catch (Refusal refusal) {
            return CompletableFuture.completedFuture(answered(head, stay, problem(refusal, id).with("Connection", "close")));
        }
        Map<String, String> limits = new LinkedHashMap<>(LIMITS);
        CompletionStage<Response> answer;
        try {
            answer = admitted(Request.of(head, stay), body, limits);
        } catch (Home.Elsewhere wait) {
            answer = head.home().away(() -> admitted(Request.of(head.at(Home.ANYWHERE), stay), body, limits));
        } catch (RuntimeException | StackOverflowError thrown) {
            answer = CompletableFuture.failedFuture(thrown);
        }
        return answer.handle((response, thrown) -> answered(head, stay, (thrown == null ? response : refused(thrown, id)).with(limits)));
    }

    /** Whether what a client calls its request can stand in a log. */
    private static boolean fit(String id) {
        boolean fit = !id.isEmpty() && id.length() <= ID_MAX;
        for (int i = 0; fit && i < id.length(); i++) {
            char c = id.charAt(i);
            fit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-';
        }
        return fit;
    }

    /** A name for a request, which no other has before 2^64 have come; it is no secret, so there is no need to wait for the system's dice. */
    private String id() {
        return HexFormat.of().toHexDigits(firstId + ID_STEP * requests.getAndIncrement());
    }

    /** The one place where every answer is known. */
    private Response answered(Guard.Head head, Stay stay, Response response) {
        gates.traffic.answered(stay, response.status());
        return dress(head, stay.id(), response);
    }

    private CompletionStage<Response> admitted(Request stranger, Body body, Map<String, String> limits) {
        origins.checkPage(stranger.method(), stranger.headers());
        Request request = stranger.by(gates.door.admit(stranger));
        if (!request.caller().proven() && request.caller().kind() != Caller.Kind.PEER) {
            origins.checkHost(request.headers());
        }
        gates.limiter.count(request, limits);
        Route route = route(request);
        request.stay().by(route);
        CompletionStage<Response> answer;
        try {
            admit(route, request);
            answer = served(route, request, body);
        } catch (RuntimeException | Error thrown) {
            answer = CompletableFuture.failedFuture(thrown);
        }
        return answer.handle((response, thrown) -> {
            Response told = thrown == null ? response : refused(thrown, request.stay().id());
            gates.audit.answered(route, request, told);
            return told;
        });
    }

    private void admit(Route route, Request request) {
        try {
            gates.gate.admit(route, request);
        } catch (Refusal why) {
            gates.audit.turnedAway(route, request, why);
            throw why;
        }
    }

    /** The route of a request; who may not know what is served here is told so before. */
    private Route route(Request request) {
        try {
            return router.find(request.method(), request.path());
        } catch (Refusal none) {
            gates.gate.admit(Route.of(request.method(), request.path(), Need.TOKEN, r -> {
                throw none;
            }), request);
            throw none;
        }
    }

    private CompletionStage<Response> served(Route route, Request request, Body body) {
        int length = length(route, request.headers());
        if (length == 0) {
            return run(route, request);
        }
        CompletionStage<byte[]> read;
        try {
            read = request.stay().waiting(() -> body.read(length));
        } catch (RuntimeException | Error thrown) {
            read = CompletableFuture.failedFuture(thrown);
        }
        return read.thenCompose(whole -> run(route, request.with(whole))).whenComplete((response, thrown) -> bodyBytes.addAndGet(-length));
    }

    /** Bytes of the body, which are counted until the request is answered. */
    private int length(Route route, Headers headers) {
        long length = Guard.length(headers);
        if (length == 0) {
            return 0;
        }
        if (length > route.bodyMax()) {
            throw new Refusal(Reason.TOO_LARGE, route.bodyMax() == 0 ? "a body is not taken here" : "the body has " + length
                    + " bytes, at most " + route.bodyMax() + " are taken here; for documents max_json_size says how many").with("max_bytes",
                    route.bodyMax());
        }
        Guard.checkType(headers);
        if (bodyBytes.addAndGet(length) > bodyBytesMax) {
            bodyBytes.addAndGet(-length);
            throw new Refusal(Reason.BUSY, "too many bodies are being received");
        }
        return (int) length;
    }

    /** Other nodes do not wait behind clients: what they ask is bounded by their number. Threads that may not wait are few. */
    private CompletionStage<Response> run(Route route, Request request) {
        if (route.need() == Need.PEER) {
            return route.handler().handle(request);
        }
        if (!request.home().patient()) {
            return brief(route, request);
        }
        running.acquireUninterruptibly();
        try {
            request.stay().checkWait();
            return route.handler().handle(request);
        } finally {
            running.release();
        }
    }

    /** It may turn out to be long at once, or after it has waited. */
    private CompletionStage<Response> brief(Route route, Request request) {
        CompletableFuture<Response> answer;
        try {
            answer = route.handler().handle(request).toCompletableFuture();
        } catch (Home.Elsewhere wait) {
            answer = CompletableFuture.failedFuture(wait);
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            return answer;
        }
        return answer.exceptionallyCompose(thrown -> cause(thrown) instanceof Home.Elsewhere
                ? request.home().away(() -> run(route, request.at(Home.ANYWHERE))) : CompletableFuture.failedFuture(thrown));
    }

    private static Throwable cause(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    private Response refused(Throwable thrown, String id) {
        Throwable cause = cause(thrown);
        if (cause instanceof Refusal refusal) {
            return problem(refusal, id);
        }
        if (cause instanceof RejectedExecutionException) {
            return busy(id);
        }
        if (cause instanceof BrokenBody) {
            return problem(new Refusal(Reason.BAD_REQUEST, cause.getMessage()), id).with("Connection", "close");
        }
        log.error("request failed", cause, "request_id", id);
        return problem(new Refusal(Reason.INTERNAL, "a fault of this node; its log has more under the request id"), id);
    }

    /** The answer to a request that never came so far, because no thread is free. */
    Response busy() {
        return busy(id());
    }

    /** The answer to a request that waited too long before it was begun; nobody knows what else waits in that connection. */
    Response late() {
        return problem(TimelyWrite.refusal(), id()).with("Connection", "close");
    }

    private Response busy(String id) {
        return problem(new Refusal(Reason.BUSY, "no thread is free for this"), id);
    }

    private Response problem(Refusal refusal, String id) {
        gates.traffic.refused(refusal.reason());
        return Problems.answer(refusal, id, identity.node);
    }

    /** Adds what every answer carries. */
    private Response dress(Guard.Head head, String id, Response response) {
        String cache = response.headers().getOrDefault("Cache-Control", head.headers().has("Authorization") ? "private, no-cache" : "no-cache");
        Response dressed = response.with(always(id, cache, position(response.headers())));
        Optional<String> page = origins.page(head.headers());
        return page.isEmpty() ? dressed : dressed.with(PAGES).with("Access-Control-Allow-Origin", page.get());
    }

    private String[] always(String id, String cache, String position) {
        // The position is the last of them, because there may be none.
        String[] own = {"X-Request-Id", id, "KVS-Node", identity.node, "Cache-Control", cache, PositionHandler.HEADER, position};
        int count = position.isEmpty() ? own.length - 2 : own.length;
        String[] all = Arrays.copyOf(ALWAYS, ALWAYS.length + count);
        System.arraycopy(own, 0, all, ALWAYS.length, count);
        return all;
    }

    /** The handler's, if it knows better; other nodes are told none. */
    private String position(Map<String, String> told) {
        if (told.containsKey(PositionHandler.HEADER)) {
            return told.get(PositionHandler.HEADER);
        }
        return told.containsKey(Stamp.HEADER) ? "" : identity.position.get();
    }

    /** The body ended early, or its connection broke. */
    static final class BrokenBody extends RuntimeException {

        private static final long serialVersionUID = 1L;

        BrokenBody(String what) {
            super(what, null, false, false);
        }
    }
}
