package kvs.auth;

import java.util.UUID;
import kvs.model.Version;
import kvs.store.StoreView;

/**
 * The rules of access that can be told apart, one method each, pure. Each keeps away an attack that a test
 * makes when the rule is taken out; the names are those of the model. {@link PermissionRule} is the rule of bits,
 * {@link EffectiveRights} and {@link MetadataAdmin} put them together.
 */
class AccessRules {

    /**
     * Create-at: creating a path asks the subtree metadata at or above it, so these bytes of the path. Above
     * it alone, a lock would not count for its own path.
     */
    int createAt(byte[] path) {
        return path.length;
    }

    /** Own-slots: each user has a record of their own on a path, so nobody's setting replaces another's. */
    UUID ownSlot(UUID user) {
        return user;
    }

    /** Owner-ceiling: nobody gets a right by own-keys metadata that the subtree metadata denies to owners. */
    boolean ownerCeiling(PermissionBits subtree, Right right) {
        return subtree.allow(PermissionClass.OWNER, right);
    }

    /**
     * Shut-out: a class to which the subtree metadata gives nothing stays outside whatever owners give it, as
     * before a directory without {@code x}.
     */
    boolean shutOut(PermissionBits subtree, PermissionClass standing) {
        return subtree.nothing(standing);
    }

    /**
     * Admin-binds: what an administrator set holds, also for nobody and inside a subtree that was given to
     * somebody.
     */
    boolean adminBinds(Metadata set, UUID rulerAbove) {
        return true;
    }

    /** Ruler-is-owner: to whom a subtree was given has the rights of owners to all in it. */
    boolean rulerIsOwner(UUID user, UUID ruler) {
        return rules(user, ruler);
    }

    /** Whether a subtree was given to somebody, who then may set metadata for it. */
    static boolean rules(UUID user, UUID ruler) {
        return user.equals(ruler) && !ruler.equals(Version.NOBODY);
    }

    /**
     * No-look-below: whether somebody may set own-keys metadata does not depend on what is below, which may
     * be hidden from them.
     */
    boolean noLookBelow(StoreView view, byte[] path, UUID user) {
        return true;
    }

    /** Hand-over: what the former owner of a subtree had set below becomes the new owner's. */
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
     * Old-is-owners: where nothing lives, only the user to whom an older version belonged sees it and may
     * bring it back.
     */
    boolean oldIsOwners(UUID user, UUID former) {
        return user.equals(former);
    }

    /**
     * To whom a key belongs that is brought back: to whom it belonged, also when an administrator does it.
     */
    UUID heir(UUID user, UUID former) {
        return former;
    }
}
