package kvs.documents;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * Who asks for something, and what they may do with keys: the door behind which permissions are decided. Reads ask it with the root that they
 * look at, writes in the writer's step, so no change of rights slips between the question and the deed. Thread-safe; quick, because the
 * writer waits for it.
 */
public interface AccessContext {

    /** Everybody may do everything, and nobody listens. */
    AccessContext ALL = new Unrestricted(Version.NOBODY);

    /** Who writes, {@link Version#NOBODY} when anonymous. */
    UUID author();

    /**
     * What they may do in a state of the store.
     *
     * @throws Refusal when they may do nothing any more: a token that was revoked meanwhile
     */
    Grants on(StoreView view);

    /** Hears what became of an operation of theirs, on the writer's thread once it is durable; must be quick and never throw. */
    void observe(Operation op, OperationOutcome outcome);

    /** Rights in one state. One thread at a time. */
    interface Grants {

        /**
         * What they see at a key where {@code living} is: that; or nothing, when they would be told so if nothing were there, so that
         * a refusal is never a hint.
         *
         * @throws Refusal {@code FORBIDDEN} to those who may not even know that nothing is there
         */
        Optional<Entry> see(Key key, Optional<Entry> living);

        /** Lets them overwrite what is {@code living}, or create it: {@code FORBIDDEN}. */
        void write(Key key, Optional<Entry> living);

        /**
         * To whom a key shall belong that they bring back where nothing lives, and that belonged to {@code
         * former}: {@code FORBIDDEN} to others.
         */
        UUID heir(Key key, UUID former);

        /**
         * Whether they may have what is {@code living} end at {@code next}, Unix ms: ending it sooner is
         * deleting it.
         */
        boolean ends(Entry living, long next);

        /** The refusal of an expiry that {@link #ends} does not allow. */
        Refusal shortened(Key key);

        /** Lets them delete what is {@code living}, or write a tombstone where nothing is: {@code FORBIDDEN}. */
        void delete(Key key, Optional<Entry> living);

        /** Whether they may read an entry that lives. */
        boolean shows(Entry living);

        /**
         * Whether they may read an older version of a key that they see.
         *
         * @param owner to whom it belonged, empty when that is unreadable
         * @param living to whom belongs what lives there now, empty when nothing does
         */
        boolean showsOld(Optional<UUID> owner, Optional<UUID> living);

        /** Whether they may know digest, count and size of all below a prefix: they may read everything there, whoever owns it. */
        boolean showsAll(byte[] prefix);

        /** The path at and below which they may read now, when an entry of a reserved key decides over that. */
        Optional<byte[]> opened(Entry reserved);

        /** What else than the stored documents decides what they are shown; changes when their rights may have. */
        String mark();
    }

    /**
     * Somebody without bounds.
     *
     * @param author who writes
     */
    record Unrestricted(UUID author) implements AccessContext, Grants {

        @Override
        public Grants on(StoreView view) {
            return this;
        }

        @Override
        public void observe(Operation op, OperationOutcome outcome) {
            // Nobody listens.
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
            throw new IllegalStateException("everybody may shorten " + key);
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
