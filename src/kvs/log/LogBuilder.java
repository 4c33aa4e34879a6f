package kvs.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the segments of a new log, which nobody reads yet, from records that already have their numbers. One
 * thread.
 */
public final class LogBuilder implements AutoCloseable {

    private final StorageEnvironment environment;
    private final int segmentBytes;
    private final List<Manifest.LiveSegment> live = new ArrayList<>();
    private Optional<SegmentBuilder> open = Optional.empty();

    public LogBuilder(StorageEnvironment environment, int segmentBytes) {
        this.environment = environment;
        this.segmentBytes = segmentBytes;
    }

    /** Appends a version. */
    public void put(Record.Put put) throws IOException {
        writer().put(put);
    }

    /** Appends a note. */
    public void note(Record.Note note) throws IOException {
        writer().note(note);
    }

    /**
     * The writer of the segment for the next record. Segments are numbered as in a growing log, so that
     * compaction has numbers.
     */
    private SegmentBuilder writer() throws IOException {
        if (open.filter(writer -> writer.end() >= segmentBytes).isPresent()) {
            seal();
        }
        if (open.isEmpty()) {
            Manifest.LiveSegment next = new Manifest.LiveSegment(1 + Journal.NUMBER_STEP * live.size(),
                    environment.dice().bits(), 0);
            open = Optional.of(new SegmentBuilder(Segment.create(environment.disk(), next,
                    environment.clock().wallMs(), 1)));
        }
        return open.get();
    }

    private void seal() throws IOException {
        SegmentBuilder writer = open.orElseThrow();
        Segment whole = writer.segment();
        writer.finish();
        whole.close();
        live.add(new Manifest.LiveSegment(whole.number(), whole.salt(), writer.end()));
        open = Optional.empty();
    }

    /** All segments; everything but their names is durable. */
    public List<Manifest.LiveSegment> finish() throws IOException {
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
