package kvs.cluster;

import java.util.concurrent.CompletionStage;

/** Answers one kind of request of other nodes, which the guard has admitted; perhaps later, from another thread. Never fails. */
@FunctionalInterface
public interface PeerService {

    /** The longest body that any of them takes. */
    int BODY_MAX = 1 << 20;

    /** What there is to say to the node {@code from}. */
    CompletionStage<Response> answer(PeerSignature.NodeRun from, byte[] body);

    /**
     * An answer.
     *
     * @param status 200; 400 for a request that is not understood; what else is agreed
     * @param body bytes
     */
    record Response(int status, byte[] body) {

        private static final byte[] NOTHING = {};

        static Response ok(byte[] body) {
            return new Response(200, body);
        }

        static Response of(int status) {
            return new Response(status, NOTHING);
        }
    }
}
