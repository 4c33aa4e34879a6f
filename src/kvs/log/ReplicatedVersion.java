package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import kvs.model.Version;
import kvs.model.VersionIdHasher;

/**
 * A version on its way between nodes: a record of the log (drawn in {@link Record}) under the salt 0, its
 * document in the stored form. The receiver computes the id anew, so a version stays as its writer made it,
 * end to end.
 *
 * @param version the version, its document inflated
 * @param document its document, ready for the log
 */
public record ReplicatedVersion(Version version, EncodedDocument document) {

    private static final long NO_SALT = 0;

    /** Bytes of the longest frame. */
    public static final int BYTES_MAX = Record.BYTES_MAX;

    /** The length of the inflated document according to a frame; 0 when the bytes are not a frame. */
    public static int rawBytes(byte[] frame) {
        int raw = frame.length < Record.VERSION_BYTES ? 0
                : ByteBuffer.wrap(frame).getInt(Record.VERSION_BYTES - Integer.BYTES);
        return raw < 0 || raw > Record.DOCUMENT_MAX ? 0 : raw;
    }

    /** The frame of a record. */
    public static byte[] encode(Record.Put put) {
        byte[] stored = put.version().data();
        ByteBuffer out = ByteBuffer.allocate(Record.putBytes(put.version().key().bytes().length,
                stored.length));
        Record.encode(out, NO_SALT,
                new Record.Put(put.seq(), put.version(), put.rawBytes(), put.packed(), false), stored);
        return out.array();
    }

    /**
     * The version in a frame; empty when the bytes are not a frame, or when its id is not that of its
     * content. One {@code ids} for each thread.
     */
    public static Optional<ReplicatedVersion> decode(byte[] frame, DocumentCodec codec,
            VersionIdHasher ids) {
        try {
            if (frame.length < Record.HEAD_BYTES || !(Record.decode(ByteBuffer.wrap(frame), 0, frame.length,
                    NO_SALT) instanceof Record.Put put)) {
                return Optional.empty();
            }
            Version version = Segment.unpacked(put, codec);
            boolean whole = ids.of(version).equals(version.uuid())
                    && (!version.deleted() || version.data().length == 0);
            return whole ? Optional.of(new ReplicatedVersion(version, put.packed() ? new EncodedDocument(
                    version.data(), put.version().data()) : EncodedDocument.plain(version.data())))
                    : Optional.empty();
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }
}
