package kvs.documents;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * A change of many keys that reads, writes on condition that nothing has changed meanwhile, and reads again
 * if something has.
 */
final class OptimisticRetry<T> {

    private final Supplier<CompletionStage<T>> attempt;
    private final Executor offloadExecutor;
    private final CompletableFuture<T> done = new CompletableFuture<>();

    private OptimisticRetry(Supplier<CompletionStage<T>> attempt, Executor offloadExecutor) {
        this.attempt = attempt;
        this.offloadExecutor = offloadExecutor;
    }

    /**
     * The result of {@code attempt}. The first attempt is made at once; one that ends with
     * {@code CONDITION_FAILED} is repeated on {@code offloadExecutor}: reading the disk is no work for the
     * writer's thread. {@code BUSY} after too many.
     */
    static <T> CompletionStage<T> of(Supplier<CompletionStage<T>> attempt, Executor offloadExecutor) {
        OptimisticRetry<T> attempts = new OptimisticRetry<>(attempt, offloadExecutor);
        attempts.make(1);
        return attempts.done;
    }

    private void make(int number) {
        try {
            attempt.get().whenComplete((result, error) -> judge(number, Optional.ofNullable(result),
                    Optional.ofNullable(error)));
        } catch (RuntimeException failure) {
            done.completeExceptionally(failure);
        }
    }

    private void judge(int number, Optional<T> result, Optional<Throwable> error) {
        if (error.isEmpty()) {
            done.complete(result.orElseThrow());
            return;
        }
        Throwable cause = error.get() instanceof CompletionException wrapped ? wrapped.getCause()
                : error.get();
        if (!(cause instanceof Refusal refusal) || refusal.reason() != Reason.CONDITION_FAILED) {
            done.completeExceptionally(cause);
        } else if (number == DocumentLimits.TRIES_MAX) {
            done.completeExceptionally(new Refusal(Reason.BUSY,
                    "other requests changed the keys " + number + " times meanwhile; try again"));
        } else {
            again(number + 1);
        }
    }

    private void again(int number) {
        try {
            offloadExecutor.execute(() -> make(number));
        } catch (RejectedExecutionException full) {
            done.completeExceptionally(new Refusal(Reason.BUSY,
                    "other requests changed the keys meanwhile, and no thread is free; try again"));
        }
    }
}
