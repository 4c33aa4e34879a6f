package kvs.world;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The interface to other nodes: sends a request and returns the response. An unreachable, slow or broken peer
 * is a value ({@link NoResponse}), never an exception: it is the ordinary case.
 *
 * <p>Thread-safe. The stage completes on a thread of the network; code that continues there must not block.
 */
public interface Network extends AutoCloseable {

    /**
     * A request.
     *
     * @param method HTTP method
     * @param address {@code host:port}
     * @param target path and query, as they are sent
     * @param headers names and values
     * @param body the body, empty for none
     */
    record Call(String method, String address, String target, Map<String, String> headers, byte[] body) { }

    /**
     * The limits of a request.
     *
     * @param deadlineMs from the call to the last byte of the response
     * @param bodyMax bytes of a response; more is {@link NoResponse}
     */
    record Bounds(long deadlineMs, int bodyMax) { }

    /** The result of a request: a {@link NetworkResponse} or {@link NoResponse}. */
    sealed interface Reply { }

    /**
     * A response, whatever its status.
     *
     * @param status HTTP status
     * @param headers names in lower case, the first value of each
     * @param body the whole body
     */
    record NetworkResponse(int status, Map<String, String> headers, byte[] body) implements Reply { }

    /**
     * The absence of a response.
     *
     * @param why reason for the log
     * @param certificate reason for people why the peer's certificate was not trusted; empty for another
     *     cause
     */
    record NoResponse(String why, String certificate) implements Reply {

        /** The absence of a response that no certificate caused. */
        public NoResponse(String why) {
            this(why, "");
        }
    }

    /** Sends {@code call}; the stage never completes exceptionally. */
    CompletionStage<Reply> send(Call call, Bounds bounds);

    /** Ends all pending calls with {@link NoResponse}. */
    @Override
    void close();
}
