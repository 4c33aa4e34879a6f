package kvs.sim;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BinaryOperator;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * Runs of many seeds on all processors. A parallel stream would not do: within a test it works in the pool of
 * the tests, whose threads take up whole other tests while they wait for a part of it.
 */
public final class Seeds {

    private Seeds() { }

    /**
     * The sum of the runs of all seeds. The failure of a seed is thrown as it was; no other seed starts then.
     */
    public static <S> S sum(LongStream seeds, LongFunction<S> run, BinaryOperator<S> plus) {
        ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<S>> runs = seeds.mapToObj(seed -> pool.submit(() -> run.apply(seed))).toList();
            S sum = runs.get(0).get();
            for (Future<S> more : runs.subList(1, runs.size())) {
                sum = plus.apply(sum, more.get());
            }
            return sum;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted: the runs took too long", e);
        } finally {
            pool.shutdownNow();
        }
    }
}
