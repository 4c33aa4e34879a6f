package kvs.log;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The records that one fsync makes durable, between a header and a trailer: all of them or none after a
 * crash. So an atomic batch, which never spans groups, is there as a whole or not at all. Numbers are
 * big-endian, the whole is a multiple of 8.
 * <pre>
 * header   0 u32 magic "KVSG"
 *          4 u32 crc          CRC32C over the segment's salt and bytes 8-24
 *          8 u32 bytes        of the whole group
 *         12 u32 count        records, at least 1
 *         16 u32 synced       offset in the segment below which all was durable when this group was made
 *         20 u32 0
 * records 24
 * trailer    count × ( u32 CRC32C of the key, u32 padded bytes of the record )
 *            u32 crc          CRC32C over the segment's salt and the trailer before it
 *            u32 magic "KVST"
 * </pre>
 * The header gives the end of the group even when a record in it is damaged; the trailer gives the key of
 * that record. {@code synced} is the proof that separates bit rot from a torn tail: bytes below a later
 * group's {@code synced} had been durable and must not be cut off.
 *
 * <p>Never change these numbers.
 *
 * @param bytes of the whole group
 * @param count of its records
 * @param synced see above
 */
public record Group(int bytes, int count, int synced) {

    static final int MAGIC = 0x4b565347;
    public static final int HEADER_BYTES = 24;
    static final int TRAILER_MAGIC = 0x4b565354;
    private static final int TRAILER_FIXED = 8;
    private static final int SLOT = 8;

    /** Bytes of a trailer for {@code count} records. */
    public static int trailerBytes(int count) {
        return count * SLOT + TRAILER_FIXED;
    }

    /** The offset of the trailer, from the start of the group. */
    int trailer() {
        return bytes - trailerBytes(count);
    }

    /** The group whose header is at {@code at}; the group may reach beyond the buffer. */
    public static Group decode(ByteBuffer in, int at, long salt) throws BadRecordException {
        if (in.getInt(at) != MAGIC) {
            throw new BadRecordException("no group here");
        }
        if (Checksum.of(salt, in, at + 8, at + HEADER_BYTES) != in.getInt(at + 4)) {
            throw new BadRecordException("checksum of a group's header");
        }
        Group group = new Group(in.getInt(at + 8), in.getInt(at + 12), in.getInt(at + 16));
        if (group.count < 1 || group.count > group.bytes / SLOT || group.trailer() < HEADER_BYTES
                || group.synced < 0) {
            throw new BadRecordException("header of a group of " + group.count + " records in "
                    + group.bytes + " bytes");
        }
        return group;
    }

    /**
     * The group whose header stands at {@code at} with one bit flipped. CRC32C tells which bit that was: so
     * short a header with two or three flipped bits passes neither for a good one nor for one with another
     * bit flipped.
     */
    static Optional<Group> decodeOneBitOff(ByteBuffer in, int at, long salt) {
        byte[] header = new byte[HEADER_BYTES];
        in.get(at, header);
        for (int bit = 0; bit < HEADER_BYTES * Byte.SIZE; bit++) {
            byte mask = (byte) (1 << bit % Byte.SIZE);
            header[bit / Byte.SIZE] ^= mask;
            try {
                return Optional.of(decode(ByteBuffer.wrap(header), 0, salt));
            } catch (BadRecordException e) {
                header[bit / Byte.SIZE] ^= mask;
            }
        }
        return Optional.empty();
    }

    /**
     * The keys and lengths in the trailer of {@code count} records that ends at {@code end}:
     * {@code [CRC of the key, bytes]} each.
     */
    public static int[][] slots(ByteBuffer in, int end, int count, long salt) throws BadRecordException {
        int start = end - trailerBytes(count);
        if (in.getInt(end - 4) != TRAILER_MAGIC
                || Checksum.of(salt, in, start, end - TRAILER_FIXED) != in.getInt(end - TRAILER_FIXED)) {
            throw new BadRecordException("trailer of a group");
        }
        int[][] slots = new int[count][2];
        for (int i = 0; i < count; i++) {
            slots[i][0] = in.getInt(start + i * SLOT);
            slots[i][1] = in.getInt(start + i * SLOT + 4);
        }
        return slots;
    }

    /**
     * The slots in the trailer that ends at {@code end}, of a group that starts at {@code from} or later and
     * whose header is lost.
     */
    static Optional<int[][]> slotsEndingAt(ByteBuffer in, int from, int end, long salt) {
        if (end - from < HEADER_BYTES + TRAILER_FIXED || in.getInt(end - 4) != TRAILER_MAGIC) {
            return Optional.empty();
        }
        long bytes = HEADER_BYTES + TRAILER_FIXED;
        for (int count = 1; bytes + SLOT <= end - from; count++) {
            int length = in.getInt(end - TRAILER_FIXED - count * SLOT + 4);
            if (length < Record.HEAD_BYTES || length % SLOT != 0) {
                return Optional.empty();
            }
            bytes += SLOT + length;
            try {
                return Optional.of(slots(in, end, count, salt)).filter(s -> bytes(s) <= end - from);
            } catch (BadRecordException e) {
                continue;
            }
        }
        return Optional.empty();
    }

    /** Bytes of the group with these slots. */
    public static int bytes(int[][] slots) {
        int bytes = HEADER_BYTES + trailerBytes(slots.length);
        for (int[] slot : slots) {
            bytes += slot[1];
        }
        return bytes;
    }
}
