package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Separates a torn write from bit rot by the sectors of a file. A group is written over zeros that were
 * durable before, and a disk writes whole sectors. So the bytes that a power cut leaves out of a group read
 * as zeros in at least one sector: all of the part that the group has of that sector, of which the previous
 * group may have the rest. An unreadable group without such a sector was once complete. A group of ours has
 * no sector of zeros itself: JSON has none, and {@link DocumentCodec} makes none. Each sector of a group has
 * at least two bytes that are not zero, so a sector of zeros with one flipped bit was left out too.
 *
 * <p>A sector has 512 bytes here. Disks and page caches with larger ones leave out several of these at once.
 * Bytes behind the end of the file were left out too: they were there, as zeros, before the group was
 * written.
 */
final class TornWriteDetector {

    private static final int BYTES = 512;
    /** The smallest group with a record. */
    private static final int GROUP_BYTES_MIN = Group.HEADER_BYTES + Record.HEAD_BYTES + Group.trailerBytes(1);
    /**
     * Fewer bytes that are not zero are no group: its magic numbers and checksums alone have more. They are
     * rotten bits of free space.
     */
    private static final int GROUP_MARKS_MIN = 16;

    private final FileWindow window;

    TornWriteDetector(FileWindow window) {
        this.window = window;
    }

    /**
     * Whether a power cut may have left a sector out of a write from {@code from} to {@code to}.
     *
     * @param unreadable start and end of the unreadable bytes; readable ones elsewhere were written, zeros or
     *     not
     */
    boolean leftOut(long from, long to, long[] unreadable) throws IOException {
        if (to > window.size()) {
            return true;
        }
        for (long at = from; at < to; at = next(at)) {
            long end = Math.min(to, next(at));
            if (at < unreadable[1] && end > unreadable[0] && isZeroed(at, end)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the range looks like groups, and not like free space with a few rotten bits. */
    boolean holdGroup(long from, long to) throws IOException {
        return to - from >= GROUP_BYTES_MIN && marks(from, to, GROUP_MARKS_MIN) == GROUP_MARKS_MIN;
    }

    /** Whether there are zeros within a sector, but for one bit at most. */
    private boolean isZeroed(long from, long to) throws IOException {
        ByteBuffer in = window.at(from, (int) (to - from));
        int bits = 0;
        for (int i = 0; i < to - from && bits < 2; i++) {
            bits += Integer.bitCount(in.get(window.index(from) + i) & 0xff);
        }
        return bits < 2;
    }

    /** The number of bytes that are not zero, counted up to {@code most}. */
    private int marks(long from, long to, int most) throws IOException {
        int marks = 0;
        for (long at = from; at < to && marks < most; at = next(at)) {
            int bytes = (int) (Math.min(to, next(at)) - at);
            ByteBuffer in = window.at(at, bytes);
            for (int i = 0; i < bytes && marks < most; i++) {
                marks += in.get(window.index(at) + i) == 0 ? 0 : 1;
            }
        }
        return marks;
    }

    /** The start of the sector after that of {@code at}. */
    private static long next(long at) {
        return (at / BYTES + 1) * BYTES;
    }
}
