package kvs.api;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import kvs.backup.BackupDirectory;
import kvs.backup.BackupRequestStatus;
import kvs.backup.BackupScheduler;
import kvs.http.ContinuationExecutor;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.AdminRoutes;
import kvs.world.FailureText;

/** Makes backups and lists them, for administrators: {@code /admin/backup} and {@code /admin/backups}. */
public final class BackupResource {

    private final BackupScheduler backups;
    private final Executor offloadExecutor;

    /** A resource that makes delayed responses on {@code offloadExecutor}. */
    public BackupResource(BackupScheduler backups, Executor offloadExecutor) {
        this.backups = backups;
        this.offloadExecutor = offloadExecutor;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(AdminRoutes.BACKUP, this::make),
                Route.of(AdminRoutes.BACKUPS, this::list));
    }

    private CompletionStage<Response> make(Request request) {
        long waitMs = request.query().required(AdminRoutes.BACKUP_WAIT);
        CompletableFuture<BackupRequestStatus> outcome = backups.make(waitMs);
        return request.timer().waiting(() -> ContinuationExecutor.answer(outcome.thenAccept(known -> { }),
                offloadExecutor, () -> answer(outcome.join())));
    }

    private static Response answer(BackupRequestStatus outcome) {
        JsonWriter json = new JsonWriter().object();
        if (outcome instanceof BackupRequestStatus.Finished done) {
            return Response.json(201, json.field("name", done.made().name()).field("bytes", done.made()
                    .bytes()).field("keys", done.made().keys()).field("root", HexFormat.of()
                            .formatHex(done.made().root())).field("created_at", done.made().madeMs()).end());
        }
        running(json, (BackupRequestStatus.Running) outcome);
        return Response.json(202, json.end());
    }

    private static void running(JsonWriter json, BackupRequestStatus.Running running) {
        json.field("running", true).field("created_at", running.sinceMs()).field("bytes", running.bytes());
        if (!running.name().isEmpty()) {
            json.field("name", running.name());
        }
    }

    private CompletionStage<Response> list(Request request) {
        JsonWriter json = new JsonWriter().object().name("backups").array();
        for (BackupDirectory.ListedBackup listed : listed()) {
            json.object().field("name", listed.name()).field("bytes", listed.glance().bytes())
                    .field("created_at", listed.madeMs());
            listed.glance().keys().ifPresent(keys -> json.field("keys", keys));
            json.end();
        }
        json.end();
        backups.running().ifPresent(running -> {
            json.name("running").object();
            running(json, running);
            json.end();
        });
        backups.error().ifPresent(why -> json.field("error", why));
        return CompletableFuture.completedFuture(Response.json(200, json.end()));
    }

    private List<BackupDirectory.ListedBackup> listed() {
        try {
            return backups.list();
        } catch (IOException e) {
            throw new Refusal(Reason.DISK_FULL,
                    "the node cannot read the directory of backups: " + FailureText.text(e));
        }
    }
}
