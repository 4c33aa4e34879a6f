package kvs.log;

import java.io.IOException;

/**
 * Writes records that already have their numbers into a new segment, which nobody reads yet, in groups. One
 * thread.
 */
public final class SegmentBuilder {

    /** Size of a group: later readers of the segment take one group at a time. */
    private static final int GROUP_BYTES = 256 << 10;

    private final Segment to;
    private final GroupBuffer group = new GroupBuffer();
    private int end = Segment.HEAD_BYTES;

    /** A writer that starts behind the head of a new segment. */
    public SegmentBuilder(Segment to) {
        this.to = to;
        group.begin();
    }

    Segment segment() {
        return to;
    }

    /** The length of the segment so far. */
    public int end() {
        return end;
    }

    /** Appends a version. */
    public void put(Record.Put put) throws IOException {
        group.put(to.salt(), put, put.version().data());
        flush(GROUP_BYTES);
    }

    /** Appends a purge. */
    public void purge(Record.Purge purge) throws IOException {
        group.purge(to.salt(), purge);
        flush(GROUP_BYTES);
    }

    /** Appends a note. */
    public void note(Record.Note note) throws IOException {
        group.note(to.salt(), note);
        flush(GROUP_BYTES);
    }

    /** Writes the last group, and makes the segment durable. */
    public void finish() throws IOException {
        flush(1);
        to.force();
    }

    private void flush(int least) throws IOException {
        if (group.count() == 0 || group.bytes() < least) {
            return;
        }
        var bytes = group.finish(to.salt(), end);
        int length = bytes.remaining();
        to.append(bytes, end);
        end += length;
        group.begin();
    }
}
