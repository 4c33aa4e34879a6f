package kvs.store;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;

/**
 * A write before it is stamped.
 *
 * @param key what is written
 * @param document the new document, empty to delete
 * @param expires Unix ms, {@link kvs.model.Version#FOREVER} for never
 * @param author who writes, {@link kvs.model.Version#NOBODY} when anonymous
 */
public record Draft(Key key, Optional<Document> document, long expires, UUID author) { }
