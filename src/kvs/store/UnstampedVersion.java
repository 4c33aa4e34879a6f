package kvs.store;

import java.util.Optional;
import java.util.UUID;
import kvs.log.EncodedDocument;
import kvs.model.Key;

/**
 * A write before it is stamped.
 *
 * @param key what is written
 * @param document the new document, empty to delete
 * @param expires Unix ms, {@link kvs.model.Version#FOREVER} for never
 * @param author who writes, {@link kvs.model.Version#NOBODY} when anonymous
 * @param owner to whom the key shall belong; empty: to whom it belongs, or to the author when it is new
 */
public record UnstampedVersion(Key key, Optional<EncodedDocument> document, long expires, UUID author, Optional<UUID> owner) {

    /** A write that does not give the key away. */
    public UnstampedVersion(Key key, Optional<EncodedDocument> document, long expires, UUID author) {
        this(key, document, expires, author, Optional.empty());
    }
}
