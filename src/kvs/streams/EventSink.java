package kvs.streams;

import java.util.concurrent.Executor;

/**
 * The sending end of an event stream to one client. It takes bytes only while its client has all before them:
 * who makes events reads those that were not taken again later. All methods but {@link #lane} are for that
 * executor.
 */
public interface EventSink {

    /**
     * The executor of this sink, and of others: it runs tasks in their order, one at a time, and may reject
     * them once the server has stopped. Thread-safe.
     */
    Executor lane();

    /** Whether it takes bytes now. */
    boolean isReady();

    /** Sends bytes, which must not be modified any more; {@code false}: it was not ready, nothing is sent. */
    boolean offer(byte[] bytes);

    /** Runs {@code then} on the lane as soon as it is ready; never when it ends before. One at a time. */
    void whenReady(Runnable then);

    /** Sends {@code last} and ends the response. */
    void end(byte[] last);
}
