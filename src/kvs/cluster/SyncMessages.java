package kvs.cluster;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.log.ReplicatedVersion;
import kvs.model.Coverage;
import kvs.model.Key;

/**
 * The layout of versions and keys in messages between nodes. Numbers are big-endian. Never change it:
 * <pre>
 *   wanted  u8 whole, u16 bytes, coverage ({@link Coverage}), u16 count, then each: u8 lacks, u16 length, key
 *   page    u64 mark, u16 count, then each: u32 length, frame ({@link ReplicatedVersion})
 * </pre>
 * A page holds at most {@value #PAGE_BYTES} bytes of frames, but one frame at least. The mark states how far
 * it reaches: in a feed the number of the last write that it includes, in a fetch the number of wanted keys
 * that it includes. A frame without bytes stands for a key for which there is nothing to send.
 */
final class SyncMessages {

    /** Number of bytes of frames after which a page ends. */
    static final int PAGE_BYTES = 1 << 20;
    /** Maximal number of bytes of a page. */
    static final int PAGE_BYTES_MAX = PAGE_BYTES + ReplicatedVersion.BYTES_MAX + 1_024;
    /** Maximal number of keys in one request. */
    static final int KEYS_MAX = 4_000;
    private static final int COUNT_MAX = 0xffff;
    private static final int KEYS_BYTES = (1 << 20) - 1_024 - 24 * Coverage.ORIGINS_MAX;
    private static final int KEY_FIXED = 1 + Short.BYTES;

    private SyncMessages() { }

    /** Some versions and the mark that they reach. */
    record Page(long mark, List<byte[]> messages) { }

    /**
     * A request for versions.
     *
     * @param whole whether the requesting node is whole
     * @param covered its coverage before the comparison
     * @param keys wanted keys, each with whether the requesting node has no version of it
     */
    record FetchRequest(boolean whole, Coverage covered, List<WantedKey> keys) { }

    /** A key whose version is requested. */
    record WantedKey(byte[] key, boolean lacks) { }

    /** A page that is being filled. */
    static final class PageBuilder {

        private final List<byte[]> messages = new ArrayList<>();
        private int bytes;

        /** Whether the page is full. */
        boolean full() {
            return bytes >= PAGE_BYTES || messages.size() == COUNT_MAX;
        }

        void add(byte[] frame) {
            messages.add(frame);
            bytes += frame.length;
        }

        boolean isEmpty() {
            return messages.isEmpty();
        }

        byte[] encode(long mark) {
            ByteBuffer out = ByteBuffer.allocate(
                    Long.BYTES + Short.BYTES + messages.size() * Integer.BYTES + bytes);
            out.putLong(mark).putShort((short) messages.size());
            messages.forEach(frame -> out.putInt(frame.length).put(frame));
            return out.array();
        }
    }

    /** The page in these bytes; empty if they are malformed. */
    static Optional<Page> page(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            long mark = in.getLong();
            int count = Short.toUnsignedInt(in.getShort());
            List<byte[]> messages = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    return Optional.empty();
                }
                byte[] frame = new byte[length];
                in.get(frame);
                messages.add(frame);
            }
            return in.hasRemaining() ? Optional.empty() : Optional.of(new Page(mark, messages));
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }

    /** The request for the keys from {@code from} on, as many as one request may hold. */
    static byte[] wanted(FetchRequest wanted, int from) {
        List<WantedKey> keys = wanted.keys;
        int bytes = 0;
        int to = from;
        while (to < keys.size() && to - from < KEYS_MAX
                && bytes + keys.get(to).key.length + KEY_FIXED < KEYS_BYTES) {
            bytes += keys.get(to++).key.length + KEY_FIXED;
        }
        byte[] covered = wanted.covered.encode();
        ByteBuffer out = ByteBuffer.allocate(1 + Short.BYTES + covered.length + Short.BYTES + bytes);
        out.put((byte) (wanted.whole ? 1 : 0)).putShort((short) covered.length).put(covered)
                .putShort((short) (to - from));
        keys.subList(from, to).forEach(key -> out.put((byte) (key.lacks ? 1 : 0))
                .putShort((short) key.key.length).put(key.key));
        return out.array();
    }

    /** The request in these bytes; empty if they are malformed. */
    static Optional<FetchRequest> wanted(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            boolean whole = flag(in);
            Optional<Coverage> covered = Coverage.decode(taken(in, Short.toUnsignedInt(in.getShort())));
            int count = Short.toUnsignedInt(in.getShort());
            if (count > KEYS_MAX || covered.isEmpty()) {
                return Optional.empty();
            }
            List<WantedKey> keys = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                boolean lacks = flag(in);
                int length = Short.toUnsignedInt(in.getShort());
                if (length == 0 || length > Key.BYTES_MAX) {
                    return Optional.empty();
                }
                keys.add(new WantedKey(taken(in, length), lacks));
            }
            return in.hasRemaining() ? Optional.empty()
                    : Optional.of(new FetchRequest(whole, covered.get(), keys));
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static boolean flag(ByteBuffer in) {
        int flag = in.get();
        if (flag != 0 && flag != 1) {
            throw new IllegalArgumentException("flag " + flag);
        }
        return flag == 1;
    }

    private static byte[] taken(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
