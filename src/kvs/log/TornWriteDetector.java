package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sectors of a file, looked at to tell a torn write from rot. A group is written over zeros that were durable before, and
 * a disk writes whole sectors. So what a power cut leaves out of a group reads as zeros in at least one sector: all of the
 * part that the group has of that sector, of which the group before may have the rest. A group that is unreadable and has
 * no such sector was whole once. A group of ours has no sector of zeros itself: JSON has none, and {@link DocumentCodec} makes none.
 *
 * <p>A sector has 512 bytes here. Disks and page caches with larger ones leave out several of these at once. What lies behind
 * the end of the file was left out too: it was there, as zeros, before the group was written.
 */
final class TornWriteDetector {

    private static final int BYTES = 512;
    /** The smallest group with a record. */
    private static final int GROUP_BYTES_MIN = Group.HEADER_BYTES + Record.HEAD_BYTES + Group.trailerBytes(1);
    /** Fewer bytes that are not zero are no group: its magic numbers and checksums alone have more. Some bits of free space rotted. */
    private static final int GROUP_MARKS_MIN = 16;

    private final FileWindow window;

    TornWriteDetector(FileWindow window) {
        this.window = window;
    }

    /**
     * Whether a power cut may have left a sector out of a write from {@code from} to {@code to}.
     *
     * @param unreadable from where to where it is; what is readable elsewhere was written, zeros or not
     */
    boolean leftOut(long from, long to, long[] unreadable) throws IOException {
        if (to > window.size()) {
            return true;
        }
        for (long at = from; at < to; at = next(at)) {
            long end = Math.min(to, next(at));
            if (at < unreadable[1] && end > unreadable[0] && marks(at, end, 1) == 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether that looks like groups, and not like free space with a few bits rotted. */
    boolean holdGroup(long from, long to) throws IOException {
        return to - from >= GROUP_BYTES_MIN && marks(from, to, GROUP_MARKS_MIN) == GROUP_MARKS_MIN;
    }

    /** How many bytes are not zero; not counted beyond {@code most}. */
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

    /** Where the sector after that of {@code at} starts. */
    private static long next(long at) {
        return (at / BYTES + 1) * BYTES;
    }
}
