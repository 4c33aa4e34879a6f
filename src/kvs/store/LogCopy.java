package kvs.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes segments of a log that nobody reads yet, made of records that have their numbers already. One thread. */
final class LogCopy implements AutoCloseable {

    private final Doors doors;
    private final int segmentBytes;
    private final List<Manifest.Live> live = new ArrayList<>();
    private Optional<SegmentWriter> open = Optional.empty();

    LogCopy(Doors doors, int segmentBytes) {
        this.doors = doors;
        this.segmentBytes = segmentBytes;
    }

    void put(Record.Put put) throws IOException {
        writer().put(put);
    }

    void note(Record.Note note) throws IOException {
        writer().note(note);
    }

    /** The segment where the next record goes; numbered as a log that grows, so that compaction has numbers. */
    private SegmentWriter writer() throws IOException {
        if (open.filter(writer -> writer.end() >= segmentBytes).isPresent()) {
            seal();
        }
        if (open.isEmpty()) {
            Manifest.Live next = new Manifest.Live(1 + Journal.NUMBER_STEP * live.size(), doors.dice().bits(), 0);
            open = Optional.of(new SegmentWriter(Segment.create(doors.disk(), next, doors.clock().wallMs(), 1)));
        }
        return open.get();
    }

    private void seal() throws IOException {
        SegmentWriter writer = open.orElseThrow();
        Segment whole = writer.segment();
        writer.finish();
        whole.close();
        live.add(new Manifest.Live(whole.number(), whole.salt(), writer.end()));
        open = Optional.empty();
    }

    /** All segments, durable but for their names. */
    List<Manifest.Live> finish() throws IOException {
        if (open.isPresent()) {
            seal();
        }
        return List.copyOf(live);
    }

    @Override
    public void close() throws IOException {
        if (open.isPresent()) {
            open.get().segment().close();
            open = Optional.empty();
        }
    }
}
