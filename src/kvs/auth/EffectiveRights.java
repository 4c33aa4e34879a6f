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
 * The rights of one caller in one state of the store. A key that lives is judged by the own-keys metadata of
 * its owner, within what the subtree metadata leaves; a path without a key by the subtree metadata alone.
 * One thread at a time; keep it no longer than the view.
 */
public final class EffectiveRights {

    private final PermissionEvaluator permissions;
    private final AccessRules rules;
    private final MetadataResolver subtrees;
    private final StoreView view;
    private final Principal caller;
    private final long now;

    EffectiveRights(PermissionEvaluator permissions, StoreView view, Principal caller, long now) {
        this.permissions = permissions;
        this.rules = permissions.rules();
        this.subtrees = permissions.subtrees(view, now);
        this.view = view;
        this.caller = caller;
        this.now = now;
    }

    /**
     * The entry that the caller sees at a key where {@code living} is: that; or nothing, when they would be
     * told so if nothing were there.
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

    /** Lets them overwrite what is {@code living}, or create it: {@code FORBIDDEN}. */
    public void write(Key key, Optional<Entry> living) {
        boolean may = living.map(entry -> may(Right.WRITE, entry)).orElseGet(() -> mayCreate(key.bytes()));
        if (!may) {
            throw forbidden(key.bytes());
        }
    }

    /**
     * To whom a key shall belong that they bring back where nothing lives, and that belonged to {@code
     * former}: {@code FORBIDDEN} to others.
     */
    public UUID heir(Key key, UUID former) {
        if (!unbound() && !rules.oldIsOwners(caller.user(), former)) {
            throw forbidden(key.bytes());
        }
        return rules.heir(caller.user(), former);
    }

    /** Whether they may have what is {@code living} end at {@code next}, Unix ms. */
    public boolean ends(Entry living, long next) {
        return !rules.shortenIsDelete(living.expires(), next) || may(Right.DELETE, living);
    }

    /** The refusal of an expiry that {@link #ends} does not allow. */
    public Refusal shortened(Key key) {
        return forbidden(key.bytes());
    }

    /**
     * Lets them delete what is {@code living}, or write a tombstone where nothing is: {@code FORBIDDEN}. Who would be told that nothing is there if
     * that were so is told it also of what they may not see.
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

    /** Whether they may read an entry that lives. */
    public boolean shows(Entry living) {
        return may(Right.READ, living);
    }

    /**
     * Whether they may read an older version of a key that they see: when it belonged to whom the key
     * belongs now; when nothing is there now, only whom it belonged to. Without a name nobody owns what is
     * gone.
     *
     * @param owner to whom it belonged, empty when that is unreadable
     * @param living to whom belongs what lives there now, empty when nothing does
     */
    public boolean showsOld(Optional<UUID> owner, Optional<UUID> living) {
        if (unbound()) {
            return true;
        }
        return living.isPresent() ? owner.equals(living) : caller.kind() == Principal.Kind.USER
                && owner.filter(former -> rules.oldIsOwners(caller.user(), former)).isPresent();
    }

    /**
     * Whether they may read everything below a prefix (empty, or with a slash at its end), whoever owns it
     * and whatever its owner has set.
     */
    public boolean showsAll(byte[] prefix) {
        if (unbound()) {
            return true;
        }
        byte[] path = Arrays.copyOf(prefix, Math.max(0, prefix.length - 1));
        SubtreeMetadata subtree = subtrees.at(path);
        return mayAbsent(Right.READ, subtree) && subtree.bits().allow(PermissionClass.OWNER, Right.READ)
                && subtrees.plain(path);
    }

    /**
     * The path whose metadata stands under a reserved key, if they may read there now. What a user set for
     * their own keys is told only to those who may read these.
     */
    public Optional<byte[]> opened(Entry reserved) {
        if (unbound() || !AccountKeys.METADATA.contains(reserved.key())) {
            return Optional.empty();
        }
        return MetadataSlot.of(reserved.key())
                .filter(slot -> slot.kind() == MetadataSlot.Kind.OWN_KEYS ? may(Right.READ, slot.path(), slot.user())
                : mayAbsent(Right.READ, subtrees.at(slot.path()))).map(MetadataSlot::path);
    }

    /** All else than the stored documents that decides what they are shown, as a text. */
    public String mark() {
        return unbound() ? "" : caller.kind() + " " + caller.user() + " " + caller.scopes() + " "
                + HexFormat.of().formatHex(view.tree().summary(AccountKeys.RIGHTS).digest());
    }

    /** Whether they may do that with a key that lives. */
    boolean may(Right right, Entry living) {
        return unbound() || may(right, living.key(), view.owner(living));
    }

    /** The same for a key of {@code owner}. */
    boolean may(Right right, byte[] path, UUID owner) {
        SubtreeMetadata subtree = subtrees.at(path);
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

    private boolean isShutOut(SubtreeMetadata subtree) {
        return rules.shutOut(subtree.bits(), standing(Version.NOBODY, subtree.metadata().group()));
    }

    /** Whether they may do that on a path where nothing is, as far as they are told. */
    boolean mayAbsent(Right right, SubtreeMetadata subtree) {
        return decides(right, standing(subtree), subtree.bits(), subtree.ruler());
    }

    /** Whether they may make a key. */
    boolean mayCreate(byte[] path) {
        return mayAbsent(Right.CREATE, creating(path));
    }

    /** The subtree metadata that decides who may make a key. */
    SubtreeMetadata creating(byte[] path) {
        return subtrees.at(path, rules.createAt(path));
    }

    /** Whether they may set metadata of the subtree. */
    boolean maySetSubtree(byte[] path) {
        return unbound() || AccessRules.rules(caller.user(), subtrees.at(path).ruler());
    }

    /**
     * Whether they may set metadata of their own keys: the owner of the living key, and who may create there.
     */
    boolean maySetOwnKeys(byte[] path, Optional<Entry> living) {
        if (maySetSubtree(path)) {
            return true;
        }
        boolean mine = living.filter(entry -> is(view.owner(entry))).isPresent() || path.length > 0
                && mayCreate(path);
        return caller.kind() == Principal.Kind.USER && mine && rules.noLookBelow(view, path, caller.user());
    }

    private boolean decides(Right right, PermissionClass standing, PermissionBits bits, UUID owner) {
        return permissions.decision().allows(caller, right, standing, bits, owner);
    }

    /** How the caller stands to a key of {@code owner} where {@code group} has the rights of a group. */
    PermissionClass standing(UUID owner, UUID group) {
        if (is(owner)) {
            return PermissionClass.OWNER;
        }
        boolean member = !group.equals(Version.NOBODY) && permissions.member(view, group, caller.user(), now);
        return member ? PermissionClass.GROUP : PermissionClass.OTHERS;
    }

    /** How the caller stands to a path without a key. */
    PermissionClass standing(SubtreeMetadata subtree) {
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
     * The metadata that a caller may be told of: the deciding one, or, when they may not read there, the uppermost that already denies it, so that
     * nobody learns of locks behind a lock.
     */
    SubtreeMetadata told(byte[] path) {
        List<SubtreeMetadata> all = subtrees.all(path);
        SubtreeMetadata deciding = all.get(all.size() - 1);
        if (unbound() || mayAbsent(Right.READ, deciding)) {
            return deciding;
        }
        return all.stream().filter(at -> !mayAbsent(Right.READ, at)).findFirst().orElse(deciding);
    }

    /** The refusal of who may not: the same whatever is there. */
    Refusal forbidden(byte[] path) {
        return caller.proven() ? new Refusal(Reason.FORBIDDEN, "the permissions do not let you do this; GET /auth/can explains why")
                .with("path", new String(path, StandardCharsets.UTF_8)) : PermissionEvaluator.unauthorized("this needs a token");
    }

    /** The caller as they are in this state. */
    Principal caller() {
        return caller;
    }

    /** Whether they may do everything. */
    boolean unbound() {
        return caller.admin();
    }
}
