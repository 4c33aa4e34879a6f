package kvs.auth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * Resolves the metadata in force on paths, in one state of the store. It walks from the root down and stops
 * where no metadata lies at or below, so a deep path costs no more than the metadata on it. The directory of
 * the last path is remembered, because the keys of a page stand side by side. One thread.
 */
final class MetadataResolver {

    private static final byte SLASH = '/';

    private final StoreView view;
    private final MetadataLookup records;
    private final AccessRules rules;
    private final long now;
    private final InheritedMetadata standard;
    private final boolean bare;
    private byte[] directory = {};
    /**
     * The directory and the paths above it that have records, from the root down; empty before the first
     * lookup.
     */
    private List<Level> levels = List.of();
    /** Whether records lie below the directory. */
    private boolean deeper;
    private final Map<UUID, Optional<OwnKeysMetadata>> ownKeys = new HashMap<>();

    /** A path with records, and the metadata in force there. */
    private record Level(int length, InheritedMetadata subtree) { }

    /**
     * The own-keys metadata that is in force for keys of a user.
     *
     * @param length bytes of the path on which it was set
     */
    record OwnKeysMetadata(Metadata metadata, int length) { }

    MetadataResolver(StoreView view, MetadataLookup records, AccessRules rules,
            PermissionBits standard, long now) {
        this.view = view;
        this.records = records;
        this.rules = rules;
        this.now = now;
        this.standard = new InheritedMetadata(Metadata.standard(standard), Version.NOBODY, 0, false);
        this.bare = view.tree().count(AccountKeys.METADATA) == 0 && !view.damaged();
    }

    /** The subtree metadata at or above a path. */
    InheritedMetadata at(byte[] path) {
        if (bare) {
            return standard;
        }
        enter(path);
        InheritedMetadata above = levels.get(levels.size() - 1).subtree;
        return path.length > 0 && deeper && lies(path, path.length) ? step(above, path, path.length) : above;
    }

    /** The same on the first bytes of a path. */
    InheritedMetadata at(byte[] path, int length) {
        return at(length == path.length ? path : Arrays.copyOf(path, length));
    }

    /** The subtree metadata of the path and of each path above it with records, from the root down. */
    List<InheritedMetadata> all(byte[] path) {
        List<InheritedMetadata> all = new ArrayList<>();
        InheritedMetadata ownMetadata = at(path);
        levels.forEach(level -> all.add(level.subtree));
        all.add(ownMetadata);
        return all;
    }

    /** The nearest own-keys metadata at or above a path, for keys of {@code owner}. */
    Optional<OwnKeysMetadata> own(byte[] path, UUID owner) {
        if (bare || owner.equals(Version.NOBODY)) {
            return Optional.empty();
        }
        enter(path);
        UUID slot = rules.ownSlot(owner);
        if (path.length > 0 && deeper && lies(path, path.length)) {
            Optional<Metadata> here = records.own(view, path, path.length, slot, now);
            if (here.isPresent()) {
                return here.map(one -> new OwnKeysMetadata(one, path.length));
            }
        }
        return ownKeys.computeIfAbsent(owner, user -> above(path, slot));
    }

    private Optional<OwnKeysMetadata> above(byte[] path, UUID slot) {
        for (int i = levels.size() - 1; i >= 0; i--) {
            int length = levels.get(i).length;
            Optional<Metadata> set = records.own(view, path, length, slot, now);
            if (set.isPresent()) {
                return set.map(one -> new OwnKeysMetadata(one, length));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether no own-keys metadata is set on a path, above it or below, nor any other below; false when that
     * is unknown, because records are unreadable.
     */
    boolean plain(byte[] path) {
        if (bare) {
            return true;
        }
        if (view.damaged()) {
            return false;
        }
        enter(path);
        if (view.tree().summary(MetadataKey.below(path, path.length)).live() > 0
                || ownKeysOn(path, path.length)) {
            return false;
        }
        return levels.stream().noneMatch(level -> ownKeysOn(path, level.length));
    }

    private boolean ownKeysOn(byte[] path, int length) {
        boolean older = records.setting(view, new MetadataKey(Arrays.copyOf(path, length),
                MetadataKey.Kind.ADMINISTRATORS, Version.NOBODY), now)
                .filter(set -> set.older().isPresent() && !records.byAdministrator(view, set, now))
                .isPresent();
        return older || view.tree().summary(MetadataKey.ownKeys(path, length)).live() > 0;
    }

    private void enter(byte[] path) {
        int end = Math.max(0, lastSlash(path));
        if (!levels.isEmpty() && Arrays.equals(directory, 0, directory.length, path, 0, end)) {
            return;
        }
        directory = Arrays.copyOf(path, end);
        ownKeys.clear();
        levels = new ArrayList<>();
        InheritedMetadata here = step(standard, path, 0);
        levels.add(new Level(0, here));
        int length = 0;
        deeper = lies(path, 0);
        while (deeper && length < end) {
            length = nextSlash(path, length == 0 ? 0 : length + 1, end);
            deeper = lies(path, length);
            if (deeper) {
                here = step(here, path, length);
                levels.add(new Level(length, here));
            }
        }
    }

    private InheritedMetadata step(InheritedMetadata above, byte[] path, int length) {
        Optional<Metadata> set = records.administrators(view, path, length, now)
                .filter(one -> rules.adminBinds(one, above.ruler()))
                .map(one -> records.doubtful(view, path, length, now) ? one.within(above.metadata()) : one);
        UUID ruler = set.map(Metadata::owner).orElse(above.ruler());
        return above.below(length, set, records.ruler(view, path, length, ruler, now), ruler);
    }

    /**
     * Whether records may lie at the first bytes of a path, or below. The index lacks unreadable records, so
     * while there are any each level is looked up.
     */
    private boolean lies(byte[] path, int length) {
        if (view.damaged()) {
            return true;
        }
        byte[] start = MetadataKey.start(path, length);
        TreeCursor scan = view.tree().scan(KeyRange.prefix(start));
        return scan.next();
    }

    private static int nextSlash(byte[] path, int from, int end) {
        int i = from;
        while (i < end && path[i] != SLASH) {
            i++;
        }
        return i;
    }

    private static int lastSlash(byte[] path) {
        int i = path.length - 1;
        while (i >= 0 && path[i] != SLASH) {
            i--;
        }
        return i;
    }
}
