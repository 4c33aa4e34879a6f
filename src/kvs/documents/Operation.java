package kvs.documents;

import java.util.Optional;
import java.util.UUID;
import kvs.log.EncodedDocument;
import kvs.model.Key;

/** An operation of a caller on one key. */
public sealed interface Operation {

    /** The key. */
    Key key();

    /**
     * Stores a document.
     *
     * @param key storable
     * @param document made by {@link Documents#document}
     * @param expiry the rule for its expiry
     * @param conditions conditions on the present version
     * @param former the former owner of a restored document; it counts for an absent key
     */
    record Put(Key key, EncodedDocument document, ExpiryPolicy expiry, Preconditions conditions,
            Optional<UUID> former) implements Operation {

        /** A write after which a new key belongs to its author. */
        public Put(Key key, EncodedDocument document, ExpiryPolicy expiry, Preconditions conditions) {
            this(key, document, expiry, conditions, Optional.empty());
        }
    }

    /**
     * Writes a tombstone.
     *
     * @param key storable
     * @param force also for an absent key: it may not have arrived yet
     * @param conditions conditions on the present version
     */
    record Delete(Key key, boolean force, Preconditions conditions) implements Operation { }

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
     * @param conditions conditions on the present version
     */
    record Check(Key key, Preconditions conditions) implements Operation { }

    /** Whether it changes something when it succeeds. */
    default boolean writes() {
        return this instanceof Put || this instanceof Delete;
    }
}
