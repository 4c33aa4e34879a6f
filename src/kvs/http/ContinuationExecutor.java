package kvs.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Runs the continuations of waiting requests away from the thread that woke them: it has others to wake. */
public final class ContinuationExecutor {

    private ContinuationExecutor() { }

    /** Runs {@code then} once {@code woken} is complete. */
    public static void run(CompletionStage<Void> woken, Executor offloadExecutor, Runnable then) {
        woken.thenRun(() -> {
            try {
                offloadExecutor.execute(then);
            } catch (RejectedExecutionException full) {
                then.run();
            }
        });
    }

    /** The same as {@link #answer} for a response that may itself be completed later. */
    static CompletionStage<Response> staged(CompletionStage<Void> woken, Executor offloadExecutor,
            Supplier<CompletionStage<Response>> answer) {
        CompletableFuture<CompletionStage<Response>> result = new CompletableFuture<>();
        run(woken, offloadExecutor, () -> result.completeAsync(answer, Runnable::run));
        return result.thenCompose(stage -> stage);
    }

    /**
     * The response made by {@code answer} once {@code woken} is complete. When a change wakes more readers
     * than there are threads, the waking thread makes some responses itself: slower, but no request is
     * refused because it waited.
     */
    public static CompletionStage<Response> answer(CompletionStage<Void> woken, Executor offloadExecutor,
            Supplier<Response> answer) {
        return woken.thenCompose(nothing -> {
            CompletableFuture<Response> result = new CompletableFuture<>();
            Runnable make = () -> result.completeAsync(answer, Runnable::run);
            try {
                offloadExecutor.execute(make);
            } catch (RejectedExecutionException full) {
                make.run();
            }
            return result;
        });
    }
}
