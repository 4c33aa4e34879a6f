package kvs.store;

import java.util.Optional;
import kvs.deflate.TextChecksums;

/**
 * A document in the form in which it is stored.
 *
 * @param bytes the JSON text, or its Deflate form; must not be modified
 * @param deflated the checksums of the text when {@code bytes} are its Deflate form
 */
public record StoredDocument(byte[] bytes, Optional<TextChecksums> deflated) { }
