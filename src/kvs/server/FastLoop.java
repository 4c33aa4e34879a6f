package kvs.server;

import java.util.concurrent.Executor;

/**
 * A loop as the {@link FastPath} knows it. A task that is added on the loop itself runs when all connections
 * that were ready have had their turn. Only {@code execute} is thread-safe.
 */
public interface FastLoop extends Executor {

    /** Whether its server has no other loop. */
    boolean isOnly();

    /** The time since it began a request that was not a write of the fast path, in nanoseconds. */
    long nanosSinceRequest();
}
