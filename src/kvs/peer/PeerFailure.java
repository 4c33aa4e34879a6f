package kvs.peer;

import kvs.model.HealthProblem;

/**
 * The failure of a peer: its responses are not those of a node of this cluster.
 *
 * @param advice advice to the operator, may be empty
 */
public record PeerFailure(HealthProblem.Kind kind, String text, String advice) {

    /** A failure without advice. */
    public PeerFailure(HealthProblem.Kind kind, String text) {
        this(kind, text, "");
    }

    /** The failure and the advice. */
    public String sentence() {
        return advice.isEmpty() ? text : text + ": " + advice;
    }
}
