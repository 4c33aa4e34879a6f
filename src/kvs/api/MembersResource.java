package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import kvs.cluster.MemberView;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.ClusterRoutes;

/** The members of the cluster, as seen from this one: {@code /members/}. */
public final class MembersResource {

    private static final String ROOT = "/members/";

    private final Supplier<List<MemberView>> members;
    private final Function<UUID, Optional<Long>> lag;
    private final MemberRemoval leaving;

    /** Removes members. */
    public interface MemberRemoval {

        /** Removes a member from the list by its id; false when there is none. */
        boolean remove(String id);

        /**
         * Makes this node leave once others have the versions written here, or after {@code waitMs}; returns
         * the number of nodes that have them then, this node included.
         */
        CompletionStage<Integer> leave(long waitMs);
    }

    /**
     * Serves the members.
     *
     * @param members all of them
     * @param lag the lag of this node behind a member, ms, by its origin
     * @param leaving removes them from the list
     */
    public MembersResource(Supplier<List<MemberView>> members, Function<UUID, Optional<Long>> lag,
            MemberRemoval leaving) {
        this.members = members;
        this.lag = lag;
        this.leaving = leaving;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(ClusterRoutes.MEMBERS, this::list),
                Route.of(ClusterRoutes.REMOVE, this::delete),
                Route.of(ClusterRoutes.LEAVE, this::leave));
    }

    private CompletionStage<Response> list(Request request) {
        JsonWriter json = new JsonWriter().array();
        for (MemberView member : members.get()) {
            json.object().field("id", member.member().id()).field("address", member.member().address())
                    .field("last_seen", member.heardMs()).field("joined_timestamp", member.member().joined())
                    .field("status", member.status().text()).field("mode", member.nodeStatus().mode().text());
            lag.apply(member.member().origin()).ifPresent(ms -> json.field("lag_ms", ms));
            json.end();
        }
        return CompletableFuture.completedFuture(Response.json(200, json.end()));
    }

    private CompletionStage<Response> leave(Request request) {
        long waitMs = request.query().required(ClusterRoutes.LEAVE_WAIT);
        return request.timer().waiting(() -> leaving.leave(waitMs)).thenApply(copies -> Response.json(200,
                new JsonWriter().object().field("status", "left").field("copies", copies).end()));
    }

    private CompletionStage<Response> delete(Request request) {
        String id = request.path().substring(ROOT.length());
        if (!leaving.remove(id)) {
            throw new Refusal(Reason.NOT_FOUND, "there is no other member with this id");
        }
        return CompletableFuture.completedFuture(Response.empty(204));
    }
}
