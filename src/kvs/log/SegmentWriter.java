package kvs.log;

import java.io.IOException;

/** Fills a segment that nobody reads yet with records that have their numbers already, in groups. One thread. */
public final class SegmentWriter {

    /** Of a group: who reads the segment later takes one at a time. */
    private static final int GROUP_BYTES = 256 << 10;

    private final Segment to;
    private final GroupBuffer group = new GroupBuffer();
    private int end = Segment.HEAD_BYTES;

    /** Writes behind the head of a new segment. */
    public SegmentWriter(Segment to) {
        this.to = to;
        group.begin();
    }

    Segment segment() {
        return to;
    }

    /** How far the segment is written. */
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

    /** Writes what is left, and makes all of it durable. */
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
