package kvs.server;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A responder to simple requests, on their loop and from their bytes. A request that it does not take is
 * parsed and handled as all others are. Thread-safe.
 */
@FunctionalInterface
public interface FastPath {

    /** Responds to nothing. */
    FastPath NONE = (fields, remote, local, loop) -> Optional.empty();

    /**
     * The sender of requests with these header fields, names and values in turn, on the connection between
     * these addresses, which belongs to {@code loop}; empty when such requests never take this path.
     */
    Optional<Sender> admit(String[] fields, InetSocketAddress remote, InetSocketAddress local, FastLoop loop);

    /** The sender of requests whose header fields are the same, byte for byte. Belongs to one connection. */
    @FunctionalInterface
    interface Sender {

        /**
         * Writes the response to a {@code GET}, or to a {@code HEAD} of the same, behind the status line
         * (200) and the date that {@code response} holds already. Must not wait.
         *
         * @param target path of visible characters, without percents and empty or dotted segments
         * @return whether it did; {@code false}: nothing was counted or changed, and what was written is
         *     discarded
         */
        boolean respond(boolean head, byte[] target, ResponseBuffer response);

        /**
         * The handler of a write, which responds later; empty when the request must be parsed, and nothing
         * was counted or changed. It is called at once, on the loop.
         *
         * @param method {@code PUT} or {@code DELETE}
         * @param target as above
         * @param body complete, and kept
         */
        default Optional<Consumer<PendingResponse>> write(String method, byte[] target, byte[] body) {
            return Optional.empty();
        }
    }
}
