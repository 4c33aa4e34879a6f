package kvs.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes segments of a log that nobody reads yet, made of records that have their numbers already. One thread. */
final class LogCopy implements AutoCloseable {

    /** As between the segments of a log that grows, so that compaction has numbers. */
    private static final int NUMBER_STEP = 16;
    private static final int GROUP_BYTES = 256 << 10;

    private final Doors doors;
    private final int segmentBytes;
    private final List<Manifest.Live> live = new ArrayList<>();
    private final GroupBuffer group = new GroupBuffer();
    private Optional<Segment> segment = Optional.empty();
    private int end;

    LogCopy(Doors doors, int segmentBytes) {
        this.doors = doors;
        this.segmentBytes = segmentBytes;
        group.begin();
    }

    void put(Record.Put put) throws IOException {
        group.put(salt(), put, put.version().data());
        flush(GROUP_BYTES);
    }

    void note(Record.Note note) throws IOException {
        group.note(salt(), note);
        flush(GROUP_BYTES);
    }

    private long salt() throws IOException {
        if (segment.isEmpty()) {
            int number = 1 + NUMBER_STEP * live.size();
            Manifest.Live next = new Manifest.Live(number, doors.dice().bits(), 0);
            segment = Optional.of(Segment.create(doors.disk(), next, doors.clock().wallMs(), 1));
            end = Segment.HEAD_BYTES;
        }
        return segment.get().salt();
    }

    private void flush(int least) throws IOException {
        if (group.count() == 0 || group.bytes() < least) {
            return;
        }
        Segment to = segment.orElseThrow();
        var bytes = group.finish(to.salt(), end);
        int length = bytes.remaining();
        to.append(bytes, end);
        end += length;
        group.begin();
        if (end >= segmentBytes) {
            seal();
        }
    }

    private void seal() throws IOException {
        Segment whole = segment.orElseThrow();
        whole.force();
        whole.close();
        live.add(new Manifest.Live(whole.number(), whole.salt(), end));
        segment = Optional.empty();
    }

    /** All segments, durable but for their names. */
    List<Manifest.Live> finish() throws IOException {
        flush(0);
        if (segment.isPresent()) {
            seal();
        }
        return List.copyOf(live);
    }

    @Override
    public void close() throws IOException {
        if (segment.isPresent()) {
            segment.get().close();
            segment = Optional.empty();
        }
    }
}
