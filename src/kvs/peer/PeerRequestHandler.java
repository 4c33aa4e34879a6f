package kvs.peer;

import java.util.concurrent.CompletionStage;

/**
 * Responds to one kind of request of other nodes, after authentication; perhaps later, from another thread.
 * Never fails.
 */
@FunctionalInterface
public interface PeerRequestHandler {

    /** Maximal size of the body of a request. */
    int BODY_MAX = 1 << 20;

    /** The response to the node {@code from}. */
    CompletionStage<Response> answer(PeerSignature.NodeRun from, byte[] body);

    /**
     * A response.
     *
     * @param status 200; 400 for a malformed request; other values by agreement
     * @param body bytes
     */
    record Response(int status, byte[] body) {

        private static final byte[] NOTHING = {};

        /** A response with a body. */
        public static Response ok(byte[] body) {
            return new Response(200, body);
        }

        /** A response without a body. */
        public static Response of(int status) {
            return new Response(status, NOTHING);
        }
    }
}
