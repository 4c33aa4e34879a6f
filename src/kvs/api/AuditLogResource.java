package kvs.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.audit.AuditLog;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.AdminRoutes;

/** The lines of the audit log, for administrators: {@code /admin/tamper-log}. */
public final class AuditLogResource {

    private final Optional<AuditLog> auditLog;

    /** Serves the lines of {@code auditLog}; empty while no log is kept. */
    public AuditLogResource(Optional<AuditLog> auditLog) {
        this.auditLog = auditLog;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(AdminRoutes.TAMPER_LOG, this::get));
    }

    /**
     * The member {@code head} names the last line: a copy of it elsewhere can prove later that nothing before
     * it was changed or cut off.
     */
    private CompletionStage<Response> get(Request request) {
        AuditLog log = auditLog.orElseThrow(() -> new Refusal(Reason.NOT_FOUND,
                "tamper_logging_enabled is false: this node has no tamper log"));
        AuditLog.Page page = page(log, request.query().required(AdminRoutes.AFTER_LINE),
                Pagination.limit(request));
        JsonWriter json = new JsonWriter().object().name("lines").array();
        page.lines().forEach(json::raw);
        json.end();
        Optional<String> next = page.more() ? Optional.of(Long.toString(page.next())) : Optional.empty();
        if (page.more()) {
            json.field("next", page.next());
        }
        Response answer = Response.json(200, json.field("head", log.head().toString()).end());
        return CompletableFuture.completedFuture(Pagination.linked(answer, request, next));
    }

    private static AuditLog.Page page(AuditLog log, long after, int limit) {
        try {
            return log.page(after, limit);
        } catch (IOException e) {
            throw new UncheckedIOException("the tamper log cannot be read", e);
        }
    }
}
