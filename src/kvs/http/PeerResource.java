package kvs.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import kvs.cluster.Membership;
import kvs.cluster.PeerGuard;
import kvs.cluster.Stamp;
import kvs.model.Reason;
import kvs.model.Refusal;

/** What other nodes of the cluster ask: signed requests, signed answers, bytes that are no JSON. */
public final class PeerResource {

    private static final int BODY_MAX = 1 << 20;

    private final PeerGuard guard;
    private final Membership membership;

    /** Answers by {@code membership} whom {@code guard} admits. */
    public PeerResource(PeerGuard guard, Membership membership) {
        this.guard = guard;
        this.membership = membership;
    }

    /** What is served. */
    public List<Route> routes() {
        return Stream.of(Membership.Kind.values()).map(kind -> new Route("POST", kind.target(), Need.PEER, BODY_MAX,
                request -> answer(kind, request))).toList();
    }

    /** Whether a request is for these routes, and a node of the cluster has signed its head. */
    public boolean signed(Request request) {
        return Stream.of(Membership.Kind.values()).anyMatch(kind -> kind.target().equals(request.path())) && stamp(request).isPresent();
    }

    private Optional<Stamp> stamp(Request request) {
        return guard.known(request.headers().all(Stamp.HEADER), request.method(), request.target().raw());
    }

    private CompletionStage<Response> answer(Membership.Kind kind, Request request) {
        Stamp stamp = stamp(request).orElseThrow(PeerResource::refused);
        Membership.Answer answer = switch (guard.admit(stamp, request.body())) {
            case ADMITTED -> membership.answer(kind, request.body());
            case MISADDRESSED -> new Membership.Answer(401, guard.hint());
            case REFUSED -> throw refused();
            case BUSY -> throw new Refusal(Reason.BUSY, "more requests of peers than can be told apart");
        };
        return CompletableFuture.completedFuture(new Response(answer.status(), Map.of("Content-Type", "application/octet-stream",
                "Cache-Control", "no-store", Stamp.HEADER, guard.sign(stamp, answer.status(), answer.body())), new Response.Whole(answer.body())));
    }

    /** Always the same. */
    static Refusal refused() {
        return new Refusal(Reason.UNAUTHORIZED, "this is for the nodes of the cluster, which know its secret");
    }
}
