package kvs.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.log.SpaceUsage;
import kvs.routes.AdminRoutes;
import kvs.store.ScrubProgress;
import kvs.store.Store;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * Maintenance of the log on request of an administrator: {@code /admin/compact} and {@code /admin/verify}. It
 * runs in the background.
 */
public final class MaintenanceResource {

    private final Store store;
    private final Logger log;

    /** Maintains the log of {@code store}; requests that begin something are events of {@code log}. */
    public MaintenanceResource(Store store, Logger log) {
        this.store = store;
        this.log = log;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(AdminRoutes.SHOW_COMPACT, request -> use(false)),
                Route.of(AdminRoutes.COMPACT, request -> use(true)),
                Route.of(AdminRoutes.SHOW_VERIFY, request -> scrubbed(false)),
                Route.of(AdminRoutes.VERIFY, request -> scrubbed(true)));
    }

    private CompletionStage<Response> use(boolean begin) {
        if (begin) {
            store.compact();
            log.event(EventKind.COMPACTION_FORCED);
        }
        SpaceUsage usage = store.counts().usage();
        JsonWriter json = new JsonWriter().object().field("running", usage.busy()).field("log_bytes",
                usage.bytes()).field("live_bytes", usage.liveBytes()).field("segments", usage.segments())
                .field("compactions", usage.compactions()).field("freed_bytes", usage.freedBytes()).end();
        return CompletableFuture.completedFuture(Response.json(begin ? 202 : 200, json));
    }

    private CompletionStage<Response> scrubbed(boolean begin) {
        if (begin) {
            store.scrub();
            log.event(EventKind.VERIFICATION_STARTED);
        }
        ScrubProgress now = store.scrubbed();
        JsonWriter json = new JsonWriter().object().field("running", now.running()).field("keys", now.keys())
                .field("checked_keys", now.checkedKeys()).field("checked_bytes", now.checkedBytes())
                .field("unreadable", now.unreadable());
        if (now.startedMs() > 0) {
            json.field("started_at", now.startedMs());
        }
        if (now.finishedMs() > 0) {
            json.field("finished_at", now.finishedMs());
        }
        return CompletableFuture.completedFuture(Response.json(begin ? 202 : 200, json.end()));
    }
}
