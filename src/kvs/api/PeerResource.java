package kvs.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.peer.PeerAuthenticator;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import kvs.routes.ClusterRoutes;

/** The services for other nodes of the cluster: signed requests, signed responses, binary bodies. */
public final class PeerResource {

    /** The path of the long poll. */
    private static final String POLL = "/sync/feed";

    private final PeerAuthenticator authenticator;
    private final Map<String, PeerRequestHandler> services;
    private final BiConsumer<String, String> onForeignPeer;

    /**
     * Serves {@code services}, each under its path, to nodes that {@code authenticator} admits;
     * {@code onForeignPeer} receives the address and the key id of a request that is signed with another key.
     */
    public PeerResource(PeerAuthenticator authenticator, Map<String, PeerRequestHandler> services,
            BiConsumer<String, String> onForeignPeer) {
        this.onForeignPeer = onForeignPeer;
        this.authenticator = authenticator;
        this.services = Map.copyOf(services);
    }

    /** The routes. */
    public List<Route> routes() {
        return services.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(service -> new Route(ClusterRoutes.peer(service.getKey()), PeerRequestHandler.BODY_MAX,
                        request -> answer(service.getValue(), request)))
                .toList();
    }

    /** Whether a request is for these routes, and its head is signed by a node of the cluster. */
    public boolean signed(Request request) {
        if (!services.containsKey(request.path())) {
            return false;
        }
        boolean known = stamp(request).isPresent();
        if (!known) {
            authenticator.foreignKey(request.headers().all(PeerSignature.HEADER))
                    .ifPresent(key -> onForeignPeer.accept(address(request), key));
        }
        return known;
    }

    private static String address(Request request) {
        return request.endpoints().remote().getAddress().getHostAddress();
    }

    private Optional<PeerSignature> stamp(Request request) {
        return authenticator.known(request.headers().all(PeerSignature.HEADER), request.method(),
                request.target().raw());
    }

    private CompletionStage<Response> answer(PeerRequestHandler service, Request request) {
        PeerSignature signature = stamp(request).orElseThrow(PeerResource::refused);
        return switch (authenticator.admit(signature, request.body())) {
            case ADMITTED -> served(service, signature, request)
                    .thenApply(answer -> signed(signature, answer));
            case MISADDRESSED -> CompletableFuture.completedFuture(signed(signature,
                    new PeerRequestHandler.Response(401, authenticator.hint())));
            case REFUSED -> throw refused();
            case BUSY -> throw new Refusal(Reason.BUSY, "this node cannot track more requests from peers");
        };
    }

    private static CompletionStage<PeerRequestHandler.Response> served(PeerRequestHandler service,
            PeerSignature signature, Request request) {
        Supplier<CompletionStage<PeerRequestHandler.Response>> answer = () -> service.answer(signature.from(),
                request.body());
        return request.path().equals(POLL) ? request.timer().waiting(answer) : answer.get();
    }

    private Response signed(PeerSignature signature, PeerRequestHandler.Response answer) {
        return new Response(answer.status(),
                Map.of("Content-Type", "application/octet-stream", "Cache-Control", "no-store",
                        PeerSignature.HEADER, authenticator.sign(signature, answer.status(), answer.body())),
                new Response.FullBody(answer.body()));
    }

    /** The refusal, always the same. */
    public static Refusal refused() {
        return new Refusal(Reason.UNAUTHORIZED,
                "only nodes with the cluster secret may send this request");
    }
}
