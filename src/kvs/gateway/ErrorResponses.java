package kvs.gateway;

import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import kvs.http.Problems;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.DeadlineWrite;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The responses to requests that fail; the only place where exceptions become responses. Those to requests
 * that never reach the stages of the pipeline have the standard headers too. Thread-safe.
 */
final class ErrorResponses {

    private final String node;
    private final RequestMetrics requestMetrics;
    private final RequestIds ids;
    private final StandardHeaders common;
    private final Logger log;

    /** The errors of the node with that id. */
    ErrorResponses(String node, RequestMetrics requestMetrics, RequestIds ids,
            StandardHeaders common, Logger log) {
        this.node = node;
        this.requestMetrics = requestMetrics;
        this.ids = ids;
        this.common = common;
        this.log = log;
    }

    /** The response to the request with that id, which failed; a fault of this node is logged. */
    Response of(Throwable thrown, String id) {
        Throwable cause = thrown instanceof CompletionException && thrown.getCause() != null
                ? thrown.getCause() : thrown;
        if (cause instanceof Refusal refusal) {
            return problem(refusal, id);
        }
        if (cause instanceof RejectedExecutionException) {
            return busy(id);
        }
        if (cause instanceof BodySource.BrokenBodyException) {
            return problem(new Refusal(Reason.BAD_REQUEST, FailureText.text(cause)), id)
                    .with("Connection", "close");
        }
        log.error("request failed", cause, "request_id", id);
        return problem(new Refusal(Reason.INTERNAL,
                "an internal error of this node; its log has details under the request id"), id);
    }

    /**
     * The response to a request that the engine itself refuses; {@code request} holds the fields of its head,
     * if that could be read.
     */
    Response engineError(int status, String detail, RequestHeaders request) {
        String id = ids.of(request);
        return common.on(problem(Problems.protocolError(status, detail), id), request, id, false);
    }

    /** The response to a request that did not reach a handler, because no thread is free. */
    Response busy(RequestHeaders request) {
        String id = ids.of(request);
        return common.on(busy(id), request, id, false);
    }

    /**
     * The response to a request that waited too long before it began; other requests of unknown age may wait
     * in its connection.
     */
    Response late(RequestHeaders request) {
        String id = ids.of(request);
        return common.on(problem(DeadlineWrite.refusal(), id).with("Connection", "close"),
                request, id, false);
    }

    private Response busy(String id) {
        return problem(new Refusal(Reason.BUSY, "this node has no free thread; try again"), id);
    }

    private Response problem(Refusal refusal, String id) {
        requestMetrics.refused(refusal.reason());
        return Problems.answer(refusal, id, node);
    }
}
