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
    private final Executor aside;
    private final CompletableFuture<T> done = new CompletableFuture<>();

    private OptimisticRetry(Supplier<CompletionStage<T>> attempt, Executor aside) {
        this.attempt = attempt;
        this.aside = aside;
    }

    /**
     * The result of {@code attempt}. The first attempt is made at once; one that ends with
     * {@code CONDITION_FAILED} is repeated on {@code aside}: reading the disk is no work for the writer's
     * thread. {@code BUSY} after too many.
     */
    static <T> CompletionStage<T> of(Supplier<CompletionStage<T>> attempt, Executor aside) {
        OptimisticRetry<T> attempts = new OptimisticRetry<>(attempt, aside);
        attempts.make(1);
        return attempts.done;
    }

    private void make(int number) {
        try {
            attempt.get().whenComplete((result, error) -> judge(number, Optional.ofNullable(result),
                    Optional.ofNullable(error)));
        } catch (RuntimeException why) {
            done.completeExceptionally(why);
        }
    }

    private void judge(int number, Optional<T> result, Optional<Throwable> error) {
        if (error.isEmpty()) {
            done.complete(result.orElseThrow());
            return;
        }
        Throwable cause = error.get() instanceof CompletionException wrapped ? wrapped.getCause()
                : error.get();
        if (!(cause instanceof Refusal why) || why.reason() != Reason.CONDITION_FAILED) {
            done.completeExceptionally(cause);
        } else if (number == DocumentLimits.TRIES_MAX) {
            done.completeExceptionally(new Refusal(Reason.BUSY,
                    "others changed the keys " + number + " times meanwhile; try again"));
        } else {
            again(number + 1);
        }
    }

    private void again(int number) {
        try {
            aside.execute(() -> make(number));
        } catch (RejectedExecutionException full) {
            done.completeExceptionally(new Refusal(Reason.BUSY,
                    "the keys were changed meanwhile, and no thread is free: try again"));
        }
    }
}
