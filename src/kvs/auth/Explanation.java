package kvs.auth;

import java.util.Optional;

/**
 * Why a caller may do something with a key, or may not.
 *
 * @param allowed whether they may
 * @param caller who
 * @param right what
 * @param standing which of the three classes of bits is theirs there
 * @param bits the permissions in force
 * @param from the path on which those were set, empty when nowhere: they are the default
 */
public record Explanation(boolean allowed, Caller caller, Right right, Standing standing, Bits bits, Optional<String> from) {

    /** Whether a scope of the caller's token covers the right. */
    public boolean scoped() {
        return caller.covers(right);
    }

    /** For people: what decided. */
    public String why() {
        String bit = "the permissions " + bits.text() + (bits.allow(standing, right) ? " have " : " lack ") + right.text() + " for "
                + standing.text();
        return switch (caller.kind()) {
            case EVERYBODY -> "auth_enabled is false: everybody may do everything";
            case OPERATOR -> "the admin token of this machine may do everything";
            case PEER -> "nodes of the cluster read and write no documents for themselves";
            case ANONYMOUS -> allowed ? "without a token, by allow_anonymous_read or allow_anonymous_write, and " + bit
                    : "without a token this is not allowed here, or " + bit;
            case USER -> caller.admin() ? "administrators may do everything" : scoped() ? bit : "no scope of the token covers " + right.text();
        };
    }
}
