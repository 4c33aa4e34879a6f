package kvs.auth;

import java.util.UUID;
import kvs.model.Version;
import kvs.store.StoreView;

/**
 * The separable rules of access, one method each, pure. Each prevents an attack that a test carries out when
 * the rule is taken out; the names are those of the model. {@link PermissionBitsEvaluator} is the rule of
 * bits; {@link EffectiveRights} and {@link MetadataAdmin} combine them.
 */
class AccessRules {

    /**
     * Create-at: creating a path is decided by the subtree metadata at or above it, so by this many bytes of
     * the path. By the metadata above it alone, a lock would not hold for its own path.
     */
    int createAt(byte[] path) {
        return path.length;
    }

    /** Own-slots: each user has a record of their own on a path, so no user's record replaces another's. */
    UUID ownSlot(UUID user) {
        return user;
    }

    /** Owner-ceiling: own-keys metadata gives nobody a right that the subtree metadata denies to owners. */
    boolean ownerCeiling(PermissionBits subtree, Right right) {
        return subtree.allow(PermissionClass.OWNER, right);
    }

    /**
     * Shut-out: a class without any right by the subtree metadata stays excluded whatever owners give it, as
     * from a directory without {@code x}.
     */
    boolean shutOut(PermissionBits subtree, PermissionClass permissionClass) {
        return subtree.nothing(permissionClass);
    }

    /**
     * Admin-binds: metadata set by an administrator holds, also when it names no owner, and inside a subtree
     * that was given to a user.
     */
    boolean adminBinds(Metadata set, UUID rulerAbove) {
        return true;
    }

    /** Ruler-is-owner: the user to whom a subtree was given has the rights of owners on all keys in it. */
    boolean rulerIsOwner(UUID user, UUID ruler) {
        return rules(user, ruler);
    }

    /** Whether a subtree was given to the user, who then may set metadata for it. */
    static boolean rules(UUID user, UUID ruler) {
        return user.equals(ruler) && !ruler.equals(Version.NOBODY);
    }

    /**
     * No-look-below: the right to set own-keys metadata does not depend on the keys below, which may be
     * hidden from the user.
     */
    boolean noLookBelow(StoreView view, byte[] path, UUID user) {
        return true;
    }

    /** Hand-over: metadata that the former owner of a subtree had set below becomes the new owner's. */
    boolean handOver(UUID former, UUID next) {
        return !former.equals(next);
    }

    /**
     * Chown-names: a key on which own-keys metadata is in force is given away only together with permissions.
     */
    boolean chownNames(boolean inForce, boolean named) {
        return named || !inForce;
    }

    /** Shorten-is-delete: an expiry before the present one needs the right to delete. */
    boolean shortenIsDelete(long present, long next) {
        return next < present;
    }

    /**
     * Old-is-owners: where no live version is, only the user who owned an older version sees it and may
     * restore it.
     */
    boolean oldIsOwners(UUID user, UUID former) {
        return user.equals(former);
    }

    /** The owner of a restored key: its former owner, also when an administrator restores it. */
    UUID heir(UUID user, UUID former) {
        return former;
    }
}
