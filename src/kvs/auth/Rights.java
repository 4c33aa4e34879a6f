package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.View;
import kvs.tree.Entry;

/**
 * What one caller may do in one state of the store. Owner: of the key's version, or of the nearest metadata where no key is. Group and bits:
 * of the nearest metadata at or above the key. One thread at a time; keep it no longer than the view.
 */
public final class Rights {

    private static final byte SLASH = '/';

    private final Permissions permissions;
    private final View view;
    private final Caller caller;
    private final long now;
    private final boolean bare;
    private byte[] directory = {};
    private Optional<Near> aboveDirectory = Optional.empty();

    /**
     * The metadata that decides over a path.
     *
     * @param length bytes of the path on which it was set
     * @param set whether somebody has set it; otherwise it is the default of the root
     */
    record Near(Metadata metadata, int length, boolean set) { }

    Rights(Permissions permissions, View view, Caller caller, long now) {
        this.permissions = permissions;
        this.view = view;
        this.caller = caller;
        this.now = now;
        this.bare = view.tree().count(Reserved.METADATA) == 0;
    }

    /**
     * What the caller sees at a key where {@code living} is: that; or nothing, when they would be told so if nothing were there.
     *
     * @throws Refusal {@code FORBIDDEN}
     */
    public Optional<Entry> see(Key key, Optional<Entry> living) {
        return see(key.bytes(), living);
    }

    /** The same for a path, which may be the empty one. */
    Optional<Entry> see(byte[] path, Optional<Entry> living) {
        if (unbound()) {
            return living;
        }
        Near near = near(path, path.length);
        if (living.isPresent() && may(Right.READ, near, view.owner(living.get()))) {
            return living;
        }
        if (may(Right.READ, near, near.metadata.owner())) {
            return Optional.empty();
        }
        throw forbidden(path);
    }

    /** Lets them overwrite what is {@code living}, or create it: {@code FORBIDDEN}. */
    public void write(Key key, Optional<Entry> living) {
        if (!unbound() && !(living.isPresent() ? may(Right.WRITE, key, living) : mayCreate(key))) {
            throw forbidden(key.bytes());
        }
    }

    /**
     * Lets them delete what is {@code living}, or write a tombstone where nothing is: {@code FORBIDDEN}. Who would be told that nothing is there if
     * that were so is told it also of what they may not see.
     */
    public void delete(Key key, Optional<Entry> living) {
        if (unbound() || may(Right.DELETE, key, living)) {
            return;
        }
        if (living.isPresent() && !shows(living.get()) && may(Right.DELETE, key, Optional.empty())) {
            throw Refusal.absent(key);
        }
        throw forbidden(key.bytes());
    }

    /** Whether they may read an entry that lives. */
    public boolean shows(Entry living) {
        return unbound() || may(Right.READ, near(living.key(), living.key().length), view.owner(living));
    }

    /**
     * Whether they may read an older version of a key that they see.
     *
     * @param owner to whom it belonged, empty when that is unreadable
     * @param ended whether the key was deleted, or expired, since
     * @param living to whom belongs what lives there now, empty when nothing does
     */
    public boolean showsOld(Optional<UUID> owner, boolean ended, Optional<UUID> living) {
        return Decision.showsOld(caller, owner, ended, living);
    }

    /** Whether they may read everything below a prefix (empty, or with a slash at its end), whoever owns it. */
    public boolean showsAll(byte[] prefix) {
        if (unbound()) {
            return true;
        }
        Near near = near(prefix, Math.max(0, prefix.length - 1));
        return may(Right.READ, near, Version.NOBODY) && near.metadata.bits().allow(Standing.OWNER, Right.READ)
                && (bare || view.tree().summary(Reserved.metadataBelow(prefix)).live() == 0);
    }

    /** The path whose metadata stands under a reserved key, if they may read there now. */
    public Optional<byte[]> opened(Entry reserved) {
        if (unbound() || !Reserved.METADATA.contains(reserved.key())) {
            return Optional.empty();
        }
        byte[] path = Reserved.path(reserved.key());
        Near near = near(path, path.length);
        return Optional.of(path).filter(known -> may(Right.READ, near, near.metadata.owner()));
    }

    /** What else than the stored documents decides what they are shown. */
    public String mark() {
        return unbound() ? "" : caller.kind() + " " + caller.user() + " " + caller.scopes() + " "
                + HexFormat.of().formatHex(view.tree().summary(Reserved.RIGHTS).digest());
    }

    /** Whether they may do that with a key where {@code living} is; creating asks the metadata strictly above it. */
    boolean may(Right right, Key key, Optional<Entry> living) {
        if (right == Right.CREATE) {
            return mayCreate(key);
        }
        Near near = near(key.bytes(), key.bytes().length);
        return may(right, near, living.map(view::owner).orElse(near.metadata.owner()));
    }

    boolean may(Right right, Near near, UUID owner) {
        return permissions.decision().allows(caller, right, standing(near, owner), near.metadata.bits(), owner);
    }

    /** How the caller stands to a key of {@code owner} under that metadata. */
    Standing standing(Near near, UUID owner) {
        if (!caller.user().equals(Version.NOBODY) && caller.user().equals(owner)) {
            return Standing.OWNER;
        }
        UUID group = near.metadata.group();
        boolean member = !group.equals(Version.NOBODY) && permissions.member(view, group, caller.user(), now);
        return member ? Standing.GROUP : Standing.OTHERS;
    }

    /** The nearest metadata at or above the path that is the first {@code length} bytes of {@code path}. */
    Near near(byte[] path, int length) {
        if (bare) {
            return permissions.standard();
        }
        Optional<Metadata> own = length == 0 ? Optional.empty() : permissions.metadata(view, path, length, now);
        return own.isPresent() ? new Near(own.get(), length, true) : above(path, length);
    }

    /** The nearest metadata strictly above a path; remembered, because the keys of a page stand side by side. */
    Near above(byte[] path, int length) {
        if (bare) {
            return permissions.standard();
        }
        int end = Math.max(0, lastSlash(path, length));
        if (aboveDirectory.isEmpty() || !Arrays.equals(directory, 0, directory.length, path, 0, end)) {
            aboveDirectory = Optional.of(climb(path, end));
            directory = Arrays.copyOf(path, end);
        }
        return aboveDirectory.get();
    }

    /**
     * The metadata that a caller may be told of: the deciding one, or, when they may not read there, the uppermost that already denies it, so that
     * nobody learns of locks behind a lock.
     */
    Near told(byte[] path, Near deciding) {
        if (bare || unbound() || may(Right.READ, deciding, deciding.metadata.owner())) {
            return deciding;
        }
        Near told = deciding;
        for (Near at = deciding; at.length > 0; ) {
            at = above(path, at.length);
            told = may(Right.READ, at, at.metadata.owner()) ? told : at;
        }
        return told;
    }

    /** What is told to who may not: the same whatever is there. */
    Refusal forbidden(byte[] path) {
        return caller.proven() ? new Refusal(Reason.FORBIDDEN, "the permissions do not let you do this; GET /auth/can explains why")
                .with("path", new String(path, StandardCharsets.UTF_8)) : Permissions.unauthorized("this needs a token");
    }

    /** The caller as they are in this state. */
    Caller caller() {
        return caller;
    }

    private boolean mayCreate(Key key) {
        Near above = above(key.bytes(), key.bytes().length);
        return may(Right.CREATE, above, above.metadata.owner());
    }

    private boolean unbound() {
        return caller.admin();
    }

    private Near climb(byte[] path, int from) {
        for (int length = from; length > 0; length = Math.max(0, lastSlash(path, length))) {
            Optional<Metadata> set = permissions.metadata(view, path, length, now);
            if (set.isPresent()) {
                return new Near(set.get(), length, true);
            }
        }
        return permissions.metadata(view, path, 0, now).map(root -> new Near(root, 0, true)).orElse(permissions.standard());
    }

    private static int lastSlash(byte[] path, int before) {
        int i = before - 1;
        while (i >= 0 && path[i] != SLASH) {
            i--;
        }
        return i;
    }
}
