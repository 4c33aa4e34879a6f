package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.View;

/**
 * The metadata that is set on exactly one path, by whom it may count. Two more rules of access lie here, in
 * where is looked: own-keys-only (metadata of a user is looked for only for keys of that user) and
 * judged-at-use (that of the owner of a subtree only while the subtree is theirs). Thread-safe.
 */
class MetadataRecords {

    private final Records records;

    MetadataRecords(Records records) {
        this.records = records;
    }

    /** By administrators, on the first {@code length} bytes of {@code path}. */
    Optional<Metadata> administrators(View view, byte[] path, int length, long now) {
        return find(view, Slot.key(path, length, Slot.Kind.ADMINISTRATORS, Version.NOBODY), now)
                .flatMap(set -> ofAdministrators(view, set, now));
    }

    private Optional<Metadata> ofAdministrators(View view, Setting set, long now) {
        if (set.older().isEmpty()) {
            return Optional.of(set.metadata());
        }
        Metadata old = set.metadata();
        if (!byAdministrator(view, set, now)) {
            return Optional.empty();
        }
        // Who named nobody became the owner then; now that means nobody.
        boolean named = !old.owner().equals(set.older().get());
        return Optional.of(named ? old
                : new Metadata(Version.NOBODY, old.group(), old.bits(), old.createdAt(), old.updatedAt()));
    }

    /**
     * Whether an administrator wrote a record of the previous version. When nobody knows, it stays a lock.
     */
    boolean byAdministrator(View view, Setting set, long now) {
        UUID author = set.older().orElseThrow();
        return !set.ownOf(author) || author.equals(Caller.OPERATOR_ID)
                || records.administrator(view, author, now);
    }

    /** By the owner of the subtree, who is {@code ruler}. */
    Optional<Metadata> ruler(View view, byte[] path, int length, UUID ruler, long now) {
        return find(view, Slot.key(path, length, Slot.Kind.RULER, ruler), now).map(Setting::metadata);
    }

    /** By a user for keys of their own; {@code slot} is where that user's record lies. */
    Optional<Metadata> own(View view, byte[] path, int length, UUID slot, long now) {
        Optional<Setting> set = find(view, Slot.key(path, length, Slot.Kind.OWN_KEYS, slot), now);
        return set.isPresent() ? set.filter(one -> !one.taken()).map(Setting::metadata)
                : older(view, path, length, slot, now);
    }

    /** By a user who is no administrator, in the one record that the previous version kept. */
    Optional<Metadata> older(View view, byte[] path, int length, UUID user, long now) {
        return find(view, Slot.key(path, length, Slot.Kind.ADMINISTRATORS, Version.NOBODY), now)
                .filter(one -> one.ownOf(user) && !byAdministrator(view, one, now)).map(Setting::metadata);
    }

    /** The record in a slot. */
    Optional<Setting> setting(View view, Slot slot, long now) {
        return find(view, slot.key(), now);
    }

    private Optional<Setting> find(View view, Optional<Key> key, long now) {
        return key.flatMap(one -> records.setting(view, one, now));
    }
}
