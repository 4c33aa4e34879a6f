package kvs.tree;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What two nodes say to one another to find what differs. Varints are LEB128; a key is written as {@code varint bytes shared with the key
 * before it in the message ‖ varint further bytes ‖ those}; an end is {@code 0} for none or {@code 1 ‖ key}.
 * <pre>
 * message  varint parts, then each:
 *   u8 1  DIGESTS  key from, end to, varint n, n × digest(12), n-1 × key        digests of the ranges between from, the keys, and to
 *   u8 2  WANT     key from, end to                                             send me your items
 *   u8 3  ITEMS    key from, end to, varint n, n × (key, u64 timestamp, uuid(16))    all that I have there
 *   u8 4  LATER    key from, end to                                             no room in this message: ask again
 * </pre>
 * Digests are cut to 96 bits, which is enough to find differences: that nothing differs in the end is judged by the whole digest of the roots.
 *
 * <p>Never change these numbers.
 *
 * @param parts in key order, in the same ranges that were asked for
 */
public record DiffMessage(List<Part> parts) {

    /** Longest message that is made or taken, bytes. */
    public static final int BYTES_MAX = 1 << 20;
    static final int DIGEST_BYTES = 12;
    private static final int KEY_MAX = 8_192;
    private static final int DIGESTS = 1;
    private static final int WANT = 2;
    private static final int ITEMS = 3;
    private static final int LATER = 4;

    /** What is said of one range. */
    public sealed interface Part {

        /** The range. */
        Range range();
    }

    /** Digests of the ranges into which {@code splits} cut {@code range}; one more than splits. */
    public record Digests(Range range, List<byte[]> splits, List<byte[]> digests) implements Part { }

    /** A wish for the items of a range. */
    public record Want(Range range) implements Part { }

    /** All items of a range. */
    public record Items(Range range, List<Item> items) implements Part { }

    /** A range for which there was no room. */
    public record Later(Range range) implements Part { }

    /** A version without its document. */
    public record Item(byte[] key, long timestamp, long uuidHigh, long uuidLow) { }

    /** A message that nobody makes. */
    public static final class Malformed extends Exception {

        private static final long serialVersionUID = 1L;

        Malformed(String what) {
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
     * @throws Malformed whatever they are instead
     */
    public static DiffMessage decode(byte[] bytes) throws Malformed {
        if (bytes.length > BYTES_MAX) {
            throw new Malformed(bytes.length + " bytes");
        }
        Input in = new Input(ByteBuffer.wrap(bytes));
        try {
            List<Part> parts = new ArrayList<>();
            for (int left = in.number(); left > 0; left--) {
                parts.add(in.part());
            }
            if (in.bytes.hasRemaining()) {
                throw new Malformed("bytes behind the last part");
            }
            return new DiffMessage(parts);
        } catch (BufferUnderflowException e) {
            throw new Malformed("it ends too early");
        }
    }

    private static final class Output {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private byte[] last = {};

        void part(Part part) {
            bytes.write(part instanceof Digests ? DIGESTS : part instanceof Want ? WANT : part instanceof Items ? ITEMS : LATER);
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

        private void item(Item item) {
            key(item.key);
            bytes.writeBytes(ByteBuffer.allocate(3 * Long.BYTES).putLong(item.timestamp).putLong(item.uuidHigh).putLong(item.uuidLow).array());
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

    private static final class Input {

        private final ByteBuffer bytes;
        private byte[] last = {};

        Input(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        Part part() throws Malformed {
            int kind = bytes.get();
            byte[] from = key();
            Optional<byte[]> to = bytes.get() == 0 ? Optional.empty() : Optional.of(key());
            Range range = new Range(from, to);
            if (range.empty()) {
                throw new Malformed("empty range");
            }
            return switch (kind) {
                case DIGESTS -> digests(range);
                case WANT -> new Want(range);
                case ITEMS -> items(range);
                case LATER -> new Later(range);
                default -> throw new Malformed("part of kind " + kind);
            };
        }

        private Digests digests(Range range) throws Malformed {
            int count = number();
            if (count < 1 || count > bytes.remaining() / DIGEST_BYTES) {
                throw new Malformed(count + " digests");
            }
            List<byte[]> digests = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] digest = new byte[DIGEST_BYTES];
                bytes.get(digest);
                digests.add(digest);
            }
            List<byte[]> splits = new ArrayList<>();
            byte[] before = range.from();
            for (int i = 1; i < count; i++) {
                splits.add(inside(range, before, true));
                before = splits.get(i - 1);
            }
            return new Digests(range, splits, digests);
        }

        private Items items(Range range) throws Malformed {
            List<Item> items = new ArrayList<>();
            byte[] before = range.from();
            for (int left = number(); left > 0; left--) {
                before = inside(range, before, !items.isEmpty());
                items.add(new Item(before, bytes.getLong(), bytes.getLong(), bytes.getLong()));
            }
            return new Items(range, items);
        }

        /** A key in the range, not below the one before it, {@code above}: not equal to it either. */
        private byte[] inside(Range range, byte[] before, boolean above) throws Malformed {
            byte[] key = key();
            int order = Arrays.compareUnsigned(before, key);
            if (!range.contains(key) || order > 0 || above && order == 0) {
                throw new Malformed("keys out of order");
            }
            return key;
        }

        private byte[] key() throws Malformed {
            int shared = number();
            int more = number();
            if (shared > last.length || more > bytes.remaining() || shared + more > KEY_MAX) {
                throw new Malformed("key of " + shared + " and " + more + " bytes");
            }
            byte[] key = Arrays.copyOf(last, shared + more);
            bytes.get(key, shared, more);
            last = key;
            return key;
        }

        private int number() throws Malformed {
            int value = 0;
            for (int shift = 0; shift < 28; shift += 7) {
                int b = bytes.get();
                value |= (b & 0x7f) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            throw new Malformed("number");
        }
    }
}
