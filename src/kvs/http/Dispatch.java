package kvs.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Where a request is served.
 *
 * @param back goes on with it when somebody else has completed what it waited for
 * @param elsewhere does what has to wait, or takes long; may refuse
 */
public record Dispatch(Executor back, Executor elsewhere) {

    /** A thread that may wait, and whoever comes goes on. */
    public static final Dispatch ANYWHERE = new Dispatch(Runnable::run, Runnable::run);

    /** Whether the thread that serves it may wait: a loop may not. */
    public boolean mayBlock() {
        return this == ANYWHERE;
    }

    /** What {@code work} gives, elsewhere. */
    public <T> CompletionStage<T> offload(Supplier<CompletionStage<T>> work) {
        try {
            return CompletableFuture.supplyAsync(work, elsewhere).thenCompose(stage -> stage);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(full);
        }
    }

    /** Thrown at a request that is not {@link #mayBlock}, before anything is done for it: it must wait, so it is to be served elsewhere. */
    public static final class OffloadRequired extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public OffloadRequired() {
            super("elsewhere", null, false, false);
        }
    }
}
