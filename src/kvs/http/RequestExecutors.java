package kvs.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The executors that serve a request.
 *
 * @param back continues the request when another thread has completed its wait
 * @param elsewhere runs work that waits or takes long; may refuse
 */
public record RequestExecutors(Executor back, Executor elsewhere) {

    /** A thread that may wait; the completing thread continues the request. */
    public static final RequestExecutors ANYWHERE = new RequestExecutors(Runnable::run, Runnable::run);

    /** Whether the serving thread may wait: a loop may not. */
    public boolean mayBlock() {
        return this == ANYWHERE;
    }

    /** A copy with another executor for work that waits or takes long. */
    public RequestExecutors offloadingTo(Executor other) {
        return new RequestExecutors(back, other);
    }

    /** The result of {@code work}, run on {@link #elsewhere}. */
    public <T> CompletionStage<T> offload(Supplier<CompletionStage<T>> work) {
        try {
            return CompletableFuture.supplyAsync(work, elsewhere).thenCompose(stage -> stage);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(full);
        }
    }
}
