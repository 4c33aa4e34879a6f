package kvs.auth;

import java.util.Optional;

/**
 * The reason why a caller has a right on a key, or has not.
 *
 * @param allowed whether they have it
 * @param caller the caller
 * @param right the right
 * @param decidingMetadata the metadata that decides
 * @param absent whether the key is absent to the caller
 */
public record AccessExplanation(boolean allowed, Principal caller, Right right,
        DecidingMetadata decidingMetadata, boolean absent) {

    /**
     * The metadata that decides.
     *
     * @param appliesTo the keys for which it holds
     * @param permissionClass the caller's class of bits there
     * @param bits the permissions
     * @param from the path on which those were set, empty for the default
     * @param ceiling of own-keys metadata: the permissions of the subtree
     */
    public record DecidingMetadata(MetadataScope appliesTo, PermissionClass permissionClass,
            PermissionBits bits, Optional<String> from, Optional<PermissionBits> ceiling) { }

    /** Whether a scope of the caller's token covers the right. */
    public boolean scoped() {
        return caller.covers(right);
    }

    /** The decision in a sentence, for people. */
    public String why() {
        return switch (caller.kind()) {
            case EVERYBODY -> "auth_enabled is false: every request may do everything";
            case OPERATOR -> "the admin token of this machine may do everything";
            case PEER -> "nodes of the cluster may not read and write documents";
            case ANONYMOUS -> allowed
                    ? "without a token, by allow_anonymous_read or allow_anonymous_write, and " + bit()
                    : "without a token this is not allowed here, or " + bit();
            case USER -> user();
        };
    }

    private String user() {
        if (caller.admin()) {
            return "administrators may do everything";
        }
        if (!scoped()) {
            return "no scope of the token covers " + right.text();
        }
        if (absent) {
            return "the path has no document that you may read: only op=create can be allowed; " + bit();
        }
        boolean within = allowed || !decidingMetadata.bits.allow(decidingMetadata.permissionClass, right)
                || decidingMetadata.ceiling.isEmpty();
        return within ? bit() : bit() + ", which the permissions of the subtree, "
                + decidingMetadata.ceiling.get().text() + ", do not allow its owner";
    }

    private String bit() {
        return "the permissions " + decidingMetadata.bits.text()
                + (decidingMetadata.bits.allow(decidingMetadata.permissionClass, right) ? " have " : " lack ")
                + right.text() + " for " + decidingMetadata.permissionClass.text();
    }
}
