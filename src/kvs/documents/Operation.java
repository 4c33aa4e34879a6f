package kvs.documents;

import java.util.Optional;
import java.util.UUID;
import kvs.log.EncodedDocument;
import kvs.model.Key;

/** One thing that a caller wants of one key. */
public sealed interface Operation {

    /** Whose. */
    Key key();

    /**
     * Stores a document.
     *
     * @param key storable
     * @param document made by {@link Documents#document}
     * @param expiry when it shall die
     * @param conditions what must be here now
     * @param former to whom it belonged, of a document that is brought back; it counts where nothing lives
     */
    record Put(Key key, EncodedDocument document, ExpiryRule expiry, Conditions conditions, Optional<UUID> former)
            implements Operation {

        /** By which a key that is made belongs to who makes it. */
        public Put(Key key, EncodedDocument document, ExpiryRule expiry, Conditions conditions) {
            this(key, document, expiry, conditions, Optional.empty());
        }
    }

    /**
     * Writes a tombstone.
     *
     * @param key storable
     * @param force also when nothing is here: the key may not have arrived yet
     * @param conditions what must be here now
     */
    record Delete(Key key, boolean force, Conditions conditions) implements Operation { }

    /**
     * Reads.
     *
     * @param key any
     */
    record Get(Key key) implements Operation { }

    /**
     * Compares without writing.
     *
     * @param key any
     * @param conditions what must be here now
     */
    record Check(Key key, Conditions conditions) implements Operation { }

    /** Whether it changes something when it succeeds. */
    default boolean writes() {
        return this instanceof Put || this instanceof Delete;
    }
}
