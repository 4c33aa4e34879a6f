package kvs.tree;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A message between two nodes that look for the differences of their trees. Varints are LEB128. A key is
 * {@code varint bytes shared with the key before it in the message ‖ varint further bytes ‖ those}; an end is
 * {@code 0} for none or {@code 1 ‖ key}.
 * <pre>
 * message  varint parts, then each:
 *   u8 1  DIGESTS  key from, end to, varint n, n × digest(12), n-1 × key
 *                  digests of the ranges between from, the keys, and to
 *   u8 2  WANT     key from, end to
 *                  request for the items of the receiver
 *   u8 3  ITEMS    key from, end to, varint n, n × (key, u64 timestamp, uuid(16))
 *                  all items of the sender
 *   u8 4  LATER    key from, end to
 *                  no space in this message: to be requested again
 * </pre>
 * Valid: (1) at most 1 MiB; (2) at most 32,768 parts; (3) their keys, written out, take at most 2 MiB, so a
 * short message cannot unfold into a long one; (4) parts are in key order and do not overlap; (5) no range is
 * empty; (6) keys within a part rise and lie in its range.
 *
 * <p>Digests are cut to 96 bits, which is enough to find differences; the full digests of the roots decide
 * whether the trees are equal in the end.
 *
 * <p>Never change these numbers.
 *
 * @param parts in key order, in the ranges of the request
 */
public record DiffMessage(List<Part> parts) {

    /** Longest message that is made or accepted, bytes. */
    public static final int BYTES_MAX = 1 << 20;
    /** Most parts of a message. */
    static final int PARTS_MAX = 1 << 15;
    static final int DIGEST_BYTES = 12;
    /** Most bytes of all keys of a message together, written out. */
    static final int UNFOLDED_BYTES_MAX = 2 * BYTES_MAX;
    static final int KEY_MAX = 8_192;
    static final int DIGESTS = 1;
    static final int WANT = 2;
    static final int ITEMS = 3;
    static final int LATER = 4;

    /** The content of a message for one range. */
    public sealed interface Part {

        /** The range. */
        KeyRange range();
    }

    /** Digests of the ranges into which {@code splits} cut {@code range}; one more than splits. */
    public record Digests(KeyRange range, List<byte[]> splits, List<byte[]> digests) implements Part { }

    /** A request for the items of a range. */
    public record Request(KeyRange range) implements Part { }

    /** All items of a range. */
    public record Items(KeyRange range, List<KeyVersion> items) implements Part { }

    /** A range for which the message had no space. */
    public record Deferred(KeyRange range) implements Part { }

    /** A version without its document. */
    public record KeyVersion(byte[] key, long timestamp, long uuidHigh, long uuidLow) { }

    /** Bytes that are not a valid message. */
    public static final class MalformedException extends Exception {

        private static final long serialVersionUID = 1L;

        MalformedException(String what) {
            super("malformed diff message: " + what);
        }
    }

    /** The bytes of this message. */
    public byte[] encode() {
        Output out = new Output();
        out.number(parts.size());
        parts.forEach(out::part);
        return out.bytes.toByteArray();
    }

    /**
     * The message of these bytes.
     *
     * @throws MalformedException for bytes that are not a valid message
     */
    public static DiffMessage decode(byte[] bytes) throws MalformedException {
        if (bytes.length > BYTES_MAX) {
            throw new MalformedException(bytes.length + " bytes");
        }
        try {
            return new DiffMessageDecoder(bytes).message();
        } catch (BufferUnderflowException e) {
            throw new MalformedException("it ends too early");
        }
    }

    private static final class Output {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private byte[] last = {};

        void part(Part part) {
            bytes.write(part instanceof Digests ? DIGESTS : part instanceof Request ? WANT
                    : part instanceof Items ? ITEMS : LATER);
            key(part.range().from());
            bytes.write(part.range().to().isPresent() ? 1 : 0);
            part.range().to().ifPresent(this::key);
            if (part instanceof Digests digests) {
                number(digests.digests.size());
                digests.digests.forEach(bytes::writeBytes);
                digests.splits.forEach(this::key);
            } else if (part instanceof Items items) {
                number(items.items.size());
                items.items.forEach(this::item);
            }
        }

        private void item(KeyVersion item) {
            key(item.key);
            bytes.writeBytes(ByteBuffer.allocate(3 * Long.BYTES).putLong(item.timestamp)
                    .putLong(item.uuidHigh).putLong(item.uuidLow).array());
        }

        private void key(byte[] key) {
            int differs = Arrays.mismatch(last, key);
            int shared = differs < 0 ? key.length : differs;
            number(shared);
            number(key.length - shared);
            bytes.write(key, shared, key.length - shared);
            last = key;
        }

        private void number(int value) {
            int left = value;
            for (; left >= 0x80; left >>>= 7) {
                bytes.write(left & 0x7f | 0x80);
            }
            bytes.write(left);
        }
    }
}
