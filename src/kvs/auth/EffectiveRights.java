package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * The rights of one caller in one state of the store. A live key is judged by the own-keys metadata of its
 * owner, within the limits of the subtree metadata; a path without a key by the subtree metadata alone. One
 * thread at a time; keep it no longer than the view.
 */
public final class EffectiveRights {

    private final RightsResolver permissions;
    private final AccessRules rules;
    private final MetadataResolver subtrees;
    private final StoreView view;
    private final Principal caller;
    private final long now;

    EffectiveRights(RightsResolver permissions, StoreView view, Principal caller, long now) {
        this.permissions = permissions;
        this.rules = permissions.rules();
        this.subtrees = permissions.subtrees(view, now);
        this.view = view;
        this.caller = caller;
        this.now = now;
    }

    /**
     * The entry that the caller sees at a key with the entry {@code living}: that one; or none, when an
     * absent key would give them none too.
     *
     * @throws Refusal {@code FORBIDDEN}
     */
    public Optional<Entry> see(Key key, Optional<Entry> living) {
        return see(key.bytes(), living);
    }

    /** The same for a path, which may be the empty one. */
    Optional<Entry> see(byte[] path, Optional<Entry> living) {
        if (unbound() || living.isPresent() && may(Right.READ, path, view.owner(living.get()))) {
            return living;
        }
        if (mayAbsent(Right.READ, subtrees.at(path))) {
            return Optional.empty();
        }
        throw forbidden(path);
    }

    /** Checks that the caller may overwrite the entry {@code living}, or create one: {@code FORBIDDEN}. */
    public void write(Key key, Optional<Entry> living) {
        boolean may = living.map(entry -> may(Right.WRITE, entry)).orElseGet(() -> mayCreate(key.bytes()));
        if (!may) {
            throw forbidden(key.bytes());
        }
    }

    /**
     * The owner of a key that the caller restores where no live entry is, and that {@code former} owned;
     * {@code FORBIDDEN} to others.
     */
    public UUID heir(Key key, UUID former) {
        if (!unbound() && !rules.oldIsOwners(caller.user(), former)) {
            throw forbidden(key.bytes());
        }
        return rules.heir(caller.user(), former);
    }

    /** Whether the caller may set the expiry of the entry {@code living} to {@code next}, Unix ms. */
    public boolean ends(Entry living, long next) {
        return !rules.shortenIsDelete(living.expires(), next) || may(Right.DELETE, living);
    }

    /** The refusal of an expiry that {@link #ends} does not allow. */
    public Refusal shortened(Key key) {
        return forbidden(key.bytes());
    }

    /**
     * Checks that the caller may delete the entry {@code living}, or write a tombstone where none is:
     * {@code FORBIDDEN}. A key that the caller may not see is refused as absent, where they may delete absent
     * keys.
     */
    public void delete(Key key, Optional<Entry> living) {
        if (living.map(entry -> may(Right.DELETE, entry)).orElseGet(() -> mayAbsent(key.bytes()))) {
            return;
        }
        if (living.isPresent() && !shows(living.get()) && mayAbsent(key.bytes())) {
            throw Refusal.absent(key);
        }
        throw forbidden(key.bytes());
    }

    private boolean mayAbsent(byte[] path) {
        return mayAbsent(Right.DELETE, subtrees.at(path));
    }

    /** Whether the caller may read a live entry. */
    public boolean shows(Entry living) {
        return may(Right.READ, living);
    }

    /**
     * Whether the caller may read an older version of a key that they see: when its owner owns the key now;
     * where nothing is live, only its owner may. An anonymous caller owns no deleted key.
     *
     * @param owner owner of the older version, empty when that is unreadable
     * @param living owner of the live entry, empty when there is none
     */
    public boolean showsOld(Optional<UUID> owner, Optional<UUID> living) {
        if (unbound()) {
            return true;
        }
        return living.isPresent() ? owner.equals(living) : caller.kind() == Principal.Kind.USER
                && owner.filter(former -> rules.oldIsOwners(caller.user(), former)).isPresent();
    }

    /**
     * Whether the caller may read everything below a prefix (empty, or with a slash at its end), whatever its
     * owners have set.
     */
    public boolean showsAll(byte[] prefix) {
        if (unbound()) {
            return true;
        }
        byte[] path = Arrays.copyOf(prefix, Math.max(0, prefix.length - 1));
        InheritedMetadata subtree = subtrees.at(path);
        return mayAbsent(Right.READ, subtree) && subtree.bits().allow(PermissionClass.OWNER, Right.READ)
                && subtrees.plain(path);
    }

    /**
     * The path whose metadata lies under a reserved key, if the caller may read there now. Own-keys metadata
     * of a user is shown only to callers who may read that user's keys.
     */
    public Optional<byte[]> opened(Entry reserved) {
        if (unbound() || !AccountKeys.METADATA.contains(reserved.key())) {
            return Optional.empty();
        }
        return MetadataKey.of(reserved.key()).filter(slot -> slot.kind() == MetadataKey.Kind.OWN_KEYS
                ? may(Right.READ, slot.path(), slot.user()) : mayAbsent(Right.READ, subtrees.at(slot.path())))
                .map(MetadataKey::path);
    }

    /** A text of everything but the stored documents that decides what the caller sees. */
    public String mark() {
        return unbound() ? "" : caller.kind() + " " + caller.user() + " " + caller.scopes() + " "
                + HexFormat.of().formatHex(view.tree().summary(AccountKeys.RIGHTS).digest());
    }

    /** Whether the caller has a right on a live key. */
    boolean may(Right right, Entry living) {
        return unbound() || may(right, living.key(), view.owner(living));
    }

    /** The same for a key of {@code owner}. */
    boolean may(Right right, byte[] path, UUID owner) {
        InheritedMetadata subtree = subtrees.at(path);
        if (rules.rulerIsOwner(caller.user(), subtree.ruler())) {
            return decides(right, PermissionClass.OWNER, subtree.bits(), caller.user());
        }
        Optional<Metadata> own = subtrees.own(path, owner).map(MetadataResolver.OwnKeysMetadata::metadata);
        if (own.isEmpty()) {
            return decides(right, standing(owner, subtree.metadata().group()), subtree.bits(), owner);
        }
        boolean given = decides(right, standing(owner, own.get().group()), own.get().bits(), owner);
        return given && (unbound() || rules.ownerCeiling(subtree.bits(), right)
                && (is(owner) || !isShutOut(subtree)));
    }

    private boolean isShutOut(InheritedMetadata subtree) {
        return rules.shutOut(subtree.bits(), standing(Version.NOBODY, subtree.metadata().group()));
    }

    /** Whether the caller has a right on a path without a key, as far as they see. */
    boolean mayAbsent(Right right, InheritedMetadata subtree) {
        return decides(right, standing(subtree), subtree.bits(), subtree.ruler());
    }

    /** Whether the caller may create a key. */
    boolean mayCreate(byte[] path) {
        return mayAbsent(Right.CREATE, creating(path));
    }

    /** The subtree metadata that decides who may create a key. */
    InheritedMetadata creating(byte[] path) {
        return subtrees.at(path, rules.createAt(path));
    }

    /** Whether the caller may set metadata of the subtree. */
    boolean maySetSubtree(byte[] path) {
        return unbound() || AccessRules.rules(caller.user(), subtrees.at(path).ruler());
    }

    /**
     * Whether the caller may set metadata of their own keys: as the owner of the live key, or with the right
     * to create there.
     */
    boolean maySetOwnKeys(byte[] path, Optional<Entry> living) {
        if (maySetSubtree(path)) {
            return true;
        }
        boolean mine = living.filter(entry -> is(view.owner(entry))).isPresent() || path.length > 0
                && mayCreate(path);
        return caller.kind() == Principal.Kind.USER && mine && rules.noLookBelow(view, path, caller.user());
    }

    private boolean decides(Right right, PermissionClass permissionClass, PermissionBits bits, UUID owner) {
        return permissions.decision().allows(caller, right, permissionClass, bits, owner);
    }

    /** The caller's class for a key of {@code owner} whose group is {@code group}. */
    PermissionClass standing(UUID owner, UUID group) {
        if (is(owner)) {
            return PermissionClass.OWNER;
        }
        boolean member = !group.equals(Version.NOBODY) && permissions.member(view, group, caller.user(), now);
        return member ? PermissionClass.GROUP : PermissionClass.OTHERS;
    }

    /** The caller's class for a path without a key. */
    PermissionClass standing(InheritedMetadata subtree) {
        return standing(subtree.ruler(), subtree.metadata().group());
    }

    private boolean is(UUID user) {
        return !user.equals(Version.NOBODY) && caller.user().equals(user);
    }

    /** The metadata in force. */
    MetadataResolver subtrees() {
        return subtrees;
    }

    /**
     * The metadata that the caller may know: the deciding one, or, when they may not read there, the
     * uppermost that already denies it, so that nobody learns of locks behind a lock.
     */
    InheritedMetadata visibleMetadata(byte[] path) {
        List<InheritedMetadata> all = subtrees.all(path);
        InheritedMetadata deciding = all.get(all.size() - 1);
        if (unbound() || mayAbsent(Right.READ, deciding)) {
            return deciding;
        }
        return all.stream().filter(at -> !mayAbsent(Right.READ, at)).findFirst().orElse(deciding);
    }

    /** The refusal of a missing right: the same whatever is there. */
    Refusal forbidden(byte[] path) {
        return caller.proven() ? new Refusal(Reason.FORBIDDEN, "the permissions do not allow this;"
                + " GET /auth/can explains why").with("path", new String(path, StandardCharsets.UTF_8))
                : RightsResolver.unauthorized("this request needs a token");
    }

    /** The caller as evaluated in this state. */
    Principal caller() {
        return caller;
    }

    /** Whether the caller may do everything. */
    boolean unbound() {
        return caller.admin();
    }
}
