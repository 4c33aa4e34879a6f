package kvs.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.log.DataFileNames;
import kvs.log.Record;
import kvs.log.Segment;
import kvs.log.SegmentScan;

/**
 * A reader of the segment that a {@link Compaction} has copied: first it only checks the copy, then it also
 * collects the moves of its records for the index. One for each pass.
 */
final class CompactionCopyReader implements SegmentScan.Visitor {

    private final Segment copy;
    private final LiveRecordCopier copier;
    private final boolean collects;
    private final SegmentScan scan;
    private List<IndexWriteSet.RecordMove> moves = new ArrayList<>();
    private int read;
    private Optional<String> fault = Optional.empty();

    /** A reader of a copy that ends at {@code end}; {@code collects} when it collects the moves. */
    CompactionCopyReader(Segment copy, int end, LiveRecordCopier copier, boolean collects)
            throws IOException {
        this.copy = copy;
        this.copier = copier;
        this.collects = collects;
        this.scan = new SegmentScan(copy, end, this);
    }

    /**
     * Reads about that many bytes; whether the end is reached.
     *
     * @throws IOException when they are not what was written
     */
    boolean read(int bytes) throws IOException {
        boolean ended = scan.walk(bytes).isPresent();
        if (fault.isPresent()) {
            throw new IOException(DataFileNames.segment(copy.number()) + ": " + fault.get());
        }
        return ended;
    }

    /** Checks at the end that no version is missing. */
    void checkComplete() throws IOException {
        if (read != copier.copied()) {
            throw new IOException(DataFileNames.segment(copy.number()) + ": the copy reads back differently");
        }
    }

    /** The moves since the last call. */
    List<IndexWriteSet.RecordMove> takeMoves() {
        List<IndexWriteSet.RecordMove> taken = moves;
        moves = new ArrayList<>();
        return taken;
    }

    @Override
    public void record(Record record, int offset, int bytes) {
        if (record instanceof Record.Put put) {
            if (collects) {
                moves.add(new IndexWriteSet.RecordMove(put.key().bytes(), copier.origin(read, bytes),
                        copy.number(), offset));
            }
            read++;
        }
    }

    @Override
    public void damaged(int keyCrc, int offset, String what) {
        fault = Optional.of("the copy reads back differently at " + offset);
    }

    @Override
    public void lost(long from, long to, String what) {
        damaged(0, (int) from, what);
    }

    @Override
    public void blemish(long offset, String what) {
        damaged(0, (int) offset, what);
    }
}
