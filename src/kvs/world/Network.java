package kvs.world;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The door to other nodes: sends a request, brings the answer. An unreachable, slow or broken peer is a value ({@link NoResponse}), never an
 * exception: it is the ordinary case.
 *
 * <p>Thread-safe. The stage completes on a thread of the network; whoever continues there must not block.
 */
public interface Network extends AutoCloseable {

    /**
     * What is sent.
     *
     * @param method HTTP method
     * @param address {@code host:port}
     * @param target path and query, as they go on the wire
     * @param headers names and values
     * @param body the body, empty for none
     */
    record Call(String method, String address, String target, Map<String, String> headers, byte[] body) { }

    /**
     * What is tolerated.
     *
     * @param deadlineMs from the call to the last byte of the answer
     * @param bodyMax bytes of an answer; more is {@link NoResponse}
     */
    record Bounds(long deadlineMs, int bodyMax) { }

    /** What came back: an {@link NetworkResponse} or {@link NoResponse}. */
    sealed interface Reply { }

    /**
     * An answer, whatever its status.
     *
     * @param status HTTP status
     * @param headers names in lower case, the first value of each
     * @param body the whole body
     */
    record NetworkResponse(int status, Map<String, String> headers, byte[] body) implements Reply { }

    /**
     * No answer.
     *
     * @param why what went wrong, for the log
     * @param certificate why the certificate that was shown is not believed, in words for people; empty when that is not it
     */
    record NoResponse(String why, String certificate) implements Reply {

        /** Nobody answered, for whatever other reason. */
        public NoResponse(String why) {
            this(why, "");
        }
    }

    /** Sends {@code call}; the stage never completes exceptionally. */
    CompletionStage<Reply> send(Call call, Bounds bounds);

    /** Ends all calls under way with {@link NoResponse}. */
    @Override
    void close();
}
