package kvs.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.events.EventLog;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.routes.AdminRoutes;

/** The events of the cluster as this node saw them, for administrators: {@code /admin/events}. */
public final class EventsResource {

    private final EventLog events;

    /** Serves {@code events}. */
    public EventsResource(EventLog events) {
        this.events = events;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(AdminRoutes.EVENTS, this::get));
    }

    /** The member {@code next} is always there: a reader who comes back with it misses nothing. */
    private CompletionStage<Response> get(Request request) {
        EventLog.Page page = events.page(request.query().required(AdminRoutes.EVENTS_SINCE),
                Pagination.limit(request));
        JsonWriter json = new JsonWriter().object().name("events").array();
        page.events().forEach(event -> json.raw(event.getBytes(StandardCharsets.UTF_8)));
        Response answer = Response.json(200, json.end().field("next", page.next()).end());
        return CompletableFuture.completedFuture(Pagination.linked(answer, request, "since",
                page.more() ? Optional.of(Long.toString(page.next())) : Optional.empty()));
    }
}
