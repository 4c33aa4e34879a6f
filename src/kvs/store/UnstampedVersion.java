package kvs.store;

import java.util.Optional;
import java.util.UUID;
import kvs.log.EncodedDocument;
import kvs.model.Key;

/**
 * A version before it has a timestamp.
 *
 * @param key key of the version
 * @param document the new document, empty to delete
 * @param expires Unix ms, {@link kvs.model.Version#FOREVER} for never
 * @param author user who writes, {@link kvs.model.Version#NOBODY} when anonymous
 * @param owner new owner of the key; empty: the present owner, or the author when the key is new
 */
public record UnstampedVersion(Key key, Optional<EncodedDocument> document, long expires, UUID author,
        Optional<UUID> owner) {

    /** A version that does not change the owner of the key. */
    public UnstampedVersion(Key key, Optional<EncodedDocument> document, long expires, UUID author) {
        this(key, document, expires, author, Optional.empty());
    }
}
