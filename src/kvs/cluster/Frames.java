package kvs.cluster;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.model.Key;
import kvs.store.Arrival;

/**
 * How versions and keys are laid out in messages between nodes. Numbers are big-endian. Never change it:
 * <pre>
 *   keys    u16 count, then each: u16 length, key
 *   page    u64 mark, u16 count, then each: u32 length, frame ({@link Arrival})
 * </pre>
 * A page holds at most {@value #PAGE_BYTES} bytes of frames, but one frame at least. The mark says how far it goes: of a feed the number of the
 * last write that it speaks of, of a fetch how many of the wanted keys.
 */
final class Frames {

    /** Bytes of frames after which a page ends. */
    static final int PAGE_BYTES = 1 << 20;
    /** Bytes of the longest page. */
    static final int PAGE_BYTES_MAX = PAGE_BYTES + Arrival.BYTES_MAX + 1_024;
    /** Keys that are wanted at once. */
    static final int KEYS_MAX = 4_000;
    private static final int COUNT_MAX = 0xffff;
    private static final int KEYS_BYTES = (1 << 20) - 1_024;

    private Frames() { }

    /** Some versions and how far they go. */
    record Page(long mark, List<byte[]> frames) { }

    /** A page that is being filled. */
    static final class Filling {

        private final List<byte[]> frames = new ArrayList<>();
        private int bytes;

        /** Whether nothing more goes in. */
        boolean full() {
            return bytes >= PAGE_BYTES || frames.size() == COUNT_MAX;
        }

        void add(byte[] frame) {
            frames.add(frame);
            bytes += frame.length;
        }

        boolean isEmpty() {
            return frames.isEmpty();
        }

        byte[] encode(long mark) {
            ByteBuffer out = ByteBuffer.allocate(Long.BYTES + Short.BYTES + frames.size() * Integer.BYTES + bytes);
            out.putLong(mark).putShort((short) frames.size());
            frames.forEach(frame -> out.putInt(frame.length).put(frame));
            return out.array();
        }
    }

    /** The page in these bytes; empty when they are none. */
    static Optional<Page> page(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            long mark = in.getLong();
            int count = Short.toUnsignedInt(in.getShort());
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    return Optional.empty();
                }
                byte[] frame = new byte[length];
                in.get(frame);
                frames.add(frame);
            }
            return in.hasRemaining() ? Optional.empty() : Optional.of(new Page(mark, frames));
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }

    /** As many of the keys from {@code from} on as are wanted at once. */
    static byte[] keys(List<byte[]> keys, int from) {
        int bytes = 0;
        int to = from;
        while (to < keys.size() && to - from < KEYS_MAX && bytes + keys.get(to).length + Short.BYTES < KEYS_BYTES) {
            bytes += keys.get(to++).length + Short.BYTES;
        }
        ByteBuffer out = ByteBuffer.allocate(Short.BYTES + bytes).putShort((short) (to - from));
        keys.subList(from, to).forEach(key -> out.putShort((short) key.length).put(key));
        return out.array();
    }

    /** The keys in these bytes; empty when they are none. */
    static Optional<List<byte[]>> keys(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            int count = Short.toUnsignedInt(in.getShort());
            List<byte[]> keys = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int length = Short.toUnsignedInt(in.getShort());
                if (length == 0 || length > Key.BYTES_MAX || length > in.remaining()) {
                    return Optional.empty();
                }
                byte[] key = new byte[length];
                in.get(key);
                keys.add(key);
            }
            return in.hasRemaining() || count > KEYS_MAX ? Optional.empty() : Optional.of(keys);
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }
}
