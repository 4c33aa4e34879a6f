package kvs.auth;

import java.util.UUID;
import kvs.model.Version;

/**
 * The one rule of permission bits: decides the rights of a caller on a key. A pure function; its truth table
 * is in its test.
 *
 * @param anonymousRead {@code allow_anonymous_read}
 * @param anonymousWrite {@code allow_anonymous_write}
 */
record PermissionBitsEvaluator(boolean anonymousRead, boolean anonymousWrite) {

    /**
     * Whether {@code caller}, of class {@code permissionClass}, has the right by these bits.
     *
     * @param owner the key's owner, {@link Version#NOBODY} for none
     */
    boolean allows(Principal caller, Right right, PermissionClass permissionClass,
            PermissionBits bits, UUID owner) {
        return switch (caller.kind()) {
            case EVERYBODY, OPERATOR -> true;
            case USER -> caller.admin() || caller.covers(right)
                    && (bits.allow(permissionClass, right) || again(right, bits, owner));
            case PEER -> false;
            case ANONYMOUS -> anonymous(right, owner)
                    && (bits.allow(PermissionClass.OTHERS, right) || again(right, bits, owner));
        };
    }

    /**
     * A key without an owner may be overwritten by callers who may create it, if anonymous callers may write.
     */
    private boolean again(Right right, PermissionBits bits, UUID owner) {
        return anonymousWrite && right == Right.WRITE && owner.equals(Version.NOBODY)
                && bits.allow(PermissionClass.OTHERS, Right.CREATE);
    }

    private boolean anonymous(Right right, UUID owner) {
        return switch (right) {
            case READ -> anonymousRead;
            case CREATE -> anonymousWrite;
            case WRITE -> anonymousWrite && owner.equals(Version.NOBODY);
            case DELETE -> false;
        };
    }
}
