package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.StoreView;

/**
 * Looks up the metadata that is set on exactly one path, by the author for whom it counts. Two more rules of
 * access lie here, in the place of the lookup: own-keys-only (metadata of a user is looked up only for keys
 * of that user) and judged-at-use (metadata of the owner of a subtree only while the subtree is theirs).
 * Thread-safe.
 */
class MetadataLookup {

    private final AccountReader records;

    MetadataLookup(AccountReader records) {
        this.records = records;
    }

    /** The metadata set by administrators, on the first {@code length} bytes of {@code path}. */
    Optional<Metadata> administrators(StoreView view, byte[] path, int length, long now) {
        return find(view, MetadataKey.key(path, length, MetadataKey.Kind.ADMINISTRATORS, Version.NOBODY),
                now).flatMap(set -> ofAdministrators(view, set, now));
    }

    private Optional<Metadata> ofAdministrators(StoreView view, StoredMetadata set, long now) {
        if (set.older().isEmpty()) {
            return Optional.of(set.metadata());
        }
        Metadata old = set.metadata();
        if (byUser(view, set, now)) {
            return Optional.empty();
        }
        // The previous version made an author who named no owner the owner; now that means nobody.
        boolean named = !old.owner().equals(set.older().get().last());
        return Optional.of(named ? old
                : new Metadata(Version.NOBODY, old.group(), old.bits(), old.createdAt(), old.updatedAt()));
    }

    /**
     * Whether a record of the previous version is of a user alone. It is not when an administrator wrote it,
     * nor when one may have: then it stays a lock.
     */
    boolean byUser(StoreView view, StoredMetadata set, long now) {
        return !byAdministrator(view, set, now) && !doubtful(view, set, now);
    }

    /** Whether an administrator is known to have written the record as it is. */
    boolean byAdministrator(StoreView view, StoredMetadata set, long now) {
        UUID author = set.older().orElseThrow().last();
        return !set.ownOf(author) || author.equals(Principal.OPERATOR_ID)
                || records.administrator(view, author, now).orElse(false);
    }

    /**
     * Whether a record of the previous version, last written by its owner, may be of an administrator: one
     * created it, or it is unknown whether the owner was one. It is an administrator's lock or a lock that
     * was broken, so it takes rights away and gives none.
     */
    private boolean doubtful(StoreView view, StoredMetadata set, long now) {
        StoredMetadata.FirstAndLastWriter writers = set.older().orElseThrow();
        return records.administrator(view, writers.last(), now).isEmpty()
                || !writers.first().equals(writers.last())
                && records.administrator(view, writers.first(), now).orElse(true);
    }

    /**
     * Whether it is uncertain that an administrator set the metadata on a path: it gives no more than the
     * metadata above.
     */
    boolean doubtful(StoreView view, byte[] path, int length, long now) {
        return find(view, MetadataKey.key(path, length, MetadataKey.Kind.ADMINISTRATORS, Version.NOBODY),
                now).filter(one -> one.older().isPresent() && !byAdministrator(view, one, now)).isPresent();
    }

    /** The metadata set by the owner of the subtree, {@code ruler}. */
    Optional<Metadata> ruler(StoreView view, byte[] path, int length, UUID ruler, long now) {
        return find(view, MetadataKey.key(path, length, MetadataKey.Kind.RULER, ruler), now)
                .map(StoredMetadata::metadata);
    }

    /** The metadata set by a user for their own keys; {@code slot} names that user's record. */
    Optional<Metadata> own(StoreView view, byte[] path, int length, UUID slot, long now) {
        Optional<StoredMetadata> set = find(view,
                MetadataKey.key(path, length, MetadataKey.Kind.OWN_KEYS, slot), now);
        return set.isPresent() ? set.filter(one -> !one.taken()).map(StoredMetadata::metadata)
                : older(view, path, length, slot, now);
    }

    /**
     * The metadata set by a user who is no administrator, in the one record that the previous version kept.
     */
    Optional<Metadata> older(StoreView view, byte[] path, int length, UUID user, long now) {
        return find(view, MetadataKey.key(path, length, MetadataKey.Kind.ADMINISTRATORS, Version.NOBODY),
                now).filter(one -> one.ownOf(user) && !byAdministrator(view, one, now))
                .map(StoredMetadata::metadata);
    }

    /** The record in a slot. */
    Optional<StoredMetadata> setting(StoreView view, MetadataKey slot, long now) {
        return find(view, slot.key(), now);
    }

    private Optional<StoredMetadata> find(StoreView view, Optional<Key> key, long now) {
        return key.flatMap(one -> records.setting(view, one, now));
    }
}
