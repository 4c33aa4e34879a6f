package kvs.gateway;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.http.Handler;
import kvs.http.QueryParameters;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.SharedParameters;

/**
 * Adds {@code ?copies=n&wait=5s} to any write: holds its response back until n nodes, this one included, have
 * the write in their logs. When the wait runs out, the response is 202 with the number of copies so far; the
 * write stands either way.
 */
public final class ReplicationWaitHandler implements Handler {

    private final Handler handler;
    private final ReplicaNodes nodes;

    /** The other nodes. */
    public interface ReplicaNodes {

        /** The number of known nodes, this one included. */
        int count();

        /**
         * Waits until {@code wanted} nodes have all writes made here so far; the number of nodes that have
         * them then.
         */
        CompletionStage<Integer> await(int wanted, long waitMs);
    }

    private ReplicationWaitHandler(Handler handler, ReplicaNodes nodes) {
        this.handler = handler;
        this.nodes = nodes;
    }

    /** These routes, with copies on those that write. */
    public static List<Route> on(List<Route> routes, ReplicaNodes nodes) {
        return routes.stream().map(route -> route.writes()
                ? route.handledBy(new ReplicationWaitHandler(route.handler(), nodes)) : route).toList();
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        QueryParameters query = request.query();
        if (!query.has(SharedParameters.COPIES)) {
            if (query.has(SharedParameters.COPIES_WAIT)) {
                throw new Refusal(Reason.BAD_REQUEST,
                        "'wait' needs 'copies', the number of nodes to wait for");
            }
            return handler.handle(request);
        }
        int known = nodes.count();
        int wanted = query.required(SharedParameters.COPIES).intValue();
        if (wanted > known) {
            throw new Refusal(Reason.BAD_REQUEST,
                    "'copies' must be at most the number of known nodes, " + known);
        }
        long waitMs = query.required(SharedParameters.COPIES_WAIT);
        return handler.handle(request)
                .thenCompose(response -> response.status() / 100 != 2
                        ? CompletableFuture.completedFuture(response)
                        : request.timer().parked(() -> nodes.await(wanted, waitMs), 1)
                                .thenApply(copies -> withCopies(response, copies, wanted)));
    }

    private static Response withCopies(Response response, int copies, int wanted) {
        Response whole = copies >= wanted ? response : new Response(202, response.headers(), response.body());
        return whole.with("KVS-Copies", Integer.toString(copies));
    }
}
