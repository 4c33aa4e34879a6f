package kvs.log;

/**
 * A document ready for the log. The caller makes it before the queue, so that the writer only copies bytes.
 *
 * @param raw the JSON text as received; must not be modified
 * @param stored the bytes on the disk: {@code raw} itself or its Deflate form
 */
public record EncodedDocument(byte[] raw, byte[] stored) {

    /** The document of a tombstone. */
    public static final EncodedDocument NONE = plain(new byte[0]);

    /** A document that is stored as it is. */
    public static EncodedDocument plain(byte[] raw) {
        return new EncodedDocument(raw, raw);
    }

    /** Whether {@code stored} is the Deflate form. */
    public boolean packed() {
        return stored != raw;
    }
}
