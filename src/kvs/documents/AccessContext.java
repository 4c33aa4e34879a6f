package kvs.documents;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * The caller of an operation, and their permissions on keys. Reads check permissions against the root that
 * they read, writes in the writer's step, so no change of rights slips between check and operation.
 * Thread-safe; quick, because the writer waits for it.
 */
public interface AccessContext {

    /** An anonymous caller with all permissions, without an observer. */
    AccessContext ALL = new Unrestricted(Version.NOBODY);

    /** The author of writes, {@link Version#NOBODY} when anonymous. */
    UUID author();

    /**
     * The caller's rights in a state of the store.
     *
     * @throws Refusal when they have none any more: the token was revoked meanwhile
     */
    Grants on(StoreView view);

    /**
     * Receives the outcome of an operation, on the writer's thread once it is durable; must be quick and
     * never throw.
     */
    void observe(Operation op, OperationOutcome outcome);

    /** The caller's rights in one state. One thread at a time. */
    interface Grants {

        /**
         * The entry that the caller sees at a key where {@code living} is: that one; or none, when they may
         * know of an absent key there, so that a refusal is never a hint.
         *
         * @throws Refusal {@code FORBIDDEN} to those who may not even know that the key is absent
         */
        Optional<Entry> see(Key key, Optional<Entry> living);

        /** Permits an overwrite of {@code living}, or a new key: {@code FORBIDDEN}. */
        void write(Key key, Optional<Entry> living);

        /**
         * The owner of a key that the caller restores where nothing lives, and that belonged to
         * {@code former}: {@code FORBIDDEN} to others.
         */
        UUID heir(Key key, UUID former);

        /**
         * Whether the caller may set the expiry of {@code living} to {@code next}, Unix ms: an earlier expiry
         * is a deletion.
         */
        boolean ends(Entry living, long next);

        /** The refusal of an expiry that {@link #ends} does not allow. */
        Refusal shortened(Key key);

        /** Permits the deletion of {@code living}, or a tombstone for an absent key: {@code FORBIDDEN}. */
        void delete(Key key, Optional<Entry> living);

        /** Whether the caller may read a living entry. */
        boolean shows(Entry living);

        /**
         * Whether the caller may read an older version of a key that they see.
         *
         * @param owner its owner, empty when that is unreadable
         * @param living the owner of the living version, empty when there is none
         */
        boolean showsOld(Optional<UUID> owner, Optional<UUID> living);

        /**
         * Whether the caller may know digest, count and size of all keys below a prefix: they may read all of
         * them, of any owner.
         */
        boolean showsAll(byte[] prefix);

        /** The path whose rights an entry of a reserved key sets, if the caller may read there now. */
        Optional<byte[]> opened(Entry reserved);

        /**
         * A text of everything but the stored documents that decides what the caller sees; it changes when
         * their rights may have.
         */
        String mark();
    }

    /**
     * A caller with all permissions.
     *
     * @param author the author of writes
     */
    record Unrestricted(UUID author) implements AccessContext, Grants {

        @Override
        public Grants on(StoreView view) {
            return this;
        }

        @Override
        public void observe(Operation op, OperationOutcome outcome) {
            // No observer.
        }

        @Override
        public Optional<Entry> see(Key key, Optional<Entry> living) {
            return living;
        }

        @Override
        public void write(Key key, Optional<Entry> living) {
            // Allowed.
        }

        @Override
        public UUID heir(Key key, UUID former) {
            return former;
        }

        @Override
        public boolean ends(Entry living, long next) {
            return true;
        }

        @Override
        public Refusal shortened(Key key) {
            throw new IllegalStateException("every caller may shorten the lifetime of " + key);
        }

        @Override
        public void delete(Key key, Optional<Entry> living) {
            // Allowed.
        }

        @Override
        public boolean shows(Entry living) {
            return true;
        }

        @Override
        public boolean showsOld(Optional<UUID> owner, Optional<UUID> living) {
            return true;
        }

        @Override
        public boolean showsAll(byte[] prefix) {
            return true;
        }

        @Override
        public Optional<byte[]> opened(Entry reserved) {
            return Optional.empty();
        }

        @Override
        public String mark() {
            return "";
        }
    }
}
